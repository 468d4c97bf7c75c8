"""The outline of a rule: what is looked at across all rules, for each of them small enough to be remembered.

That is how it is called, when it runs, which ways its money takes, and which types it gives to accounts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from rulesync.rule import (
    Account,
    Action,
    DepositTrigger,
    LiabilityFigure,
    Rule,
    ScheduledTrigger,
    Status,
    Step,
    TopUp,
)


class Move(NamedTuple):
    """Money that an action moves: where the action stands (from 0), and the ids of source and destination."""

    step: int
    action: int
    source: str
    destination: str


@dataclass(frozen=True, slots=True)
class Outline:
    """A rule in outline; `watches` is the account whose deposits set it off, `types` are pairs of an id and a type."""

    nickname: str | None
    enabled: bool
    watches: str | None
    scheduled: bool
    moves: tuple[Move, ...]
    types: tuple[tuple[str, str], ...]


def outline(rule: Rule) -> Outline:
    """Return the outline of a rule; pieces of a kind not known here have no part in it."""
    found = list(_actions(rule))
    return Outline(
        nickname=rule.nickname,
        enabled=rule.status is Status.ENABLED,
        watches=rule.trigger.account_id if isinstance(rule.trigger, DepositTrigger) else None,
        scheduled=isinstance(rule.trigger, ScheduledTrigger),
        moves=tuple(Move(step, at, action.source.id, action.destination.id) for step, at, action in found),
        types=tuple(dict.fromkeys((each.id, each.type) for *_, action in found for each in _accounts(action))),
    )


def _actions(rule: Rule) -> Iterator[tuple[int, int, Action]]:
    for number, step in enumerate(rule.steps):
        if isinstance(step, Step):
            for at, action in enumerate(step.actions):
                if isinstance(action, Action):
                    yield number, at, action


def _accounts(action: Action) -> Iterator[Account]:
    yield action.source
    yield action.destination
    if isinstance(action.amount, TopUp) and isinstance(action.amount.target, LiabilityFigure):
        yield action.amount.target.account
