"""`rulesync apply`: carry a plan out, after asking."""

from dataclasses import replace
from pathlib import Path

import click

from rulesync.cli import options as shared
from rulesync.cli import several
from rulesync.cli.carrying import Task, carry_out, check_asking, delivery, saved_text
from rulesync.cli.main import Globals
from rulesync.cli.output import colors, say, show, width
from rulesync.cli.planning import make_context, make_plan
from rulesync.cli.session import are_several, configuration, writing
from rulesync.clock import SYSTEM_CLOCK
from rulesync.config import Config
from rulesync.errors import UsageError
from rulesync.patience import Patience
from rulesync.plan import Options
from rulesync.planfile import reading
from rulesync.planfile.writing import plan_json, report_json
from rulesync.remote import Writer
from rulesync.render import terminal


@click.command(short_help="Carry a plan out, after asking.")
@click.argument("planfile", type=click.Path(path_type=Path), required=False)
@click.option("--auto-approve", is_flag=True, help="Do not ask. Edits made in the app are then left alone.")
@click.option("--overwrite-app-changes", is_flag=True, help="With --auto-approve: overwrite edits made in the app too.")
@click.option("--report", "report_file", type=click.Path(path_type=Path), help="Write the report, as JSON, to a file.")
@shared.formats("text", "json", "markdown")
@shared.linked
@shared.planning
@shared.timeout(shared.WRITING)
@shared.variables
@shared.workspaces
@click.pass_obj
def command(
    options: Globals,
    planfile: Path | None,
    auto_approve: bool,
    overwrite_app_changes: bool,
    report_file: Path | None,
    shown: str,
    writes: tuple[str, ...],
    targets: tuple[str, ...],
    prune: bool,
    allow_field_loss: bool,
    allow_protected: bool,
    base: str | None,
    patience: Patience,
) -> int:
    """Plan, ask, and carry the plan out; or carry out exactly the plan in PLANFILE.

    Every rule that is written is off afterwards, until a person enables it: the report says which, each with its link.

    Exits 0; 1 if it could not run or was not approved; 3 if findings forbid it, or edits made in the app were left
    alone; 4 if rules moved since the plan; 5 if only some changes were made.
    """
    wish, approved = Options(prune, allow_field_loss, allow_protected), bool(planfile) or overwrite_app_changes
    _sensible(planfile, wish, targets, base, auto_approve=auto_approve)
    asking = not (auto_approve or planfile)
    if are_several(options):
        if planfile:
            raise UsageError("a saved plan is of one workspace", help="name it with `--workspace NAME`")
        planning = several.targeted(lambda at, reader: make_plan(at, reader, wish, base=base), targets)
        return several.carry_out(
            options, patience, planning, targets, shown, writes, report_file, asking=asking, approved=approved
        )
    config = configuration(options)
    report_to = delivery(options, config, shown, writes, report_file)
    with report_to.even_on_failure(), writing(config, patience) as writer:
        if planfile:
            task = _saved(planfile, config)
        else:
            task = _fresh(config, writer, wish, targets, base)
            (show if shown == "text" else say)(_plan_text(task, options.color))
        report, code = carry_out(task, writer, config, patience, asking=asking, approved=approved)
        report_to.hand_in(report_json(report, task.plan, task.digest, task.context))
    return code


def _sensible(
    planfile: Path | None, wish: Options, targets: tuple[str, ...], base: str | None, *, auto_approve: bool
) -> None:
    """Refuse what cannot be meant, before anything else happens."""
    if planfile and (wish.prune or wish.allow_protected or targets or base is not None):
        options = "`--prune`, `--target`, `--base` and `--allow-protected`"
        raise UsageError(f"a saved plan is carried out as it is: give {options} to `rulesync plan --out`")
    if wish.prune and targets:
        raise UsageError("`--prune` cannot be used with `--target`: what is not targeted is not gone")
    check_asking(
        "apply", auto_approve=bool(planfile) or auto_approve, otherwise="give a saved plan, or `--auto-approve`"
    )


def _fresh(config: Config, writer: Writer, wish: Options, targets: tuple[str, ...], base: str | None) -> Task:
    planned = make_plan(config, writer, wish, targets, base=base)
    return Task(planned.plan, planned.json()["digest"], planned.context, planned.reads)


def _saved(planfile: Path, config: Config) -> Task:
    """Read a saved plan; the time that it was made is the time that the API was read for it."""
    text = saved_text(planfile, "plan")
    context = make_context(config, SYSTEM_CLOCK.now())
    saved = reading.load(text, config.scope, context)
    return Task(saved.plan, saved.digest, replace(context, timestamp=saved.made_at, names=saved.names))


def _plan_text(task: Task, color: str) -> str:
    """Return the plan that is about to be carried out, without the lists that the report repeats."""
    value = plan_json(task.plan, task.context)
    return terminal.plan(value, color=colors(color), width=width(), waiting=False)
