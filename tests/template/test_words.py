from fractions import Fraction

import pytest

from rulesync.template import RefusedError
from rulesync.template.exact import Money
from rulesync.template.words import FILTERS_BY_NAME, FUNCTIONS, TESTS_BY_NAME, text

RENT = Money(Fraction(185_000))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x", "x"),
        (True, "true"),
        (5, "5"),
        (Fraction(1, 2), "0.5"),
        (0.25, "0.25"),
        (RENT, "$1850.00"),
        (None, "null"),
    ],
)
def test_a_value_is_written_as_a_rule_file_takes_it(value: object, expected: str) -> None:
    """Texts, truth values, numbers, amounts and nothing have one way to be written."""
    assert expected == text(value)


@pytest.mark.parametrize("value", [[1], {"a": 1}, len, object(), iter([1])])
def test_what_has_no_text_is_refused(value: object) -> None:
    """A list, a mapping and a function are not written by accident."""
    with pytest.raises(RefusedError):
        text(value)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("abs", ["-5"], None),
        ("abs", [-5], 5),
        ("abs", [Money(Fraction(-5))], Money(Fraction(5))),
        ("commas", [RENT], "$1,850.00"),
        ("commas", [5], None),
        ("indent", ["a\nb", 2], "a\n  b"),
        ("indent", ["a", 99], None),
        ("int", [5], 5),
        ("int", [Fraction(1, 2)], None),
        ("join", [[1, RENT], ", "], "1, $1850.00"),
        ("join", ["abc"], None),
        ("join", [5], None),
        ("replace", ["a-b", "-", "+"], "a+b"),
        ("replace", ["a" * 1000, "a", "b" * 1000], None),
        ("round", [Fraction(5, 2), "up"], 3),
        ("sum", [[RENT, "$5.00"]], Money(Fraction(185_500))),
        ("tojson", [{"a": [1, "x", RENT, Fraction(1, 2), None]}], '{"a": [1, "x", "$1850.00", 0.5, null]}'),
        ("tojson", [len], None),
        ("upper", ["x" * 200_000], None),
        ("upper", ["x"], "X"),
        ("sort", [None, [3, 1]], [1, 3]),
    ],
)
def test_filters(name: str, arguments: list[object], expected: object) -> None:
    """A filter gives what its name says, or refuses what it cannot do."""
    if expected is None:
        with pytest.raises(RefusedError):
            FILTERS_BY_NAME[name](*arguments)
    else:
        assert expected == FILTERS_BY_NAME[name](*arguments)


def test_a_range_has_an_end() -> None:
    """A range is a list of whole numbers, short enough to be meant."""
    count = FUNCTIONS["range"]
    assert [[0, 1, 2], [2, 3], [3, 1]] == [count(3), count(2, 4), count(3, 0, -2)]
    for arguments in ([10**9], [1.5], [0, 5, 0], ["x"]):
        with pytest.raises(RefusedError):
            count(*arguments)


def test_tests() -> None:
    """What is money and what is a number is told apart, and a truth value is neither."""
    values = [RENT, "$5.00", "x", 5, Fraction(1, 2), True]
    assert [True, True, False, False, False, False] == [TESTS_BY_NAME["money"](value) for value in values]
    assert [False, False, False, True, True, False] == [TESTS_BY_NAME["number"](value) for value in values]
