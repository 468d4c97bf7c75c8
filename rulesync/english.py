"""A rule as sentences that a person can check.

Law: two rules whose triggers or steps differ never read alike, so nothing that moves money is silent, and no account's
name, however it was chosen, can pass for a part of the sentence.
"""

import json
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, pairwise

from rulesync.money import format_cents, format_percent
from rulesync.rule import (
    Account,
    Action,
    AllOf,
    Amount,
    AnyOf,
    Base,
    Comparison,
    Condition,
    DepositTrigger,
    Fact,
    FixedAmount,
    LastStatementBalance,
    LiabilityFigure,
    Limit,
    ManualTrigger,
    NextPaymentMinimum,
    Opaque,
    Operator,
    Percentage,
    PercentageOfLiability,
    RoundDown,
    Rule,
    Schedule,
    ScheduledTrigger,
    Step,
    TopUp,
    TotalAmountDue,
    Trigger,
)

# What may follow a name in a sentence; a name that holds one of these words is quoted.
_CONNECTIVES = frozenset({"and", "at", "from", "holds", "is", "or", "sending", "then", "to", "with"})
_MARKS = "'&.-"
_BILLS: Mapping[type[Amount], str] = {
    NextPaymentMinimum: "the next minimum payment",
    TotalAmountDue: "the total amount due",
    LastStatementBalance: "the last statement balance",
}
_DATE_WORDS = {
    Operator.GREATER_THAN: "is after",
    Operator.LESS_THAN: "is before",
    Operator.GREATER_THAN_OR_EQUAL: "is not before",
    Operator.LESS_THAN_OR_EQUAL: "is not after",
}


@dataclass(frozen=True, slots=True)
class Voice:
    """What a sentence takes for granted: the names of accounts, and `home`, the trigger's account, which is "its"."""

    names: Mapping[str, str]
    home: str | None = None
    _shared: Counter[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_shared", Counter(self.names.values()))

    def account(self, account_id: str) -> str:
        """Return an account's name, with its id where two accounts bear that name; without a name, the id."""
        name = self.names.get(account_id)
        if not name:
            return _code(account_id)
        shown = name if _is_plain(name) else quote(name)
        return f"{shown} ({_code(account_id)})" if self._shared[name] > 1 else shown


def voice(rule: Rule, names: Mapping[str, str]) -> Voice:
    """Return the voice in which a rule is told: "its" is the account that its trigger names."""
    return Voice(names, None if isinstance(rule.trigger, Opaque) else rule.trigger.account_id)


def sentence(rule: Rule, names: Mapping[str, str]) -> str:
    """Return the whole rule as one sentence: when it runs, what it asks, what it moves. `names` is by account id."""
    told = voice(rule, names)
    steps = "; ".join(_step(rule.steps, index, told) for index in range(len(rule.steps))) or "do nothing"
    return f"{trigger(rule.trigger, told)}: {steps}."


def quote(text: str) -> str:
    """Return a text in quotation marks that it cannot close by itself."""
    return "“" + text.replace("\\", "\\\\").replace("”", "\\”") + "”"


def _code(text: str) -> str:
    return "`" + text.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _is_plain(name: str) -> bool:
    """Tell whether a name reads as a name: it begins like one, and holds nothing that a sentence is made of."""
    return name[0] not in _MARKS and not name[0].islower() and all(map(_is_plain_word, name.split(" ")))


def _is_plain_word(word: str) -> bool:
    return word.lower() not in _CONNECTIVES and word != "" and all(c in _MARKS or _is_letter(c) for c in word)


def _is_letter(character: str) -> bool:
    """Tell whether a character is a letter, a digit, a mark upon one, or a picture."""
    category = unicodedata.category(character)
    return category[0] in "LNM" or category == "So"


# When


def trigger(what: Trigger, told: Voice) -> str:
    """Return when the rule runs, from "When" or "Every" on, without the colon."""
    match what:
        case Opaque():
            return f"When {_unknown('something', what)} happens"
        case DepositTrigger(account_id):
            return f"When money arrives in {told.account(account_id)}"
        case ManualTrigger(account_id):
            return f"When someone runs it, from {told.account(account_id)}"
        case ScheduledTrigger(schedule, start, account_id):
            return _calendar(schedule, start) + (f", from {told.account(account_id)}" if account_id is not None else "")


def _calendar(schedule: Schedule, start: datetime) -> str:
    """Return a schedule in words; that weekday and day of the month are those of its start is our reading."""
    day, clock = start.date().isoformat(), f"{_clock(start)} UTC"
    often = schedule.value.capitalize()
    match schedule:
        case Schedule.ONE_TIME:
            return f"{often}, on {day} at {clock}"
        case Schedule.WEEKLY | Schedule.EVERY_OTHER_WEEK:
            often += f" on {start:%A}"
        case Schedule.MONTHLY:
            often += f" on the {ordinal(start.day)}"
        case _:
            pass
    return f"{often} at {clock}, starting {day}"


def _clock(moment: datetime) -> str:
    return moment.time().isoformat("auto" if moment.second or moment.microsecond else "minutes")


def ordinal(number: int) -> str:
    """Return `1st`, `2nd`, `23rd`."""
    tens = abs(number) % 100
    return f"{number}{'th' if 11 <= tens <= 13 else {1: 'st', 2: 'nd', 3: 'rd'}.get(tens % 10, 'th')}"  # noqa: PLR2004  # 11th to 13th


# If


def _step(steps: Sequence[Step | Opaque], index: int, told: Voice) -> str:
    """Return a step; steps are alternatives, so each but the first begins with "otherwise"."""
    always = any(isinstance(earlier, Step) and earlier.condition is None for earlier in steps[:index])
    lead = ("otherwise (never reached) " if always else "otherwise ") if index else ""
    step = steps[index]
    if isinstance(step, Opaque):
        return f"{lead}take {_unknown('a step', step)}"
    if step.condition is None:
        lead += "in every case " if index + 1 < len(steps) else ""
    return lead + step_words(step, told)


def step_words(step: Step, told: Voice) -> str:
    """Return one step by itself: "if …, send …", or "send …" where it has no condition."""
    lead = f"if {condition(step.condition, told)}, " if step.condition is not None else ""
    return lead + _actions(step.actions, told)


def condition(what: Condition, told: Voice) -> str:
    """Return a condition, the groups inside of it in parentheses."""
    match what:
        case Opaque():
            return f"{_unknown('something', what)} holds"
        case AllOf(inner):
            return _group("and", "all", inner, told)
        case AnyOf(inner):
            return _group("or", "any", inner, told)
        case Comparison():
            return f"{_left(what, told)} {_operator(what)} {_right(what)}"


def _group(word: str, quantity: str, inner: Sequence[Condition], told: Voice) -> str:
    parts = [
        f"({condition(each, told)})" if isinstance(each, AllOf | AnyOf) else condition(each, told) for each in inner
    ]
    if len(parts) > 1:
        return f" {word} ".join(parts)
    return f"{quantity} of ({condition(inner[0], told)})" if inner else f"{quantity} of nothing"


def _left(what: Comparison, told: Voice) -> str:
    if what.fact is not Fact.BALANCE:
        return what.fact.value + (f" of {told.account(what.account_id)}" if what.account_id is not None else "")
    if what.account_id is not None:
        return f"the balance of {told.account(what.account_id)}"
    return "the balance" if told.home is None else "its balance"


def _operator(what: Comparison) -> str:
    return _DATE_WORDS.get(what.operator, what.operator.value) if what.fact is Fact.DATE else what.operator.value


def _right(what: Comparison) -> str:
    """Return what the fact is held against; both or neither are legal to write down, and mean nothing."""
    number = None if what.value is None else format_cents(what.value)
    if what.value is not None and what.fact is Fact.DATE:
        number = f"the {ordinal(what.value)}"
    other = what.value_fact.value if what.value_fact else None
    if number and other:
        return f"{number} / {other} (two values)"
    return number or other or "nothing (no value)"


# Then


def _actions(actions: Sequence[Action | Opaque], told: Voice) -> str:
    """Return the actions of a step in their order: "and" joins what is computed together, "then" what follows."""
    if not actions:
        return "do nothing"
    known = [each for each in actions if isinstance(each, Action)]
    sizes = Counter(each.group for each in known)
    if len(known) < len(actions) > 1 or not _is_counted(known):
        return "in the order of these numbers, equal ones together: " + ", ".join(
            _numbered(each, sizes, told) for each in actions
        )
    if not known:
        return action(actions[0], told)
    groups = (list(group) for _, group in groupby(known, key=lambda each: each.group))
    return ", then ".join(_together(group, told) for group in groups)


def _is_counted(actions: Sequence[Action]) -> bool:
    """Tell whether groups begin at 0 and rise by one, so that "and" and "then" say all that the numbers say."""
    return [each.group for each in actions[:1]] in ([], [0]) and all(
        second.group - first.group in {0, 1} for first, second in pairwise(actions)
    )


def _together(group: Sequence[Action], told: Voice) -> str:
    told_of = [action(each, told, shared=len(group) > 1) for each in group]
    return told_of[0] if len(group) == 1 else "together " + " and ".join(told_of)


def _numbered(what: Action | Opaque, sizes: Counter[int], told: Voice) -> str:
    if isinstance(what, Opaque):
        return f"(?) {action(what, told)}"
    return f"({what.group}) {action(what, told, shared=sizes[what.group] > 1)}"


def action(what: Action | Opaque, told: Voice, *, shared: bool = False) -> str:
    """Return what an action does; its source is named unless it is the trigger's account, its group is not.

    `shared` says that other actions are computed with it, which then share its limit.
    """
    if isinstance(what, Opaque):
        return f"do {_unknown('something', what)}"
    extras = [
        "or what there is" if what.up_to_available else "",
        limit(what.limit) + (" shared by the group" if shared else "") if what.limit else "",
        "as a direct deposit" if what.direct_deposit else "",
        f"with the bank text {quote(what.ach_description)}" if what.ach_description is not None else "",
    ]
    return ", ".join([_transfer(what, told), *filter(None, extras)])


def _transfer(what: Action, told: Voice) -> str:
    amount, to = how_much(what, told), told.account(what.destination.id)
    source = "" if what.source.id == told.home else f" from {told.account(what.source.id)}"
    match what.amount:
        case Percentage(base=Base.SOURCE_ACCOUNT):
            return f"send {amount} to {to}"
        case FixedAmount() | Percentage():
            return f"send {amount}{source} to {to}"
        case TopUp():
            return f"top up {to} {amount}{source}"
        case RoundDown():
            return f"round {told.account(what.source.id)} {amount}, sending the rest to {to}"
        case _:
            return f"pay {amount} of {to}{source}"


def how_much(what: Action, told: Voice) -> str:
    """Return the amount of an action by itself: `$50.00`, `20 % of the deposit`, `to $500.00`."""
    match what.amount:
        case FixedAmount(cents):
            return format_cents(cents)
        case Percentage(percent, base):
            return f"{format_percent(percent)} of {_base(base, what.source, told)}"
        case TopUp(target):
            return f"to {_target(target, told)}"
        case RoundDown(cents):
            return f"down to {format_cents(cents)}"
        case PercentageOfLiability(percent):
            return f"{format_percent(percent)} of the debt"
        case NextPaymentMinimum() | TotalAmountDue() | LastStatementBalance():
            return _BILLS[type(what.amount)]


def _base(base: Base, source: Account, told: Voice) -> str:
    if base is Base.INCOMING_AMOUNT:
        return "the deposit"
    return "its balance" if source.id == told.home else f"the balance of {told.account(source.id)}"


def _target(target: int | LiabilityFigure, told: Voice) -> str:
    if isinstance(target, LiabilityFigure):
        return f"the {target.figure.value} of {told.account(target.account.id)}"
    return format_cents(target)


def limit(what: Limit) -> str:
    """Return `at most $200.00 per month`."""
    return f"at most {format_cents(what.cents)} {what.period.value}"


def _unknown(noun: str, what: Opaque) -> str:
    """Return what can be said of a part of a kind not known here: that it is not known, its type, and all it holds."""
    body = json.loads(what.json)
    kind = body.get("type") if isinstance(body, dict) else None
    label = f"{_code(kind)}: " if isinstance(kind, str) else ""
    whole = "" if isinstance(body, dict) and set(body) == {"type"} and label else what.json
    return f"{noun} rulesync does not know ({(label + whole).removesuffix(': ')})"
