from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.money import format_cents, format_percent, parse_dollars, percent


@given(st.integers(0, 10**15))
def test_dollars_round_trip(cents: int) -> None:
    """What is written as dollars reads as the same cents."""
    assert cents == parse_dollars(format_cents(cents))


@pytest.mark.parametrize(
    ("text", "cents"), [("$50.00", 5000), ("$50", 5000), ("$0.5", 50), ("$1,850.00", 185000), ("$1850", 185000)]
)
def test_ways_to_write_dollars(text: str, cents: int) -> None:
    """Dollars may be written with or without commas and cents."""
    assert cents == parse_dollars(text)


@pytest.mark.parametrize("text", ["50.00", "$", "$-5", "$1.005", "$1,00", "$1e3", "€5", "$ 5", "$٥", "$5 0"])
def test_no_dollars(text: str) -> None:
    """Anything else is refused rather than guessed."""
    with pytest.raises(ValueError, match="is not an amount"):
        parse_dollars(text)


@given(st.floats(0, 100))
def test_percent_survives_json(value: float) -> None:
    """A percentage that JSON carried is the same number afterwards."""
    assert value == float(percent(value))


@pytest.mark.parametrize(("value", "shown"), [(20, "20 %"), (20.0, "20 %"), (33.3, "33.3 %"), (100, "100 %")])
def test_percent_for_people(value: float, shown: str) -> None:
    """A percentage is written without needless zeros."""
    assert shown == format_percent(percent(value))


def test_equal_percentages() -> None:
    """However it is written, 20 % is one value."""
    assert {Decimal(20)} == {percent(20), percent(20.0), percent("20.00"), percent(Decimal("2E1"))}
