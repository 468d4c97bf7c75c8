"""Carrying a plan out from the command line: refused, asked about, interrupted, reported; alike for every command."""

import contextlib
import math
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Generic, TypeVar

import click

from rulesync import apply, document
from rulesync.apply import Terms
from rulesync.cli.given import Globals
from rulesync.cli.output import check_writable, parse_writes, say, show, without_secrets, write_file
from rulesync.cli.planning import Planned, exit_code
from rulesync.cli.session import is_refused
from rulesync.cli.views import report_renderers
from rulesync.clock import SYSTEM_CLOCK
from rulesync.config import Config
from rulesync.errors import ConfigError, InterruptedRunError, RulesyncError, Stop, UsageError
from rulesync.patience import Patience
from rulesync.plan import Plan
from rulesync.planfile import reading
from rulesync.planfile.forecasting import forecast
from rulesync.planfile.reporting import failed_report
from rulesync.planfile.writing import Context
from rulesync.planjson import Command, ReportJson
from rulesync.remote import Writer
from rulesync.report import Outcome, Report
from rulesync.report import exit_code as report_exit_code

Value = TypeVar("Value")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be carried out.

    `reads` is how many requests this run sent to plan it. `question` is what a person is asked. `beside` are outcomes
    that are known without a write, and reported with the others.
    """

    plan: Plan
    digest: str
    context: Context
    reads: int = 0
    question: str = "Carry this plan out?"
    beside: tuple[Outcome, ...] = ()


def planned_task(planned: Planned) -> Task:
    """Return a plan that was made just now as what is to be carried out; its looks at runs are done, but for some."""
    again = sum(known.watched for known in planned.context.runs.values())
    context = replace(planned.context, looks_back=again)
    return Task(planned.plan, planned.json()["digest"], context, planned.reads)


class Delivery(Generic[Value]):
    """Where the report goes: to standard output in one format, and to every file that was asked for, come what may.

    Files that cannot be written are refused at once, before anything is done.
    """

    def __init__(
        self,
        renderers: Mapping[str, Callable[[Value], str]],
        failed: Callable[[str], Value],
        shown: str,
        writes: tuple[str, ...],
        report_file: Path | None,
    ) -> None:
        self._renderers = renderers
        self._failed = failed
        self._shown = shown
        self._files = parse_writes(writes, self._renderers)
        self._report_file = report_file
        self._handed_in = False
        check_writable(report_file, *self._files.values())

    @contextmanager
    def even_on_failure(self) -> Iterator[None]:
        """Write the files also for a run that could not even begin.

        Signals mean what they meant before when it is over, whatever `carry_out` made of them.
        """
        before = {number: signal.getsignal(number) for number in _SIGNALS}
        try:
            yield
        except (RulesyncError, KeyboardInterrupt) as problem:
            if self._handed_in:
                raise
            why = problem.message if isinstance(problem, RulesyncError) else "the run was interrupted"
            self._write(without_secrets(self._failed(why)))
            raise
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def hand_in(self, value: Value) -> None:
        """Write the report to every file that was asked for, and print it; one that fails does not keep the others.

        Raises:
            ConfigError: a file could not be written.
        """
        self._handed_in, value = True, without_secrets(value)
        try:
            self._write(value)
        finally:
            show(self._renderers[self._shown](value))

    def _write(self, value: Value) -> None:
        files = list(self._files.items())
        if self._report_file:
            files.insert(0, ("json", self._report_file))
        problems = []
        for name, file in files:
            try:
                write_file(file, self._renderers[name](value))
            except ConfigError as problem:
                problems.append(problem)
        if problems:
            raise problems[0]


def delivery(
    options: Globals,
    config: Config,
    shown: str,
    writes: tuple[str, ...],
    report_file: Path | None,
    command: Command = "apply",
) -> Delivery[ReportJson]:
    """Return where the report of one workspace goes."""

    def failed(why: str) -> ReportJson:
        return not_begun(config, why, command)

    return Delivery(report_renderers(options.color, options.link), failed, shown, writes, report_file)


def not_begun(config: Config, why: str, command: Command = "apply") -> ReportJson:
    """Return the report of a run that could not even begin."""
    return failed_report(
        why,
        SYSTEM_CLOCK.now(),
        command=command,
        workspace=config.workspace,
        scope=config.scope,
        api={"dialect": config.dialect, "base_url": config.base_url},
    )


def check_asking(
    command: str, options: Globals, *, auto_approve: bool, otherwise: str = "add `--auto-approve`"
) -> None:
    """Refuse to ask where nobody can answer; where nothing will be asked, since no write is taken, that is for later.

    Raises:
        UsageError: standard input is no terminal.
    """
    if not auto_approve and not (sys.stdin and sys.stdin.isatty()) and not is_refused(options):
        raise UsageError(f"{command} asks before it writes, and standard input is no terminal", help=otherwise)


def saved_text(file: Path, what: str) -> str:
    """Return the text of a file that an earlier run saved; `what` it is stands in the refusal.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        return document.content(file, reading.LARGEST + 1).decode()
    except (OSError, UnicodeDecodeError) as problem:
        why = (getattr(problem, "strerror", None) or "it is no text").lower()
        raise ConfigError(f"cannot read the {what} `{file}`: {why}") from None


def carry_out(
    task: Task, writer: Writer, config: Config, patience: Patience, *, asking: bool, approved: bool
) -> tuple[Report, int]:
    """Carry a task out, unless something forbids it or a person who is asked says no; return report and exit code.

    `approved` says that a person saw this very plan, so that edits made in the app may be overwritten. `patience` is
    the time that the run has, the same as the writer's; what a person takes to answer does not count.
    """
    refused = refusal(task.plan)
    if not refused:
        foretell(task, patience)
        with patience.paused():
            refused = ask(task.question) if asking and task.plan.writes else None
    if refused:
        return refuse(task, refused)
    with stoppable() as stop:
        return run(task, writer, config, patience, stop, approved=approved or asking)


def refuse(task: Task, why: str) -> tuple[Report, int]:
    """Return the report of a task of which nothing may be written, and its exit code."""
    return _with(task.beside, apply.refuse(task.plan, why, SYSTEM_CLOCK)), exit_code(task.plan) or 1


def run(
    task: Task, writer: Writer, config: Config, patience: Patience, stop: Callable[[], bool], *, approved: bool
) -> tuple[Report, int]:
    """Carry a task out that nothing forbids, until `stop` says that somebody asked for it; return report and code."""
    report = _with(task.beside, _run(task, writer, config, patience, stop, approved=approved))
    code = InterruptedRunError.exit_code if report.interrupted else report_exit_code(report)
    if code and report.stopped is Stop.TIME_UP:
        say(f"{report.stopped} ({patience.seconds:g} s): run it again to go on, or give it more with `--timeout`")
    return report, code


def _with(beside: tuple[Outcome, ...], report: Report) -> Report:
    return replace(report, outcomes=(*beside, *report.outcomes))


def foretell(task: Task, patience: Patience) -> None:
    """Say how long the rate limit will hold the run up, and how much time to give where it has too little."""
    if not task.plan.writes:
        return
    per_minute = task.context.requests_per_minute
    needed = forecast(task.plan, per_minute, task.context.looks_back)
    requests = needed["read"] + needed["write"]
    held_up = (requests + task.reads - per_minute) * 60 / per_minute - patience.spent
    if held_up >= 1:
        rate = f"{per_minute} a minute" + (f", after {task.reads} for the plan" if task.reads else "")
        say(f"{requests} requests at {rate}: the rate limit makes this take about {held_up:.0f} s")
    if held_up > patience.left:
        enough = math.ceil((patience.spent + requests * 60 / per_minute) / 60 + 1) * 60
        say(
            f"the time for this run ({patience.seconds:g} s) is too short for that: it will stop in the middle, and a "
            f"second run goes on from there; `--timeout {enough}` is enough"
        )


def refusal(plan: Plan) -> str | None:
    """Return why nothing may be written."""
    if plan.errored:
        which = [finding.message for finding in plan.findings if finding.check == "unreadable"]
        return f"a rule could not be read ({'; '.join(which[:3])})"
    return "findings forbid it" if plan.forbidden else None


def ask(question: str) -> str | None:
    """Ask for approval; return why there is none."""
    click.echo(f"{question} Only `yes` is taken for a yes: ", err=True, nl=False)
    return None if sys.stdin.readline().strip() == "yes" else "not approved"


def _run(
    task: Task, writer: Writer, config: Config, patience: Patience, stop: Callable[[], bool], *, approved: bool
) -> Report:
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
        patience=patience,
        watched=frozenset(rule_id for rule_id, known in task.context.runs.items() if known.watched),
    )
    return apply.run(task.plan, writer, terms)


@contextmanager
def stoppable(*, elsewhere: bool = False) -> Iterator[Callable[[], bool]]:
    """Let ^C and SIGTERM ask the run to stop after the write in flight; a second one stops at once.

    Where the work is done `elsewhere`, on threads that no signal reaches, the second one is raised there, by what is
    given out, and this thread goes on waiting for the reports.

    When the run is over its report is on the way: the first one from then on is let pass, so that it arrives.
    """
    asked, cut, over, spared = (threading.Event() for _ in range(4))

    def stop(number: int, frame: FrameType | None) -> None:
        if over.is_set() and not spared.is_set():
            spared.set()
            _call("the report is on its way; once more to stop at once")
        elif asked.is_set() and elsewhere and not over.is_set():
            cut.set()
        elif asked.is_set() or over.is_set():
            raise KeyboardInterrupt
        else:
            asked.set()
            _call("stopping after the write in flight; once more to stop at once")

    def is_asked() -> bool:
        if cut.is_set():
            raise KeyboardInterrupt
        return asked.is_set()

    for number in _SIGNALS:
        signal.signal(number, stop)
    try:
        yield is_asked
    finally:
        over.set()


def _call(words: str) -> None:
    """Say something in the middle of whatever a signal interrupted, which may be saying something itself."""
    with contextlib.suppress(RuntimeError, OSError):
        say(words)
