from dataclasses import replace
from decimal import Decimal

import pytest

from rulesync.rule import (
    Action,
    Amount,
    Base,
    FixedAmount,
    Limit,
    Opaque,
    Percentage,
    Period,
    Rule,
    Status,
    Step,
    TopUp,
)
from rulesync.ruleset import DesiredRule
from tests.builders import desired
from tests.lint.looked import brief, deposit, pod, said

ALL = Percentage(Decimal(100), Base.SOURCE_ACCOUNT)
HALF = Percentage(Decimal(50), Base.SOURCE_ACCOUNT)
MONTHLY = Limit(Period.PER_MONTH, 10_000)


def move(
    group: int, amount: Amount, source: str = "checking", to: str = "savings", limit: Limit | None = None
) -> Action:
    return Action(amount, pod(source), pod(to), group, limit=limit)


def fifty(group: int, source: str = "checking", to: str = "rent") -> Action:
    return move(group, FixedAmount(5000), source, to)


def wish(*actions: Action | Opaque) -> DesiredRule:
    return desired("a", Rule("A", None, Status.ENABLED, deposit("checking"), (Step(None, actions),)))


@pytest.mark.parametrize(
    ("actions", "late"),
    [
        ((move(0, ALL), fifty(1)), 1),
        ((fifty(3), move(0, ALL), move(1, TopUp(5000), to="bills")), 0),
        ((move(0, HALF), move(0, HALF, to="rent"), fifty(1)), 2),
        ((move(0, ALL), fifty(0)), None),
        ((move(1, ALL), fifty(0)), None),
        ((move(0, HALF), move(1, HALF, to="rent"), fifty(2)), None),
        ((move(0, Percentage(Decimal(100), Base.INCOMING_AMOUNT)), fifty(1)), None),
        ((move(0, ALL, limit=MONTHLY), fifty(1)), None),
        ((move(0, HALF, limit=MONTHLY), move(0, HALF, to="rent"), fifty(1)), None),
        ((move(0, ALL), fifty(1, "savings")), None),
        ((move(0, ALL), fifty(1, "savings", "checking"), fifty(2)), None),
        ((move(0, ALL), fifty(1), fifty(2, "savings", "checking")), 1),
        ((move(0, ALL), fifty(1), Opaque("{}")), None),
    ],
)
def test_what_finds_an_account_empty(actions: tuple[Action | Opaque, ...], late: int | None) -> None:
    """The first action after the group that sends a whole balance is named, unless money was kept back or came in."""
    message = "nothing is left in Checking: group 0 of step 1 sends its whole balance"
    expected = [] if late is None else [("a", f"steps.0.actions.{late}.source", message)]
    assert expected == brief(said("nothing-left", wish(*actions)))


def test_the_first_group_that_empties_is_told() -> None:
    """An account that is emptied twice is told once, with the first group that does it."""
    found = said("nothing-left", wish(move(0, ALL), move(2, ALL, to="rent"), fifty(3)))
    assert [
        ("a", "steps.0.actions.1.source", "nothing is left in Checking: group 0 of step 1 sends its whole balance")
    ] == (brief(found))


@pytest.mark.parametrize(
    ("actions", "repeated"),
    [
        ((fifty(0), fifty(1)), [1]),
        ((fifty(0), move(1, HALF), fifty(2), fifty(3)), [2, 3]),
        ((move(0, HALF), move(0, HALF)), [1]),
        ((fifty(0), fifty(1, to="savings")), []),
        ((fifty(0), move(1, FixedAmount(5001), to="rent")), []),
        ((fifty(0), replace(fifty(1), ach_description="RENT 2")), []),
        ((fifty(0), replace(fifty(1), up_to_available=True)), []),
        ((fifty(0), fifty(1), Opaque("{}")), []),
    ],
)
def test_one_action_twice(actions: tuple[Action | Opaque, ...], repeated: list[int]) -> None:
    """An action that stands in its step before is named, with the one that it repeats, whatever its group."""
    expected = [("a", f"steps.0.actions.{at}", "this is action 1 of step 1 once more") for at in repeated]
    assert expected == brief(said("same-action", wish(*actions)))


def test_steps_are_alternatives() -> None:
    """The same action in two steps is no repetition, since only one of the steps runs."""
    rule = wish(fifty(0))
    (step,) = rule.rule.steps
    assert [] == said("same-action", replace(rule, rule=replace(rule.rule, steps=(step, step))))


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ((0, 1, 2), None),
        ((0, 0, 1), None),
        ((0,), None),
        ((5,), (0, "step 1 counts its groups 5")),
        ((1, 2), (0, "step 1 counts its groups 1, 2")),
        ((0, 7, 1_000_000), (1, "step 1 counts its groups 0, 7, 1000000")),
        ((9, 0), (0, "step 1 counts its groups 0, 9")),
        ((0, 2, 4, 6, 8, 10, 12), (1, "step 1 counts its groups 0, 2, 4, 6, 8, 10, …")),
        ((1, 0), (1, "the actions of step 1 do not stand in the order of their groups")),
        ((0, 1, 0), (2, "the actions of step 1 do not stand in the order of their groups")),
    ],
)
def test_how_groups_are_counted(groups: tuple[int, ...], expected: tuple[int, str] | None) -> None:
    """Groups count from 0 without a gap, and stand in their order; the first that does not is pointed at."""
    actions = [
        Action(FixedAmount(100 * at + 100), pod("checking"), pod("rent"), each) for at, each in enumerate(groups)
    ]
    found = brief(said("group-numbers", wish(*actions)))
    assert found == ([] if expected is None else [("a", f"steps.0.actions.{expected[0]}.group_index", expected[1])])


def test_a_step_that_is_not_understood_is_left_alone() -> None:
    """Nobody knows the group of an action of an unknown kind."""
    assert [] == said("group-numbers", wish(fifty(3), Opaque("{}")))
