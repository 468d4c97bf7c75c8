"""Carries a plan out, in its order, and nothing but the plan; then proves what was written."""

from collections.abc import Callable, Sequence
from itertools import groupby

from rulesync import protocol
from rulesync.apply.attempts import Accepted, Attempts, Settling, Terms, skipped
from rulesync.apply.closing import prove, unproved
from rulesync.clock import Clock
from rulesync.errors import ApiError, NetworkError, Stop, StoppedError
from rulesync.patience import Patience
from rulesync.plan import Change, Operation, Origin, Plan
from rulesync.remote import Writer
from rulesync.report import Outcome, Report, Result
from rulesync.ruleset import ListedRule


def run(plan: Plan, writer: Writer, terms: Terms) -> Report:
    """Carry a plan out and return what came of each change.

    Before the first create the list is read anew, however fresh that of the plan is: one list that lacks a rule is not
    enough to make it. Once the API says that it does not offer writes, no further one is sent. Nothing is raised for
    what goes wrong with one change: that is in its outcome.

    Raises:
        ApiError, NetworkError: the first list could not be read; nothing was written.
    """
    started = terms.clock.now()
    patience = terms.patience or Patience(terms.clock)
    patience.heed(terms.stop)
    over: Stop | None = None
    listed: Sequence[ListedRule] = ()
    if any(change.operation is Operation.CREATE and _is_approved(change, terms) for change in plan.writes):
        try:
            listed = writer.marked(terms.planned_at)
        except StoppedError as problem:
            over = problem.stop
    attempts = [Attempts(change, writer, terms, patience, listed) for change in plan.writes]
    results: dict[str, Outcome | Accepted] = {}
    ended: Stop | None = None
    try:
        for _, alike in groupby(attempts, key=lambda each: each.change.operation):
            _carry_out_all(list(alike), attempts, results, terms, lambda: over or patience.stop)
        with patience.proving():
            prove(results, writer, terms, patience, {_name(each.change) for each in attempts if each.denied})
        ended = over or patience.ended
    except KeyboardInterrupt:  # the second one: the rest stays undone, and what was written unproved
        ended = Stop.ASKED
    outcomes = tuple(_outcome(each, results.get(_name(each.change))) for each in attempts)
    return Report(started, terms.clock.now(), outcomes, ended)


def _carry_out_all(
    attempts: Sequence[Attempts],
    everyone: Sequence[Attempts],
    results: dict[str, Outcome | Accepted],
    terms: Terms,
    stop: Callable[[], Stop | None],
) -> None:
    """Carry changes out one after the other; those for which the API must settle wait for that together, at the end."""
    while attempts:
        settling = []
        for each in attempts:
            result = _not_offered(each, everyone) or _carry_out(each, terms, stop())
            if isinstance(result, Settling):
                settling.append(each)
            else:
                results[_name(each.change)] = result
        attempts = settling


def _not_offered(attempts: Attempts, everyone: Sequence[Attempts]) -> Outcome | None:
    """Return the outcome of a change that is not tried any more, since another showed that there are no writes."""
    if not any(each.unoffered for each in everyone):
        return None
    if attempts.settling:
        return attempts.broken_off(protocol.UNOFFERED)
    return Outcome(attempts.change, Result.SKIPPED, error=protocol.UNOFFERED)


def _outcome(attempts: Attempts, result: Outcome | Accepted | None) -> Outcome:
    if result is None:
        return attempts.cut_off()
    return unproved(result) if isinstance(result, Accepted) else result


def refuse(plan: Plan, why: str, clock: Clock) -> Report:
    """Return the report of a plan of which nothing may be written."""
    now = clock.now()
    return Report(now, now, tuple(Outcome(change, Result.SKIPPED, error=why) for change in plan.writes), refused=why)


def _name(change: Change) -> str:
    """Return what tells the changes of a plan apart: an orphan that is deleted may have the key of a new rule.

    Two rules that bear the marker of one key may both have to be switched off.
    """
    return f"{change.operation} {change.key} {change.rule_id}"


def _is_approved(change: Change, terms: Terms) -> bool:
    return terms.approved or change.origin not in {Origin.APP, Origin.BOTH}


def _skipped(change: Change, terms: Terms, over: Stop | None) -> Outcome | None:
    """Return why a change is not even tried, None where it is."""
    if over:
        return skipped(change, over)
    if not _is_approved(change, terms):
        why = "it was changed since" if change.verbatim else "the app changed it since the last apply"
        return Outcome(change, Result.SKIPPED, error=f"{why}, and nobody approved this")
    return None


def _carry_out(attempts: Attempts, terms: Terms, over: Stop | None) -> Outcome | Accepted | Settling:
    if over and attempts.settling:
        return attempts.stopped(StoppedError(str(over), over))
    try:
        return _skipped(attempts.change, terms, over) or attempts.carry_out()
    except StoppedError as problem:
        return attempts.stopped(problem)
    except (ApiError, NetworkError) as problem:
        return attempts.broken_off(problem.message)
