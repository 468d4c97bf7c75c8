from dataclasses import replace

import pytest

from rulesync.findings import Severity
from rulesync.plan import Options, Plan, build
from rulesync.protection import Base, protected, removed_pins
from rulesync.rule import Rule, Status
from rulesync.ruleset import ActualRule, DesiredRule, Refresh
from tests.builders import SCOPE, a_rule, applied, by_hand, desired, holding

RENT = a_rule(1, nickname="Rent")
MORE = a_rule(2, nickname="Rent")
OTHER = desired("other", a_rule(7, nickname="Other"))


def base(*rules: DesiredRule, scope: str = SCOPE) -> Base:
    """Return a base that protects all of its rules."""
    pins = {rule.key: rule.pin for rule in rules if rule.pin}
    return Base("main", scope, rules, frozenset(rule.key for rule in rules), pins)


def planned(wishes: list[DesiredRule], *held: ActualRule, prune: bool = False) -> tuple[Plan, Refresh]:
    refresh = holding(held)
    return build(wishes, refresh, SCOPE, Options(prune=prune)), refresh


@pytest.mark.parametrize(
    ("wishes", "then", "held"),
    [
        ([desired("rent", MORE)], base(desired("rent", RENT)), applied("rent", RENT)),
        ([desired("new", MORE, moved_from="rent")], base(desired("rent", RENT)), applied("rent", RENT)),
        ([desired("new", MORE, pin="rule_9")], base(desired("rent", RENT, pin="rule_9")), by_hand("rule_9", RENT)),
        ([desired("new", MORE, moved_from="old")], base(desired("rent", RENT)), applied("old", RENT)),
        ([desired("rent", MORE)], base(desired("rent", RENT, moved_from="old")), applied("rent", RENT)),
        ([desired("new", MORE, moved_from="old")], base(desired("rent", MORE, moved_from="old")), applied("old", RENT)),
        ([OTHER], base(desired("rent", RENT)), applied("rent", RENT)),
    ],
    ids=["unmarked", "moved", "another key by pin", "bound as equal", "same key", "a former key", "file deleted"],
)
def test_protection_follows_the_rule(wishes: list[DesiredRule], then: Base, held: ActualRule) -> None:
    """Whatever a branch does to a file, a rule that the base protects is neither changed nor deleted unasked."""
    plan, refresh = planned(wishes, held, prune=True)

    (refused,) = protected(plan, refresh, then, allowed=False)
    (allowed,) = protected(plan, refresh, then, allowed=True)

    assert ("protected", Severity.ERROR, Severity.WARNING) == (refused.check, refused.severity, allowed.severity)
    assert "protects at `main`" in refused.message
    assert "--allow-protected" in (refused.help or "")


def test_what_is_left_alone() -> None:
    """A protected rule that stays as it is is none of this, nor is one that neither base nor branch protects."""
    same, refresh = planned([desired("rent", RENT)], applied("rent", RENT))
    changed, now = planned([desired("rent", MORE)], applied("rent", RENT))

    assert [] == list(protected(same, refresh, base(desired("rent", RENT)), allowed=False))
    assert [] == list(protected(changed, now, Base("main", SCOPE), allowed=False))


def test_another_scope_at_the_base() -> None:
    """The markers that count are those of the scope that the base had."""
    plan, refresh = planned([desired("new", MORE, pin="rule_rent", moved_from="rent")], applied("rent", RENT))

    assert 1 == len(list(protected(plan, refresh, base(desired("rent", RENT)), allowed=False)))
    assert [] == list(protected(plan, refresh, base(desired("rent", RENT), scope="firm"), allowed=False))


@pytest.mark.parametrize(("protect", "count"), [(True, 1), (False, 0)])
def test_without_a_base(count: int, *, protect: bool) -> None:
    """Where there is no base, what the branch itself says counts."""
    plan, refresh = planned([replace(desired("rent", MORE), protect=protect)], applied("rent", RENT))

    assert count == len(list(protected(plan, refresh, None, allowed=False)))


@pytest.mark.parametrize(
    ("rule", "words"),
    [(RENT, "stays live, no longer managed"), (replace(RENT, status=Status.DISABLED), "stays in the app, disabled")],
)
def test_a_removed_pin(rule: Rule, words: str) -> None:
    """A rule that was pinned and that nothing manages now is told, live or not."""
    plan, refresh = planned([], by_hand("rule_9", rule))

    (found,) = removed_pins(plan, refresh, base(desired("rent", RENT, pin="rule_9")), [])

    assert ("removed-pin", Severity.WARNING) == (found.check, found.severity)
    assert "`rent`: the rule `rule_9` “Rent”, pinned at `main`" in found.message
    assert words in found.message


@pytest.mark.parametrize(
    ("wishes", "held", "pinned"),
    [
        ([desired("new", RENT, pin="rule_9")], by_hand("rule_9", RENT), []),
        ([], by_hand("rule_9", RENT), ["rule_9"]),
        ([], by_hand("rule_1", RENT), []),
        ([], applied("rent", RENT, "rule_9"), []),
    ],
    ids=["another key", "a broken file", "gone", "an orphan"],
)
def test_a_pin_that_is_not_missed(wishes: list[DesiredRule], held: ActualRule, pinned: list[str]) -> None:
    """A rule that is still managed, or gone, or an orphan, is no removed pin."""
    plan, refresh = planned(wishes, held)

    assert [] == list(removed_pins(plan, refresh, base(desired("rent", RENT, pin="rule_9")), pinned))
