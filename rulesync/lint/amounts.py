"""Checks of what actions move: shares that are too large, amounts that are too small, and words with two readings."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from rulesync.findings import Severity
from rulesync.lint.check import Check, Path, Remark, Scene
from rulesync.lint.fields import UNKNOWN, actions, step_actions, steps, told
from rulesync.lint.parts import is_known
from rulesync.money import format_cents, format_percent, percent
from rulesync.rule import (
    Action,
    Base,
    DepositTrigger,
    FixedAmount,
    Percentage,
    PercentageOfLiability,
    Period,
    RoundDown,
    TopUp,
)

_LEAST = 100
"""The engine refuses to move less than this many cents."""

_WHOLE = Decimal(100)
Shares = list[tuple[Path, Action, Decimal]]


def over_100_percent(scene: Scene) -> Iterator[Remark]:
    """Remark on percentages that are computed together and come to more than there is."""
    for each in scene.rules:
        for path, step in steps(each.rule):
            for (_, source, base), shares in _shares(step_actions(path, step)).items():
                if _sum(shares) > _WHOLE:
                    of = "the deposit" if base is Base.INCOMING_AMOUNT else told(scene, each.rule).account(source)
                    message = f"percentages of {of} add up to {format_percent(_sum(shares))} in one group"
                    place, advice = _excess(shares)
                    if base is Base.SOURCE_ACCOUNT:
                        advice += ", or give it a `group_index` of its own, to be taken of what the others leave"
                    yield Remark(each.key, message, place, advice)


def over_deposit(scene: Scene) -> Iterator[Remark]:
    """Remark on shares of one deposit that are each possible and together more than the deposit."""
    for each in scene.rules:
        for path, step in steps(each.rule):
            groups = _shares(step_actions(path, step))
            by_source: dict[str, list[Shares]] = defaultdict(list)
            for (_, source, base), shares in groups.items():
                if base is Base.INCOMING_AMOUNT:
                    by_source[source].append(shares)
            for found in by_source.values():
                together = [each for part in found for each in part]
                if _sum(together) > _WHOLE and all(_sum(part) <= _WHOLE for part in found):
                    share = format_percent(_sum(together))
                    message = f"step {int(path[1]) + 1} sends {share} of the deposit, in several groups"
                    place, advice = _excess(together)
                    advice += "; each is a share of the whole deposit, not of what the groups before it leave"
                    yield Remark(each.key, message, place, advice)


def _shares(found: Iterator[tuple[Path, Action]]) -> dict[tuple[int, str, Base], Shares]:
    """Return the percentages of a step by what they are taken of: group, source and base."""
    shares: dict[tuple[int, str, Base], Shares] = defaultdict(list)
    for path, action in found:
        if isinstance(action.amount, Percentage):
            key = (action.group, action.source.id, action.amount.base)
            shares[key].append((path, action, action.amount.percent))
    return shares


def _sum(shares: Shares) -> Decimal:
    return percent(sum((each for _, _, each in shares), Decimal(0)))


def _excess(shares: Shares) -> tuple[Path, str]:
    """Return the percentage that is the first to be too much, and how far to lower it."""
    at = next(index for index in range(len(shares)) if _sum(shares[: index + 1]) > _WHOLE)
    path, _, own = shares[at]
    room = percent(_WHOLE - (_sum(shares) - own))
    advice = f"lower it to {room:f} or less" if room > 0 else "lower them to 100 % together"
    return (*path, "percentage_value"), advice


def deposit_elsewhere(scene: Scene) -> Iterator[Remark]:
    """Remark on shares of a deposit that come out of another account than it arrives in; once for each step and source.

    Nothing is said where the same step has put money into that account before: it only passes through.
    """
    for each in scene.rules:
        home = each.rule.trigger.account_id if isinstance(each.rule.trigger, DepositTrigger) else UNKNOWN
        for path, step in steps(each.rule) if is_known(home) else ():
            placed = list(step_actions(path, step))
            seen = {home}
            for place, action in placed:
                source, share = action.source.id, action.amount
                if source in seen or not is_known(source) or not isinstance(share, Percentage):
                    continue
                before = (other for _, other in placed if other.group < action.group)
                if share.base is Base.INCOMING_AMOUNT and all(other.destination.id != source for other in before):
                    seen.add(source)
                    voice = replace(told(scene, each.rule), home=None)
                    arrives, leaves = voice.account(home), voice.account(source)
                    message = f"the deposit arrives in {arrives}, and its share is taken out of {leaves}"
                    advice = (
                        "if that is not meant, name the account that the deposit arrives in, or take a share of the "
                        "balance: `percentage_target: SOURCE_ACCOUNT`"
                    )
                    yield Remark(each.key, message, (*place, "source"), advice)


def zero_percent(scene: Scene) -> Iterator[Remark]:
    """Remark on shares of nothing."""
    for each in scene.rules:
        for path, action in actions(each.rule):
            if isinstance(action.amount, Percentage | PercentageOfLiability) and not action.amount.percent:
                advice = "write the percentage that is meant, or remove the action"
                yield Remark(each.key, "0 % moves nothing", (*path, "percentage_value"), advice)


def mixed_group(scene: Scene) -> Iterator[Remark]:
    """Remark on actions in one group that cannot be computed together; once for each group."""
    for each in scene.rules:
        for path, step in steps(each.rule):
            groups: dict[int, list[tuple[Path, Action]]] = defaultdict(list)
            for place, action in step_actions(path, step):
                groups[action.group].append((place, action))
            for number, members in groups.items():
                if len(members) > 1 and not all(isinstance(action.amount, Percentage) for _, action in members):
                    message = f"group {number} of step {int(path[1]) + 1} holds more than percentages"
                    advice = (
                        "give each action that is no percentage a `group_index` of its own, in the order they should "
                        "run; a `limit` is shared by a group"
                    )
                    yield Remark(each.key, message, (*_odd(members), "group_index"), advice)


def _odd(members: Sequence[tuple[Path, Action]]) -> Path:
    """Return the first action after the first one that is no percentage, or else the one after it."""
    return next((path for path, action in members[1:] if not isinstance(action.amount, Percentage)), members[1][0])


def small_amount(scene: Scene) -> Iterator[Remark]:
    """Remark on amounts and limits by which every transfer is smaller than the engine makes it."""
    for each in scene.rules:
        for path, action in actions(each.rule):
            if isinstance(action.amount, FixedAmount) and action.amount.cents < _LEAST:
                message = f"{format_cents(action.amount.cents)} is less than a rule can move"
                yield Remark(each.key, message, (*path, "amount_in_cents"), _AT_LEAST)
            if action.limit and action.limit.cents < _LEAST:
                message = f"a limit of {format_cents(action.limit.cents)} lets nothing through"
                yield Remark(each.key, message, (*path, "limit", "amount_in_cents"), _AT_LEAST)


def limit_below_amount(scene: Scene) -> Iterator[Remark]:
    """Remark on limits that never let a fixed amount through whole."""
    for each in scene.rules:
        for path, action in actions(each.rule):
            limit, amount = action.limit, action.amount
            if limit and isinstance(amount, FixedAmount) and _LEAST <= limit.cents < amount.cents:
                whole, part = format_cents(amount.cents), format_cents(limit.cents)
                message = f"a limit of {part} {limit.period.value} never lets {whole} through whole"
                what = "each transfer is cut to it" if limit.period is Period.PER_TRANSFER else _PART.format(part)
                advice = f"{what}: raise the limit to {whole} or more, or lower the amount"
                yield Remark(each.key, message, (*path, "limit", "amount_in_cents"), advice)


_PART = "no text says whether {} is sent or nothing"
_AT_LEAST = f"the engine refuses transfers below {format_cents(_LEAST)}: write that or more"


def round_down(scene: Scene) -> Iterator[Remark]:
    """Remark on amounts to round down to: what is left in the source depends on who explains it."""
    for each in scene.rules:
        for path, action in actions(each.rule):
            if isinstance(action.amount, RoundDown):
                source = told(scene, each.rule).account(action.source.id)
                if not action.amount.cents:
                    message = "by one reading `round_down` of $0.00 moves everything, by the other it is refused"
                    yield Remark(each.key, message, (*path, "type"), _EVERYTHING)
                    continue
                cents = format_cents(action.amount.cents)
                message = f"`round_down` of {cents} has two readings, which differ in how much leaves {source}"
                advice = (
                    f"by one, only what exceeds a multiple of {cents} is moved; by the other, {cents} stay and all "
                    "else is moved; try it with little money, then excuse the rule with `suppress: {round-down: why}`"
                )
                yield Remark(each.key, message, (*path, "type"), advice)


_EVERYTHING = "`percentage` of 100, `percentage_target: SOURCE_ACCOUNT`, means everything for certain"


def top_up_shortage(scene: Scene) -> Iterator[Remark]:
    """Remark on top-ups that do not say what is to happen when the source holds too little."""
    for each in scene.rules:
        for path, action in actions(each.rule):
            if isinstance(action.amount, TopUp) and not action.up_to_available:
                source = told(scene, each.rule).account(action.source.id)
                message = f"when {source} holds too little, this top-up has two readings"
                advice = (
                    "by one it fails, and with it the actions after it; by the other it moves what there is; "
                    "`up_to_enabled: true` means the second for certain"
                )
                yield Remark(each.key, message, (*path, "type"), advice)


def same_account(scene: Scene) -> Iterator[Remark]:
    """Remark on money that would go to where it is."""
    for each in scene.rules:
        for path, action in actions(each.rule):
            if action.source.id == action.destination.id:
                message = f"{told(scene, each.rule).account(action.source.id)} is both source and destination"
                advice = "name the account that the money should go to"
                yield Remark(each.key, message, (*path, "destination"), advice)


CHECKS: tuple[Check, ...] = (
    Check("over-100-percent", Severity.ERROR, over_100_percent),
    Check("over-deposit", Severity.WARNING, over_deposit),
    Check("deposit-elsewhere", Severity.INFO, deposit_elsewhere),
    Check("zero-percent", Severity.WARNING, zero_percent),
    Check("mixed-group", Severity.WARNING, mixed_group),
    Check("small-amount", Severity.ERROR, small_amount),
    Check("limit-below-amount", Severity.WARNING, limit_below_amount),
    Check("round-down", Severity.WARNING, round_down),
    Check("top-up-shortage", Severity.WARNING, top_up_shortage),
    Check("same-account", Severity.ERROR, same_account),
)
