"""rulesync.yaml and the environment -> one configuration; nobody else reads the environment."""

from rulesync.config.actions import ActionsRun, actions_run
from rulesync.config.caching import Caching, cache_directory
from rulesync.config.loading import APP_URL, FILE, Config, keys, load, load_all, no_color, without_ours
from rulesync.config.schema import config_schema
from rulesync.config.variables import given
from rulesync.config.webhook import Webhook, webhook

__all__ = [
    "APP_URL",
    "FILE",
    "ActionsRun",
    "Caching",
    "Config",
    "Webhook",
    "actions_run",
    "cache_directory",
    "config_schema",
    "given",
    "keys",
    "load",
    "load_all",
    "no_color",
    "webhook",
    "without_ours",
]
