"""Carries a plan out, in its order, and nothing but the plan; then proves what was written."""

from collections.abc import Sequence

from rulesync.apply.attempts import Accepted, Attempts, StoppedError, Terms
from rulesync.apply.closing import prove, unproved
from rulesync.clock import Clock
from rulesync.errors import ApiError, NetworkError
from rulesync.plan import Change, Origin, Plan
from rulesync.remote import Writer
from rulesync.report import Outcome, Report, Result
from rulesync.ruleset import ListedRule


def run(plan: Plan, writer: Writer, terms: Terms, listed: Sequence[ListedRule] | None = None) -> Report:
    """Carry a plan out and return what came of each change.

    `listed` is the list that the plan was made from, if that was just now; otherwise the list is read first. Nothing is
    raised for what goes wrong with one change: that is in its outcome.

    Raises:
        ApiError, NetworkError: the first list could not be read; nothing was written.
    """
    started = terms.clock.now()
    allowed = [change for change in plan.writes if _is_approved(change, terms)]
    if allowed and listed is None:
        listed = writer.listing()
    results: dict[str, Outcome | Accepted] = {}
    cut = False
    for change in plan.writes:
        attempts = Attempts(change, writer, terms, listed or ())
        try:
            results[_name(change)] = _skipped(change, terms, cut=cut) or _carry_out(attempts)
        except KeyboardInterrupt:
            cut = True
            results[_name(change)] = attempts.broken_off("the run was interrupted while the write was in flight")
    if not cut:
        cut = _proved_to_the_end(results, writer, terms)
    outcomes = tuple(unproved(each) if isinstance(each, Accepted) else each for each in results.values())
    return Report(started, terms.clock.now(), outcomes, interrupted=cut or terms.stop())


def _proved_to_the_end(results: dict[str, Outcome | Accepted], writer: Writer, terms: Terms) -> bool:
    """Prove what was written; return whether a second ^C cut that off, so that the rest stays unproved."""
    try:
        prove(results, writer, terms)
    except KeyboardInterrupt:
        return True
    return False


def refuse(plan: Plan, why: str, clock: Clock) -> Report:
    """Return the report of a plan of which nothing may be written."""
    now = clock.now()
    return Report(now, now, tuple(Outcome(change, Result.SKIPPED, error=why) for change in plan.writes))


def _name(change: Change) -> str:
    """Return what tells the changes of a plan apart: an orphan that is deleted may have the key of a new rule."""
    return f"{change.operation} {change.key}"


def _is_approved(change: Change, terms: Terms) -> bool:
    return terms.approved or change.origin not in {Origin.APP, Origin.BOTH}


def _skipped(change: Change, terms: Terms, *, cut: bool) -> Outcome | None:
    """Return why a change is not even tried, None where it is."""
    if cut or terms.stop():
        return Outcome(change, Result.SKIPPED, error="the run was interrupted before it")
    if not _is_approved(change, terms):
        return Outcome(
            change, Result.SKIPPED, error="the app changed it since the last apply, and nobody approved this"
        )
    return None


def _carry_out(attempts: Attempts) -> Outcome | Accepted:
    try:
        return attempts.carry_out()
    except StoppedError:
        return attempts.broken_off("the run was interrupted while it was waiting")
    except (ApiError, NetworkError) as problem:
        return attempts.broken_off(problem.message)
