"""Renderers: a value in, a text out; they print nothing, read nothing, and do not know each other."""
