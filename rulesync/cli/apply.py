"""`rulesync apply`: carry a plan out, after asking."""

import contextlib
import re
from dataclasses import replace
from pathlib import Path

import click

from rulesync.cli import options as shared
from rulesync.cli.carrying import Task, carry_out, check_asking, delivery, planned_task, refuse, saved_text
from rulesync.cli.given import Globals
from rulesync.cli.lately import look_back
from rulesync.cli.output import colors, say, say_error, show, width, without_secrets
from rulesync.cli.planning import Planned, make_context, make_plan
from rulesync.cli.session import are_several, check_writes, configuration, writing
from rulesync.clock import SYSTEM_CLOCK
from rulesync.config import Config
from rulesync.errors import StaleError, UsageError
from rulesync.lookback import Looking
from rulesync.patience import Patience
from rulesync.plan import Options
from rulesync.planfile import reading
from rulesync.planfile.reporting import report_json
from rulesync.planfile.writing import plan_json
from rulesync.remote import Reader, Writer
from rulesync.render import terminal
from rulesync.report import Report

_DIGEST = re.compile("[0-9a-f]{64}")


@click.command(short_help="Carry a plan out, after asking.")
@click.argument("planfile", type=click.Path(path_type=Path), required=False)
@click.option("--auto-approve", is_flag=True, help="Do not ask. Edits made in the app are then left alone.")
@click.option("--overwrite-app-changes", is_flag=True, help="With --auto-approve: overwrite edits made in the app too.")
@click.option("--plan-digest", metavar="DIGEST", help="Carry the plan out only if it is the one with this digest.")
@click.option("--report", "report_file", type=click.Path(path_type=Path), help="Write the report, as JSON, to a file.")
@shared.formats("text", "json", "markdown", "html")
@shared.linked
@shared.planning
@shared.history
@shared.cached()
@shared.timeout(shared.WRITING)
@shared.variables
@shared.workspaces
@click.pass_obj
def command(
    options: Globals,
    planfile: Path | None,
    auto_approve: bool,
    overwrite_app_changes: bool,
    plan_digest: str | None,
    report_file: Path | None,
    shown: str,
    writes: tuple[str, ...],
    targets: tuple[str, ...],
    prune: bool,
    allow_field_loss: bool,
    allow_protected: bool,
    allow_in_progress: bool,
    base: str | None,
    history_requests: int,
    patience: Patience,
) -> int:
    """Plan, ask, and carry the plan out; or carry out exactly the plan in PLANFILE, or the one that a digest names.

    A digest is what a review approved: `plan` shows it. Where the plan of now is another one, nothing is written.

    Every rule that is written is off afterwards, until a person enables it: the report says which, each with its link.

    Exits 0; 1 if it could not run or was not approved; 3 if findings forbid it, or edits made in the app were left
    alone; 4 if rules moved since the plan; 5 if only some changes were made.
    """
    reviewed = bool(planfile or plan_digest)
    wish = Options(prune, allow_field_loss, allow_protected, allow_in_progress=allow_in_progress)
    looking, approved = Looking(history_requests), reviewed or overwrite_app_changes
    _sensible(options, planfile, plan_digest, wish, targets, base, auto_approve=auto_approve)
    asking = not (auto_approve or reviewed)
    if are_several(options):
        from rulesync.cli import several

        if reviewed:
            raise UsageError("a reviewed plan is of one workspace", help="name it with `--workspace NAME`")

        def planning(at: Config, reader: Reader) -> Planned:
            return make_plan(at, reader, wish, targets, elsewhere=True, base=base, looking=looking)

        return several.carry_out(
            options, patience, planning, targets, shown, writes, report_file, asking=asking, approved=approved
        )
    config = configuration(options)
    report_to = delivery(options, config, shown, writes, report_file)
    with contextlib.ExitStack() as held:
        held.enter_context(report_to.even_on_failure())
        check_writes("apply", config)
        writer = held.enter_context(writing(config, patience))
        if planfile:
            task = _looked_back(_saved(planfile, config), writer, looking, allowed=allow_in_progress)
        else:
            task = _fresh(config, writer, wish, targets, base, looking)
            (show if shown == "text" else say)(_plan_text(task, options.color))
        if plan_digest and plan_digest != task.digest and not task.plan.errored:
            report, code = _another(task, plan_digest)
        else:
            report, code = carry_out(task, writer, config, patience, asking=asking, approved=approved)
        report_to.hand_in(report_json(report, task.plan, task.digest, task.context))
    return code


def _another(task: Task, reviewed: str) -> tuple[Report, int]:
    """Return the report of a plan that is not the reviewed one, so that nothing is written; and its exit code."""
    why = f"the plan is not the one that was reviewed: its digest is `{task.digest}`, not `{reviewed}`"
    problem = StaleError(why, help="Git or the app moved since: look at the plan above, and approve that one")
    say_error(problem.message, problem.help)
    return refuse(task, why)[0], problem.exit_code


def _sensible(
    options: Globals,
    planfile: Path | None,
    plan_digest: str | None,
    wish: Options,
    targets: tuple[str, ...],
    base: str | None,
    *,
    auto_approve: bool,
) -> None:
    """Refuse what cannot be meant, before anything else happens."""
    if plan_digest is not None and not _DIGEST.fullmatch(plan_digest):
        raise UsageError(
            "`--plan-digest`: a digest has 64 characters of 0-9 and a-f", help="`rulesync plan` shows it, at its end"
        )
    if planfile and (wish.prune or wish.allow_protected or targets or base is not None):
        such = "`--prune`, `--target`, `--base` and `--allow-protected`"
        raise UsageError(f"a saved plan is carried out as it is: give {such} to `rulesync plan --out`")
    if wish.prune and targets:
        raise UsageError("`--prune` cannot be used with `--target`: what is not targeted is not gone")
    check_asking(
        "apply",
        options,
        auto_approve=bool(planfile or plan_digest) or auto_approve,
        otherwise="give a saved plan, the digest of a reviewed one, or `--auto-approve`",
    )


def _fresh(
    config: Config, writer: Writer, wish: Options, targets: tuple[str, ...], base: str | None, looking: Looking
) -> Task:
    planned = make_plan(config, writer, wish, targets, base=base, looking=looking)
    return planned_task(planned)


def _saved(planfile: Path, config: Config) -> Task:
    """Read a saved plan; the time that it was made is the time that the API was read for it."""
    text = saved_text(planfile, "plan")
    context = make_context(config, SYSTEM_CLOCK.now())
    saved = reading.load(text, config.scope, context)
    return Task(saved.plan, saved.digest, replace(context, timestamp=saved.made_at, names=saved.names))


def _looked_back(task: Task, reader: Reader, looking: Looking, *, allowed: bool) -> Task:
    """Return a saved plan with what its rules did since: one that is running now forbids it, as it would have then.

    This look comes before anything is written, so that the plan is carried out whole or not at all; those rules that
    ran lately are looked at once more, each right before its own write.
    """
    if task.plan.errored:
        return task
    back = look_back(task.plan, reader, replace(looking, again=True), allowed=allowed)
    context = replace(task.context, runs=back.runs, looks_back=back.watched)
    return replace(task, plan=back.plan, context=context, reads=back.reads)


def _plan_text(task: Task, color: str) -> str:
    """Return the plan that is about to be carried out, without the lists that the report repeats."""
    value = without_secrets(plan_json(task.plan, task.context))
    return terminal.plan(value, color=colors(color), width=width(), waiting=False)
