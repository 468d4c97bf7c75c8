import re

import pytest
from hypothesis import given

from rulesync.naming import slug, unused
from tests.strategies import texts


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Auto-save on deposit", "auto-save-on-deposit"),
        ("  Büro & Straße 🏠 ", "buro-strasse"),
        ("Tom's “Fun” money", "toms-fun-money"),
        ("Rent: 1,800.00 $ / month", "rent-1-800-00-month"),
        ("家賃", ""),
        ("word " * 20, "-".join(["word"] * 12)),
        ("x" * 70, "x" * 60),
    ],
)
def test_a_slug_is_what_a_person_would_type(text: str, name: str) -> None:
    """A name keeps its words, in letters that every keyboard has, and ends between two of them where it is long."""
    assert name == slug(text)


@given(texts(), texts())
def test_any_text_gives_a_name(text: str, fallback: str) -> None:
    """Whatever a rule or an account is called, its name is a segment of a key, and the next like it is another."""
    first = unused(text, fallback, {"a"})
    second = unused(text, fallback, {"a", first})

    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", first)
    assert re.fullmatch(rf"({re.escape(first)}|a)-[23]", second)


def test_numbers_are_counted_up() -> None:
    """A name that is taken gets the next number that is free; without letters the fallback is taken."""
    assert "rent" == unused("Rent", "rule_1", {"bills"})
    assert "rent-3" == unused("Rent", "rule_1", {"rent", "rent-2"})
    assert "rule-01ab" == unused("家賃", "rule_01AB", ())
