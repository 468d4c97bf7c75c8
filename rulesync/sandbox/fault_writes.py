"""What faults do to a write: a rule that is stored otherwise than was asked, or enabled the moment it is there."""

import copy
import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping

from rulesync.sandbox.fault import Met
from rulesync.sandbox.records import Rule
from rulesync.sandbox.v1 import actions

_MOST_PERCENT = 100


def stored(met: Met, asked: Rule) -> Rule:
    """The rule as the server stores it."""
    altered = met.find("stored-altered")
    return asked if altered is None else ALTERATIONS[altered.text("how")](asked)


def answered(met: Met, asked: Rule, kept: Rule) -> Rule:
    """The rule as the answer shows it: as it is stored, unless the fault lets the answer repeat what was asked."""
    altered = met.find("stored-altered")
    return kept if altered is None or altered.text("answer") == "stored" else asked


def afterwards(met: Met, kept: Rule) -> Rule:
    """The rule a moment after the write; somebody may have enabled it within the second."""
    return dataclasses.replace(kept, status="enabled") if met.find("enabled-at-once") else kept


def flat(text: str | None) -> str | None:
    """The text on one line."""
    return None if text is None else re.sub(r"[\r\n]+", " ", text)


def _without_last_line(rule: Rule) -> Rule:
    return dataclasses.replace(rule, description=(rule.description or "").rpartition("\n")[0] or None)


def _with_flat_lines(rule: Rule) -> Rule:
    return dataclasses.replace(rule, description=flat(rule.description))


def _with_nickname(rule: Rule) -> Rule:
    return rule if rule.nickname else dataclasses.replace(rule, nickname="Untitled rule")


def _with_other_number(rule: Rule) -> Rule:
    """The first amount is a cent more, or the first percentage a point off."""
    steps = copy.deepcopy(rule.steps)
    for holder, name, value in _numbers(steps):
        holder[name] = value - 1 if name == "percentage_value" and value + 1 > _MOST_PERCENT else value + 1
        return dataclasses.replace(rule, steps=steps)
    return rule


def _numbers(steps: object) -> Iterator[tuple[dict[str, object], str, float]]:
    for action in actions(steps):
        for name in ("amount_in_cents", "percentage_value"):
            value = action.get(name)
            if isinstance(value, int | float):
                yield action, name, value


ALTERATIONS: Mapping[str, Callable[[Rule], Rule]] = {
    "last-line-dropped": _without_last_line,
    "lines-flattened": _with_flat_lines,
    "nickname-filled": _with_nickname,
    "number-changed": _with_other_number,
}
