"""What a person writes into a rule file where pydantic knows no type for it: amounts, instants, keys.

Each is checked and made plain: cents, an instant in UTC, a key that is one. What is refused is said in one sentence.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from rulesync.document import one_line
from rulesync.findings import did_you_mean
from rulesync.lint import IDS
from rulesync.money import parse_dollars
from rulesync.ownership import KEY_PATTERN, holds_marker
from rulesync.source import hints

MAX_KEY = 100
_LONGEST_AMOUNT = 20
_HOUR = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"  # what lies beyond, versions of Python read differently
_INSTANT = re.compile(
    rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{_HOUR}(?::[0-5][0-9](?:\.[0-9]{{1,6}})?)?(?:Z|[+-]{_HOUR})?"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KEY = re.compile(KEY_PATTERN)
SUPPRESSIBLE = ("possible-duplicate", "possible-rename", *IDS)
_ID = re.compile(r"[A-Za-z0-9_-]+")


def refuse(check: str, message: str, help: str | None = None, at: Sequence[str | int] = ()) -> PydanticCustomError:
    """Return an error that says our sentence, at a place below the one that is being validated."""
    said = {"message": one_line(message), "help": help and one_line(help)}
    return PydanticCustomError("rulesync", "{message}", {"check": check, "at": at, **said})


def _dollars(value: object) -> object:
    """Return the cents of an amount that a person wrote."""
    if value is None:
        return None
    if isinstance(value, float):
        raise refuse("float-money", "an amount of money is never a float", _as_dollars(value))
    if not isinstance(value, str):
        advice = f"write `{hints.amount(value) or '$50.00'}`, or whole cents in `amount_in_cents`"
        raise refuse("invalid-value", "an amount needs its `$`", advice)
    if len(value) > _LONGEST_AMOUNT or not value.isascii():
        raise refuse("invalid-value", "this is not an amount", "write dollars as `$50.00`")
    try:
        return parse_dollars(value)
    except ValueError as problem:
        message, _, advice = str(problem).rpartition(": ")
        raise refuse("invalid-value", message, _as_dollars(value) if hints.amount(value) else advice) from None


def _as_dollars(value: object) -> str:
    meant = hints.amount(value)
    return f"write `{meant}`" if meant else "write dollars as `$50.00`"


def _cents(value: object) -> object:
    """Return whole cents, as the API takes them."""
    if isinstance(value, float):
        raise refuse("float-money", "cents are whole, never a float", "write `5000` for $50.00")
    if isinstance(value, str) and "$" in value:
        advice = f"write `amount: {hints.amount(value) or '$50.00'}`, or whole cents without the `$`"
        raise refuse("invalid-value", "cents are written without a `$`", advice)
    return value


class Dollars(int):
    """Cents that were written with a `$`."""

    __slots__ = ()


def _compared(value: object) -> int:
    """Return what a fact is compared with: cents or a day as they are, or the cents of `$500.00`."""
    if isinstance(value, str) and "$" in value:
        cents = _dollars(value)
        assert isinstance(cents, int)  # noqa: S101  # of a text, `_dollars` gives nothing else
        return Dollars(cents)
    if isinstance(value, float):
        meant = hints.amount(value) or "$500.00"
        raise refuse("float-money", "a `value` is never a float", f"write money as `{meant}`, or whole cents")
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse(
            "invalid-value", "a `value` is money or a day", "write money as `$500.00`, or whole cents as `50000`"
        )
    if value < 0:
        raise refuse("invalid-value", f"`{value}` is less than 0")
    return value


def _instant(value: object) -> object:
    """Return an instant as the API writes it, in UTC."""
    if not isinstance(value, str):
        return value
    if _DATE.fullmatch(value):
        raise refuse(
            "invalid-value", f"`{value}` has no time of day", f"write `{value}T09:00:00Z`; schedules run by UTC"
        )
    if not _INSTANT.fullmatch(value):
        raise refuse("invalid-value", f"`{value}` is no date with a time", "write it like `2027-01-31T09:00:00Z`")
    try:
        moment = datetime.fromisoformat(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise refuse("invalid-value", f"`{value}` is no day of the calendar") from None
    return moment.isoformat().replace("+00:00", "Z")


def _unmarked(value: str) -> str:
    if holds_marker(value):
        raise refuse("marker", "this text holds a marker line, which rulesync writes itself", "remove `[rulesync:…]`")
    return value


def check_key(value: str) -> str:
    """Return a key as it is, or refuse what is none."""
    if len(value) > MAX_KEY:
        raise refuse("key", f"a key of {len(value)} characters is too long", f"use at most {MAX_KEY}")
    if not _KEY.fullmatch(value) or {".", ".."} & set(value.split("/")):
        advice = "use lower-case letters, digits, `.`, `_` and `-`, in segments joined by `/`"
        raise refuse("key", f"`{value}` is no key", advice)
    return value


def _day(value: object) -> object:
    """Return a day of the calendar."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and _DATE.fullmatch(value) else value
    except ValueError:
        raise refuse("invalid-value", f"`{value}` is no day of the calendar") from None


def _check_id(value: str) -> str:
    if value not in SUPPRESSIBLE:
        shown = value if len(value) <= MAX_KEY else value[:MAX_KEY] + "…"
        advice = did_you_mean(value, SUPPRESSIBLE) or "docs/checks.md lists the checks that a rule can be excused from"
        raise refuse("invalid-value", f"`{shown}` is no check that `suppress` excuses a rule from", advice)
    return value


def _rule_id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise refuse("pin", f"`{value}` is no id of a rule", "copy the id from the address of the rule in the app")
    return value


Text = Annotated[str, AfterValidator(_unmarked)]
Word = Annotated[str, Field(min_length=1)]
Key = Annotated[str, AfterValidator(check_key)]
RuleId = Annotated[str, AfterValidator(_rule_id), Field(json_schema_extra={"pattern": f"^{_ID.pattern}$"})]
CheckId = Annotated[str, AfterValidator(_check_id)]
Day = Annotated[date, BeforeValidator(_day)]
Cents = Annotated[int, BeforeValidator(_cents), Field(ge=0)]
Money = Annotated[
    int | None,
    BeforeValidator(_dollars),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": r"^\$[0-9][0-9,]*(\.[0-9]{1,2})?$"}, {"type": "null"}]}),
]
Compared = Annotated[
    int,
    PlainValidator(_compared),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": r"^\$[0-9]"}]}),
]
Instant = Annotated[str, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Percent = Annotated[float, Field(ge=0, le=100)]
