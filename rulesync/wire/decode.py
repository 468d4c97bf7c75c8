"""The body of an answer -> a canonical rule: absent, null and default become one thing here, and only here.

Nothing is dropped: a piece of a kind not known here becomes `Opaque`, a field not known here an `Extra`. Only what is
no rule at all is refused.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from rulesync.money import percent
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
    Figure,
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
    Period,
    RoundDown,
    Rule,
    Schedule,
    ScheduledTrigger,
    Status,
    Step,
    Text,
    TopUp,
    TotalAmountDue,
    Trigger,
    ValueFact,
    fold,
)
from rulesync.ruleset import Extra
from rulesync.wire.spelling import Spelling
from rulesync.wire.strictly import is_sensible

Member = TypeVar("Member", bound=Enum)
Value = TypeVar("Value")
Path = tuple[str | int, ...]
_DEEPEST = 100  # parts of a path; what lies deeper is kept whole, so that no answer can exhaust the stack


class UnknownShapeError(ValueError):
    """A piece of JSON that is of no kind known here."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A rule as it was read, its description still with the marker line, and the fields that were not understood."""

    rule: Rule
    extras: tuple[Extra, ...]


def canonical_json(value: object) -> str:
    """Return JSON with sorted keys and no spaces, equal for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def parse_instant(value: object) -> datetime:
    """Return an ISO 8601 instant in UTC; one without an offset is taken as UTC, as all schedule times are.

    Raises:
        UnknownShapeError: the value is not an instant.
    """
    if not isinstance(value, str):
        raise UnknownShapeError("no instant")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise UnknownShapeError("no instant") from None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise UnknownShapeError("no instant") from None


def decode_rule(body: object, spelling: Spelling) -> Decoded:
    """Return the rule that a body says.

    Raises:
        UnknownShapeError: the body is no rule: not an object, without trigger or steps, or with a status that is
            neither enabled nor disabled.
    """
    fields = _Fields(body, spelling, ())
    trigger, steps = fields.take("trigger"), fields.take("steps")
    if not isinstance(trigger, Mapping) or not isinstance(steps, list):
        raise UnknownShapeError("no trigger, or no steps")
    rule = Rule(
        nickname=fold(fields.text("nickname") or "") or None,
        description=Text.of(fields.text("description")),
        status=fields.member(Status, "status"),
        trigger=_piece(trigger, fields, ("trigger",), _trigger),
        steps=tuple(_piece(step, fields, ("steps", index), _step) for index, step in enumerate(steps)),
    )
    for name in spelling.response_only:
        fields.rest.pop(name, None)
    return Decoded(rule, fields.left_over())


class _Fields:
    """One JSON object being read: what is taken is known, what is left over is extra.

    There are twenty of them in a rule, so that they are kept light.
    """

    __slots__ = ("_spelled", "extras", "path", "rest", "spelling")

    def __init__(self, body: object, spelling: Spelling, path: Path) -> None:
        if not isinstance(body, Mapping) or len(path) > _DEEPEST:
            raise UnknownShapeError("no object")
        self.spelling = spelling
        self.path = path
        self.extras: list[Extra] = []
        self.rest: dict[str, object] = dict(body)
        self._spelled = spelling.field

    def take(self, name: str) -> object:
        """Return a field's value, None where it is absent or null."""
        return self.rest.pop(self._spelled(name), None)

    def text(self, name: str) -> str | None:
        value = self.take(name)
        if value is not None and not isinstance(value, str):
            raise UnknownShapeError(name)
        return value

    def word(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise UnknownShapeError(name)
        return value

    def flag(self, name: str) -> bool:
        value = self.take(name)
        if value is not None and not isinstance(value, bool):
            raise UnknownShapeError(name)
        return bool(value)

    def number(self, name: str) -> int | float | None:
        value = self.take(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not is_sensible(value):
            raise UnknownShapeError(name)
        return value

    def whole(self, name: str, default: int | None = None) -> int:
        value = self.number(name)
        return _whole_number(default if value is None else value)

    def percent(self, name: str) -> Decimal:
        value = self.number(name)
        if value is None:
            raise UnknownShapeError(name)
        return percent(value)

    def member(self, kind: type[Member], name: str) -> Member:
        """Return the member that a field names; either case is understood, since the documents disagree."""
        member = kind.__members__.get(self.word(name).upper())
        if member is None:
            raise UnknownShapeError(name)
        return member

    def left_over(self) -> tuple[Extra, ...]:
        """Return the fields in here, at any depth, that nobody took and that say something."""
        own = [(name, value) for name, value in self.rest.items() if value is not None] if self.rest else ()
        found = [Extra((*self.path, str(name)), canonical_json(value)) for name, value in own]
        return (*found, *self.extras)


def _piece(body: object, outer: _Fields, where: Path, read: Callable[[_Fields], Value]) -> Value | Opaque:
    """Read a part of a rule; if it, or anything in it that must be known, is not, keep it whole."""
    try:
        fields = _Fields(body, outer.spelling, outer.path + where)
        value = read(fields)
    except UnknownShapeError:
        return Opaque(canonical_json(body))
    outer.extras.extend(fields.left_over())
    return value


def _trigger(fields: _Fields) -> Trigger:
    match fields.word("type").upper():
        case "ON_FUNDS_TRANSFERRED":
            return DepositTrigger(fields.word("account_id"))
        case "MANUAL":
            return ManualTrigger(fields.word("account_id"))
        case "SCHEDULED":
            schedule = fields.member(Schedule, "schedule_type")
            return ScheduledTrigger(
                schedule, parse_instant(fields.take("start_date")), fields.text("account_id") or None
            )
        case unknown:
            raise UnknownShapeError(unknown)


def _step(fields: _Fields) -> Step:
    condition, actions = fields.take("conditions"), fields.take("actions")
    if not isinstance(actions, list):
        raise UnknownShapeError("actions")
    return Step(
        None if condition is None else _piece(condition, fields, ("conditions",), _condition),
        tuple(_piece(action, fields, ("actions", index), _action) for index, action in enumerate(actions)),
    )


def _condition(fields: _Fields) -> Condition:
    kinds = [kind for kind in ("condition", "all", "any") if fields.rest.get(kind) is not None]
    if len(kinds) != 1:
        raise UnknownShapeError("condition")
    inner = fields.take(kinds[0])
    if kinds == ["condition"]:
        return _comparison(inner, fields)
    if not isinstance(inner, list):
        raise UnknownShapeError(kinds[0])
    conditions = tuple(_piece(each, fields, (kinds[0], index), _condition) for index, each in enumerate(inner))
    return AllOf(conditions) if kinds == ["all"] else AnyOf(conditions)


def _comparison(body: object, outer: _Fields) -> Comparison:
    fields = _Fields(body, outer.spelling, (*outer.path, "condition"))
    params = fields.take("params")
    value_fact = fields.rest.get(fields.spelling.field("value_fact"))
    comparison = Comparison(
        fact=fields.member(Fact, "fact"),
        operator=fields.member(Operator, "operator"),
        value=None if fields.rest.get("value") is None else fields.whole("value"),
        value_fact=None if value_fact is None else fields.member(ValueFact, "value_fact"),
        account_id=None if params is None else _params(params, fields),
    )
    outer.extras.extend(fields.left_over())
    return comparison


def _params(body: object, outer: _Fields) -> str | None:
    fields = _Fields(body, outer.spelling, (*outer.path, "params"))
    account_id = fields.text("account_id") or None
    outer.extras.extend(fields.left_over())
    return account_id


def _action(fields: _Fields) -> Action:
    kind = fields.spelling.amounts.get(fields.word("type").upper())
    if kind is None:
        raise UnknownShapeError("type")
    return Action(
        amount=_amount(kind, fields),
        source=_account("source", fields),
        destination=_account("destination", fields),
        group=fields.whole("group_index", 0),
        up_to_available=fields.flag("up_to_enabled"),
        direct_deposit=fields.flag("is_direct_deposit"),
        limit=_limit(fields),
        ach_description=fields.text("ach_description") or None,
    )


def _amount(kind: type[Amount], fields: _Fields) -> Amount:
    if kind is FixedAmount:
        return FixedAmount(fields.whole("amount_in_cents"))
    if kind is RoundDown:
        return RoundDown(fields.whole("amount_in_cents"))
    if kind is Percentage:
        return Percentage(fields.percent("percentage_value"), fields.member(Base, "percentage_target"))
    if kind is PercentageOfLiability:
        return PercentageOfLiability(fields.percent("percentage_value"))
    if kind is TopUp:
        return _top_up(fields)
    return _EMPTY[kind]


_EMPTY: Mapping[type[Amount], Amount] = {
    each: each() for each in (NextPaymentMinimum, TotalAmountDue, LastStatementBalance)
}
_FIGURES = {f"{figure.name.lower()}_account": figure for figure in Figure}


def _top_up(fields: _Fields) -> TopUp:
    """Return the one target of a top-up; none or two of them are no top-up known here."""
    given = [name for name in _FIGURES if fields.rest.get(fields.spelling.field(name)) is not None]
    cents = fields.number("amount_in_cents")
    if len(given) + (cents is not None) != 1:
        raise UnknownShapeError("top_up")
    if not given:
        return TopUp(_whole_number(cents))
    return TopUp(LiabilityFigure(_FIGURES[given[0]], _account(given[0], fields)))


def _whole_number(value: float | None) -> int:
    if value is None or value != int(value):
        raise UnknownShapeError("no whole number")
    return int(value)


_NODE = {"id", "type", "name"}  # spelled so in every dialect


def _account(name: str, outer: _Fields) -> Account:
    """Return an account node; its display name, which some answers carry, says nothing about the rule."""
    body = outer.take(name)
    if type(body) is dict and body.keys() <= _NODE:  # as nearly all are
        account_id, kind = body.get("id"), body.get("type")
        if account_id and kind and isinstance(account_id, str) and isinstance(kind, str):
            return Account(account_id, kind.lower())
    fields = _Fields(body, outer.spelling, (*outer.path, name))
    fields.rest.pop("name", None)
    account = Account(fields.word("id"), fields.word("type").lower())
    outer.extras.extend(fields.left_over())
    return account


def _limit(outer: _Fields) -> Limit | None:
    body = outer.take("limit")
    if body is None:
        return None
    fields = _Fields(body, outer.spelling, (*outer.path, "limit"))
    limit = Limit(fields.member(Period, "period"), fields.whole("amount_in_cents"))
    outer.extras.extend(fields.left_over())
    return limit
