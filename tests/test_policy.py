import pytest

from rulesync.plan import Change, Operation, Plan
from rulesync.policy import over_limits
from tests.builders import SCOPE, a_rule, applied, desired


def a_plan(updates: int = 0, deletes: int = 0, unchanged: int = 0) -> Plan:
    wish, was = desired("x", a_rule()), applied("x", a_rule())
    changes = [Change(Operation.UPDATE, f"u{n}", wish, was) for n in range(updates)]
    changes += [Change(Operation.DELETE, f"d{n}", None, was) for n in range(deletes)]
    changes += [Change(Operation.NO_OP, f"n{n}", wish, was) for n in range(unchanged)]
    return Plan(SCOPE, tuple(changes))


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
    findings = over_limits(a_plan(deletes=deletes, unchanged=unchanged), limit, None)

    assert refused is bool(findings)
    assert all(f"deletes {deletes} of {deletes + unchanged} rules" in finding.message for finding in findings)


@pytest.mark.parametrize(
    ("updates", "limit", "refused"), [(5, 50, False), (6, 50, True), (10, None, False), (1, 0, True)]
)
def test_updates(updates: int, limit: float | None, *, refused: bool) -> None:
    """Updates are limited in percent of the rules, if at all."""
    assert refused is bool(over_limits(a_plan(updates=updates, unchanged=10 - updates), None, limit))


def test_everything_unsafe_is_said_at_once() -> None:
    """A plan that exceeds two limits is told both."""
    findings = over_limits(a_plan(updates=9, deletes=9), 0, 0)

    assert ["max-deletes", "max-updates"] == [finding.check for finding in findings]
