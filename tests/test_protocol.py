from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rulesync import protocol
from rulesync.answer import Answer, Hidden, Look, Lost, Missing
from rulesync.ownership import Marker
from rulesync.plan import Change, Operation, Verbatim
from rulesync.protocol import HORIZON, MOST_ATTEMPTS, MOST_GENERATIONS, End, Retry, Send, Settle, Tried, Verify, Walk
from rulesync.report import Result
from rulesync.rule import Status
from rulesync.ruleset import ActualRule, Extra
from tests.builders import a_rule, applied, desired, row

WAS, WISH = applied("save", a_rule(1)), desired("save", a_rule(2))
WANTED = applied("save", a_rule(2))
ENABLED = replace(WAS, rule=a_rule(1))
EDITED = replace(WAS, rule=replace(WAS.rule, nickname="Mine"))
TOUCHED = replace(WAS, updated_at="2026-01-01T00:00:09Z")
PLANNED_AT = datetime(2026, 1, 2, tzinfo=UTC)
BORN = "2026-01-01T00:00:00Z"

CREATE = Change(Operation.CREATE, "save", WISH, None)
UPDATE = Change(Operation.UPDATE, "save", WISH, WAS)
DELETE = Change(Operation.DELETE, "save", None, WAS)
ONCE = Tried(attempts=1)
LAST = Tried(attempts=MOST_ATTEMPTS)
DOUBTED = Tried(attempts=MOST_ATTEMPTS, doubt=True)
WALKED = Tried(attempts=1, generation=MOST_GENERATIONS)


def result(decision: object) -> Result | None:
    return decision.result if isinstance(decision, End) else None


@pytest.mark.parametrize(
    ("change", "look", "sent", "expected"),
    [
        (UPDATE, WAS, False, Send()),
        (UPDATE, WAS, True, Send()),
        (UPDATE, WANTED, False, Result.DONE),
        (UPDATE, replace(WANTED, rule=a_rule(2)), False, Result.DONE),
        (UPDATE, ENABLED, False, Result.STALE),
        (UPDATE, EDITED, False, Result.STALE),
        (UPDATE, TOUCHED, False, Result.STALE),
        (UPDATE, replace(WAS, marker=None), False, Result.STALE),
        (UPDATE, Missing(), False, Result.STALE),
        (UPDATE, Hidden("403"), False, Result.FAILED),
        (UPDATE, Hidden("403"), True, Result.UNKNOWN),
        (DELETE, WAS, False, Send()),
        (DELETE, Missing(), False, Result.DONE),
        (DELETE, EDITED, False, Result.STALE),
        (DELETE, ENABLED, True, Result.STALE),
    ],
)
def test_before_an_update_or_delete(change: Change, look: Look, *, sent: bool, expected: object) -> None:
    """A rule is written only while it is exactly what the plan saw; what is as wanted already is done."""
    decision = protocol.before_write(change, look, sent=sent)

    assert expected in {decision, result(decision)}


@pytest.mark.parametrize(
    ("rows", "look", "expected"),
    [
        ([], None, Send()),
        ([row(WANTED)], WANTED, Result.DONE),
        ([row(WAS)], WAS, Result.STALE),
        ([row(WANTED)], Missing(), Result.STALE),
        ([row(WANTED)], Hidden("500"), Result.STALE),
        ([row(WANTED), row(WAS)], None, Result.STALE),
    ],
)
def test_before_a_create(rows: list[object], look: Look | None, expected: object) -> None:
    """A rule is made only if nobody bears its marker; one that is there already and equal is done."""
    decision = protocol.before_create(CREATE, rows, look)  # type: ignore[arg-type]  # rows are rows

    assert expected in {decision, result(decision)}


@pytest.mark.parametrize(
    ("change", "answer", "tried", "expected"),
    [
        (CREATE, Lost("cut off"), ONCE, Retry(1)),
        (CREATE, Lost("cut off"), DOUBTED, Result.UNKNOWN),
        (CREATE, Lost("refused", reached=False), LAST, Result.FAILED),
        (CREATE, Answer(201, WANTED, remembered=False), ONCE, Verify(WANTED.id)),
        (UPDATE, Answer(200, WANTED, remembered=True), ONCE, Verify(WANTED.id)),
        (DELETE, Answer(204), ONCE, Verify(None)),
        (UPDATE, Answer(429, retry_after=7), ONCE, Retry(7)),
        (UPDATE, Answer(429), LAST, Result.FAILED),
        (CREATE, Answer(409, code="request_in_progress"), ONCE, Retry(1)),
        (UPDATE, Answer(502), ONCE, Retry(1)),
        (UPDATE, Answer(500, remembered=False), DOUBTED, Result.UNKNOWN),
        (CREATE, Answer(500, remembered=True), ONCE, Settle(None, "the API repeats an earlier failure of this write")),
        (CREATE, Answer(400, code="bad", remembered=False), ONCE, Result.FAILED),
        (CREATE, Answer(400, code="bad", remembered=True), ONCE, Walk()),
        (CREATE, Answer(400, code="bad", remembered=True), WALKED, Result.FAILED),
        (CREATE, Answer(400, code="bad", remembered=None), ONCE, Result.FAILED),
        (UPDATE, Answer(400, code="bad", remembered=None), ONCE, Walk()),
        (UPDATE, Answer(400, code="bad", remembered=None), Tried(1, 1), Result.FAILED),
        (UPDATE, Answer(400, code="bad", remembered=False), ONCE, Result.FAILED),
        (UPDATE, Answer(404, code="resource_not_found", remembered=False), ONCE, Retry(0)),
        (UPDATE, Answer(404, remembered=None), ONCE, Result.FAILED),
        (CREATE, Answer(405, message="no", remembered=True), ONCE, Result.FAILED),
        (CREATE, Answer(404, message="coming soon", remembered=False), ONCE, Result.FAILED),
        (
            CREATE,
            Answer(400, code="idempotency_key_mismatch", remembered=False),
            ONCE,
            Settle(None, "the API remembers an earlier create of this rule, with other content"),
        ),
        (UPDATE, Answer(403, code="forbidden", remembered=False), ONCE, Result.FAILED),
        (UPDATE, Answer(302, remembered=False), ONCE, Result.FAILED),
    ],
)
def test_after_an_answer(change: Change, answer: Answer | Lost, tried: Tried, expected: object) -> None:
    """A fresh refusal is final, a remembered one burns its key, and silence is retried and in the end unknown."""
    decision = protocol.after_answer(change, answer, tried, 1)

    assert expected in {decision, result(decision)}


def remembered(rule: ActualRule | None = None) -> Answer:
    return Answer(200, rule or replace(WANTED, created_at=BORN), remembered=True)


@pytest.mark.parametrize(
    ("change", "answer", "look", "expected"),
    [
        (CREATE, remembered(), WANTED, Result.DONE),
        (CREATE, remembered(), WAS, Result.STALE),
        (CREATE, remembered(), Hidden("500"), Result.UNKNOWN),
        (CREATE, remembered(), Missing(), Settle),
        (CREATE, remembered(), replace(EDITED, marker=None), Settle),
        (CREATE, remembered(replace(WANTED, created_at="2026-01-03T00:00:00Z")), Missing(), Settle),
        (CREATE, remembered(replace(WANTED, created_at="soon")), Missing(), Result.UNKNOWN),
        (CREATE, replace(remembered(), remembered=None), Missing(), Verify),
        (UPDATE, remembered(), WANTED, Result.DONE),
        (UPDATE, remembered(), WAS, Walk),
        (UPDATE, replace(remembered(), remembered=None), WAS, Verify),
        (UPDATE, remembered(), EDITED, Result.STALE),
        (UPDATE, remembered(), Missing(), Result.STALE),
        (DELETE, Answer(204), Missing(), Result.DONE),
        (DELETE, Answer(204), WAS, Verify),
        (DELETE, Answer(204, remembered=True), WAS, Walk),
        (DELETE, Answer(204), EDITED, Result.STALE),
    ],
)
def test_after_an_answer_from_memory(change: Change, answer: Answer, look: Look, expected: object) -> None:
    """What the server remembers proves nothing; the rule itself tells whether it happened, and to whom."""
    decision = protocol.after_memory(change, answer, look, ONCE, PLANNED_AT)

    assert expected in {type(decision), result(decision)}


def test_an_absence_is_believed_only_after_the_horizon() -> None:
    """A remembered create whose rule is gone is waited for until its views must have settled."""
    decision = protocol.after_memory(CREATE, remembered(), Missing(), ONCE, PLANNED_AT)

    assert isinstance(decision, Settle)
    assert datetime.fromisoformat(BORN) + HORIZON == decision.until


@pytest.mark.parametrize(
    ("ours", "look", "age", "expected"),
    [
        ([], None, timedelta(hours=1), Walk()),
        ([], None, None, Walk()),
        ([], None, timedelta(hours=23, minutes=30), Result.UNKNOWN),
        ([row(WANTED)], WANTED, None, Result.DONE),
        ([row(WAS)], WAS, None, Result.STALE),
    ],
)
def test_after_settling(ours: list[object], look: Look | None, age: timedelta | None, expected: object) -> None:
    """A key is left only if nothing bears our marker, and never while it is about to be forgotten."""
    decision = protocol.after_settling(CREATE, Settle(None, "x"), ours, look, ONCE, age)  # type: ignore[arg-type]  # rows are rows

    assert expected in {decision, result(decision)}


def test_a_rule_made_after_the_plan_is_not_made_again() -> None:
    """A rule that is gone once everything has settled, and was made after our plan, was removed by somebody."""
    later = remembered(replace(WANTED, created_at="2026-01-03T00:00:00Z"))
    settled = protocol.after_memory(CREATE, later, Missing(), ONCE, PLANNED_AT)

    assert isinstance(settled, Settle)
    assert Result.STALE is result(protocol.after_settling(CREATE, settled, [], None, ONCE, None))


@pytest.mark.parametrize(
    ("until", "server_now", "seconds"),
    [
        (None, PLANNED_AT, 30),
        (PLANNED_AT, None, 30),
        (PLANNED_AT, PLANNED_AT - timedelta(seconds=7), 7),
        (PLANNED_AT, PLANNED_AT + timedelta(hours=1), 0),
        (PLANNED_AT, PLANNED_AT - timedelta(hours=1), 30),
    ],
)
def test_how_long_to_wait(until: datetime | None, server_now: datetime | None, seconds: float) -> None:
    """The server's clock alone says how long to wait, never longer than the horizon, and all of it where it is mute."""
    assert seconds == protocol.wait_for(Settle(until, "x"), server_now)


FRESH = Answer(201, WANTED, remembered=False)
MARKER = WANTED.marker


@pytest.mark.parametrize(
    ("answer", "listed", "proved"),
    [
        (FRESH, row(WANTED), True),
        (replace(FRESH, rule=replace(WANTED, rule=a_rule(2))), row(WANTED), True),
        (replace(FRESH, remembered=True), row(WANTED), False),
        (replace(FRESH, remembered=None), row(WANTED), False),
        (FRESH, None, False),
        (FRESH, replace(row(WANTED), status=Status.ENABLED), False),
        (FRESH, replace(row(WANTED), status=None), False),
        (FRESH, replace(row(WANTED), updated_at="2026-01-01T00:00:01Z"), False),
        (FRESH, replace(row(WANTED), marker=None), False),
        (FRESH, replace(row(WANTED), nickname="Mine"), False),
        (FRESH, replace(row(WANTED), nickname=None), True),
        (replace(FRESH, rule=replace(WANTED, updated_at=None)), replace(row(WANTED), updated_at=None), False),
        (replace(FRESH, rule=WAS), row(WAS), False),
        (replace(FRESH, rule=None), row(WANTED), False),
    ],
)
def test_what_proves_a_write(answer: Answer, listed: object, *, proved: bool) -> None:
    """Only a fresh answer that holds what was wanted, and a list that shows it paused and ours, prove a write."""
    assert proved is protocol.proves(UPDATE, answer, listed, MARKER)  # type: ignore[arg-type]  # a row or None


@pytest.mark.parametrize(("answer", "proved"), [(Answer(200, remembered=False), True), (Answer(204), False)])
def test_what_proves_a_delete(answer: Answer, *, proved: bool) -> None:
    """A list without the rule proves a delete only if the answer was surely fresh."""
    assert proved is protocol.proves(DELETE, answer, None, None)


@pytest.mark.parametrize(
    ("change", "look", "expected"),
    [
        (CREATE, WANTED, Result.DONE),
        (CREATE, replace(WANTED, rule=a_rule(2)), Result.DONE),
        (CREATE, WAS, Result.ALTERED),
        (CREATE, replace(WANTED, marker=None), Result.ALTERED),
        (CREATE, replace(WANTED, marker=Marker("other", "save", "1" * 12)), Result.ALTERED),
        (CREATE, Missing(), Result.UNKNOWN),
        (CREATE, Hidden("500"), Result.UNKNOWN),
        (DELETE, Missing(), Result.DONE),
        (DELETE, WAS, Result.ALTERED),
    ],
)
def test_the_closing_look(change: Change, look: Look, expected: Result) -> None:
    """What was accepted is done if it is there as it was meant, altered if it is not, and otherwise unknown."""
    assert expected is protocol.closing(change, look, MARKER).result


def test_live_although_git_wants_it_off() -> None:
    """A rule that Git wants off and that is live after the write is altered, not done."""
    off = replace(WISH, rule=replace(WISH.rule, status=Status.DISABLED))
    live = replace(WANTED, rule=a_rule(2))

    assert Result.ALTERED is protocol.closing(Change(Operation.UPDATE, "save", off, WAS), live, MARKER).result


EXTRA = Extra(("priority",), "3")
OFF = replace(ENABLED, rule=replace(ENABLED.rule, status=Status.DISABLED), extras=(EXTRA,))
WHOLE = Change(
    Operation.UPDATE,
    "save",
    desired("save", replace(OFF.rule, nickname=None)),
    replace(ENABLED, extras=(EXTRA,)),
    verbatim=Verbatim(None, (EXTRA,)),
)
BARE = replace(OFF, marker=None, rule=replace(OFF.rule, nickname=None))


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        (BARE, Result.DONE),
        (replace(BARE, marker=OFF.marker), Result.ALTERED),
        (replace(BARE, extras=()), Result.ALTERED),
        (replace(BARE, extras=(EXTRA, Extra(("label",), "1"))), Result.ALTERED),
        (replace(BARE, rule=OFF.rule), Result.ALTERED),
        (replace(BARE, rule=replace(BARE.rule, status=Status.ENABLED)), Result.ALTERED),
    ],
)
def test_a_rule_that_was_sent_whole(look: ActualRule, expected: Result) -> None:
    """What is sent whole is done if all of it is there: no marker but its own, no nickname, every field; and off."""
    fresh = Answer(200, look, remembered=False)

    assert expected is protocol.closing(WHOLE, look, None).result
    held = replace(look, rule=replace(look.rule, status=Status.DISABLED))  # the list tells the status, not the answer
    assert (held == BARE and look.rule.nickname is None) is protocol.proves(WHOLE, fresh, row(BARE), None)


@pytest.mark.parametrize(
    ("change", "look", "lags"),
    [
        (CREATE, Missing(), True),
        (CREATE, WANTED, False),
        (UPDATE, WAS, True),
        (UPDATE, WANTED, False),
        (UPDATE, EDITED, False),
        (UPDATE, Missing(), False),
        (DELETE, WAS, True),
        (DELETE, Missing(), False),
        (DELETE, Hidden("500"), False),
    ],
)
def test_what_may_not_show_yet(change: Change, look: Look, *, lags: bool) -> None:
    """Only what was there before the write may be a view that lags; anything else is news."""
    assert lags is protocol.may_not_show_yet(change, look)


def test_what_was_tried() -> None:
    """An attempt that may have arrived leaves a doubt, and a new key does not remove it."""
    doubted = Tried().again(Lost("cut off")).next_generation()

    assert Tried(attempts=0, generation=1, doubt=True) == doubted
    assert not Tried().again(Lost("refused", reached=False)).again(Answer(429)).doubt
    assert Tried().again(Answer(500)).doubt
