from dataclasses import replace

import pytest

from rulesync import protocol
from rulesync.answer import Answer, Hidden, Look, Missing
from rulesync.ownership import Marker
from rulesync.plan import Change, Operation
from rulesync.report import Result
from rulesync.rule import Status
from rulesync.ruleset import ActualRule, Extra
from tests.builders import a_rule, row
from tests.protocol.values import (
    BARE,
    CREATE,
    DELETE,
    EDITED,
    EXTRA,
    FRESH,
    MARKER,
    OFF,
    UPDATE,
    WANTED,
    WAS,
    WHOLE,
    WISH,
)


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
