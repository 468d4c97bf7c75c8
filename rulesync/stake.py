"""How much money a rule is about: what one run of it can move at most, as the accounts stand now.

What is not known goes first wherever rules are put in order: where nothing says how much, it may be everything.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from rulesync.rule import Action, Base, DepositTrigger, FixedAmount, Opaque, Percentage, Rule, Step, TopUp

_WHOLE = Decimal(100)


class _UnboundedError(Exception):
    """Nothing says how much an action can move."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What one action can move, in cents; `held` says that it comes out of what its source holds now."""

    source: str
    cents: int
    held: bool


def stake(rule: Rule, balances: Mapping[str, int]) -> int | None:
    """Return the cents that one run can move at most, None where there is no known limit.

    `balances` are in cents, by account id, as far as they are known. A fixed amount, a top-up to an amount and a limit
    bound themselves; every other action is bounded by what its source holds. The deposit that sets a rule off is not in
    the balance yet, so the balance of that account bounds nothing. Only the first step that holds runs, so the largest
    one counts.
    """
    try:
        return max((_step(step, rule, balances) for step in rule.steps), default=0)
    except _UnboundedError:
        return None


def sources(rule: Rule) -> tuple[str, ...]:
    """Return the ids of the accounts whose balances decide how much a run can move, each once."""
    found = [
        action.source.id for action in _actions(rule) if _own_bound(action) is None and not _is_filled(action, rule)
    ]
    return tuple(dict.fromkeys(found))


def order(cents: int | None) -> tuple[int, int]:
    """Return what sorts the most money first: no known limit, then the largest amount."""
    return (0, 0) if cents is None else (1, -cents)


def _actions(rule: Rule) -> Iterator[Action]:
    for step in rule.steps:
        if isinstance(step, Step):
            yield from (action for action in step.actions if isinstance(action, Action))


def _step(step: Step | Opaque, rule: Rule, balances: Mapping[str, int]) -> int:
    if isinstance(step, Opaque):
        raise _UnboundedError
    parts = [_part(action, rule, balances) for action in step.actions]
    held: Counter[str] = Counter()
    for part in parts:
        held[part.source] += part.cents if part.held else 0
    out_of_balances = sum(min(cents, balances.get(source, cents)) for source, cents in held.items())
    return sum(part.cents for part in parts if not part.held) + max(0, out_of_balances)


def _part(action: Action | Opaque, rule: Rule, balances: Mapping[str, int]) -> _Part:
    if isinstance(action, Opaque):
        raise _UnboundedError
    own = _own_bound(action)
    holds = None if _is_filled(action, rule) else balances.get(action.source.id)
    if own is not None:
        return _Part(action.source.id, own, held=False)
    if holds is None:
        raise _UnboundedError
    return _Part(action.source.id, _share(action, max(0, holds)), held=True)


def _own_bound(action: Action) -> int | None:
    """Return the cents that an action itself says are the most, None where it does not."""
    bounds = [action.limit.cents] if action.limit else []
    match action.amount:
        case FixedAmount(cents) | TopUp(int(cents)):
            bounds.append(cents)
        case _:
            pass
    return min(bounds, default=None)


def _is_filled(action: Action, rule: Rule) -> bool:
    """Tell whether a run may find more in the source than is there now: the deposit, or what nobody here knows of."""
    match rule.trigger:
        case Opaque():
            return True
        case DepositTrigger(account_id):
            takes_of_deposit = isinstance(action.amount, Percentage) and action.amount.base is Base.INCOMING_AMOUNT
            return takes_of_deposit or account_id == action.source.id
        case _:
            return False


def _share(action: Action, holds: int) -> int:
    """Return the most that an action takes out of what its source holds, in cents."""
    match action.amount:
        case Percentage(percent, Base.SOURCE_ACCOUNT):
            return int((percent * holds / _WHOLE).to_integral_value(ROUND_CEILING))
        case _:
            return holds
