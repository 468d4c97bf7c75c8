from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rulesync import protocol
from rulesync.answer import Answer, Hidden, Look, Lost, Missing
from rulesync.plan import Change
from rulesync.protocol import HORIZON, End, Retry, Settle, Tried, Verify, Walk
from rulesync.report import Result
from tests.builders import row
from tests.protocol.values import (
    BORN,
    CREATE,
    DELETE,
    DOUBTED,
    EDITED,
    LAST,
    LATELY,
    LISTED,
    LONG_AGO,
    ONCE,
    PLANNED_AT,
    UNTOLD,
    UPDATE,
    WALKED,
    WANTED,
    WAS,
    remembered,
    result,
)

REPEATED = "the API repeats an earlier failure of this write"


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
        (CREATE, Answer(500, remembered=True), ONCE, Settle(None, REPEATED)),
        (CREATE, Answer(500, remembered=True), Tried(2, failures=1), Settle(None, REPEATED)),
        (CREATE, Answer(500, remembered=True), Tried(2, 1, failures=2), Result.UNKNOWN),
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
        (CREATE, Answer(501, remembered=None), ONCE, Result.FAILED),
        (CREATE, Answer(403, code="coming_soon", remembered=True), ONCE, Walk()),
        (UPDATE, Answer(404), Tried(attempts=2, doubt=True), Result.UNKNOWN),
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


@pytest.mark.parametrize(
    ("answer", "unoffered"),
    [
        (Answer(404), True),
        (Answer(404, message="the API answered 404, with something that is no JSON"), True),
        (Answer(405, code="method_not_allowed"), True),
        (Answer(405, code="method_not_allowed", remembered=True), False),
        (Answer(501, code="not_implemented"), True),
        (Answer(400, code="nope", message="Coming soon!"), True),
        (Answer(403, message="this endpoint is not yet available"), True),
        (Answer(404, code="resource_not_found", message="no such rule"), False),
        (Answer(403, code="forbidden", message="not for you"), False),
        (Answer(500), False),
        (Answer(503, message="the API answered 503", text="Coming soon"), True),
        (Answer(200, text="Coming soon"), True),
        (Answer(200, WANTED, text="Coming soon"), False),
        (Answer(200, text="Coming soon", remembered=True), False),
        (Answer(302, text="Coming soon"), False),
    ],
)
def test_a_write_that_is_not_offered_is_no_missing_rule(answer: Answer, *, unoffered: bool) -> None:
    """A plain 404, a method that is not allowed and an announcement say so, and name the checklist."""
    decision = protocol.after_answer(UPDATE, answer, ONCE, 1)

    assert unoffered == (isinstance(decision, End) and decision.unoffered)
    assert unoffered == (isinstance(decision, End) and "`rulesync checklist`" in (decision.why or ""))


@pytest.mark.parametrize(
    ("answer", "unoffered"),
    [
        (Answer(404, code="resource_not_found", message="not found", remembered=False), True),
        (Answer(404, code="resource_not_found", message="not found"), True),
        (Answer(404, code="resource_not_found", message="not found", remembered=True), False),
        (Answer(400, code="resource_not_found", message="no such account", remembered=False), False),
    ],
)
def test_a_create_names_nothing_that_could_be_missing(answer: Answer, *, unoffered: bool) -> None:
    """A fresh 404 to a create says that there is no such write, whatever its code."""
    decision = protocol.after_answer(CREATE, answer, ONCE, 1)

    assert unoffered == (isinstance(decision, End) and decision.unoffered)


@pytest.mark.parametrize(
    ("answer", "tried", "expected"),
    [
        (Answer(503, text="Coming soon"), ONCE, (Result.UNKNOWN, True)),
        (Answer(200, text="Coming soon"), ONCE, (Result.UNKNOWN, True)),
        (Answer(200, text="Coming soon"), Tried(2, doubt=True), (Result.UNKNOWN, False)),
        (Answer(503, text="Coming soon"), Tried(1, 1), (Result.UNKNOWN, False)),
        (Answer(501, text="Coming soon"), ONCE, (Result.FAILED, False)),
        (Answer(403, text="Coming soon"), ONCE, (Result.FAILED, False)),
        (Answer(403, text="Coming soon"), Tried(2, doubt=True), (Result.UNKNOWN, False)),
    ],
)
def test_an_announcement_that_does_not_rule_the_write_out(
    answer: Answer, tried: Tried, expected: tuple[Result, bool]
) -> None:
    """A success or a failure may have written, whatever it says; a look can tell only if nothing else was tried."""
    decision = protocol.after_answer(UPDATE, answer, tried, 1)

    assert isinstance(decision, End)
    assert (*expected, True) == (decision.result, decision.denied, decision.unoffered)


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
        (CREATE, UNTOLD, Missing(), Verify),
        (CREATE, LATELY, Missing(), Verify),
        (CREATE, LONG_AGO, Missing(), Settle),
        (CREATE, LONG_AGO, WANTED, Result.DONE),
        (UPDATE, remembered(), WANTED, Result.DONE),
        (UPDATE, remembered(), WAS, Walk),
        (UPDATE, remembered(), EDITED, Result.STALE),
        (UPDATE, remembered(), Missing(), Result.STALE),
        (UPDATE, UNTOLD, WAS, Verify),
        (UPDATE, UNTOLD, EDITED, Verify),
        (UPDATE, UNTOLD, Missing(), Verify),
        (UPDATE, LATELY, WAS, Verify),
        (UPDATE, LONG_AGO, WAS, Walk),
        (DELETE, Answer(204), Missing(), Result.DONE),
        (DELETE, Answer(204), WAS, Verify),
        (DELETE, Answer(204, remembered=True), WAS, Walk),
        (DELETE, Answer(204), EDITED, Verify),
    ],
)
def test_after_an_answer_from_memory(change: Change, answer: Answer, look: Look, expected: object) -> None:
    """What the server remembers proves nothing; the rule itself tells whether it happened, and to whom.

    Where the server does not tell, an answer whose rule is older than the views may lag is no new one.
    """
    decision = protocol.after_memory(change, answer, look, LISTED, ONCE, PLANNED_AT)

    assert expected in {type(decision), result(decision)}


@pytest.mark.parametrize("look", [WANTED, WAS])
def test_a_rule_that_is_not_listed_may_be_deleted(look: Look) -> None:
    """A look by id alone does not prove that the rule of a remembered create is still there."""
    assert isinstance(protocol.after_memory(CREATE, remembered(), look, [], ONCE, PLANNED_AT), Settle)


@pytest.mark.parametrize(
    ("change", "look", "expected"),
    [
        (CREATE, WAS, Result.ALTERED),
        (UPDATE, EDITED, Result.ALTERED),
        (UPDATE, Missing(), Result.UNKNOWN),
        (UPDATE, WANTED, Result.DONE),
    ],
)
def test_remembered_from_an_attempt_of_ours(change: Change, look: Look, expected: Result) -> None:
    """What an earlier attempt of this run may have written is not called stale, which would say that it was not."""
    tried = Tried(attempts=2, doubt=True)

    assert expected is result(protocol.after_memory(change, remembered(), look, LISTED, tried, PLANNED_AT))


def test_an_absence_is_believed_only_after_the_horizon() -> None:
    """A remembered create whose rule is gone is waited for until its views must have settled."""
    decision = protocol.after_memory(CREATE, remembered(), Missing(), [], ONCE, PLANNED_AT)

    assert isinstance(decision, Settle)
    assert datetime.fromisoformat(BORN) + HORIZON == decision.until


@pytest.mark.parametrize(
    ("ours", "look", "age", "expected"),
    [
        ([], None, timedelta(hours=1), Walk()),
        ([], None, None, Walk()),
        ([], None, timedelta(hours=23, minutes=30), Result.UNKNOWN),
        ([], WANTED, timedelta(minutes=9), Result.UNKNOWN),
        ([], WANTED, None, Result.UNKNOWN),
        ([], WANTED, timedelta(minutes=11), Walk()),
        ([], replace(WANTED, marker=None), timedelta(minutes=9), Walk()),
        ([row(WANTED)], Hidden("403"), None, Result.STALE),
        ([row(WANTED)], WANTED, None, Result.DONE),
        ([row(WAS)], WAS, None, Result.STALE),
    ],
)
def test_after_settling(ours: list[object], look: Look | None, age: timedelta | None, expected: object) -> None:
    """A key is left only if nothing bears our marker, and never while it is about to be forgotten.

    A rule that is shown by its id and not listed is believed to be deleted only when it is no longer young.
    """
    decision = protocol.after_settling(CREATE, Settle(None, "x"), ours, look, ONCE, age)  # type: ignore[arg-type]  # rows are rows

    assert expected in {decision, result(decision)}


def test_a_rule_made_after_the_plan_is_not_made_again() -> None:
    """A rule that is gone once everything has settled, and was made after our plan, was removed by somebody."""
    later = remembered(replace(WANTED, created_at="2026-01-03T00:00:00Z"))
    settled = protocol.after_memory(CREATE, later, Missing(), [], ONCE, PLANNED_AT)

    assert isinstance(settled, Settle)
    assert Result.STALE is result(protocol.after_settling(CREATE, settled, [], None, ONCE, None))
    assert Result.UNKNOWN is result(protocol.after_settling(CREATE, settled, [], None, DOUBTED, None))


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


def test_the_walk_of_an_update_ends() -> None:
    """An update or delete whose failure the server repeats goes to the next key, and not for ever."""
    settled = Settle(None, "the API repeats an earlier failure of this write")

    assert Walk() == protocol.after_settling(UPDATE, settled, (), None, ONCE, None)
    assert Result.FAILED is result(protocol.after_settling(DELETE, settled, (), None, WALKED, None))
