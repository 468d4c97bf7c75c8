import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.wire.strictly import MAX_VALUES, is_sensible, parse

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_json_is_the_value_that_it_says(value: object) -> None:
    """JSON that another writer wrote is read as the same value."""
    assert value == parse(json.dumps(value), deepest=50)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "NaN",
        "[-Infinity]",
        "1e999",
        "1" * 5000,
        '{"a": 1, "a": 1}',
        '[{"a": {"b": 1, "\\u0062": 2}}]',
        "[" * 100_000,
        '{"a":' * 100_000,
        "[" * 6 + "]" * 6,
        "[" + "[]," * (MAX_VALUES // 2) + "1]",
    ],
    ids=lambda text: text[:12],
)
def test_what_has_no_one_meaning_is_refused(text: str) -> None:
    """No number, a field that stands twice, more levels or values than stated: each is a `ValueError`."""
    with pytest.raises(ValueError):  # noqa: PT011 - the sentence is for nobody but a debugger
        parse(text, deepest=5)


def test_the_stated_depth_is_read() -> None:
    """As many levels as are stated are read, around anything."""
    assert [[[[[1]]]]] == parse("[[[[[1]]]]]", deepest=5)


def test_objects_may_be_replaced() -> None:
    """Whoever reads is shown each object before the next one out, and says what it is."""
    assert {"a": {}} == parse('{"a": {"secret": 1}}', deepest=5, seen=lambda fields: fields if "a" in fields else {})


@pytest.mark.parametrize(("number", "sensible"), [(0, True), (-(10**11), True), (10**400, False), (1e300, False)])
def test_numbers_beyond_sense(number: float, *, sensible: bool) -> None:
    """A number that no amount can be is told from those that one can, whole or not."""
    assert sensible is is_sensible(number)
    assert not is_sensible(float("nan"))
