"""What was written, proved: one list for all of it, and a look by id wherever that does not prove enough."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from rulesync import protocol
from rulesync.answer import Hidden, Look
from rulesync.apply.attempts import Accepted, Terms, bearing
from rulesync.errors import ApiError, NetworkError, Stop, StoppedError
from rulesync.intent import marker
from rulesync.patience import Patience
from rulesync.plan import Change, Operation
from rulesync.protocol import End
from rulesync.remote import Writer
from rulesync.report import Outcome, Result
from rulesync.rule import Status
from rulesync.ruleset import ActualRule, ListedRule

_PAUSE = 3  # seconds between two looks


def prove(
    results: dict[str, Outcome | Accepted],
    writer: Writer,
    terms: Terms,
    patience: Patience,
    denied: Collection[str] = (),
) -> None:
    """Prove what was written: one list for all of it, and a look by id wherever that does not prove enough.

    A write of which nothing was heard is looked for as well: it may have arrived. One that was `denied` by its answer
    has failed once the API's views have settled and show nothing of it.
    """
    open_ends = {name: result for name, result in results.items() if _needs_proof(result)}
    if not open_ends:
        return
    rows = _rows(writer)
    begun = terms.clock.monotonic()
    deadline = begun + protocol.HORIZON.total_seconds()
    for name, result in open_ends.items():
        if isinstance(result, Accepted):
            results[name] = _prove(result, rows, deadline, writer, terms, patience)
        elif result.result is Result.UNKNOWN:
            results[name] = _find(result, rows, writer, terms)
            if name in denied and results[name] is result:
                results[name] = _disprove(result, deadline, writer, terms, patience)
    deleted = [name for name in open_ends if _is_deleted(results[name])]
    while any(_rule_id(results[name]) in rows for name in deleted) and terms.clock.monotonic() < deadline:
        terms.saying(f"a rule that is deleted is listed still; looking again in {_PAUSE} s")
        if not patience.rest(_PAUSE):
            break
        rows = _rows(writer)
    results |= {name: _not_gone(results[name], rows) for name in deleted}
    if terms.clock.monotonic() - begun >= _PAUSE:  # the views lagged, so the list was too early to show a twin
        rows = _rows(writer)
        results |= {name: _without_twins(each, rows, terms) for name, each in results.items() if name in open_ends}


def _without_twins(result: Outcome | Accepted, rows: Mapping[str, ListedRule], terms: Terms) -> Outcome | Accepted:
    """Return an outcome, which is not done where more than one rule bears the marker of a create."""
    if isinstance(result, Accepted) or result.result is not Result.DONE:
        return result
    why = _twins(result.change, rows, terms)
    return replace(result, result=Result.ALTERED, error=why) if why else result


def _twins(change: Change, rows: Mapping[str, ListedRule], terms: Terms) -> str | None:
    twins = bearing(change, list(rows.values()), terms.scope)
    if change.operation is not Operation.CREATE or len(twins) < 2:  # noqa: PLR2004 - two are twins
        return None
    named = ", ".join(f"`{twin.id}`" for twin in twins)
    return f"more than one rule bears its marker now: {named}"


def _needs_proof(result: Outcome | Accepted) -> bool:
    return isinstance(result, Accepted) or result.result is Result.UNKNOWN or _is_deleted(result)


def _is_deleted(result: Outcome | Accepted) -> bool:
    """Tell whether a rule was found to be gone by its id, which the list must not deny."""
    done = not isinstance(result, Accepted) and result.result is Result.DONE
    return done and result.change.operation is Operation.DELETE


def _rule_id(result: Outcome | Accepted) -> str | None:
    return result.change.rule_id


def _not_gone(result: Outcome | Accepted, rows: Mapping[str, ListedRule]) -> Outcome | Accepted:
    """Return an outcome, which is not done where the list still shows the rule that a look by id did not find."""
    if isinstance(result, Accepted) or result.change.rule_id not in rows:
        return result
    return replace(result, result=Result.UNKNOWN, error="the API does not find the rule by its id, and lists it")


def _rows(writer: Writer) -> Mapping[str, ListedRule]:
    """Return the closing list by id; empty if it cannot be read, so that every rule is looked at by id instead."""
    try:
        return {row.id: row for row in writer.listing()}
    except (ApiError, NetworkError, StoppedError):
        return {}


def _prove(
    written: Accepted,
    rows: Mapping[str, ListedRule],
    deadline: float,
    writer: Writer,
    terms: Terms,
    patience: Patience,
) -> Outcome:
    """Return how an accepted write came out."""
    change, answer = written.change, written.answer
    rule_id = answer.rule.id if answer.rule else _id(change) or _found(change, rows, terms)
    row = rows.get(rule_id or "")
    ours = marker(change, terms.scope)
    twins = _twins(change, rows, terms)
    if twins:
        end, live = End(Result.ALTERED, twins), False
    elif protocol.proves(change, answer, row, ours) and rows:
        end, live = End(Result.DONE, actual=_paused(answer.rule)), False
    elif rule_id is None:
        end, live = End(Result.UNKNOWN, "the API accepted the write, and did not say for which rule"), False
    else:
        look = _patient_look(change, rule_id, deadline, writer, terms, patience)
        end = protocol.closing(change, look, ours)
        if protocol.may_not_show_yet(change, look) and terms.clock.monotonic() < deadline:
            end = End(Result.UNKNOWN, f"the API accepted the write, and {patience.stop or Stop.ASKED} before it showed")
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


def _patient_look(
    change: Change, rule_id: str, deadline: float, writer: Writer, terms: Terms, patience: Patience
) -> Look:
    """Look by id, until the write can be seen, the API's views must have settled, or the run ends."""
    while True:
        look = _look(rule_id, writer)
        if not protocol.may_not_show_yet(change, look) or terms.clock.monotonic() >= deadline:
            return look
        terms.saying(f"the write of `{change.key}` was accepted and does not show yet; looking again in {_PAUSE} s")
        if not patience.rest(_PAUSE):
            return look


def _look(rule_id: str, writer: Writer) -> Look:
    try:
        return writer.look(rule_id)
    except (ApiError, NetworkError, StoppedError) as problem:
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


def _disprove(outcome: Outcome, deadline: float, writer: Writer, terms: Terms, patience: Patience) -> Outcome:
    """Return how a write came out that its answer denied: failed, if the settled views show nothing of it."""
    change, seconds = outcome.change, max(0.0, deadline - terms.clock.monotonic())
    terms.saying(f"the API says that it takes no writes; waiting {seconds:.0f} s to see that it did not do this one")
    if not patience.rest(seconds):
        return outcome
    if change.operation is not Operation.CREATE:
        undone = protocol.may_not_show_yet(change, _look(_id(change) or "", writer))
        return replace(outcome, result=Result.FAILED) if undone else _find(outcome, {}, writer, terms)
    try:
        rows = {row.id: row for row in writer.marked(terms.planned_at)}
    except (ApiError, NetworkError, StoppedError):
        return outcome
    undone = not bearing(change, list(rows.values()), terms.scope)
    return replace(outcome, result=Result.FAILED) if undone else _find(outcome, rows, writer, terms)


def _id(change: Change) -> str | None:
    return change.actual.id if change.actual else None


def _found(change: Change, rows: Mapping[str, ListedRule], terms: Terms) -> str | None:
    """Return the id of the one listed rule that bears our marker."""
    ours = bearing(change, list(rows.values()), terms.scope)
    return ours[0].id if len(ours) == 1 else None


def unproved(written: Accepted) -> Outcome:
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
