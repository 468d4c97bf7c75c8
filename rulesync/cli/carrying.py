"""Carrying a plan out from the command line: refused, asked about, interrupted, reported; alike for every command."""

import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import click

from rulesync import apply
from rulesync.apply import Terms
from rulesync.cli.main import Globals
from rulesync.cli.output import check_writable, parse_writes, say, show, write_file
from rulesync.cli.planning import exit_code
from rulesync.cli.views import report_renderers
from rulesync.clock import SYSTEM_CLOCK
from rulesync.config import Config
from rulesync.errors import InterruptedRunError, RulesyncError
from rulesync.plan import Plan
from rulesync.planfile.writing import Context, failed_report
from rulesync.planjson import ReportJson
from rulesync.remote import Writer
from rulesync.report import Report
from rulesync.report import exit_code as report_exit_code
from rulesync.ruleset import ListedRule

_FRESH_SECONDS = 30  # how old the list that a plan was made from may be to serve as the first look of its apply


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be carried out.

    `listed` is the API's list of rules, if the plan was made in this run, and `read_at` when that was read, on the
    monotonic clock, in seconds.
    """

    plan: Plan
    digest: str
    context: Context
    listed: tuple[ListedRule, ...] | None = None
    read_at: float = 0.0


class Delivery:
    """Where the report goes: to standard output in one format, and to every file that was asked for, come what may.

    Files that cannot be written are refused at once, before anything is done.
    """

    def __init__(self, options: Globals, shown: str, writes: tuple[str, ...], report_file: Path | None) -> None:
        self._renderers = report_renderers(options.color)
        self._shown = shown
        self._files = parse_writes(writes, self._renderers)
        self._report_file = report_file
        check_writable(report_file, *self._files.values())

    @contextmanager
    def even_on_failure(self) -> Iterator[None]:
        """Write the files also for a run that could not even begin."""
        try:
            yield
        except (RulesyncError, KeyboardInterrupt) as problem:
            why = problem.message if isinstance(problem, RulesyncError) else "the run was interrupted"
            self._write(failed_report(why, SYSTEM_CLOCK.now()))
            raise

    def hand_in(self, value: ReportJson) -> None:
        """Write the report to every file that was asked for, and print it."""
        self._write(value)
        show(self._renderers[self._shown](value))

    def _write(self, value: ReportJson) -> None:
        if self._report_file:
            write_file(self._report_file, self._renderers["json"](value))
        for name, file in self._files.items():
            write_file(file, self._renderers[name](value))


def carry_out(task: Task, writer: Writer, config: Config, *, asking: bool, approved: bool) -> tuple[Report, int]:
    """Carry a task out, unless something forbids it or a person who is asked says no; return report and exit code.

    `approved` says that a person saw this very plan, so that edits made in the app may be overwritten.
    """
    refused = _refusal(task.plan) or (_ask(task.plan) if asking else None)
    if refused:
        return apply.refuse(task.plan, refused, SYSTEM_CLOCK), exit_code(task.plan) or 1
    report = _run(task, writer, config, approved=approved or asking, asked=asking)
    return report, InterruptedRunError.exit_code if report.interrupted else report_exit_code(report)


def _refusal(plan: Plan) -> str | None:
    """Return why nothing may be written."""
    if plan.errored:
        return "a rule could not be read"
    return "findings forbid it" if plan.forbidden else None


def _ask(plan: Plan) -> str | None:
    """Ask for approval, where there is something to approve; return why there is none."""
    if not plan.writes:
        return None
    click.echo("Carry this plan out? Only `yes` is taken for a yes: ", err=True, nl=False)
    return None if sys.stdin.readline().strip() == "yes" else "not approved"


def _run(task: Task, writer: Writer, config: Config, *, approved: bool, asked: bool) -> Report:
    fresh = not asked and SYSTEM_CLOCK.monotonic() - task.read_at < _FRESH_SECONDS
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
