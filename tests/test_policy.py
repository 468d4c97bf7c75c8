from dataclasses import replace
from decimal import Decimal

import pytest

from rulesync.plan import Change, Operation, Plan
from rulesync.policy import Limits, managed_in, over_limits
from rulesync.rule import Action, Base, Percentage, Step
from rulesync.ruleset import DesiredRule
from tests.builders import CHECKING, SAVINGS, SCOPE, a_rule, applied, desired


def a_plan(creates: int = 0, updates: int = 0, deletes: int = 0, unchanged: int = 0) -> Plan:
    wish, was = desired("x", a_rule()), applied("x", a_rule())
    changes = [Change(Operation.CREATE, f"c{n}", wish, None) for n in range(creates)]
    changes += [Change(Operation.UPDATE, f"u{n}", wish, was) for n in range(updates)]
    changes += [Change(Operation.DELETE, f"d{n}", None, was) for n in range(deletes)]
    changes += [Change(Operation.NO_OP, f"n{n}", wish, was) for n in range(unchanged)]
    return Plan(SCOPE, tuple(changes))


def a_share(key: str) -> DesiredRule:
    """Return a rule that sends a share of every deposit, which nothing bounds."""
    share = Action(Percentage(Decimal(20), Base.INCOMING_AMOUNT), CHECKING, SAVINGS)
    return desired(key, replace(a_rule(), steps=(Step(None, (share,)),)))


@pytest.mark.parametrize(
    ("deletes", "unchanged", "limit", "refused"),
    [
        (3, 0, None, False),
        (4, 0, None, True),
        (5, 45, None, False),
        (6, 45, None, True),
        (2, 0, 1, True),
        (9, 0, 9, False),
    ],
)
def test_deletes(deletes: int, unchanged: int, limit: int | None, *, refused: bool) -> None:
    """Without a limit of its own, 3 rules or a tenth may go at once; with one, so many."""
    findings = over_limits(a_plan(deletes=deletes, unchanged=unchanged), Limits(max_deletes=limit))

    assert refused is bool(findings)
    assert all(f"deletes {deletes} of {deletes + unchanged} rules" in finding.message for finding in findings)


@pytest.mark.parametrize(("percent", "refused"), [(50, False), (49.9, True), (0, True), (100, False)])
def test_deletes_in_percent(percent: float, *, refused: bool) -> None:
    """A limit in percent takes the place of the default one."""
    found = over_limits(a_plan(deletes=5, unchanged=5), Limits(max_deletes_percent=percent))

    assert refused is bool(found)
    assert all("limits.max_deletes_percent" in (finding.help or "") for finding in found)


@pytest.mark.parametrize(
    ("updates", "limit", "refused"), [(5, 50, False), (6, 50, True), (10, None, False), (1, 0, True)]
)
def test_updates(updates: int, limit: float | None, *, refused: bool) -> None:
    """Updates are limited in percent of the rules, if at all."""
    plan = a_plan(updates=updates, unchanged=10 - updates)

    assert refused is bool(over_limits(plan, Limits(max_updates_percent=limit)))


def test_a_part_of_a_plan() -> None:
    """A plan for some keys is held against all rules that are managed, not against those few."""
    whole, part = a_plan(updates=5, unchanged=5), a_plan(updates=5)

    assert [] == over_limits(part, Limits(max_updates_percent=50), managed_in(whole))
    assert 1 == len(over_limits(part, Limits(max_updates_percent=50)))


def test_counts() -> None:
    """Creates and updates are limited by number, and a limit that is met is not exceeded."""
    plan = a_plan(creates=2, updates=3)

    assert [] == over_limits(plan, Limits(max_creates=2, max_updates=3))
    said = [finding.message for finding in over_limits(plan, Limits(max_creates=1, max_updates=0))]
    creates = "the plan creates 2 rules, and 1 are allowed at once"
    assert [creates, "the plan changes 3 of 3 rules, and 0 are allowed at once"] == said


def test_money_at_stake() -> None:
    """What one run of each rule that is written can move is added up; what stays or goes moves nothing new."""
    plan = a_plan(creates=1, updates=1, deletes=2, unchanged=7)

    assert [] == over_limits(plan, Limits(max_at_stake=10_000))
    (found,) = over_limits(plan, Limits(max_at_stake=9_999))
    assert ("max-at-stake", True) == (found.check, "$100.00, and $99.99" in found.message)
    assert [] == over_limits(a_plan(deletes=2, unchanged=1), Limits(max_at_stake=0))


def test_money_without_a_bound() -> None:
    """A rule that nothing bounds trips every limit in dollars and is named; the others still count."""
    changes = (
        Change(Operation.CREATE, "share", a_share("share"), None),
        Change(Operation.CREATE, "fixed", desired("fixed", a_rule(7_000)), None),
    )

    found = over_limits(Plan(SCOPE, changes), Limits(max_at_stake=6_000))

    assert ["max-at-stake", "max-at-stake"] == [finding.check for finding in found]
    assert "`share`" in found[0].message
    assert "$70.00" in found[1].message


def test_everything_unsafe_is_said_at_once() -> None:
    """A plan that exceeds several limits is told all of them, each with the way out."""
    limits = Limits(0, 0, 0, 0, 0, 0)
    found = over_limits(a_plan(1, 9, 9), limits)

    checks = ["max-creates", "max-updates", "max-updates", "max-deletes", "max-deletes", "max-at-stake"]
    assert checks == [finding.check for finding in found]
    assert all("raise `limits." in (finding.help or "") for finding in found)
