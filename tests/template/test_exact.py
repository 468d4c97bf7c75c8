from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.template import RefusedError, exact
from rulesync.template.exact import Money, operate, rounded, shown, split, written

RENT = Money(Fraction(185_000))
cents = st.integers(0, 10**12)


def refused(operation: str, left: object, right: object) -> tuple[str, str | None]:
    with pytest.raises(RefusedError) as problem:
        operate(operation, left, right)
    return problem.value.message, problem.value.help


def test_half_of_the_rent_is_exact() -> None:
    """`$1,850.00` in two is `$925.00`, and is written without a comma, which would end a value inside of braces."""
    assert "$925.00" == str(operate("/", "$1,850.00", 2))
    assert "$1850.00" == str(exact.known("$1,850.00"))


def test_a_third_is_an_error_until_a_rounding_is_named() -> None:
    """What is not whole cents can be computed with, and cannot be written before somebody says which way to round."""
    third = operate("/", RENT, 3)
    with pytest.raises(RefusedError) as problem:
        str(third)
    assert "$616.666… is not whole cents" == problem.value.message
    ways = {way: str(rounded(third, way)) for way in ("down", "up", "half-up", "half-even")}
    assert {"down": "$616.66", "up": "$616.67", "half-up": "$616.67", "half-even": "$616.67"} == ways
    assert "$1850.00" == str(operate("*", third, 3))


@pytest.mark.parametrize(
    ("value", "how", "to", "expected"),
    [
        ("$10.05", "down", "$1.00", "$10.00"),
        ("$10.05", "up", "$10.00", "$20.00"),
        ("$0.25", "half-even", "$0.50", "$0.00"),
        ("$0.75", "half-even", "$0.50", "$1.00"),
        ("$0.25", "half-up", "$0.50", "$0.50"),
        (Fraction(5, 2), "half-even", None, "2"),
        (Fraction(10, 3), "down", 0.01, "3.33"),
        (7, "up", 5, "10"),
    ],
)
def test_a_rounding_is_to_a_multiple(value: object, how: str, to: object, expected: str) -> None:
    """Money and numbers are rounded to a multiple of whatever is asked for."""
    result = rounded(value, how, to)
    assert expected == (str(result) if isinstance(result, Money) else written(exact.number(result)))


@pytest.mark.parametrize(
    ("value", "how", "to"),
    [(RENT, None, None), (RENT, "dwn", None), (RENT, "up", 5), (1, "up", "$5.00"), (1, "up", 0), ("x", "up", None)],
)
def test_a_rounding_without_sense_is_refused(value: object, how: object, to: object) -> None:
    """A rounding names its way, and money is rounded to money, more than none of it."""
    with pytest.raises(RefusedError):
        rounded(value, how, to)


@given(cents, st.integers(1, 50))
def test_equal_parts_add_up_to_the_whole(amount: int, parts: int) -> None:
    """An amount that is split is all there afterwards, and no two parts differ by more than a cent."""
    shares = split(Money(Fraction(amount)), parts)
    assert Fraction(amount) == sum(share.cents for share in shares)
    assert max(shares).cents - min(shares).cents <= 1


@given(cents, st.lists(st.integers(0, 100), min_size=1, max_size=8).filter(any))
def test_parts_by_weight_add_up_to_the_whole(amount: int, weights: list[int]) -> None:
    """An amount that is split by weights is all there, and who has no weight gets nothing."""
    shares = split(Money(Fraction(amount)), list(weights))
    assert Fraction(amount) == sum(share.cents for share in shares)
    assert all(not share for share, weight in zip(shares, weights, strict=True) if not weight)


@pytest.mark.parametrize(
    ("amount", "parts"),
    [
        (5, 2),
        (Money(Fraction(1, 3)), 2),
        (RENT, 0),
        (RENT, 1.5),
        (RENT, 10**6),
        (RENT, []),
        (RENT, [0]),
        (RENT, [-1, 2]),
    ],
)
def test_what_cannot_be_split_is_refused(amount: object, parts: object) -> None:
    """Only whole cents are split, into a number of parts that means something."""
    with pytest.raises(RefusedError):
        split(amount, parts)


@given(cents, cents, st.integers(1, 1000))
def test_arithmetic_with_money_is_that_of_fractions(one: int, other: int, factor: int) -> None:
    """Adding and taking away, multiplying and dividing lose nothing on the way."""
    left, right = Money(Fraction(one)), Money(Fraction(other))
    there = operate("+", left, right)
    assert left == operate("-", there, right)
    assert left == operate("*", operate("/", left, factor), factor)
    if other:
        whole, rest = operate("//", left, right), operate("%", left, right)
        assert left == operate("+", operate("*", right, whole), rest)


@given(st.decimals(-1000, 1000, places=4), st.decimals(-1000, 1000, places=4))
def test_numbers_are_decimals_and_no_floats(one: object, other: object) -> None:
    """A sum of decimals is the sum that a person would compute on paper."""
    assert Fraction(str(one)) + Fraction(str(other)) == operate("+", float(str(one)), float(str(other)))
    assert "0.3" == written(exact.number(operate("+", 0.1, 0.2)))


def test_numbers_know_their_operators() -> None:
    """Whole division, rest and power are those of mathematics."""
    results = [operate("//", 7, 2), operate("%", 7, 2), operate("**", 2, 10), operate("**", 2, -1), operate("*", 3, 4)]
    assert [3, 1, 1024, Fraction(1, 2), 12] == results
    assert ["ab", [1, 2]] == [operate("+", "a", "b"), operate("+", [1], [2])]
    assert Fraction(37) == operate("/", RENT, "$50.00")


@pytest.mark.parametrize(
    ("operation", "left", "right", "message"),
    [
        ("+", RENT, 5, "$1,850.00 and 5 cannot be used with `+`"),
        ("*", RENT, RENT, "$1,850.00 and $1,850.00 cannot be used with `*`"),
        ("/", 5, RENT, "5 and $1,850.00 cannot be used with `/`"),
        ("-", True, 1, "`true` and 1 cannot be used with `-`"),
        ("*", "a", 3, "`a` and 3 cannot be used with `*`"),
        ("+", None, [], "nothing and a list cannot be used with `+`"),
        ("/", RENT, 0, "nothing can be divided by 0"),
        ("%", RENT, "$0.00", "nothing can be divided by 0"),
        ("//", 1, 0, "nothing can be divided by 0"),
        ("**", 0, -1, "nothing can be divided by 0"),
        ("**", 2, 1000, "a power has a whole exponent of at most 32"),
        ("**", 10, 32, "a number grows beyond all that can be meant"),
        ("*", Money(Fraction(10**17)), 10**3, "a number grows beyond all that can be meant"),
    ],
)
def test_what_makes_no_sense_is_refused(operation: str, left: object, right: object, message: str) -> None:
    """Money goes with money, numbers with numbers, and nothing grows without end."""
    assert message == refused(operation, left, right)[0]


def test_money_is_compared_with_money_alone() -> None:
    """An amount is compared with amounts, however they are written, and with nothing else."""
    assert RENT == "$1,850.00"
    assert [True, True, True, True] == [RENT > "$5.00", RENT >= "$1,850.00", RENT < "$2,000.00", RENT <= "$1,850.00"]
    assert {RENT} == {Money(Fraction(185_000))}
    for other in (1850, "rent", None):
        with pytest.raises(RefusedError) as problem:
            _ = RENT == other
        assert "money goes with money: write `$5.00`, not `5`" == problem.value.help
    assert [True, False] == [bool(RENT), bool(Money(Fraction(0)))]


def test_less_than_nothing_is_not_written() -> None:
    """A negative amount can be computed with, and stands in no rule."""
    with pytest.raises(RefusedError) as problem:
        str(exact.negative(RENT))
    assert "-$1,850.00 is less than nothing" == problem.value.message
    assert -5 == exact.negative(5)


def test_a_number_without_an_end_is_not_written() -> None:
    """What no decimal can say needs a rounding; all else is written as short as it is."""
    with pytest.raises(RefusedError):
        written(Fraction(1, 3))
    assert ["33.3", "20", "0.000000001"] == [written(each) for each in (Fraction("33.3"), 20, Fraction(1, 10**9))]


def test_values_of_a_file_become_exact() -> None:
    """What a configuration holds is exact throughout: amounts, decimals, and what is in lists and mappings."""
    known = exact.known({"rent": "$5.00", "share": 33.3, "list": [1, "$x", None, True]})
    assert {"rent": Money(Fraction(500)), "share": Fraction("33.3"), "list": [1, "$x", None, True]} == known
    assert 0 == exact.add_up([])
    assert Money(Fraction(700)) == exact.add_up(["$5.00", "$2.00"])
    with pytest.raises(RefusedError):
        exact.known(float("inf"))


def test_values_are_shown_as_people_write_them() -> None:
    """A message shows money and numbers in short, cut where they have no end."""
    values = [RENT, Money(Fraction(1, 3)), Fraction(1, 3), Fraction("0.5"), 7, "x" * 50, [], object()]
    assert [
        "$1,850.00",
        "$0.003…",
        "0.333333…",
        "0.5",
        "7",
        f"`{'x' * 40}`",
        "a list",
        "a value of another kind",
    ] == [shown(value) for value in values]
