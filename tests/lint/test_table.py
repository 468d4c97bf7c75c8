import re
from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rulesync.lint.looking import IDS, Surroundings, run
from rulesync.lint.table import CHECKS
from rulesync.rule import AllOf, Comparison, Fact, Operator, Rule, Step
from rulesync.ruleset import DesiredRule
from tests import strategies
from tests.builders import a_rule, desired
from tests.lint.scenes import LISTED, NOW

AROUND = Surroundings(LISTED, strategies.NAMES, NOW, {}, lambda _, __: None)


def test_every_check_has_an_id_of_its_own() -> None:
    """The id of a check is words in lower case, or numbers, joined by hyphens, and that of no other check."""
    assert len(CHECKS) == len(set(IDS))
    assert [] == [each for each in IDS if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", each)]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(strategies.rules(opaque=True), max_size=3), st.booleans())
def test_any_rule_can_be_looked_at(rules: list[Rule], listed: bool) -> None:  # noqa: FBT001  # hypothesis gives it
    """No check fails, whatever the rules are; what it says is one sentence without a full stop."""
    wishes = [desired(f"rule-{number}", rule) for number, rule in enumerate(rules)]
    found = run(wishes, replace(AROUND, accounts=LISTED if listed else None))
    assert [] == [each for each in found if "\n" in each.message or each.message.endswith(".")]
    assert {each.check for each in found} <= set(IDS)


def wishes(count: int, width: int) -> list[DesiredRule]:
    """Return rules with many steps, each of many comparisons."""
    rule = a_rule()
    (step,) = rule.steps
    assert isinstance(step, Step)
    conditions = [
        AllOf(tuple(Comparison(Fact.BALANCE, Operator.GREATER_THAN, 1000 * at + number) for number in range(width)))
        for at in range(width)
    ]
    steps = tuple(replace(step, condition=each) for each in conditions)
    return [desired(f"rule-{number}", replace(rule, steps=steps)) for number in range(count)]


@pytest.mark.parametrize(("count", "width"), [(1_000, 3), (1, 60)])
def test_a_thousand_rules_are_looked_through_in_seconds(count: int, width: int) -> None:
    """A thousand rules, or one with thousands of comparisons, take seconds, not minutes."""
    begun = perf_counter()
    run(wishes(count, width), AROUND)
    assert perf_counter() - begun < 15
