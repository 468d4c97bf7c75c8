"""The canonical rule, in the product's words: what a rule is, whichever way a file or an API spells it.

Values are frozen and comparable: two rules mean the same if and only if they are equal. Money is in integer cents, a
percentage is a Decimal between 0 and 100, an instant is a datetime in UTC. What a reader does not know is kept whole as
`Opaque`, so that it can be shown and compared, and never silently lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Opaque:
    """A piece of a rule of a kind not known here, as canonical JSON text, exactly as it was read."""

    json: str


@dataclass(frozen=True, slots=True)
class Text:
    """A description: kept as written, compared after trimming and folding white space (the app may flatten lines)."""

    raw: str = field(compare=False)
    folded: str

    @classmethod
    def of(cls, raw: str | None) -> "Text | None":
        """Return the text, or None for what says nothing: absent, null or blank."""
        folded = fold(raw or "")
        return cls((raw or "").strip(), folded) if folded else None


def fold(text: str) -> str:
    """Return the text on one line, with single spaces and none at its ends."""
    return " ".join(text.split())


class Status(StrEnum):
    """Whether the engine may run a rule. Only a person, in the app, can make it enabled."""

    ENABLED = "enabled"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Account:
    """An account as rules refer to it: its id, and its type (`income_source`, `pod`, `external_account`)."""

    id: str
    type: str


class Schedule(StrEnum):
    """How often a scheduled rule runs, counted from its start in UTC."""

    ONE_TIME = "once"
    DAILY = "every day"
    WEEKLY = "every week"
    BI_WEEKLY = "on the 1st and the 15th"
    MONTHLY = "every month"
    EVERY_OTHER_WEEK = "every other week"


@dataclass(frozen=True, slots=True)
class DepositTrigger:
    """Run when money arrives in the account."""

    account_id: str


@dataclass(frozen=True, slots=True)
class ScheduledTrigger:
    """Run by the calendar. The account, where given, is the default source."""

    schedule: Schedule
    start: datetime
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class ManualTrigger:
    """Run when a person or an API call asks for it; the account is the default source."""

    account_id: str


Trigger = DepositTrigger | ScheduledTrigger | ManualTrigger | Opaque


class Fact(StrEnum):
    """The left side of a comparison: money in cents, or the day of the month (1-31)."""

    TRANSFER_AMOUNT = "the deposit"
    BALANCE = "the balance"
    DATE = "the day of the month"


class ValueFact(StrEnum):
    """The right side of a comparison where it is not a number."""

    TRANSFER_AMOUNT = "the deposit"
    BALANCE = "the balance"
    DATE = "the day of the month"
    LAST_DAY_OF_MONTH = "the last day of the month"
    NEXT_PAYMENT_MINIMUM_AMOUNT = "the next minimum payment"
    LAST_STATEMENT_BALANCE = "the last statement balance"


class Operator(StrEnum):
    """How the two sides of a comparison are held against each other."""

    EQUALS = "is"
    NOT_EQUALS = "is not"
    GREATER_THAN = "is over"
    LESS_THAN = "is under"
    GREATER_THAN_OR_EQUAL = "is at least"
    LESS_THAN_OR_EQUAL = "is at most"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A fact held against a number (cents, or a day) or another fact; `account_id` says whose balance is meant."""

    fact: Fact
    operator: Operator
    value: int | None = None
    value_fact: ValueFact | None = None
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds when every one of the conditions holds."""

    conditions: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when at least one of the conditions holds."""

    conditions: "tuple[Condition, ...]"


Condition = Comparison | AllOf | AnyOf | Opaque


class Base(StrEnum):
    """What a percentage is taken of."""

    INCOMING_AMOUNT = "the deposit"
    SOURCE_ACCOUNT = "the source's balance"


class Figure(StrEnum):
    """A figure of a liability that a top-up can aim at."""

    NEXT_PAYMENT_MINIMUM = "next minimum payment"
    CURRENT_BALANCE = "current balance"
    LAST_STATEMENT_BALANCE = "last statement balance"


@dataclass(frozen=True, slots=True)
class FixedAmount:
    """Send this many cents."""

    cents: int


@dataclass(frozen=True, slots=True)
class Percentage:
    """Send a share of the deposit, or of the source's balance when the action runs."""

    percent: Decimal
    base: Base


@dataclass(frozen=True, slots=True)
class LiabilityFigure:
    """What a liability says of itself: the figure of this account."""

    figure: Figure
    account: Account


@dataclass(frozen=True, slots=True)
class TopUp:
    """Fill the destination up to this many cents, or to a liability's figure."""

    target: int | LiabilityFigure


@dataclass(frozen=True, slots=True)
class RoundDown:
    """Leave the source at a round amount of cents and send the rest (the vendor's texts give two readings)."""

    cents: int


@dataclass(frozen=True, slots=True)
class NextPaymentMinimum:
    """Pay the destination's next minimum payment."""


@dataclass(frozen=True, slots=True)
class TotalAmountDue:
    """Pay the destination's total amount due."""


@dataclass(frozen=True, slots=True)
class LastStatementBalance:
    """Pay the destination's last statement balance."""


@dataclass(frozen=True, slots=True)
class PercentageOfLiability:
    """Pay a share of what is owed at the destination."""

    percent: Decimal


Amount = (
    FixedAmount
    | Percentage
    | TopUp
    | RoundDown
    | NextPaymentMinimum
    | TotalAmountDue
    | LastStatementBalance
    | PercentageOfLiability
)


class Period(StrEnum):
    """Over which time a limit counts what was sent."""

    PER_TRANSFER = "per transfer"
    PER_WEEK = "per week"
    PER_MONTH = "per month"
    PER_YEAR = "per year"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most this many cents in a period; the actions of one group share it."""

    period: Period
    cents: int


@dataclass(frozen=True, slots=True)
class Action:
    """Move an amount from one account to another.

    `group` orders the actions of a step and says which are computed together; `up_to_available` sends what there is
    where the source holds less.
    """

    amount: Amount
    source: Account
    destination: Account
    group: int = 0
    up_to_available: bool = False
    direct_deposit: bool = False
    limit: Limit | None = None
    ach_description: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Actions to run if the condition holds; without one, always. The first step that holds is the only one to run."""

    condition: Condition | None
    actions: tuple[Action | Opaque, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A trigger and the steps it sets off, with the name and description that people see in the app."""

    nickname: str | None
    description: Text | None
    status: Status
    trigger: Trigger
    steps: tuple[Step | Opaque, ...]


def opaque_parts(rule: Rule) -> Iterator[Opaque]:
    """Yield every piece of the rule that is of a kind not known here."""
    if isinstance(rule.trigger, Opaque):
        yield rule.trigger
    for step in rule.steps:
        if isinstance(step, Opaque):
            yield step
        else:
            yield from (action for action in step.actions if isinstance(action, Opaque))
            yield from _opaque_conditions(step.condition)


def _opaque_conditions(condition: Condition | None) -> Iterator[Opaque]:
    match condition:
        case Opaque():
            yield condition
        case AllOf(conditions) | AnyOf(conditions):
            for inner in conditions:
                yield from _opaque_conditions(inner)
        case _:
            return


def accounts(rule: Rule) -> tuple[str, ...]:
    """Return the ids of the accounts that the rule speaks of, each once, in the order of reading."""
    return tuple(dict.fromkeys(_account_ids(rule)))


def _account_ids(rule: Rule) -> Iterator[str]:
    if not isinstance(rule.trigger, Opaque) and rule.trigger.account_id:
        yield rule.trigger.account_id
    for step in rule.steps:
        if isinstance(step, Opaque):
            continue
        yield from _condition_account_ids(step.condition)
        for action in step.actions:
            if isinstance(action, Action):
                yield action.source.id
                yield action.destination.id
                match action.amount:
                    case TopUp(LiabilityFigure(account=account)):
                        yield account.id
                    case _:
                        pass


def _condition_account_ids(condition: Condition | None) -> Iterator[str]:
    match condition:
        case Comparison(account_id=str(account_id)):
            yield account_id
        case AllOf(conditions) | AnyOf(conditions):
            for inner in conditions:
                yield from _condition_account_ids(inner)
        case _:
            return
