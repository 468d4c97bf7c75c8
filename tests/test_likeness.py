from dataclasses import replace

from hypothesis import given

from rulesync.likeness import equal, likeness
from rulesync.rule import Rule, Status
from tests.builders import a_rule, by_hand, row
from tests.strategies import rules


@given(rules())
def test_a_rule_equals_itself(rule: Rule) -> None:
    """A rule is equal to itself, switched on or off, and where Git leaves the nickname to the app."""
    for status in Status:
        assert equal(rule, replace(rule, status=status))
    assert equal(replace(rule, nickname=None), rule)


def test_likeness() -> None:
    """Rules are alike that do the same or have the same name; what was not read is judged by its name."""
    held = by_hand("rule_1", a_rule(1, nickname="Save"))

    assert "has the same trigger and steps" == likeness(a_rule(1, nickname="Other"), row(held), held)
    assert "has the same nickname `Save`" == likeness(a_rule(2), row(held), held)
    assert "has the same nickname `Save`" == likeness(a_rule(1), row(held), None)
    assert None is likeness(a_rule(2, nickname=None), row(held), held)
