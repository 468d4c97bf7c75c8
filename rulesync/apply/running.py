"""Carries a plan out, in its order, and nothing but the plan; then proves what was written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rulesync import protocol
from rulesync.answer import Hidden, Look, Missing
from rulesync.apply.attempts import Accepted, Attempts, Terms, bearing
from rulesync.clock import Clock
from rulesync.errors import ApiError, NetworkError
from rulesync.intent import marker
from rulesync.plan import Change, Operation, Origin, Plan
from rulesync.protocol import End
from rulesync.remote import Writer
from rulesync.report import Outcome, Report, Result
from rulesync.rule import Status
from rulesync.ruleset import ActualRule, ListedRule


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
        _close(results, writer, terms)
    outcomes = tuple(_unproved(each) if isinstance(each, Accepted) else each for each in results.values())
    return Report(started, terms.clock.now(), outcomes, interrupted=cut or terms.stop())


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
    except (ApiError, NetworkError) as problem:
        return attempts.broken_off(problem.message)


def _unproved(written: Accepted) -> Outcome:
    """Return the outcome of an accepted write after which the run was cut off."""
    why = "the API accepted the write, and the run was cut off before it was looked at"
    rule_id = written.answer.rule.id if written.answer.rule else _id(written.change)
    return Outcome(
        written.change,
        Result.UNKNOWN,
        rule_id,
        idempotency_key=written.key,
        request_id=written.answer.request_id,
        error=why,
    )


def _close(results: dict[str, Outcome | Accepted], writer: Writer, terms: Terms) -> None:
    """Prove what was written: one list for all of it, and a look by id wherever that does not prove enough.

    A write of which nothing was heard is looked for as well: it may have arrived.
    """
    open_ends = {name: result for name, result in results.items() if _needs_proof(result)}
    if not open_ends:
        return
    rows = _rows(writer)
    for name, result in open_ends.items():
        if isinstance(result, Accepted):
            results[name] = _prove(result, rows, writer, terms)
        else:
            results[name] = _find(result, rows, writer, terms)


def _needs_proof(result: Outcome | Accepted) -> bool:
    return isinstance(result, Accepted) or result.result is Result.UNKNOWN


def _rows(writer: Writer) -> Mapping[str, ListedRule]:
    """Return the closing list by id; empty if it cannot be read, so that every rule is looked at by id instead."""
    try:
        return {row.id: row for row in writer.listing()}
    except (ApiError, NetworkError):
        return {}


def _prove(written: Accepted, rows: Mapping[str, ListedRule], writer: Writer, terms: Terms) -> Outcome:
    """Return how an accepted write came out."""
    change, answer = written.change, written.answer
    rule_id = answer.rule.id if answer.rule else _id(change) or _found(change, rows, terms)
    row = rows.get(rule_id or "")
    ours = marker(change, terms.scope)
    if protocol.proves(change, answer, row, ours) and rows:
        end, live = End(Result.DONE, actual=_paused(answer.rule)), False
    elif rule_id is None:
        end, live = End(Result.UNKNOWN, "the API accepted the write, and did not say for which rule"), False
    else:
        look = _patient_look(change, rule_id, writer, terms)
        end = protocol.closing(change, look, ours)
        live = isinstance(look, ActualRule) and look.rule.status is Status.ENABLED
    return Outcome(
        change=change,
        result=end.result,
        rule_id=rule_id,
        actual=end.actual,
        live=live,
        idempotency_key=written.key,
        request_id=answer.request_id,
        error=end.why,
    )


def _paused(rule: ActualRule | None) -> ActualRule | None:
    """Return a rule as the list proved it: off, whatever the answer to the write said of its status."""
    return rule and replace(rule, rule=replace(rule.rule, status=Status.DISABLED))


def _patient_look(change: Change, rule_id: str, writer: Writer, terms: Terms) -> Look:
    """Look by id; a rule just made may take up to the horizon to appear."""
    deadline = terms.clock.monotonic() + protocol.HORIZON.total_seconds()
    while True:
        look = _look(rule_id, writer)
        late = terms.clock.monotonic() >= deadline
        if change.operation is not Operation.CREATE or not isinstance(look, Missing) or late:
            return look
        terms.saying(f"the rule `{rule_id}` was made and cannot be read yet; looking again in 3 s")
        terms.clock.sleep(3)


def _look(rule_id: str, writer: Writer) -> Look:
    try:
        return writer.look(rule_id)
    except (ApiError, NetworkError) as problem:
        return Hidden(problem.message)


def _find(outcome: Outcome, rows: Mapping[str, ListedRule], writer: Writer, terms: Terms) -> Outcome:
    """Return a better outcome for a write of which nothing was heard, where a look by id gives one."""
    rule_id = _id(outcome.change) or _found(outcome.change, rows, terms)
    if rule_id is None:
        return outcome
    end = protocol.closing(outcome.change, _look(rule_id, writer), marker(outcome.change, terms.scope))
    return (
        replace(outcome, result=Result.DONE, rule_id=rule_id, actual=end.actual, error=None)
        if end.result is Result.DONE
        else outcome
    )


def _id(change: Change) -> str | None:
    return change.actual.id if change.actual else None


def _found(change: Change, rows: Mapping[str, ListedRule], terms: Terms) -> str | None:
    """Return the id of the one listed rule that bears our marker."""
    ours = bearing(change, list(rows.values()), terms.scope)
    return ours[0].id if len(ours) == 1 else None
