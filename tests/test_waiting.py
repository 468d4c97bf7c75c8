from dataclasses import replace

import pytest
from hypothesis import given

from rulesync.answer import Hidden, Look, Missing
from rulesync.ownership import digest
from rulesync.rule import Rule, Status
from rulesync.waiting import Awaited, State, awaited, holds, is_applied, listed, looked_at, of_plan
from tests.builders import a_rule, applied, by_hand, desired, plan, row
from tests.strategies import rules

WAITS = Awaited("save", "rule_save", "Save", frozenset({digest(a_rule())}))


@given(rules(), rules())
def test_only_what_was_applied_is_held(rule: Rule, other: Rule) -> None:
    """A rule holds what was applied if and only if it says that, be its nickname left to the app or not."""
    same = digest(rule) == digest(other) or digest(replace(other, nickname=None)) == digest(rule)

    assert holds(Awaited("a", "rule_a", None, frozenset({digest(rule)})), rule)
    assert holds(Awaited("a", "rule_a", None, frozenset({digest(replace(rule, nickname=None))})), rule)
    assert same == holds(Awaited("a", "rule_a", None, frozenset({digest(rule)})), other)


@pytest.mark.parametrize(
    ("look", "state"),
    [
        (by_hand("rule_save", a_rule()), State.ENABLED),
        (by_hand("rule_save", a_rule(1)), State.ALTERED),
        (by_hand("rule_save", a_rule(status=Status.DISABLED)), State.WAITING),
        (Missing(), State.GONE),
        (Hidden("403"), State.UNREADABLE),
    ],
)
def test_what_a_look_tells(look: Look, state: State) -> None:
    """Only a live rule that holds what was applied is enabled; what is hidden goes on being waited for."""
    found = looked_at(WAITS, look)

    assert state is found.state
    assert (found.is_pending, found.is_wrong) == (
        state in {State.WAITING, State.UNREADABLE},
        state in {State.ALTERED, State.GONE},
    )


def test_what_the_list_tells() -> None:
    """The list alone tells that a rule is off; whatever is live has to be looked at."""
    off, live = row(applied("save", a_rule())), row(by_hand("rule_save", a_rule()))

    told = listed(WAITS, off)
    assert told is not None
    assert (State.WAITING, off.updated_at) == (told.state, told.since)
    assert None is listed(WAITS, live)
    assert None is listed(WAITS, replace(off, status=None))


def test_what_a_plan_waits_for() -> None:
    """Waited for are the rules that Git wants on and that are off, by what was applied and by what Git wants now."""
    wishes = [
        desired("waits", a_rule(1)),
        desired("moved", a_rule(3)),
        desired("new", a_rule(4)),
        desired("live", a_rule(5)),
    ]
    wishes.append(desired("off", a_rule(6, status=Status.DISABLED)))
    live = replace(applied("live", a_rule(5)), rule=a_rule(5))
    made = plan(wishes, [applied("waits", a_rule(1)), applied("moved", a_rule(2)), live, applied("off", a_rule(6))])

    found = {each.key: each for each in of_plan(made.changes)}

    assert {"waits", "moved"} == found.keys()
    assert {digest(a_rule(2)), digest(a_rule(3))} == found["moved"].digests
    assert {"new"} == {change.key for change in made.changes if not is_applied(change)}
    (change,) = [change for change in made.changes if change.key == "live"]
    assert "rule_live" == awaited(change).id
