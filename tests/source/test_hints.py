import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.money import format_cents, parse_dollars
from rulesync.source import hints


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("$50,00", "$50.00"),
        ("$50,5", "$50.50"),
        ("$1.234,50", "$1234.50"),
        ("1,850.00", "$1850.00"),
        ("1 850,00", "$1850.00"),
        ("$1'850.00", "$1850.00"),
        ("$ 50", "$50.00"),
        ("50$", "$50.00"),
        ("50 USD", "$50.00"),
        ("US$50", "$50.00"),
        (50, "$50.00"),
        (50.5, "$50.50"),
        ("$1.234", None),
        ("$1,234,50", None),
        ("$1,23,456", None),
        ("€50", None),
        ("-$50", None),
        ("$50.123", None),
        ("$50.5.0", None),
        (50.123, None),
        (True, None),
        (None, None),
        ([50], None),
        ("fifty", None),
    ],
)
def test_amounts_that_were_meant(written: object, meant: str | None) -> None:
    """An amount in another country's or another field's writing is given as rule files have it, if it is one amount."""
    assert meant == hints.amount(written)


@given(st.integers(0, 10**9))
def test_what_is_advised_is_an_amount(cents: int) -> None:
    """What is advised in place of an amount is read as that amount."""
    dollars = format_cents(cents)
    for written in (dollars.removeprefix("$"), f"{dollars[1:]}$", dollars.translate(str.maketrans(",.", ".,"))):
        assert cents == parse_dollars(hints.amount(written) or "")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("20%", "20"), ("12,5 %", "12.5"), (" 20 ", "20"), ("20 percent", "20"), ("-5", None), ("half", None)],
)
def test_numbers_that_were_meant(written: str, meant: str | None) -> None:
    """A number is given without what stands around it."""
    assert meant == hints.number(written)


def test_words_that_say_yes_or_no() -> None:
    """A word says that something is so or not in whatever case; every other word says neither."""
    assert [True, False, None] == [hints.truth(each) for each in ("On", False, "maybe")]
    assert {"on", "On", "OFF"} <= hints.TRUTH_WORDS


def test_triggers_of_one_word() -> None:
    """A word that begins the name of a type is taken for it; after any other, the types are listed."""
    types = ("ON_FUNDS_TRANSFERRED", "SCHEDULED", "MANUAL")
    when = "schedule_type: MONTHLY, start_date: 2027-01-01T09:00:00Z"
    assert "write `trigger: {type: MANUAL, account: …}`" == hints.trigger("manual", types)
    assert f"write `trigger: {{type: SCHEDULED, {when}, account: …}}`" == hints.trigger("SCHED", types)
    listed = "`ON_FUNDS_TRANSFERRED`, `SCHEDULED`, `MANUAL`"
    assert f"write `trigger: {{type: …, account: …}}`; the types are {listed}" == hints.trigger("deposit", types)


def test_signs_are_operators() -> None:
    """A sign is the operator that it means."""
    assert ["GREATER_THAN", "NOT_EQUALS", None] == [hints.operator(each) for each in (">", "!=", "~")]
