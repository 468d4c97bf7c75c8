"""Checks of the actions of one step, read together: what stands twice, what comes too late, and how groups are counted.

A step with an action of an unknown kind is left alone: nobody knows what that one moves.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from itertools import pairwise

from rulesync.findings import Severity
from rulesync.lint.check import Check, Path, Remark, Scene
from rulesync.lint.fields import step_actions, steps, told
from rulesync.rule import Action, Base, Opaque, Percentage, Rule

_WHOLE = Decimal(100)
_SHOWN = 6
Placed = Sequence[tuple[Path, Action]]


def nothing_left(scene: Scene) -> Iterator[Remark]:
    """Remark on actions that take from an account after all of its balance was sent; once for each step and source."""
    for each in scene.rules:
        for number, placed in _steps(each.rule):
            for source, group in _emptied(placed).items():
                late = next((path for path, action in placed if _comes_after(action, source, group, placed)), None)
                if late is not None:
                    account = told(scene, each.rule).account(source)
                    message = f"nothing is left in {account}: group {group} of step {number} sends its whole balance"
                    advice = (
                        "let this one run first, by a smaller `group_index`, or lower the percentage; what finds an "
                        "empty account moves nothing, or fails and stops the actions after it"
                    )
                    yield Remark(each.key, message, (*late, "source"), advice)


def _steps(rule: Rule) -> Iterator[tuple[int, Placed]]:
    """Yield the steps whose actions are all known, each with its number as people count and its actions."""
    for path, step in steps(rule):
        if not any(isinstance(action, Opaque) for action in step.actions):
            yield int(path[1]) + 1, list(step_actions(path, step))


def _emptied(placed: Placed) -> Mapping[str, int]:
    """Return the accounts whose whole balance is sent, each with the first group that does so.

    A group with a limit leaves what is above it, whichever of its actions bears it, since a group shares its limit.
    """
    limited = {action.group for _, action in placed if action.limit}
    sums: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for _, action in placed:
        if isinstance(action.amount, Percentage) and action.amount.base is Base.SOURCE_ACCOUNT:
            sums[action.group, action.source.id] += action.amount.percent
    whole = sorted(at for at, percent in sums.items() if percent == _WHOLE and at[0] not in limited)
    return {source: group for group, source in reversed(whole)}


def _comes_after(action: Action, source: str, group: int, placed: Placed) -> bool:
    """Tell whether an action finds an account empty: it comes later, and nothing fills the account in between."""
    if action.source.id != source or action.group <= group:
        return False
    return not any(
        other.destination.id == source and other.source.id != source and group <= other.group <= action.group
        for _, other in placed
    )


def same_action(scene: Scene) -> Iterator[Remark]:
    """Remark on actions that stand in one step before, whatever their group."""
    for each in scene.rules:
        for number, placed in _steps(each.rule):
            first: dict[object, Path] = {}
            for path, action in placed if len(placed) > 1 else ():
                alike = tuple(getattr(action, name) for name in _BUT_THE_GROUP)
                if alike in first:
                    message = f"this is action {int(first[alike][-1]) + 1} of step {number} once more"
                    yield Remark(each.key, message, path, _ONCE)
                first.setdefault(alike, path)


_BUT_THE_GROUP = [each.name for each in fields(Action) if each.name != "group"]
_ONCE = (
    "remove it if a line was pasted twice; if more is meant, write one action that sends it all, or tell the two apart "
    "by an `ach_description`"
)


def group_numbers(scene: Scene) -> Iterator[Remark]:
    """Remark on groups that are not counted 0, 1, 2, or stand in another order than that of their numbers."""
    for each in scene.rules:
        for number, placed in _steps(each.rule):
            used = sorted({action.group for _, action in placed})
            falling = next((path for (_, before), (path, here) in pairwise(placed) if here.group < before.group), None)
            if used != list(range(len(used))):
                odd = next(group for at, group in enumerate(used) if at != group)
                path = next(path for path, action in placed if action.group == odd)
                message = f"step {number} counts its groups {_listed(used)}"
                advice = f"count them {_listed(range(len(used)))}, as the vendor does: no text says what a gap does"
                yield Remark(each.key, message, (*path, "group_index"), advice)
            elif falling is not None:
                message = f"the actions of step {number} do not stand in the order of their groups"
                advice = "sort them by `group_index`: by the vendor's texts they run by it, and from top to bottom"
                yield Remark(each.key, message, (*falling, "group_index"), advice)


def _listed(groups: Sequence[int]) -> str:
    shown = [str(group) for group in groups[:_SHOWN]] + ["…"] * (len(groups) > _SHOWN)
    return ", ".join(shown)


CHECKS: tuple[Check, ...] = (
    Check("nothing-left", Severity.WARNING, nothing_left),
    Check("same-action", Severity.WARNING, same_action),
    Check("group-numbers", Severity.INFO, group_numbers),
)
