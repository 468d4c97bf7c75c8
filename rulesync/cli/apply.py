"""`rulesync apply`: carry a plan out, after asking."""

import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

import click

from rulesync import apply
from rulesync.apply import Terms
from rulesync.cli import options as shared
from rulesync.cli.main import Globals
from rulesync.cli.output import check_writable, colors, parse_writes, say, show, width, write_file
from rulesync.cli.planning import exit_code, make_context, make_plan
from rulesync.cli.session import configuration, writing
from rulesync.cli.views import report_renderers
from rulesync.clock import SYSTEM_CLOCK
from rulesync.config import Config
from rulesync.errors import ConfigError, InterruptedRunError, RulesyncError, UsageError
from rulesync.plan import Options, Plan
from rulesync.planfile import reading
from rulesync.planfile.writing import Context, failed_report, plan_json, report_json
from rulesync.planjson import ReportJson
from rulesync.remote import Writer
from rulesync.render import terminal
from rulesync.report import Report
from rulesync.report import exit_code as report_exit_code
from rulesync.ruleset import ListedRule

_FRESH_SECONDS = 30  # how old the list that a plan was made from may be to serve as the first look of its apply


@click.command(short_help="Carry a plan out, after asking.")
@click.argument("planfile", type=click.Path(path_type=Path), required=False)
@click.option("--auto-approve", is_flag=True, help="Do not ask. Edits made in the app are then left alone.")
@click.option("--overwrite-app-changes", is_flag=True, help="With --auto-approve: overwrite edits made in the app too.")
@click.option("--report", "report_file", type=click.Path(path_type=Path), help="Write the report, as JSON, to a file.")
@shared.formats("text", "json")
@shared.planning
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
) -> int:
    """Plan, ask, and carry the plan out; or carry out exactly the plan in PLANFILE.

    Every rule that is written is off afterwards, until a person enables it: the report says which, each with its link.

    Exits 0; 1 if it could not run or was not approved; 3 if findings forbid it, or edits made in the app were left
    alone; 4 if rules moved since the plan; 5 if only some changes were made.
    """
    _sensible(planfile, prune=prune, targets=targets, auto_approve=auto_approve)
    config = configuration(options)
    renderers = report_renderers(options.color)
    files = parse_writes(writes, renderers)
    check_writable(report_file, *files.values())
    try:
        with writing(config) as writer:
            task = (
                _saved(planfile, config)
                if planfile
                else _fresh(config, writer, Options(prune, allow_field_loss), targets)
            )
            if not planfile:
                (show if shown == "text" else say)(_plan_text(task, options.color))
            refused = _refusal(task.plan) or _ask(task.plan, asked=not (auto_approve or planfile))
            if refused:
                report = apply.refuse(task.plan, refused, SYSTEM_CLOCK)
            else:
                approved = bool(planfile) or not auto_approve or overwrite_app_changes
                report = _carry_out(task, writer, config, approved=approved, just_read=auto_approve)
    except (RulesyncError, KeyboardInterrupt) as problem:
        why = problem.message if isinstance(problem, RulesyncError) else "the run was interrupted"
        _hand_in(failed_report(why, SYSTEM_CLOCK.now()), renderers, report_file, files)
        raise
    value = report_json(report, task.plan, task.digest, task.context)
    _hand_in(value, renderers, report_file, files)
    show(renderers[shown](value))
    return _exit_code(task.plan, report, refused)


def _hand_in(
    value: ReportJson,
    renderers: Mapping[str, Callable[[ReportJson], str]],
    report_file: Path | None,
    files: Mapping[str, Path],
) -> None:
    """Write the report to every file that was asked for, also where there is little to report."""
    if report_file:
        write_file(report_file, renderers["json"](value))
    for name, file in files.items():
        write_file(file, renderers[name](value))


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be carried out.

    `listed` is the API's list of rules, if the plan was made in this run, and `read_at` when that was read, on the
    monotonic clock, in seconds.
    """

    plan: Plan
    digest: str
    context: Context
    listed: tuple[ListedRule, ...] | None = None
    read_at: float = 0.0


def _sensible(planfile: Path | None, *, prune: bool, targets: tuple[str, ...], auto_approve: bool) -> None:
    """Refuse what cannot be meant, before anything else happens."""
    if planfile and (prune or targets):
        raise UsageError("a saved plan is carried out as it is: give `--prune` and `--target` to `rulesync plan --out`")
    if prune and targets:
        raise UsageError("`--prune` cannot be used with `--target`: what is not targeted is not gone")
    if not planfile and not auto_approve and not sys.stdin.isatty():
        advice = "give a saved plan, or `--auto-approve`"
        raise UsageError("apply asks before it writes, and standard input is no terminal", help=advice)


def _fresh(config: Config, writer: Writer, wish: Options, targets: tuple[str, ...]) -> _Task:
    planned = make_plan(config, writer, wish, targets)
    return _Task(planned.plan, planned.json()["digest"], planned.context, planned.listed, planned.read_at)


def _saved(planfile: Path, config: Config) -> _Task:
    """Read a saved plan; the time that it was made is the time that the API was read for it."""
    try:
        text = planfile.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        why = (getattr(problem, "strerror", None) or "it is no text").lower()
        raise ConfigError(f"cannot read the plan `{planfile}`: {why}") from None
    context = make_context(config, SYSTEM_CLOCK.now())
    saved = reading.load(text, config.scope, context)
    return _Task(saved.plan, saved.digest, replace(context, timestamp=saved.made_at, names=saved.names))


def _plan_text(task: _Task, color: str) -> str:
    """Return the plan that is about to be carried out, without the lists that the report repeats."""
    value = plan_json(task.plan, task.context)
    return terminal.plan(value, color=colors(color), width=width(), waiting=False)


def _refusal(plan: Plan) -> str | None:
    """Return why nothing may be written."""
    if plan.errored:
        return "a rule could not be read"
    return "findings forbid it" if plan.forbidden else None


def _ask(plan: Plan, *, asked: bool) -> str | None:
    """Ask for approval, where there is something to approve; return why there is none."""
    if not asked or not plan.writes:
        return None
    click.echo("Carry this plan out? Only `yes` is taken for a yes: ", err=True, nl=False)
    return None if sys.stdin.readline().strip() == "yes" else "not approved"


def _carry_out(task: _Task, writer: Writer, config: Config, *, approved: bool, just_read: bool) -> Report:
    fresh = just_read and SYSTEM_CLOCK.monotonic() - task.read_at < _FRESH_SECONDS
    with _stoppable() as stop:
        terms = Terms(
            scope=config.scope,
            endpoint=task.context.endpoint,
            dialect=task.context.dialect,
            clock=SYSTEM_CLOCK,
            approved=approved,
            planned_at=task.context.timestamp,
            stop=stop,
            jitter=random.SystemRandom().random,
            saying=say,
        )
        return apply.run(task.plan, writer, terms, task.listed if fresh else None)


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """Let ^C and SIGTERM ask the run to stop after the write in flight; a second one stops at once."""
    asked = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        say("stopping after the write in flight; once more to stop at once")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit_code(plan: Plan, report: Report, refused: str | None) -> int:
    if report.interrupted:
        return InterruptedRunError.exit_code
    if refused:
        return exit_code(plan) or 1
    return report_exit_code(report)
