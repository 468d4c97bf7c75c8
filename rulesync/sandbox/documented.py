"""What the API can express of a rule: every kind in it is one that the reference documents.

The app may hold more; the platform dialect lists such a rule as unsupported and does not show its body. A field that
nobody documents changes nothing here, unless the reference names it as something that the API lacks.
"""

from collections.abc import Iterator, Mapping

from rulesync.sandbox import conditions, validation
from rulesync.sandbox.records import Rule

# The app's model has these, and no dialect does.
_BEYOND = frozenset({"cron", "timezone", "endpoint", "value_fact_params"})


def is_expressible(rule: Rule) -> bool:
    """Whether the API can show the rule."""
    trigger = rule.trigger
    if not isinstance(trigger, dict) or trigger.get("type") not in validation.TRIGGERS or _BEYOND & trigger.keys():
        return False
    if trigger["type"] == "SCHEDULED" and trigger.get("schedule_type") not in validation.SCHEDULES:
        return False
    return isinstance(rule.steps, list) and bool(rule.steps) and all(map(_is_step, rule.steps))


def _is_step(step: object) -> bool:
    if not isinstance(step, dict) or not isinstance(step.get("actions"), list) or not step["actions"]:
        return False
    condition = step.get("conditions")
    return (condition is None or all(map(_is_leaf, _leaves(condition)))) and all(map(_is_action, step["actions"]))


def _is_action(action: object) -> bool:
    return isinstance(action, dict) and action.get("type") in validation.ACTIONS


def _leaves(node: object) -> Iterator[object]:
    """Every leaf of a tree of conditions; what is no tree comes out as itself."""
    match node:
        case {"any": [_, *_] as branches} | {"all": [_, *_] as branches}:
            for branch in branches:
                yield from _leaves(branch)
        case {"condition": leaf}:
            yield leaf
        case _:
            yield None


def _is_leaf(leaf: object) -> bool:
    return (
        isinstance(leaf, Mapping)
        and leaf.get("fact") in conditions.FACTS
        and leaf.get("operator") in conditions.OPERATORS
        and leaf.get("value_fact") in (None, *conditions.VALUE_FACTS)
        and not _BEYOND & leaf.keys()
    )
