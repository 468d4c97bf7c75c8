"""Plans and reports as JSON: written for tools and renderers, and a saved plan read back."""
