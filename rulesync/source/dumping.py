"""The way back: a rule -> the text of its file, in the order and the shorthand that a person would use.

It says whatever the rule says, even what the shape of a rule file refuses: `trial` tells whether it can be read.
"""

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from rulesync import document
from rulesync.accounts import AccountBook
from rulesync.money import format_cents
from rulesync.rule import (
    Account,
    Action,
    AllOf,
    Amount,
    AnyOf,
    Comparison,
    Condition,
    DepositTrigger,
    Fact,
    FixedAmount,
    LiabilityFigure,
    Limit,
    ManualTrigger,
    Opaque,
    Percentage,
    PercentageOfLiability,
    RoundDown,
    Rule,
    ScheduledTrigger,
    Status,
    Step,
    TopUp,
    Trigger,
)
from rulesync.source.layout import WIDEST, Fields, Items, Tree, Word, bare, lines, word
from rulesync.wire.encode import instant
from rulesync.wire.v1 import ACTION_TYPES

_LONGEST_AMOUNT = 20  # characters; a longer one is refused in dollars, so it is written in cents
_Given = tuple[str, Tree | None]


@dataclass(frozen=True, slots=True)
class Words:
    """What accounts are called: by names of rulesync.yaml where they stand for them, and by names for people."""

    accounts: Mapping[Account, str]
    ids: Mapping[str, str]
    people: Mapping[str, str]

    def node(self, account: Account) -> Tree:
        """Return an account where its type counts as well."""
        known = self.accounts.get(account)
        if known is not None:
            return word(known)
        return Fields((("id", word(account.id)), ("type", word(account.type))), self._note(account.id))

    def field(self, account_id: str | None) -> tuple[_Given, ...]:
        """Return the field that holds the id of an account, none without one."""
        if account_id is None:
            return ()
        known = self.ids.get(account_id)
        return (("account", word(known)) if known is not None else ("account_id", self._by_id(account_id)),)

    def _by_id(self, account_id: str) -> Word:
        return word(account_id, self._note(account_id))

    def _note(self, account_id: str) -> str | None:
        return document.remark(self.people.get(account_id, "")) or None


def words(book: AccountBook) -> Words:
    """Return what accounts are called; of several names for one account the first counts."""
    accounts: dict[Account, str] = {}
    for name in filter(None, book.entries):
        try:
            accounts.setdefault(book.resolve(name), name)
        except LookupError:
            continue
    ids: dict[str, str] = {}
    for account, name in accounts.items():
        ids.setdefault(account.id, name)
    return Words(accounts, ids, {each.id: each.name for each in book.listed or () if each.name})


def dump(rule: Rule, called: Words, *, key: str | None = None, pin: str | None = None) -> str:
    """Return the text of a file that says this rule; it has a key of its own, or a pin, where one is given.

    Raises:
        ValueError: a part of it is of a kind that is not known here.
    """
    head = [("key", _text(key)), ("id", _text(pin)), ("nickname", _text(rule.nickname))]
    body = [
        ("status", bare(rule.status.value) if rule.status is Status.DISABLED else None),
        ("trigger", _trigger(rule.trigger, called)),
        ("steps", _list(_step(step, called) for step in rule.steps)),
    ]
    about = _description(rule.description.raw) if rule.description else ()
    return "\n".join([*lines(_some(head)), *about, *lines(_some(body))]) + "\n"


def _text(text: str | None) -> Word | None:
    return None if text is None else word(text)


def _list(items: Iterable[Tree]) -> Tree:
    found = tuple(items)
    return Items(found) if found else bare("[]")


def _some(fields: Iterable[_Given]) -> Fields:
    return Fields(tuple((name, value) for name, value in fields if value is not None))


def _description(text: str) -> Iterator[str]:
    block = document.literal(text)
    if block is not None:
        yield "description: |"
        yield from (f"  {line}" if line else "" for line in block)
        return
    line = f"description: {document.plain(text)}"
    if len(line) > WIDEST and text == " ".join(text.split()) and document.quoted(text) == f'"{text}"':
        yield "description: >-"
        yield from textwrap.wrap(
            text,
            WIDEST - 10,
            initial_indent="  ",
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    else:
        yield line


def _trigger(trigger: Trigger, called: Words) -> Fields:
    match trigger:
        case DepositTrigger(account_id):
            return _some([("type", bare("ON_FUNDS_TRANSFERRED")), *called.field(account_id)])
        case ManualTrigger(account_id):
            return _some([("type", bare("MANUAL")), *called.field(account_id)])
        case ScheduledTrigger(schedule, start, account):
            when = [("schedule_type", bare(schedule.name)), ("start_date", bare(instant(start)))]
            return _some([("type", bare("SCHEDULED")), *when, *called.field(account)])
        case Opaque(text):
            raise ValueError(text)


def _step(step: Step | Opaque, called: Words) -> Fields:
    if isinstance(step, Opaque):
        raise ValueError(step.json)  # noqa: TRY004  # no wrong type: a kind that is not known
    numbered = not _computed_together(step.actions)
    actions = _list(_action(action, called, numbered=numbered) for action in step.actions)
    condition = None if step.condition is None else _condition(step.condition, called)
    return _some([("conditions", condition), ("actions", actions)])


def _computed_together(actions: tuple[Action | Opaque, ...]) -> bool:
    """Tell whether the order of the actions is clear without a number on each."""
    bases = {
        action.amount.base if isinstance(action, Action) and isinstance(action.amount, Percentage) else None
        for action in actions
    }
    return len(actions) == 1 or (len(bases) == 1 and None not in bases)


def _condition(condition: Condition, called: Words) -> Fields:
    match condition:
        case AllOf(inner):
            return _some([("all", _list(_condition(each, called) for each in inner))])
        case AnyOf(inner):
            return _some([("any", _list(_condition(each, called) for each in inner))])
        case Comparison():
            return _some([("condition", _comparison(condition, called))])
        case Opaque(text):
            raise ValueError(text)


def _comparison(comparison: Comparison, called: Words) -> Fields:
    account = called.field(comparison.account_id)
    return _some(
        [
            ("fact", bare(comparison.fact.name)),
            ("operator", bare(comparison.operator.name)),
            ("value", _compared(comparison)),
            ("value_fact", bare(comparison.value_fact.name) if comparison.value_fact else None),
            ("params", _some(account) if account else None),
        ]
    )


def _compared(comparison: Comparison) -> Word | None:
    if comparison.value is None:
        return None
    dollars = None if comparison.fact is Fact.DATE else _dollars(comparison.value)
    return dollars or bare(str(comparison.value))


def _action(action: Action | Opaque, called: Words, *, numbered: bool) -> Fields:
    if isinstance(action, Opaque):
        raise ValueError(action.json)  # noqa: TRY004  # no wrong type: a kind that is not known
    return _some(
        [
            ("type", bare(ACTION_TYPES[type(action.amount)])),
            *_amount(action.amount, called),
            ("source", called.node(action.source)),
            ("destination", called.node(action.destination)),
            ("group_index", bare(str(action.group)) if numbered or action.group else None),
            ("up_to_enabled", bare("true") if action.up_to_available else None),
            ("is_direct_deposit", bare("true") if action.direct_deposit else None),
            ("limit", _limit(action.limit) if action.limit else None),
            ("ach_description", _text(action.ach_description)),
        ]
    )


def _amount(amount: Amount, called: Words) -> Iterable[_Given]:
    match amount:
        case FixedAmount(cents) | RoundDown(cents) | TopUp(int(cents)):
            return [_money(cents)]
        case TopUp(LiabilityFigure(figure, account)):
            return [(f"{figure.name.lower()}_account", called.node(account))]
        case Percentage(percent, base):
            return [("percentage_value", _percent(percent)), ("percentage_target", bare(base.name))]
        case PercentageOfLiability(percent):
            return [("percentage_value", _percent(percent))]
        case _:
            return []


def _limit(limit: Limit) -> Fields:
    return _some([("period", bare(limit.period.name)), _money(limit.cents)])


def _money(cents: int) -> _Given:
    amount = _dollars(cents)
    return ("amount", amount) if amount else ("amount_in_cents", bare(str(cents)))


def _dollars(cents: int) -> Word | None:
    """Return an amount in dollars, None where it is too large or too small to be written in them."""
    amount = format_cents(cents)
    return word(amount) if cents >= 0 and len(amount) <= _LONGEST_AMOUNT else None


def _percent(percent: Decimal) -> Word:
    return bare(f"{percent:f}")
