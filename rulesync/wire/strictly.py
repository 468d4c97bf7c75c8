"""JSON read strictly: a text that says one thing, of bounded size, or none at all.

Law: any text gives a value or a `ValueError`. JSON that says two things (a field that stands twice), that says nothing
(NaN), or that is built to exhaust its reader (depth, count, size of numbers) is refused.
"""

import json
from collections.abc import Callable, Iterator

MAX_VALUES = 2_000_000
_MOST_DIGITS = 400  # more than the largest double has
_HUGE = 10**18  # nothing about money is as large; a double holds no whole number of this size exactly

Fields = dict[str, object]


def parse(text: str, *, deepest: int, seen: Callable[[Fields], Fields] = lambda fields: fields) -> object:
    """Return the value that a text says; `deepest` counts nested lists and objects, `seen` may replace an object.

    Raises:
        ValueError: it is no JSON, or none that has one meaning within bounds.
    """
    if sum(text.count(mark) for mark in ",[{") > MAX_VALUES:
        raise ValueError(f"more than {MAX_VALUES:,} values")
    try:
        value = json.loads(
            text,
            parse_constant=_no_number,
            parse_float=_number,
            parse_int=_whole,
            object_pairs_hook=lambda pairs: seen(_once(pairs)),
        )
    except RecursionError:
        raise ValueError("nested without end") from None
    if text.count("{") + text.count("[") > deepest:
        _check_depth(value, deepest)  # what has fewer brackets is less deep in any case
    return value


def is_sensible(number: float) -> bool:
    """Tell whether a number is one that money, days and percentages are written in: finite, and not beyond a double."""
    return -_HUGE < number < _HUGE


def _once(pairs: list[tuple[str, object]]) -> Fields:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a field stands twice")
    return fields


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"a number of {len(text)} digits")
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        raise ValueError("a number beyond all bounds")
    return value


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _check_depth(value: object, deepest: int) -> None:
    """Refuse what is nested deeper, without recursion."""
    level = [value]
    for _ in range(deepest):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise ValueError(f"more than {deepest} levels")


_NESTING = (dict, list)  # a union would be made anew for each of thousands of values


def _inside(value: object) -> Iterator[object]:
    """Yield the lists and objects right inside of a value."""
    held = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (each for each in held if isinstance(each, _NESTING))
