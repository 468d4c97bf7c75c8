"""`rulesync workspaces`: the organisations of rulesync.yaml, and how they spread over the jobs of a CI matrix."""

import shlex
from collections.abc import Iterator, Mapping, Sequence

import click

from rulesync.cli.given import Globals
from rulesync.cli.output import show, show_line
from rulesync.cli.session import listed
from rulesync.config import Config
from rulesync.render import json
from rulesync.render.several_view import called

MOST_JOBS = 256  # of one matrix, by GitHub


@click.command(short_help="List the organisations of rulesync.yaml, also as a matrix for CI.")
@click.option("--format", "shown", type=click.Choice(["text", "json"]), default="text", help="What to print.")
@click.option(
    "--jobs",
    type=click.IntRange(1, MOST_JOBS),
    default=MOST_JOBS,
    show_default=True,
    help="With --format json: spread them evenly over at most so many jobs.",
)
@click.pass_obj
def command(options: Globals, shown: str, jobs: int) -> int:
    """List the workspaces of rulesync.yaml: scope, rules, the variable of the key and whether it is set, and the API.

    `--format json` is a matrix for GitHub Actions: each job's `options` go before the command. No network, no key.
    """
    configs = listed(options)
    if shown == "json":
        show(json.matrix([_job(group) for group in _groups(configs, jobs)]))
    else:
        for line in _table(configs):
            show_line(line)
    return 0


def _groups(configs: Sequence[Config], jobs: int) -> Iterator[Sequence[Config]]:
    """Yield neighbours together, in groups of which none has two more than another."""
    number = min(jobs, len(configs))
    size, more = divmod(len(configs), number)
    start = 0
    for index in range(number):
        end = start + size + (index < more)
        yield configs[start:end]
        start = end


def _job(group: Sequence[Config]) -> Mapping[str, str]:
    """Return one job; of a group, the names and the variables are separated by commas."""
    names = [config.workspace or "" for config in group]
    more = f" +{len(group) - 1}" if len(group) > 1 else ""
    return {
        "workspace": ",".join(names),
        "options": "" if names == [""] else shlex.join(word for name in names for word in ("--workspace", name)),
        "name": (names[0] or "default") + more,
        "key_env": ",".join(config.key_env for config in group),
    }


def _table(configs: Sequence[Config]) -> Iterator[str]:
    rows = [("workspace", "scope", "rules", "key", "", "API"), *map(_row, configs)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(word.ljust(wide) for word, wide in zip(row, widths, strict=True)).rstrip()


def _row(config: Config) -> tuple[str, ...]:
    is_set = "set" if config.key else "not set"
    return (called(config.workspace), config.scope, f"{config.rules}/", config.key_env, is_set, config.base_url)
