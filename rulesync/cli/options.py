"""Options that several commands share, each with one wording."""

from collections.abc import Callable
from typing import Any

import click

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


def planning(command: Command) -> Command:
    """Add the options that decide what a plan contains."""
    for option in (
        click.option("--target", "targets", multiple=True, metavar="KEY", help="Only this rule. Repeatable."),
        click.option("--prune", is_flag=True, help="Delete rules that were made from here and are gone from Git."),
        click.option(
            "--allow-field-loss", is_flag=True, help="Replace rules even where they hold what rulesync does not know."
        ),
    ):
        command = option(command)
    return command
