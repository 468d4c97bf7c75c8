"""rulesync.yaml and the environment -> one configuration; nobody else reads the environment."""

from typing import TYPE_CHECKING

from rulesync.lazily import door

if TYPE_CHECKING:
    from rulesync.config.actions import ActionsRun as ActionsRun
    from rulesync.config.actions import actions_run as actions_run
    from rulesync.config.caching import Caching as Caching
    from rulesync.config.caching import cache_directory as cache_directory
    from rulesync.config.loading import APP_URL as APP_URL
    from rulesync.config.loading import FILE as FILE
    from rulesync.config.loading import Config as Config
    from rulesync.config.loading import keys as keys
    from rulesync.config.loading import load as load
    from rulesync.config.loading import load_all as load_all
    from rulesync.config.loading import no_color as no_color
    from rulesync.config.loading import without_ours as without_ours
    from rulesync.config.schema import config_schema as config_schema
    from rulesync.config.variables import given as given
    from rulesync.config.webhooks import Webhook as Webhook
    from rulesync.config.webhooks import webhook as webhook
    from rulesync.config.width import help_width as help_width

_PARTS = {
    "actions": ("ActionsRun", "actions_run"),
    "caching": ("Caching", "cache_directory"),
    "loading": ("APP_URL", "FILE", "Config", "keys", "load", "load_all", "no_color", "without_ours"),
    "schema": ("config_schema",),
    "variables": ("given",),
    "webhooks": ("Webhook", "webhook"),
    "width": ("help_width",),
}
__getattr__ = door(__name__, {name: part for part, names in _PARTS.items() for name in names})
