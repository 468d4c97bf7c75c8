from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from rulesync.money import format_cents
from rulesync.source.written import Cents, Compared, Dollars, Instant, Key, Money, RuleId, Text

SHAPES: dict[str, TypeAdapter[object]] = {
    "money": TypeAdapter(Money),
    "cents": TypeAdapter(Cents),
    "compared": TypeAdapter(Compared),
    "instant": TypeAdapter(Instant),
    "key": TypeAdapter(Key),
    "id": TypeAdapter(RuleId),
    "text": TypeAdapter(Annotated[Text, "text"]),
}


def said(shape: str, value: object) -> str:
    with pytest.raises(ValidationError) as refused:
        SHAPES[shape].validate_python(value, strict=True)
    return refused.value.errors()[0]["msg"]


@given(st.integers(0, 10**12))
def test_money_is_read_as_it_is_written(cents: int) -> None:
    """Any amount, with its commas, is the cents that it says, alone and in a condition."""
    assert cents == SHAPES["money"].validate_python(format_cents(cents))
    assert Dollars(cents) == SHAPES["compared"].validate_python(format_cents(cents))


@pytest.mark.parametrize(
    ("shape", "value", "message"),
    [
        ("money", 50, "an amount needs its `$`"),
        ("money", 50.0, "an amount of money is never a float"),
        ("money", "50.00", "`50.00` is not an amount"),
        ("money", "$50.123", "`$50.123` is not an amount"),
        ("money", "$-5", "`$-5` is not an amount"),
        ("money", "$" + "9" * 5000, "this is not an amount"),
        ("money", "$٥", "this is not an amount"),
        ("money", True, "an amount needs its `$`"),
        ("cents", 50.0, "cents are whole, never a float"),
        ("cents", "$50", "cents are written without a `$`"),
        ("compared", 500.0, "a `value` is never a float"),
        ("compared", True, "a `value` is money or a day"),
        ("compared", "500", "a `value` is money or a day"),
        ("compared", -1, "`-1` is less than 0"),
        ("instant", "2027-01-01", "`2027-01-01` has no time of day"),
        ("instant", "2027-02-30T09:00:00Z", "`2027-02-30T09:00:00Z` is no day of the calendar"),
        ("instant", "0001-01-01T00:00:00+14:00", "`0001-01-01T00:00:00+14:00` is no day of the calendar"),
        ("instant", "tomorrow", "`tomorrow` is no date with a time"),
        ("instant", "2027-W01-1T09:00", "`2027-W01-1T09:00` is no date with a time"),
        ("key", "Auto-Save", "`Auto-Save` is no key"),
        ("key", "a//b", "`a//b` is no key"),
        ("key", "../b", "`../b` is no key"),
        ("key", "", "`` is no key"),
        ("key", "a" * 101, "a key of 101 characters is too long"),
        ("id", "../rules", "`../rules` is no id of a rule"),
        (
            "text",
            "Saves [rulesync:a/b@0123456789ab]",
            "this text holds a marker line, which rulesync writes itself",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(shape: str, value: object, message: str) -> None:
    """Each refusal is one sentence in lower case about what was written."""
    assert message == said(shape, value)


@pytest.mark.parametrize(
    "written",
    [
        "2027-01-31T09:00:00Z",
        "2027-01-31T09:00:00.000Z",
        "2027-01-31T09:00Z",
        "2027-01-31T09:00:00",
        "2027-01-31 09:00:00",
        "2027-01-31T11:00:00+02:00",
    ],
)
def test_an_instant_has_one_spelling(written: str) -> None:
    """With or without milliseconds, offset or seconds, an instant is the same text in UTC."""
    assert "2027-01-31T09:00:00Z" == SHAPES["instant"].validate_python(written)


def test_fractions_of_a_second_are_kept() -> None:
    """What the API may hold is not rounded."""
    assert "2027-01-31T09:00:00.250000Z" == SHAPES["instant"].validate_python("2027-01-31T09:00:00.250Z")


def test_null_is_absent() -> None:
    """An amount that is null is none."""
    assert SHAPES["money"].validate_python(None) is None
