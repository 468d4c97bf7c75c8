"""Options that several commands share, each with one wording."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from rulesync.clock import SYSTEM_CLOCK
from rulesync.lookback import MOST_REQUESTS
from rulesync.patience import Patience

READING = 1800  # seconds; for commands that only read
WRITING = 600
WAITING = 3600  # for people
LONGEST = 86_400
_MOST_HOURS = 24 * 365 * 100
_MOST_HISTORIES = 10_000
_LONGEST_URL, _SHOWN = 1000, 100  # characters
_URL = re.compile(r"https?://[^\s/?#\x00-\x1f\x7f]+[^\s\x00-\x1f\x7f]*", re.IGNORECASE)

Command = Callable[..., Any]


def formats(*names: str) -> Callable[[Command], Command]:
    """Add `--format` and `--write`."""

    def add(command: Command) -> Command:
        command = click.option(
            "--write",
            "writes",
            multiple=True,
            metavar="FORMAT=FILE",
            help="Also write this format to a file. Repeatable.",
        )(command)
        return click.option("--format", "shown", type=click.Choice(names), default=names[0], help="What to print.")(
            command
        )

    return add


def linked(command: Command) -> Command:
    """Add `--link`, which a report that has to fit somewhere names as the place where it is whole."""

    def add(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
        if value is not None and not (_URL.fullmatch(value) and len(value) <= _LONGEST_URL):
            shown = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…"
            raise click.BadParameter(f"`{shown}` is no http:// or https:// URL of at most {_LONGEST_URL} characters")
        context.obj = replace(context.obj, link=value)

    return click.option(
        "--link",
        metavar="URL",
        expose_value=False,
        callback=add,
        help="Where the whole report can be seen, for Markdown that has no room for all of it.",
    )(command)


def variables(command: Command) -> Command:
    """Add `--var` and `--var-file`, which give values to the templates of rule files."""

    def add(context: click.Context, parameter: click.Parameter, value: tuple[Any, ...]) -> None:
        name, given = str(parameter.name), context.obj
        context.obj = replace(given, **{name: (*getattr(given, name), *value)})

    for option in (
        click.option(
            "--var",
            "variables",
            multiple=True,
            metavar="NAME=VALUE",
            expose_value=False,
            callback=add,
            help="A value for templates. Repeatable.",
        ),
        click.option(
            "--var-file",
            "variable_files",
            multiple=True,
            type=click.Path(path_type=Path),
            expose_value=False,
            callback=add,
            help="A YAML file of values for templates. Repeatable.",
        ),
    ):
        command = option(command)
    return command


def workspaces(command: Command) -> Command:
    """Add `--workspace` and `--all-workspaces`, which mean the same after the command as before it."""

    def add(context: click.Context, parameter: click.Parameter, value: bool) -> None:
        context.obj = replace(context.obj, every_workspace=context.obj.every_workspace or value)

    command = click.option(
        "--all-workspaces",
        "every_workspace",
        is_flag=True,
        expose_value=False,
        callback=add,
        help="Work on every organisation of rulesync.yaml, side by side.",
    )(command)
    return _named(command, "An organisation of rulesync.yaml. Repeatable.")


def workspace(command: Command) -> Command:
    """Add `--workspace` to a command that works on one; it means the same after the command as before it."""
    return _named(command, "An organisation of rulesync.yaml.")


def _named(command: Command, words: str) -> Command:
    def add(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> None:
        context.obj = replace(context.obj, workspaces=(*context.obj.workspaces, *value))

    return click.option(
        "--workspace", "workspaces", multiple=True, metavar="NAME", expose_value=False, callback=add, help=words
    )(command)


def planning(command: Command) -> Command:
    """Add the options that decide what a plan contains."""
    for option in (
        click.option("--target", "targets", multiple=True, metavar="KEY", help="Only this rule. Repeatable."),
        click.option("--prune", is_flag=True, help="Delete rules that were made from here and are gone from Git."),
        click.option(
            "--allow-field-loss", is_flag=True, help="Replace rules even where they hold what rulesync does not know."
        ),
        click.option("--allow-protected", is_flag=True, help="Change or delete rules even where Git protects them."),
        click.option(
            "--allow-in-progress", is_flag=True, help="Change or delete rules even while an execution is in progress."
        ),
        click.option("--base", metavar="REF", help="Go by what Git had there: which rules are protected, and pinned."),
    ):
        command = option(command)
    return command


def history(command: Command) -> Command:
    """Add `--history-requests`, the budget for looking at what rules did lately."""
    return click.option(
        "--history-requests",
        type=click.IntRange(0, _MOST_HISTORIES),
        default=MOST_REQUESTS,
        show_default=True,
        metavar="N",
        help="Look at the last runs of at most so many rules, one request each; 0 for none.",
    )(command)


def cached(hours: str | None = None) -> Callable[[Command], Command]:
    """Add `--refresh`, `--refresh-older-than` and `--cache-dir`, for a command that may do with bodies read before.

    `hours` is how long they are trusted where nobody says so, None for as long as the list shows no change.
    """

    def add(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
        given = context.obj
        match parameter.name:
            case "cache_dir":
                context.obj = replace(given, cached=True, cache_dir=Path(value) if value else None)
            case "refresh" if value:
                context.obj = replace(given, cached_hours=0.0)
            case "refresh_older_than" if given.cached_hours is None:
                context.obj = replace(given, cached_hours=number_of_hours(value))

    def wrap(command: Command) -> Command:
        for option in (
            click.option(
                "--cache-dir",
                metavar="DIR",
                expose_value=False,
                callback=add,
                help="Keep the bodies of rules here, not in the user's cache.",
            ),
            click.option(
                "--refresh-older-than",
                default=hours,
                show_default=hours is not None,
                metavar="HOURS",
                expose_value=False,
                callback=add,
                help="Read bodies again that were read so long ago, though the list shows no change.",
            ),
            click.option(
                "--refresh",
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=add,
                help="Read every body again, whatever is in the cache.",
            ),
        ):
            command = option(command)
        return command

    return wrap


def number_of_hours(value: str | None) -> float | None:
    """Return the hours that an option names, None where it is not given.

    Raises:
        BadParameter: it is no number of hours, or beyond a century.
    """
    try:
        hours = float(value) if value is not None else 0.0
    except ValueError:
        hours = -1.0
    if not 0 <= hours <= _MOST_HOURS:
        raise click.BadParameter(f"`{value}` is no number of hours from 0 to {_MOST_HOURS:,}")
    return hours if value is not None else None


def timeout(seconds: int) -> Callable[[Command], Command]:
    """Add `--timeout`, whose time begins now, with a default in seconds; the command gets it as `patience`."""
    return click.option(
        "--timeout",
        "patience",
        default=str(seconds),
        show_default=True,
        metavar="SECONDS",
        callback=_patience,
        help="End the run when this time is up; nothing is begun after it.",
    )


def _patience(context: click.Context, parameter: click.Parameter, value: str) -> Patience:
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST:
        raise click.BadParameter(f"`{value}` is no number of seconds above 0 and up to {LONGEST}, which is a day")
    return Patience(SYSTEM_CLOCK, seconds)
