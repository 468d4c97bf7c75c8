"""The shape of a rule file: the body of a v1 `POST /rules`, with a key of its own and the shorthand for people.

A field that is null is a field that is absent. What pydantic cannot say is refused by `refuse`, so that every error of
a document comes out of one validation.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from rulesync.source.written import (
    Cents,
    CheckId,
    Compared,
    Day,
    Dollars,
    Instant,
    Key,
    Money,
    Percent,
    RuleId,
    Text,
    Word,
    refuse,
)

NAMED, NODE = "a name", "an account node"
_LONGEST_DAY = 31


class Shape(BaseModel):
    """What all of the models have in common: no field that is not named, no value that is changed to fit."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def one_of(shape: Shape, names: Iterable[str], what: str, *, at_least: int = 1) -> None:
    """Refuse a shape that has none, or more than one, of some fields."""
    names = tuple(names)
    given = [name for name in names if getattr(shape, name) is not None]
    choice = _choice(names)
    if len(given) > 1:
        raise refuse("invalid-value", f"{what} takes one of {choice}, not {len(given)} of them", at=[given[-1]])
    if len(given) < at_least:
        raise refuse("missing-field", f"{what} needs {choice}")


def _choice(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]])


class AccountNode(Shape):
    """An account as the API writes it."""

    id: Word
    type: Literal["income_source", "pod", "external_account"]


def _account_kind(value: object) -> str:
    return NODE if isinstance(value, Mapping | AccountNode) else NAMED


AccountRef = Annotated[
    Annotated[Word, Tag(NAMED)] | Annotated[AccountNode, Tag(NODE)],
    Discriminator(_account_kind),
]


class DepositTrigger(Shape):
    """Run when money arrives in the account."""

    type: Literal["ON_FUNDS_TRANSFERRED"]
    account: Word | None = None
    account_id: Word | None = None

    @model_validator(mode="after")
    def _one_account(self) -> Self:
        one_of(self, ("account", "account_id"), "this trigger")
        return self


class ScheduledTrigger(Shape):
    """Run by the calendar, in UTC."""

    type: Literal["SCHEDULED"]
    schedule_type: Literal["ONE_TIME", "DAILY", "WEEKLY", "BI_WEEKLY", "MONTHLY", "EVERY_OTHER_WEEK"]
    start_date: Instant
    account: Word | None = None
    account_id: Word | None = None

    @model_validator(mode="after")
    def _one_account(self) -> Self:
        one_of(self, ("account", "account_id"), "this trigger", at_least=0)
        return self


class ManualTrigger(Shape):
    """Run when somebody asks for it."""

    type: Literal["MANUAL"]
    account: Word | None = None
    account_id: Word | None = None

    @model_validator(mode="after")
    def _one_account(self) -> Self:
        one_of(self, ("account", "account_id"), "this trigger")
        return self


Trigger = Annotated[DepositTrigger | ScheduledTrigger | ManualTrigger, Field(discriminator="type")]


class Params(Shape):
    """Whose balance a comparison means."""

    account: Word | None = None
    account_id: Word | None = None

    @model_validator(mode="after")
    def _one_account(self) -> Self:
        one_of(self, ("account", "account_id"), "`params`", at_least=0)
        return self


class Comparison(Shape):
    """A fact held against a number or another fact."""

    fact: Literal["TRANSFER_AMOUNT", "BALANCE", "DATE"]
    operator: Literal[
        "EQUALS", "NOT_EQUALS", "GREATER_THAN", "LESS_THAN", "GREATER_THAN_OR_EQUAL", "LESS_THAN_OR_EQUAL"
    ]
    value: Compared | None = None
    value_fact: (
        Literal[
            "TRANSFER_AMOUNT",
            "BALANCE",
            "DATE",
            "LAST_DAY_OF_MONTH",
            "NEXT_PAYMENT_MINIMUM_AMOUNT",
            "LAST_STATEMENT_BALANCE",
        ]
        | None
    ) = None
    params: Params | None = None

    @model_validator(mode="after")
    def _one_right_side(self) -> Self:
        one_of(self, ("value", "value_fact"), "a condition")
        if self.fact == "DATE" and self.value is not None:
            _check_day(self.value)
        return self


def _check_day(value: int) -> None:
    if isinstance(value, Dollars):
        raise refuse("invalid-value", "a `DATE` is a day of the month, not money", "write 1 to 31", at=["value"])
    if not 1 <= value <= _LONGEST_DAY:
        raise refuse("invalid-value", f"`{value}` is no day of the month", "write 1 to 31", at=["value"])


class Condition(Shape):
    """A comparison, or several of which any or all must hold."""

    condition: Comparison | None = None
    any: "Annotated[tuple[Condition, ...], Field(strict=False, min_length=1)] | None" = None
    all: "Annotated[tuple[Condition, ...], Field(strict=False, min_length=1)] | None" = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        one_of(self, ("condition", "any", "all"), "a condition")
        return self


class Limit(Shape):
    """At most so much in a period."""

    period: Literal["PER_TRANSFER", "PER_WEEK", "PER_MONTH", "PER_YEAR"]
    amount: Money = None
    amount_in_cents: Cents | None = None

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        one_of(self, ("amount", "amount_in_cents"), "a limit")
        return self


class _Action(Shape):
    """What every action has."""

    source: AccountRef
    destination: AccountRef
    group_index: Annotated[int, Field(ge=0)] | None = None
    up_to_enabled: bool | None = None
    is_direct_deposit: bool | None = None
    limit: Limit | None = None
    ach_description: Text | None = None


class FixedAmount(_Action):
    """Send this much."""

    type: Literal["fixed_amount"]
    amount: Money = None
    amount_in_cents: Cents | None = None

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        one_of(self, ("amount", "amount_in_cents"), "`fixed_amount`")
        return self


class RoundDown(_Action):
    """Leave the source at a round amount."""

    type: Literal["round_down"]
    amount: Money = None
    amount_in_cents: Cents | None = None

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        one_of(self, ("amount", "amount_in_cents"), "`round_down`")
        return self


class Percentage(_Action):
    """Send a share of the deposit or of the source's balance."""

    type: Literal["percentage"]
    percentage_value: Percent
    percentage_target: Literal["INCOMING_AMOUNT", "SOURCE_ACCOUNT"]


class TopUp(_Action):
    """Fill the destination up to an amount, or to what a liability's account says."""

    type: Literal["top_up"]
    amount: Money = None
    amount_in_cents: Cents | None = None
    next_payment_minimum_account: AccountRef | None = None
    current_balance_account: AccountRef | None = None
    last_statement_balance_account: AccountRef | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        accounts = ("next_payment_minimum_account", "current_balance_account", "last_statement_balance_account")
        one_of(self, ("amount", "amount_in_cents", *accounts), "`top_up`")
        return self


class NextPaymentMinimum(_Action):
    """Pay the destination's next minimum payment."""

    type: Literal["next_payment_minimum"]


class TotalAmountDue(_Action):
    """Pay the destination's total amount due."""

    type: Literal["total_amount_due"]


class LastStatementBalance(_Action):
    """Pay the destination's last statement balance."""

    type: Literal["last_statement_balance"]


class PercentageOfLiability(_Action):
    """Pay a share of what is owed at the destination."""

    type: Literal["percentage_liability_balance"]
    percentage_value: Percent


Action = (
    FixedAmount
    | Percentage
    | TopUp
    | RoundDown
    | NextPaymentMinimum
    | TotalAmountDue
    | LastStatementBalance
    | PercentageOfLiability
)


class Step(Shape):
    """Actions to run if the conditions hold."""

    conditions: Condition | None = None
    actions: Annotated[tuple[Annotated[Action, Field(discriminator="type")], ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def _groups_are_clear(self) -> Self:
        open_ones = [index for index, action in enumerate(self.actions) if action.group_index is None]
        if open_ones and len(self.actions) > 1 and not _one_base(self.actions):
            message = "this action needs a `group_index`: it says what is computed together, and in which order"
            advice = "number the actions 0, 1, 2 in the order they should run; equal numbers are computed together"
            raise refuse("group-index", message, advice, at=["actions", open_ones[0]])
        return self


def _one_base(actions: Iterable[Action]) -> bool:
    """Tell whether all of the actions are percentages of one target, which are computed together anyway."""
    targets = {action.percentage_target if isinstance(action, Percentage) else None for action in actions}
    return len(targets) == 1 and None not in targets


class Excuse(Shape):
    """Why a check says nothing about a rule, and the last day (in UTC) on which it is silent, if there is one."""

    reason: Word
    until: Day | None = None


def _excuse(value: object) -> object:
    """Return the fields of an excuse; a reason alone is one without an end."""
    return {"reason": value} if isinstance(value, str) else value


class RuleFile(Shape):
    """One document of a rule file."""

    key: Key | None = None
    id: RuleId | None = None
    moved_from: Key | None = None
    protect: bool | None = None
    suppress: dict[CheckId, Annotated[Excuse, BeforeValidator(_excuse)]] | None = None
    nickname: Text | None = None
    description: Text | None = None
    status: Literal["enabled", "disabled"] | None = None
    trigger: Trigger
    steps: Annotated[tuple[Step, ...], Field(strict=False, min_length=1)]
