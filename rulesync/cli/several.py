"""Several workspaces side by side: each with its own key, client and rate, all in one report.

Law: a workspace that fails keeps no other from being looked at, carried out or reported.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rulesync import __version__
from rulesync.cli import carrying
from rulesync.cli.carrying import Delivery, Task, foretell, not_begun, refusal, refuse, stoppable
from rulesync.cli.given import Globals
from rulesync.cli.output import check_writable, emit, parse_writes, say, say_error, show, speaking_of
from rulesync.cli.planning import Planned, failed, make_context
from rulesync.cli.session import check_writes, configurations, reading, rules, writing
from rulesync.cli.views import plans_text, several_reports
from rulesync.clock import SYSTEM_CLOCK
from rulesync.config import Config
from rulesync.errors import InterruptedRunError, RulesyncError, Stop, UsageError
from rulesync.findings import did_you_mean, error
from rulesync.patience import Patience
from rulesync.planfile.reporting import report_json
from rulesync.planfile.several import several_json
from rulesync.planfile.writing import plan_json
from rulesync.planjson import Each, FailedJson, PlanJson, ReportJson, SeveralJson
from rulesync.remote import Reader, each
from rulesync.render.checked import Checked
from rulesync.render.several_view import CheckedWorkspace, called
from rulesync.report import Report, Result

AT_ONCE = 16  # workspaces; each may hold several connections

Outcome = TypeVar("Outcome")
Look = Callable[[Config, Reader], tuple[PlanJson, int]]
"""Makes the plan of one workspace, and the code that it ends with."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a workspace has no plan or report of its own."""

    problem: Exception

    @property
    def code(self) -> int:
        """What it alone would end with."""
        return self.problem.exit_code if isinstance(self.problem, RulesyncError) else 1

    @property
    def why(self) -> str:
        """The reason, in a sentence."""
        if isinstance(self.problem, RulesyncError):
            return self.problem.message
        return f"a bug in rulesync ({type(self.problem).__name__}): what was written is not known, so plan again"

    def json(self, config: Config) -> FailedJson:
        """Return it as JSON."""
        return {"workspace": config.workspace, "error": self.why, "help": getattr(self.problem, "help", None)}


def side_by_side(
    configs: Sequence[Config], work: Callable[[Config], Outcome], at_once: int = AT_ONCE
) -> list[Outcome | Failure]:
    """Return what came of each workspace, in their order; what is said meanwhile begins with its name.

    Raises:
        UsageError: the command line cannot mean anything, in whichever workspace.
    """

    def one(config: Config) -> Outcome | Failure:
        with speaking_of(called(config.workspace)):
            try:
                return work(config)
            except UsageError:
                raise
            except RulesyncError as problem:
                return Failure(problem)

    return each(one, configs, workers=at_once)


# Looking


def look(
    options: Globals,
    patience: Patience,
    make: Look,
    renderers: Mapping[str, Callable[[SeveralJson[PlanJson]], str]],
    shown: str,
    writes: tuple[str, ...],
    targets: Sequence[str] = (),
) -> int:
    """Make a plan of each workspace, show them in one report, and return the worst code."""

    def work(config: Config) -> tuple[PlanJson, int]:
        with reading(config, patience.twin()) as reader:
            return make(config, reader)

    return gather(options, work, _errored, renderers, shown, writes, (1, 3, 2), targets)


def gather(
    options: Globals,
    work: Callable[[Config], tuple[Each, int]],
    failed: Callable[[Config, Failure], Each],
    renderers: Mapping[str, Callable[[SeveralJson[Each]], str]],
    shown: str,
    writes: tuple[str, ...],
    order: Sequence[int],
    targets: Sequence[str] = (),
    at_once: int = AT_ONCE,
) -> int:
    """Show what comes of each workspace in one report, and return the first code of the order that is among theirs."""
    configs = configurations(options)
    files = parse_writes(writes, renderers)
    check_writable(*files.values())
    _check_targets(configs, targets)
    found = side_by_side(configs, work, at_once)
    values = [failed(at, came) if isinstance(came, Failure) else came[0] for at, came in _pairs(configs, found)]
    emit(_enveloped(values, _failures(configs, found, shown)), renderers, shown, files)
    return worst([came.code if isinstance(came, Failure) else came[1] for came in found], order)


def _check_targets(configs: Sequence[Config], targets: Sequence[str]) -> None:
    """Refuse a target that is the key of no rule in any workspace."""
    known: set[str] = set()
    for config in configs if targets else ():
        try:
            sources = rules(config)
        except RulesyncError:
            continue  # it is reported as failed
        known |= {draft.key for draft in sources.drafts} | sources.broken
    for key in targets:
        if key not in known:
            near = did_you_mean(key, known)
            advice = near or "keys are the paths below the rules directory"
            raise UsageError(f"`--target {key}`: no rule of any workspace has this key", help=advice)


def _errored(config: Config, failure: Failure) -> PlanJson:
    """Return the plan of a workspace that could not be planned."""
    problem = failure.problem if isinstance(failure.problem, RulesyncError) else RulesyncError(failure.why)
    return failed(problem, make_context(config, SYSTEM_CLOCK.now()), config.scope)


def _pairs(configs: Sequence[Config], came: Sequence[Outcome]) -> list[tuple[Config, Outcome]]:
    return list(zip(configs, came, strict=True))


def _failures(configs: Sequence[Config], came: Sequence[object], shown: str) -> list[FailedJson]:
    """Return the workspaces that failed; where nobody reads it in the result, it is said."""
    found = [(config, each) for config, each in _pairs(configs, came) if isinstance(each, Failure)]
    for config, failure in found if shown != "text" else ():
        with speaking_of(called(config.workspace)):
            say_error(failure.why, getattr(failure.problem, "help", None))
    return [failure.json(config) for config, failure in found]


def _enveloped(values: Sequence[Each], failures: Sequence[FailedJson]) -> SeveralJson[Each]:
    return several_json(values, failures, version=__version__, at=SYSTEM_CLOCK.now())


def worst(codes: Sequence[int], order: Sequence[int]) -> int:
    """Return the first code of the order that is there, else the greatest: 0 only where all are."""
    return next((code for code in order if code in codes), max(codes, default=0))


# Checking offline


def check(
    options: Globals,
    checking: Callable[[Config], Checked],
    renderers: Mapping[str, Callable[[Sequence[CheckedWorkspace]], str]],
    shown: str,
    writes: tuple[str, ...],
) -> int:
    """Check the rule files of each workspace, show what was found in one report, and return the worst code."""
    files = parse_writes(writes, renderers)
    check_writable(*files.values())
    configs = configurations(options)
    checked = [
        CheckedWorkspace(at.workspace, _unchecked(came) if isinstance(came, Failure) else came)
        for at, came in _pairs(configs, side_by_side(configs, checking))
    ]
    emit(checked, renderers, shown, files)
    return worst([1 if not each.found.complete else 0 if each.valid else 3 for each in checked], (1, 3))


def _unchecked(failure: Failure) -> Checked:
    advice = getattr(failure.problem, "help", None)
    return Checked((error("could-not-run", failure.why, help=advice),), complete=False)


# Carrying out


@dataclass(frozen=True, slots=True)
class Done:
    """What came of carrying out one workspace's plan; `made` says that something was, or may have been, written."""

    value: ReportJson
    code: int
    made: bool = False
    failure: Failure | None = None


def carry_out(
    options: Globals,
    patience: Patience,
    planning: Callable[[Config, Reader], Planned],
    targets: Sequence[str],
    shown: str,
    writes: tuple[str, ...],
    report_file: Path | None,
    *,
    asking: bool,
    approved: bool,
) -> int:
    """Plan each workspace, show all plans, ask once, and carry them out side by side; one report."""
    configs = configurations(options)
    _check_targets(configs, targets)

    def not_any(why: str) -> SeveralJson[ReportJson]:
        return _enveloped([not_begun(config, why) for config in configs], [])

    report_to = Delivery(several_reports(options.color, options.link), not_any, shown, writes, report_file)
    with report_to.even_on_failure():
        check_writes("apply", *configs)
        tasks = side_by_side(configs, lambda config: _task(config, patience.twin(), planning))
        (show if shown == "text" else say)(_plans_text(configs, tasks, options.color))
        refusals = _refusals(tasks, patience, asking=asking)
        given = {config.workspace: each for config, each in _pairs(configs, list(zip(tasks, refusals, strict=True)))}
        with stoppable(elsewhere=True) as stop:

            def work(config: Config) -> Done:
                task, why = given[config.workspace]
                return _carried_out(config, task, why, patience.twin(), stop, approved=approved or asking)

            came = side_by_side(configs, work)
        done = [_lost(at, each) if isinstance(each, Failure) else each for at, each in _pairs(configs, came)]
        failures = _failures(configs, [each.failure for each in done], shown)
        report_to.hand_in(_enveloped([each.value for each in done], failures))
    _raise_bugs(done)
    return ended(done)


def _task(config: Config, patience: Patience, planning: Callable[[Config, Reader], Planned]) -> Task:
    with reading(config, patience) as reader:
        planned = planning(config, reader)
    return carrying.planned_task(planned)


def _plans_text(configs: Sequence[Config], tasks: Sequence[Task | Failure], color: str) -> str:
    """Return the plans that are about to be carried out, without the lists that the reports repeat."""
    values = [
        _errored(at, task) if isinstance(task, Failure) else plan_json(task.plan, task.context)
        for at, task in _pairs(configs, tasks)
    ]
    return plans_text(_enveloped(values, _failures(configs, tasks, "text")), color, waiting=False) + "\n"


def _refusals(tasks: Sequence[Task | Failure], patience: Patience, *, asking: bool) -> list[str | None]:
    """Return why each task may not be carried out; a person is asked once, for all that may be and would write."""
    refusals = [None if isinstance(task, Failure) else refusal(task.plan) for task in tasks]
    writing_some = [
        why is None and isinstance(task, Task) and bool(task.plan.writes)
        for task, why in zip(tasks, refusals, strict=True)
    ]
    if not asking or not any(writing_some):
        return refusals
    with patience.paused():
        no = carrying.ask("Carry these plans out?")
    return [no if writes else why for writes, why in zip(writing_some, refusals, strict=True)]


def _carried_out(
    config: Config,
    task: Task | Failure,
    why: str | None,
    patience: Patience,
    stop: Callable[[], bool],
    *,
    approved: bool,
) -> Done:
    """Carry one task out; whatever goes wrong is in what is returned, so that every other report is handed in."""
    if isinstance(task, Failure):
        return _lost(config, task)
    try:
        if why:
            report, code = refuse(task, why)
        else:
            foretell(task, patience)
            with writing(config, patience, spent=task.reads) as writer:
                report, code = carrying.run(task, writer, config, patience, stop, approved=approved)
    except KeyboardInterrupt:  # by `stop`, before anything was sent
        report, code = refuse(task, str(Stop.ASKED))[0], InterruptedRunError.exit_code
    except Exception as problem:  # noqa: BLE001 - a bug must not take the reports of the others along
        return _lost(config, Failure(problem))
    return Done(report_json(report, task.plan, task.digest, task.context), code, _may_have_written(report))


def _lost(config: Config, failure: Failure) -> Done:
    is_bug = not isinstance(failure.problem, RulesyncError)
    return Done(not_begun(config, failure.why), failure.code, made=is_bug, failure=failure)


def _may_have_written(report: Report) -> bool:
    return report.count(Result.DONE, Result.ALTERED, Result.UNKNOWN) > 0


def _raise_bugs(done: Sequence[Done]) -> None:
    """Raise the first bug, now that everything is reported."""
    for each_one in done:
        if each_one.failure and not isinstance(each_one.failure.problem, RulesyncError):
            raise each_one.failure.problem


def ended(done: Sequence[Done]) -> int:
    """Return what an apply of several workspaces ends with."""
    codes = {each_one.code for each_one in done}
    if InterruptedRunError.exit_code in codes:
        return InterruptedRunError.exit_code
    if len(codes) == 1:
        return codes.pop()
    if any(each_one.made for each_one in done):
        return 5
    return worst(list(codes), (1, 3, 4))
