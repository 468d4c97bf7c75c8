"""`rulesync drift`: what the app holds that nobody put into Git."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from rulesync import drift, git
from rulesync.cli import options as shared
from rulesync.cli.accepting import accept
from rulesync.cli.given import Globals
from rulesync.cli.output import check_writable, emit, parse_writes, say, say_findings, write_file
from rulesync.cli.planning import Planned, exit_code, make_plan, telling_failure
from rulesync.cli.session import are_several, configuration, dialect, reading
from rulesync.cli.views import drift_renderers, several_drifts
from rulesync.config import Config
from rulesync.drift import Drift, Terms
from rulesync.errors import UsageError
from rulesync.patience import Patience
from rulesync.plan import Options
from rulesync.planfile.drifting import drift_json
from rulesync.planjson import PlanJson

if TYPE_CHECKING:
    from rulesync.remote import Reader

_DRIFT = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What drift is to be told from: a commit that was applied; and after how many hours waiting is drift, if ever."""

    base: str | None = None
    hours: float | None = None


@click.command(short_help="Show what the app holds that nobody put into Git.")
@click.option(
    "--base", metavar="REF", help="The commit that was applied last: what it had and the app lacks was deleted."
)
@click.option(
    "--waiting-hours",
    "hours",
    metavar="N",
    callback=lambda _context, _parameter, value: shared.number_of_hours(value),
    help="Count rules that have waited for a person for so long, at least, as drift.",
)
@click.option(
    "--accept",
    "accepted",
    multiple=True,
    metavar="KEY",
    help="Print the app's version of this rule as a patch of its file. Repeatable.",
)
@shared.formats("text", "json", "markdown", "html")
@shared.linked
@shared.cached(hours="24")
@shared.timeout(shared.READING)
@shared.variables
@shared.workspaces
@click.pass_obj
def command(
    options: Globals,
    base: str | None,
    hours: float | None,
    accepted: tuple[str, ...],
    shown: str,
    writes: tuple[str, ...],
    patience: Patience,
) -> int:
    """Show what happened to the rules in the app since they were last applied: edited, deleted, enabled and so on.

    With --base REF, the commit that was applied last, what Git changed since is told apart, and rules made by hand
    after it are shown. With --accept KEY, standard output is a patch for `git apply`, and nothing else; no file is
    written.

    Exits 0 if there is nothing, 2 if there is something, 1 if it could not run, 3 if rule files have errors. With
    --accept: 0 if all of it was printed, 3 if not.
    """
    asked = Asked(base, hours)
    _sensible(options, accepted, shown)
    if are_several(options):
        from rulesync.cli import several

        def look(config: Config, reader: "Reader") -> tuple[PlanJson, int]:
            return _value(*_look(config, reader, asked))

        return several.look(options, patience, look, several_drifts(options.color, options.link), shown, writes)
    config = configuration(options)
    renderers = drift_renderers(options.color, options.link)
    files = parse_writes(writes, renderers)
    check_writable(*files.values())
    with telling_failure(config, renderers, shown, files), reading(config, patience) as reader:
        planned, drifts = _look(config, reader, asked)
    value, code = _value(planned, drifts)
    if not accepted:
        emit(value, renderers, shown, files)
        return code
    for name, file in files.items():
        write_file(file, renderers[name](value))
    say(renderers["text"](value))
    return accept(config, planned, drifts, accepted)


def _sensible(options: Globals, accepted: tuple[str, ...], shown: str) -> None:
    """Refuse what cannot be meant, before anything else happens."""
    if accepted and are_several(options):
        raise UsageError("`--accept` works on one workspace", help="name it with `--workspace NAME`")
    if accepted and shown != "text":
        advice = f"write it into a file, with `--write {shown}=FILE`"
        raise UsageError("with `--accept`, standard output is the patch", help=advice)


def _look(config: Config, reader: "Reader", asked: Asked) -> tuple[Planned, tuple[Drift, ...]]:
    """Return both sides of a workspace, and what happened in the app."""
    commit = git.resolve(config.root, asked.base) if asked.base is not None else None
    since = git.committed_at(config.root, commit) if commit is not None else None
    planned = make_plan(
        config,
        reader,
        Options(),
        base=asked.base,
        limited=False,
        also=lambda listed: drift.newer(listed, since) if since else (),
        sure=True,  # that there is no orphan is told from what the list lacks
    )
    base = planned.seen.base
    say_findings(base.findings if base else ())
    longest = timedelta(hours=asked.hours) if asked.hours is not None else None
    return planned, drift.find(
        planned.plan,
        planned.seen.refresh,
        Terms(planned.context.timestamp, base, since, longest, dialect(config).lists_all),
    )


def _value(planned: Planned, drifts: tuple[Drift, ...]) -> tuple[PlanJson, int]:
    """Return what drifted in a workspace as JSON, and what it ends with."""
    code = _DRIFT if drifts and not planned.plan.errored else exit_code(planned.plan)
    return drift_json(planned.plan, drifts, planned.context), code
