"""What is decided from the answer to a write, and from what is seen of it thereafter."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from rulesync.answer import Answer, Hidden, Look, Lost, Missing
from rulesync.plan import Change, Operation, is_met
from rulesync.protocol.before import before_create, is_as_planned, other
from rulesync.protocol.decision import (
    FAILING,
    HORIZON,
    MOST_ATTEMPTS,
    MOST_FAILURES,
    MOST_GENERATIONS,
    UNBUILT,
    End,
    Retry,
    Settle,
    Tried,
    Verify,
    Walk,
)
from rulesync.report import Result
from rulesync.ruleset import ActualRule, ListedRule

FORGOTTEN_AFTER = timedelta(hours=23)
"""How old a rule may be for its key to be surely remembered still (the server keeps keys for 24 hours)."""

SURELY_LISTED_AFTER = timedelta(minutes=10)
"""How long a rule that a look by id still shows may be missing from the list before the list alone is believed."""

UNOFFERED = "the API does not offer writing rules yet"

_SOON = re.compile(
    r"coming[\s_-]*soon|not[\s_-](?:yet[\s_-])?implemented|not[\s_-](?:yet[\s_-]available|available[\s_-]yet)",
    re.IGNORECASE,
)
_REFUSED = 400
_MISMATCH = {400, 422}
_NOT_FOUND = 404
_NOT_OFFERED = {404, 405, 501}
_CONFLICT = 409
_TOO_MANY = 429


def after_answer(
    change: Change, answer: Answer | Lost, tried: Tried, wait: float
) -> Retry | Walk | Settle | Verify | End:
    """Decide from an answer to an attempt; `tried` counts it already, `wait` is how long to back off, in seconds.

    An accepted answer that may be a memory proves nothing by itself: `after_memory` decides it from a look.
    """
    if isinstance(answer, Lost):
        return _again(answer.reason, tried, wait)
    if is_unoffered(change, answer):
        return _unoffered(answer, tried)
    if answer.accepted:
        return Verify(answer.rule.id if answer.rule else None)
    if answer.status in {_CONFLICT, _TOO_MANY}:
        return _again(answer.reason, tried, max(wait, answer.retry_after or 0))
    if answer.status >= FAILING:
        return _after_failure(answer, tried, wait)
    if change.operation is Operation.CREATE and is_mismatch(answer):
        return Settle(None, "the API remembers an earlier create of this rule, with other content")
    if answer.status == _NOT_FOUND and answer.code and change.operation is not Operation.CREATE:
        return _again(answer.reason, tried, 0)  # the next look tells whether the rule is gone
    if answer.remembered or _may_raise(change, answer, tried):
        return _walk(answer.reason, tried)
    return End(Result.FAILED, answer.reason)


def is_unoffered(change: Change, answer: Answer) -> bool:
    """Tell whether the API has no such write, which is no word about any rule.

    That is a 404 in which no API speaks, any 404 to a create, which names no rule that could be missing, a method that
    the API does not allow or has not built, and an announcement, whatever its status, that holds no rule; one that is
    only remembered may be out of date.
    """
    about_a_rule = answer.status == _NOT_FOUND and change.operation is not Operation.CREATE
    if answer.status in _NOT_OFFERED and (not answer.code or not (about_a_rule or answer.remembered)):
        return True
    words = f"{answer.code or ''} {answer.message or ''} {answer.text or ''}"
    speaks = answer.status >= _REFUSED or (answer.accepted and answer.rule is None)
    return speaks and not answer.remembered and _SOON.search(words) is not None


def _unoffered(answer: Answer, tried: Tried) -> End:
    """Return that there are no writes; one whose answer does not rule out that it was done is unknown.

    If nothing else was tried, whether it was done can be seen.
    """
    why = f"{UNOFFERED} ({answer.reason}); `rulesync checklist` lists what a person can do in the app instead"
    if answer.accepted or (answer.status >= FAILING and answer.status != UNBUILT):
        alone = tried.attempts == 1 and tried.generation == 0
        return End(Result.UNKNOWN, why, unoffered=True, denied=alone)
    return End(Result.UNKNOWN if tried.doubt else Result.FAILED, why, unoffered=True)


def _after_failure(answer: Answer, tried: Tried, wait: float) -> Retry | Settle | End:
    if not answer.remembered:
        return _again(answer.reason, tried, wait)
    if tried.failures >= MOST_FAILURES:
        return End(Result.UNKNOWN, answer.reason)  # each further key would be burned as well, and lost for a day
    return Settle(None, "the API repeats an earlier failure of this write")


def _may_raise(change: Change, answer: Answer, tried: Tried) -> bool:
    """Tell whether a refusal that may be a memory may be walked past: once, and never for a create."""
    return answer.remembered is None and change.operation is not Operation.CREATE and tried.generation == 0


def _again(reason: str, tried: Tried, wait: float) -> Retry | End:
    if tried.attempts < MOST_ATTEMPTS:
        return Retry(wait)
    return End(Result.UNKNOWN if tried.doubt else Result.FAILED, reason)


def _walk(reason: str, tried: Tried) -> Walk | End:
    return Walk() if tried.generation < MOST_GENERATIONS else End(Result.FAILED, reason)


def is_mismatch(answer: Answer) -> bool:
    """Tell whether the server says that this key was used with another body."""
    words = f"{answer.code or ''} {answer.message or ''}".lower()
    return answer.status in _MISMATCH and "idempotency" in words


def after_memory(  # everything that was seen, and nothing else
    change: Change,
    answer: Answer,
    look: Look,
    ours: Sequence[ListedRule],
    tried: Tried,
    planned_at: datetime | None,
) -> Walk | Settle | Verify | End:
    """Decide from a look at the rule of an accepted answer that the server may only have remembered.

    `ours` are the list's rows that bear our marker, which are read for a create alone: a look by id may show a rule
    that is deleted.
    """
    if isinstance(look, Hidden):
        return End(Result.UNKNOWN, f"the rule could not be read: {look.reason}")
    if change.operation is Operation.DELETE and isinstance(look, Missing):
        return End(Result.DONE)
    is_there = isinstance(look, ActualRule) and (
        change.operation is not Operation.CREATE or any(row.id == look.id for row in ours)
    )
    if is_there and isinstance(look, ActualRule) and is_met(change, look):
        return End(Result.DONE, actual=look)
    if not is_memory(answer):
        return Verify(answer.rule.id if answer.rule else None)  # perhaps done just now, and not to be seen yet
    if change.operation is Operation.CREATE:
        return _after_remembered_create(change, answer, look if is_there else Missing(), tried, planned_at)
    if isinstance(look, ActualRule) and is_as_planned(change, look):
        return _walk("the API answers from memory, and the rule is as before", tried)
    if not tried.doubt:
        return End(Result.STALE, "the rule is neither what the plan saw nor what was wanted")
    if isinstance(look, Missing):
        return End(Result.UNKNOWN, "the write was done, and the rule is gone")
    return End(Result.ALTERED, "the write was done, and somebody changed the rule since", look)


def is_memory(answer: Answer) -> bool:
    """Tell whether an accepted answer is surely an earlier one: the server says so, or its rule is too old to be new.

    Where the answer does not tell, and its rule was last changed longer ago than the API's views may lag, the server
    cannot have changed it now.
    """
    if answer.remembered is not None or answer.rule is None or answer.date is None:
        return bool(answer.remembered)
    changed = _instant(answer.rule.updated_at or answer.rule.created_at)
    return changed is not None and answer.date - changed > HORIZON


def _after_remembered_create(
    change: Change, answer: Answer, look: Look, tried: Tried, planned_at: datetime | None
) -> Settle | End:
    """Decide about the rule of a remembered create, which is not what is wanted; `Missing` where no list shows it."""
    if isinstance(look, ActualRule) and _bears(change, look):
        return other(look, tried)
    born = _instant(answer.rule.created_at if answer.rule else None)
    if born is None or planned_at is None:
        return End(Result.UNKNOWN, "the API answers this create from memory, and its rule cannot be found")
    return Settle(
        born + HORIZON,
        "the API answers this create from memory, and its rule cannot be seen",
        burned=born <= planned_at,
    )


def _bears(change: Change, look: Look | None) -> bool:
    return isinstance(look, ActualRule) and look.marker is not None and look.marker.key == change.key


def wait_for(decision: Settle, server_now: datetime | None) -> float:
    """Return how many seconds to wait; the server's clock alone counts, and without it the whole horizon is waited."""
    whole = HORIZON.total_seconds()
    if decision.until is None or server_now is None:
        return whole
    return min(max(0.0, (decision.until - server_now).total_seconds()), whole)


def after_settling(
    change: Change,
    settled: Settle,
    ours: Sequence[ListedRule],
    look: Look | None,
    tried: Tried,
    age: timedelta | None,
) -> Walk | End:
    """Decide once the API's views have settled: our marker is there, or the key is burned.

    The key of an update or delete is burned; the next look tells whether the rule moved. For a create, `look` is at the
    rule that bears our marker, or else at the one that the server remembers; `age` is that one's, None where it
    remembers none. A rule that is shown by its id and not listed may be deleted, or new to the list; making it again
    could make it twice, so a young one is left in doubt.
    """
    if change.operation is not Operation.CREATE:
        return _walk(settled.why, tried)
    if ours:
        decision = before_create(change, ours, look, tried)
        return decision if isinstance(decision, End) else End(Result.UNKNOWN, "the list cannot be understood")
    if _bears(change, look) and (age is None or age < SURELY_LISTED_AFTER):
        why = "the API shows the rule of this key by its id, and does not list it; run it again in ten minutes"
        return End(Result.UNKNOWN, why)
    if not settled.burned:
        gone = Result.UNKNOWN if tried.doubt else Result.STALE
        return End(
            gone, "the rule was made after this plan was read, and cannot be found: somebody may have removed it"
        )
    if age is not None and age > FORGOTTEN_AFTER:
        return End(Result.UNKNOWN, "the key of this create is about to be forgotten; run it again in two hours")
    return _walk("the key of this create is burned", tried)


def _instant(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
