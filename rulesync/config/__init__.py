"""rulesync.yaml and the environment -> one configuration; nobody else reads the environment."""

from rulesync.config.loading import APP_URL, Config, keys, load, no_color, without_ours

__all__ = ["APP_URL", "Config", "keys", "load", "no_color", "without_ours"]
