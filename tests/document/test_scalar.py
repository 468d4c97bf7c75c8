from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.document.scalar import AmbiguousWordError, resolve


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-5", -5),
        ("5000", 5000),
        ("20.5", 20.5),
        ("1e3", 1000.0),
        ("$500.00", "$500.00"),
        ("2027-01-01T09:00:00Z", "2027-01-01T09:00:00Z"),
        ("2027-01-01", "2027-01-01"),
        ("401k", "401k"),
        ("20%", "20%"),
        ("1.2.3", "1.2.3"),
        ("-", "-"),
        ("yesterday", "yesterday"),
    ],
)
def test_words_are_what_json_calls_them(word: str, value: object) -> None:
    """Null, true, false and numbers are those of JSON, everything else is the word itself."""
    assert (type(value), value) == (type(resolve(word)), resolve(word))


@pytest.mark.parametrize(
    ("word", "help"),
    [
        ("yes", 'write `true`, or `"yes"` in quotes if the word is meant'),
        ("Off", 'write `false`, or `"Off"` in quotes if the word is meant'),
        ("n", 'write `false`, or `"n"` in quotes if the word is meant'),
        ("TRUE", 'write `true`, or `"TRUE"` in quotes if the word is meant'),
        ("Null", 'write `null`, or `"Null"` in quotes if the word is meant'),
        ("010", 'write `10`, or `"010"` in quotes if the word is meant'),
        ("1_000", 'write `1000`, or `"1_000"` in quotes if the word is meant'),
        ("+5", 'write `5`, or `"+5"` in quotes if the word is meant'),
        (".5", 'write `0.5`, or `".5"` in quotes if the word is meant'),
        ("5.", 'write `5`, or `"5."` in quotes if the word is meant'),
        ("0x1F", 'write it in decimal, or `"0x1F"` in quotes if the word is meant'),
        ("0o17", 'write it in decimal, or `"0o17"` in quotes if the word is meant'),
        ("12:30:00", 'put it in quotes: `"12:30:00"`'),
        ("1:30", 'put it in quotes: `"1:30"`'),
        (".nan", "write a finite number"),
        ("-.INF", "write a finite number"),
        ("1e999", "put it in quotes if it is a name or an id"),
        ("1234567890123456789", "put it in quotes if it is a name or an id"),
    ],
)
def test_what_readers_of_yaml_disagree_about_is_refused(word: str, help: str) -> None:
    """A word that YAML readers take for different things is refused, with how to write what was meant."""
    with pytest.raises(AmbiguousWordError) as refused:
        resolve(word)
    assert help == refused.value.help


@given(st.text())
def test_any_word_is_a_value_or_a_refusal(word: str) -> None:
    """No word, however odd, makes anything else than a value or a refusal."""
    with suppress(AmbiguousWordError):
        value = resolve(word)
        assert value is None or isinstance(value, str | int | float)


@given(st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False).map(lambda n: n + 0.5))
def test_numbers_of_json_are_exact(number: float) -> None:
    """A number that JSON writes is read as that number."""
    assert number == resolve(repr(number))
