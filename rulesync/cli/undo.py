"""`rulesync undo`: put back what an apply replaced."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from rulesync import undo
from rulesync.cli import options as shared
from rulesync.cli.carrying import Task, carry_out, check_asking, delivery, saved_text
from rulesync.cli.given import Globals
from rulesync.cli.output import colors, say, show, width, without_secrets
from rulesync.cli.planning import make_context
from rulesync.cli.session import check_writes, configuration, writing
from rulesync.clock import SYSTEM_CLOCK
from rulesync.config import Config
from rulesync.errors import UsageError
from rulesync.patience import Patience
from rulesync.planfile import report_reading
from rulesync.planfile.report_reading import SavedReport
from rulesync.planfile.reporting import report_json
from rulesync.planfile.writing import plan_json
from rulesync.remote import Reader
from rulesync.render import terminal, undo_view
from rulesync.report import Outcome, Result
from rulesync.ruleset import ListedRule


@click.command(short_help="Put back what an apply replaced, from its report, after asking.")
@click.argument("report", type=click.Path(path_type=Path))
@click.option("--auto-approve", is_flag=True, help="Do not ask. What was changed since is then left alone.")
@click.option(
    "--overwrite-app-changes", is_flag=True, help="With --auto-approve: overwrite what was changed since too."
)
@click.option("--prune", is_flag=True, help="Delete the rules that the apply made.")
@click.option("--report", "report_file", type=click.Path(path_type=Path), help="Write the report, as JSON, to a file.")
@shared.formats("text", "json", "markdown", "html")
@shared.timeout(shared.WRITING)
@shared.workspace
@click.pass_obj
def command(
    options: Globals,
    report: Path,
    auto_approve: bool,
    overwrite_app_changes: bool,
    prune: bool,
    report_file: Path | None,
    shown: str,
    writes: tuple[str, ...],
    patience: Patience,
) -> int:
    """Put back what an apply replaced, as its REPORT (of `apply --report`) has it.

    Rules that it changed become what they were, and rules that it deleted are made anew, under a new id. Whatever is
    written is off afterwards, until a person enables it: an undo switches nothing on. Git is left as it is.

    Exits as apply: 0; 1 if it could not run or was not approved; 3 if what was changed since was left alone; 4 if rules
    moved since they were looked at; 5 if only some changes were made.
    """
    _sensible(options, report, report_file, writes, auto_approve=auto_approve)
    config = configuration(options)
    report_to = delivery(options, config, shown, writes, report_file, "undo")
    with report_to.even_on_failure():
        check_writes("undo", config, instead="put it back in Git; ")
    saved = _saved(report, config)
    with report_to.even_on_failure(), writing(config, patience) as writer:
        task = _task(saved, config, writer, prune=prune)
        value = without_secrets(plan_json(task.plan, task.context))
        silent = saved.written or (saved.already and not saved.error)
        nothing = "" if silent else undo_view.wrote_nothing(saved.command, saved.error)
        page = terminal.undo(
            value, color=colors(options.color), width=width(), already=saved.already, wrote_nothing=nothing
        )
        (show if shown == "text" else say)(f"{page}\n")
        done, code = carry_out(task, writer, config, patience, asking=not auto_approve, approved=overwrite_app_changes)
        report_to.hand_in(report_json(done, task.plan, task.digest, task.context, "undo"))
    return code


def _sensible(
    options: Globals, report: Path, report_file: Path | None, writes: tuple[str, ...], *, auto_approve: bool
) -> None:
    """Refuse what cannot be meant, before anything else happens."""
    files = [Path(each.partition("=")[2]) for each in writes] + ([report_file] if report_file else [])
    if report.resolve() in {file.resolve() for file in files}:
        advice = "give another file to `--report` or `--write`"
        raise UsageError("the report of this undo would overwrite the one that is undone", help=advice)
    check_asking("undo", options, auto_approve=auto_approve)


def _saved(report: Path, config: Config) -> SavedReport:
    return report_reading.load(saved_text(report, "report"), config.scope, make_context(config, SYSTEM_CLOCK.now()))


def _task(saved: SavedReport, config: Config, reader: Reader, *, prune: bool) -> Task:
    """Look at what the report speaks of, and return what puts it back."""
    seen: list[datetime] = []

    def pick(listed: Sequence[ListedRule]) -> list[str]:
        seen.append(reader.server_time or SYSTEM_CLOCK.now())
        return undo.wanted(saved.written, listed, config.scope)

    refresh = reader.refresh(pick)
    built = undo.build(saved.written, refresh, config.scope, prune=prune)
    context = make_context(config, seen[0])
    return Task(
        built.plan,
        plan_json(built.plan, context)["digest"],
        context,
        1 + len(refresh.bodies) + len(refresh.unread),
        "Carry this undo out?",
        tuple(Outcome(each.change, Result.SKIPPED, error=each.why) for each in built.left),
    )
