"""Whether a rule from Git and a rule of the API may be one and the same: equal, alike, or neither."""

from rulesync.rule import Rule
from rulesync.ruleset import ActualRule, ListedRule


def equal(desired: Rule, actual: Rule) -> bool:
    """Tell whether two rules say the same, whatever their status; a nickname that Git leaves out is no difference."""
    names = desired.nickname in {None, actual.nickname}
    return names and desired.description == actual.description and _does_the_same(desired, actual)


def likeness(rule: Rule, row: ListedRule, actual: ActualRule | None) -> str | None:
    """Return in which way a rule that is there looks like one from Git, None if it does not."""
    if actual is not None and _does_the_same(rule, actual.rule):
        return "has the same trigger and steps"
    if rule.nickname is not None and rule.nickname == row.nickname:
        return f"has the same nickname `{rule.nickname}`"
    return None


def _does_the_same(one: Rule, other: Rule) -> bool:
    return one.trigger == other.trigger and one.steps == other.steps
