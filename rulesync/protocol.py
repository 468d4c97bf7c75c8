"""What to do next about one write, decided from what was seen and from nothing else.

The API has no transactions and no conditional writes, repeats its first answer to a key for 24 hours, and may lose any
answer. So every write is looked at before it is sent, before it is sent again, and after; a key is left only when its
remembered answer can never be the wanted one; and what cannot be proved is called unknown.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rulesync.answer import Answer, Hidden, Look, Lost, Missing
from rulesync.ownership import Marker, digest
from rulesync.plan import Change, Operation, is_met
from rulesync.report import Result
from rulesync.rule import Status
from rulesync.ruleset import ActualRule, ListedRule

HORIZON = timedelta(seconds=30)
"""How long the API's views are given to catch up with a write before an absence is believed."""

FORGOTTEN_AFTER = timedelta(hours=23)
"""How old a rule may be for its key to be surely remembered still (the server keeps keys for 24 hours)."""

MOST_GENERATIONS = 20
MOST_ATTEMPTS = 5
_MISMATCH = {400, 422}
_NOT_FOUND = 404
_NOT_OFFERED = {404, 405, 501}
_CONFLICT = 409
_TOO_MANY = 429
_BROKEN = 500


@dataclass(frozen=True, slots=True)
class Send:
    """Send the write."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Look again after so many seconds, and send again under the same key if nothing moved."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Walk:
    """Leave a burned key: look again, and send under the key of the next generation if nothing moved."""


@dataclass(frozen=True, slots=True)
class Settle:
    """Wait until the API's views have settled, then look.

    `until` is by the server's clock, None for the whole horizon from now. `burned` says that the key may be left if
    nothing bears our marker then; otherwise the rule was removed by somebody, and is not made again.
    """

    until: datetime | None
    why: str
    burned: bool = True


@dataclass(frozen=True, slots=True)
class Verify:
    """The server says that it acted; the closing look will tell."""

    rule_id: str | None


@dataclass(frozen=True, slots=True)
class End:
    """The change has come out."""

    result: Result
    why: str | None = None
    actual: ActualRule | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried of one change so far: attempts under the present key, and how often the key was left.

    `doubt` says that an attempt may have arrived without our knowing what came of it.
    """

    attempts: int = 0
    generation: int = 0
    doubt: bool = False

    def again(self, answer: "Answer | Lost") -> "Tried":
        """Return what was tried after one more attempt under the same key."""
        reached = answer.reached if isinstance(answer, Lost) else answer.status >= _BROKEN
        return replace(self, attempts=self.attempts + 1, doubt=self.doubt or reached)

    def next_generation(self) -> "Tried":
        """Return what was tried after leaving the key."""
        return replace(self, attempts=0, generation=self.generation + 1)


def before_create(change: Change, ours: list[ListedRule], look: Look | None) -> Send | End:
    """Decide from the list's rows that bear our marker, and a look at the one that does."""
    if not ours:
        return Send()
    if len(ours) > 1:
        ids = ", ".join(f"`{row.id}`" for row in ours)
        return End(Result.STALE, f"more than one rule bears its marker now: {ids}")
    if isinstance(look, ActualRule) and is_met(change, look):
        return End(Result.DONE, actual=look)
    found = look if isinstance(look, ActualRule) else None
    return End(Result.STALE, f"another apply made the rule `{ours[0].id}` of this key meanwhile, and it differs", found)


def before_write(change: Change, look: Look, *, sent: bool) -> Send | End:
    """Decide from a look by id right before an update or delete; `sent` where an attempt may have arrived already."""
    if isinstance(look, Hidden):
        return End(Result.UNKNOWN if sent else Result.FAILED, f"the rule could not be read: {look.reason}")
    if change.operation is Operation.DELETE and isinstance(look, Missing):
        return End(Result.DONE)
    if isinstance(look, Missing):
        return End(Result.STALE, "the rule is gone")
    if is_met(change, look):
        return End(Result.DONE, actual=look)
    if is_as_planned(change, look):
        return Send()
    return End(Result.STALE, _moved(change, look), look)


def is_as_planned(change: Change, actual: ActualRule) -> bool:
    """Tell whether a rule is still exactly what the plan saw: content, marker, status and time of the last change."""
    return change.actual is not None and (
        digest(actual.rule) == digest(change.actual.rule)
        and actual.rule == change.actual.rule
        and actual.marker == change.actual.marker
        and actual.updated_at == change.actual.updated_at
        and actual.extras == change.actual.extras
    )


def _moved(change: Change, actual: ActualRule) -> str:
    before = change.actual
    if before is not None and before.rule.status is not actual.rule.status:
        live = actual.rule.status is Status.ENABLED
        return "somebody enabled the rule after the plan" if live else "somebody paused the rule after the plan"
    return "somebody changed the rule after the plan"


def after_answer(
    change: Change, answer: Answer | Lost, tried: Tried, wait: float
) -> Retry | Walk | Settle | Verify | End:
    """Decide from an answer to an attempt; `tried` counts it already, `wait` is how long to back off, in seconds.

    An accepted answer that may be a memory proves nothing by itself: `after_memory` decides it from a look.
    """
    if isinstance(answer, Lost):
        return _again(answer.reason, tried, wait)
    if answer.accepted:
        return Verify(answer.rule.id if answer.rule else None)
    if answer.status in {_CONFLICT, _TOO_MANY}:
        return _again(answer.reason, tried, max(wait, answer.retry_after or 0))
    if answer.status >= _BROKEN and not answer.remembered:
        return _again(answer.reason, tried, wait)
    if answer.status >= _BROKEN:
        return Settle(None, "the API repeats an earlier failure of this write")
    if change.operation is Operation.CREATE and is_mismatch(answer):
        return Settle(None, "the API remembers an earlier create of this rule, with other content")
    if answer.status == _NOT_FOUND and answer.code and change.operation is not Operation.CREATE:
        return _again(answer.reason, tried, 0)  # the next look tells whether the rule is gone
    if answer.status in _NOT_OFFERED and not answer.code:
        return End(Result.FAILED, f"the API does not offer this write: it answered {answer.status}")
    if answer.remembered or _may_raise(change, answer, tried):
        return _walk(answer.reason, tried)
    return End(Result.FAILED, answer.reason)


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


def after_memory(
    change: Change, answer: Answer, look: Look, tried: Tried, planned_at: datetime | None
) -> Walk | Settle | Verify | End:
    """Decide from a look at the rule of an accepted answer that the server may only have remembered."""
    if isinstance(look, Hidden):
        return End(Result.UNKNOWN, f"the rule could not be read: {look.reason}")
    if change.operation is Operation.DELETE and isinstance(look, Missing):
        return End(Result.DONE)
    if isinstance(look, ActualRule) and is_met(change, look):
        return End(Result.DONE, actual=look)
    if change.operation is Operation.CREATE and answer.remembered is None and isinstance(look, Missing):
        return Verify(answer.rule.id if answer.rule else None)  # perhaps made just now, and not to be seen yet
    if change.operation is Operation.CREATE:
        return _after_remembered_create(change, answer, look, planned_at)
    if isinstance(look, ActualRule) and is_as_planned(change, look):
        if answer.remembered is None:
            return Verify(look.id)  # perhaps done just now, and not to be seen yet
        return _walk("the API answers from memory, and the rule is as before", tried)
    return End(Result.STALE, "the rule is neither what the plan saw nor what was wanted")


def _after_remembered_create(change: Change, answer: Answer, look: Look, planned_at: datetime | None) -> Settle | End:
    """Decide about the rule of a remembered create, which is not what is wanted now."""
    if isinstance(look, ActualRule) and look.marker is not None and look.marker.key == change.key:
        return End(Result.STALE, f"another apply made the rule `{look.id}` of this key meanwhile, and it differs", look)
    born = _instant(answer.rule.created_at if answer.rule else None)
    if born is None or planned_at is None:
        return End(Result.UNKNOWN, "the API answers this create from memory, and its rule cannot be found")
    return Settle(
        born + HORIZON,
        "the API answers this create from memory, and its rule cannot be seen",
        burned=born <= planned_at,
    )


def wait_for(decision: Settle, server_now: datetime | None) -> float:
    """Return how many seconds to wait; the server's clock alone counts, and without it the whole horizon is waited."""
    whole = HORIZON.total_seconds()
    if decision.until is None or server_now is None:
        return whole
    return min(max(0.0, (decision.until - server_now).total_seconds()), whole)


def after_settling(
    change: Change,
    settled: Settle,
    ours: list[ListedRule],
    look: Look | None,
    tried: Tried,
    age: timedelta | None,
) -> Walk | End:
    """Decide about a create once the API's views have settled: our marker is there, or the key is burned.

    `age` is the age of the rule that the server remembers, None where it remembers none.
    """
    if ours:
        decision = before_create(change, ours, look)
        return decision if isinstance(decision, End) else End(Result.UNKNOWN, "the list cannot be understood")
    if not settled.burned:
        return End(Result.STALE, "the rule was made after this plan was read, and somebody removed it since")
    if age is not None and age > FORGOTTEN_AFTER:
        return End(Result.UNKNOWN, "the key of this create is about to be forgotten; run it again in two hours")
    return _walk("the key of this create is burned", tried)


def proves(change: Change, answer: Answer, row: ListedRule | None, ours: Marker | None) -> bool:
    """Tell whether the closing list and a fresh answer together prove a write, without a look by id."""
    if answer.remembered is not False:
        return False
    if change.operation is Operation.DELETE:
        return row is None
    return (
        row is not None
        and answer.rule is not None
        and row.id == answer.rule.id
        and row.updated_at is not None
        and row.updated_at == answer.rule.updated_at
        and row.status is Status.DISABLED
        and row.nickname in {None, answer.rule.rule.nickname}
        and row.marker == ours == answer.rule.marker
        and is_met(change, _off(answer.rule))
    )


def may_not_show_yet(change: Change, look: Look) -> bool:
    """Tell whether a look after an accepted write shows what was there before it, as a view that lags would."""
    if change.operation is Operation.CREATE:
        return isinstance(look, Missing)
    return isinstance(look, ActualRule) and is_as_planned(change, look)


def closing(change: Change, look: Look, ours: Marker | None) -> End:
    """Decide from the closing look by id how a write came out that the server accepted."""
    if isinstance(look, Hidden):
        return End(Result.UNKNOWN, f"written, and it could not be read back: {look.reason}")
    if change.operation is Operation.DELETE:
        if isinstance(look, Missing):
            return End(Result.DONE)
        return End(Result.ALTERED, "the API accepted the delete, and the rule is still there", look)
    if isinstance(look, Missing):
        return End(Result.UNKNOWN, "the API accepted the write, and the rule cannot be found")
    if is_met(change, _off(look)):
        if look.marker != ours:
            return End(Result.ALTERED, "the marker line is missing from the description, or another", look)
        if not is_met(change, look):
            return End(Result.ALTERED, "the rule is live, and was to be off", look)
        return End(Result.DONE, actual=look)
    return End(Result.ALTERED, "the API holds something else than what was written", look)


def _off(actual: ActualRule) -> ActualRule:
    """Return the rule without regard to whether it is live, which is judged and said apart."""
    return replace(actual, rule=replace(actual.rule, status=Status.DISABLED))


def _instant(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
