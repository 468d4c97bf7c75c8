"""Webhooks on the command line: who is told of what waits, and that a message that fails hides nothing."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import click

from rulesync import config
from rulesync.cli.output import hide_also, masked, say
from rulesync.config import Webhook
from rulesync.errors import RulesyncError, UsageError
from rulesync.planjson import NoticeJson
from rulesync.render import notice, screen

Command = Callable[..., Any]


def options(command: Command) -> Command:
    """Add `--webhook` and `--webhook-format`."""
    command = click.option(
        "--webhook-format",
        type=click.Choice(["json", "slack"]),
        help="What is posted; for an address of Slack's it is `slack` by itself, else `json`.",
    )(command)
    return click.option(
        "--webhook",
        metavar="URL",
        help="Post what waits to this address, which is a secret: better set RULESYNC_WEBHOOK.",
    )(command)


def opened(url: str | None, style: str | None, key: str | None = None) -> Webhook | None:
    """Return where to post, None where nobody asked for it; the address is masked from here on.

    No API key may stand in it, be it one of the environment's or `key`.

    Raises:
        UsageError, ConfigError: nothing can be posted there.
    """
    hook = config.webhook(url, style)
    if hook is None:
        return None
    if any(each in hook.url for each in (*config.keys(), *filter(None, [key]))):
        raise UsageError("the address of the webhook holds an API key", help="no key belongs into any other address")
    mask(hook)
    return hook


def mask(hook: Webhook | None) -> None:
    """Keep the address of a webhook out of all that is printed or written."""
    if hook is not None:
        parts = urlsplit(hook.url)
        hide_also(hook.url, parts.path.lstrip("/"), parts.query)


def tell(hook: Webhook | None, value: NoticeJson) -> None:
    """Post a notice, if somebody asked for it and there is something to say; a failure is said, and that is all."""
    if hook is None or not (value["awaiting_enable"] or value["rules"]):
        return
    from rulesync.remote import post

    body = notice.slack(value) if hook.style == "slack" else notice.json(value)
    try:
        post(hook.url, masked(body))
    except RulesyncError as problem:
        say(screen.line(f"warning: nobody was told: {problem.message}"))
