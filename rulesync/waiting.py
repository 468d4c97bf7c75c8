"""What is waited for: rules that a person is to enable, each with what it must hold then; and what became of them.

Law: a rule counts as enabled only if it is live and holds what was applied, or what Git wants. Any other rule that
somebody switched on is altered, and is said loudly.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from rulesync.answer import Hidden, Look, Missing
from rulesync.ownership import digest
from rulesync.plan import Change, Operation
from rulesync.rule import Rule, Status
from rulesync.ruleset import ActualRule, ListedRule


class State(StrEnum):
    """What became of a rule that is waited for."""

    ENABLED = "enabled"
    ALTERED = "altered"
    GONE = "gone"
    WAITING = "waiting"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Awaited:
    """A rule that is waited for.

    `digests` are those of what it may hold once it is live; where there are none, what it was applied as when it is
    first looked at counts. `wish` is what Git wants, None where that is not known.
    """

    key: str
    id: str
    nickname: str | None
    digests: frozenset[str]
    wish: Rule | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a rule that is waited for, as it was last seen.

    `since` is its last write, `reason` why it cannot be read.
    """

    awaited: Awaited
    state: State
    since: str | None = None
    actual: ActualRule | None = None
    reason: str | None = None

    @property
    def is_pending(self) -> bool:
        """Whether it is still to be waited for."""
        return self.state in {State.WAITING, State.UNREADABLE}

    @property
    def is_wrong(self) -> bool:
        """Whether the app holds what nobody applied, or nothing."""
        return self.state in {State.ALTERED, State.GONE}


def of_plan(changes: Iterable[Change]) -> list[Awaited]:
    """Return the rules that Git wants enabled and that are off, whether or not Git changed them since."""
    return [
        awaited(change)
        for change in changes
        if change.desired
        and change.actual
        and change.desired.rule.status is Status.ENABLED
        and change.actual.rule.status is Status.DISABLED
    ]


def awaited(change: Change) -> Awaited:
    """Return a bound rule as one to be waited for: it may hold what was applied, or what Git wants by now."""
    wish = change.desired.rule if change.desired else None
    marker = change.actual.marker if change.actual else None
    digests = {digest(wish)} if wish else set()
    digests |= {marker.digest} if marker else set()
    return Awaited(change.key, change.rule_id or "", change.nickname, frozenset(digests), wish)


def as_applied(actual: ActualRule) -> frozenset[str]:
    """Return the digest with which a rule was applied by its marker; without a marker, that of what it holds."""
    return frozenset({actual.marker.digest if actual.marker else digest(actual.rule)})


def is_applied(change: Change) -> bool:
    """Tell whether there is a rule in the app that a person could enable."""
    return change.operation is not Operation.CREATE and change.desired is not None and change.actual is not None


def listed(what: Awaited, row: ListedRule) -> Found | None:
    """Return what the list alone tells of a rule, None where its body has to be looked at."""
    return Found(what, State.WAITING, row.updated_at) if row.status is Status.DISABLED else None


def looked_at(what: Awaited, look: Look) -> Found:
    """Return what a look by id tells of a rule."""
    match look:
        case Missing():
            return Found(what, State.GONE)
        case Hidden(reason):
            return Found(what, State.UNREADABLE, reason=reason)
        case ActualRule():
            if look.rule.status is Status.DISABLED:
                return Found(what, State.WAITING, look.updated_at, look)
            state = State.ENABLED if holds(what, look.rule) else State.ALTERED
            return Found(what, state, look.updated_at, look)


def holds(what: Awaited, rule: Rule) -> bool:
    """Tell whether a rule is what it may be; a nickname that Git leaves to the app is no difference."""
    told = {digest(rule), digest(replace(rule, nickname=None))}
    return not what.digests or bool(told & what.digests)
