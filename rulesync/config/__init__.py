"""rulesync.yaml and the environment -> one configuration; nobody else reads the environment."""

from rulesync.config.loading import Config, Limits, load, no_color, without_ours

__all__ = ["Config", "Limits", "load", "no_color", "without_ours"]
