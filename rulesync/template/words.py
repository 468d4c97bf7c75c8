"""What a template can call: functions, filters and tests, each of which ends soon and changes nothing."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import wraps
from itertools import islice
from typing import Any, cast

from jinja2.filters import FILTERS
from jinja2.tests import TESTS
from jinja2.utils import Namespace

from rulesync.money import format_cents
from rulesync.template import exact
from rulesync.template.exact import Money, shown
from rulesync.template.meter import MOST_ITEMS, bounded
from rulesync.template.refusal import RefusedError
from rulesync.template.trail import Marked, indented

_FROM_JINJA = (
    "capitalize", "count", "d", "default", "dictsort", "first", "items", "last", "length", "list", "lower", "map",
    "max", "min", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "title", "trim", "unique", "upper",
)  # fmt: skip
_TESTS_FROM_JINJA = (
    "boolean", "defined", "divisibleby", "eq", "equalto", "even", "ge", "gt", "in", "le", "lt", "mapping", "ne", "none",
    "odd", "sequence", "string", "undefined", "==", "!=", ">", ">=", "<", "<=", "greaterthan", "lessthan",
)  # fmt: skip
_WIDEST = 40


def text(value: object) -> str:
    """Return a value as it is written into a rule file, or refuse what cannot stand there."""
    match value:
        case str():
            return value
        case bool():
            return str(value).lower()
        case int() | Fraction():
            return exact.written(value)
        case float():
            return exact.written(exact.number(value))
        case Money():
            return str(value)
        case None:
            return "null"
        case list() | tuple() | Mapping():
            raise RefusedError("a list or mapping cannot be written as it is", "use `| join(', ')` or `| tojson`")
        case _ if callable(value):
            raise RefusedError("a macro or function is called to be written", "add parentheses: `{{ name() }}`")
        case _:
            raise RefusedError("this value cannot be written", "`| list` makes a list, `| join(', ')` a text")


def joined(values: Iterable[object], between: object = "") -> str:
    """Return values as one text."""
    return str(bounded(text(between).join(text(value) for value in _few(values))))


def _few(values: Iterable[object]) -> list[object]:
    """Return what can be gone through, with no more in it than anybody means."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise RefusedError(f"this needs a list, not {shown(values)}")
    found = list(islice(values, MOST_ITEMS + 1))
    bounded(found)
    return found


def _numbers(first: object, last: object = None, step: object = 1) -> list[int]:
    """Return the numbers from `first` (0 where only one is given) up to and without `last`."""
    low, high, by = (0, first, step) if last is None else (first, last, step)
    bounds = [exact.number(each) for each in (low, high, by)]
    if not all(isinstance(each, int) for each in bounds) or not bounds[2]:
        raise RefusedError("a range is of whole numbers, and its step is not 0")
    found = range(*(int(each) for each in bounds))
    if len(found) > MOST_ITEMS:
        raise RefusedError(f"a range of more than {MOST_ITEMS:,} numbers")
    return list(found)


def _replaced(value: object, old: object, new: object) -> str:
    whole, part, other = text(value), text(old), text(new)
    if len(whole) + whole.count(part) * len(other) > 10 * MOST_ITEMS:
        raise RefusedError("a text grows too long")
    return whole.replace(part, other)


def _tojson(value: object) -> str:
    """Return a value as JSON, which is YAML as well: a text in quotes, whatever is in it."""
    bounded(value)
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: object) -> object:
    match value:
        case Mapping():
            return {text(name): _plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case bool() | None | int():
            return value
        case str():
            return str(value)
        case Money():
            return str(value)
        case Fraction() | float():
            return float(exact.written(exact.number(value)))
        case _:
            raise RefusedError("this value has no JSON")


def _commas(value: object) -> str:
    """Return an amount as people write it in a sentence: `$1,850.00`."""
    amount = exact.exact(value)
    if not isinstance(amount, Money):
        raise RefusedError(f"{shown(value)} is no amount of money")
    return format_cents(int(Fraction(str(amount)[1:]) * 100))


def _absolute(value: object) -> object:
    amount = exact.exact(value)
    return Money(abs(amount.cents)) if isinstance(amount, Money) else abs(exact.number(amount))


def _indent(value: object, width: object = 4) -> str:
    """Return a text whose lines after the first are moved to the right."""
    columns = exact.number(width)
    if not isinstance(columns, int) or not 0 <= columns <= _WIDEST:
        raise RefusedError(f"`indent` takes a number of columns, at most {_WIDEST}")
    if isinstance(value, Marked):
        return Marked.of(indented(value.marked, " " * columns))
    return text(value).replace("\n", "\n" + " " * columns)


def _integer(value: object) -> int:
    number = exact.number(value)
    if not isinstance(number, int):
        raise RefusedError(f"{shown(number)} is no whole number", "name a rounding: `| round('down')`")
    return number


def _checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter whose result is bounded."""

    @wraps(function)
    def check(*arguments: object, **named: object) -> object:
        result = function(*arguments, **named)
        return result if isinstance(result, Iterator) else bounded(result)

    return check


FILTERS_BY_NAME: Mapping[str, Callable[..., Any]] = {
    **{name: _checked(FILTERS[name]) for name in _FROM_JINJA},
    "abs": _absolute,
    "commas": _commas,
    "indent": _indent,
    "int": _integer,
    "join": joined,
    "replace": _replaced,
    "round": exact.rounded,
    "sum": lambda values: exact.add_up(_few(values)),
    "tojson": _tojson,
}
TESTS_BY_NAME: Mapping[str, Callable[..., Any]] = {
    **{name: cast("Callable[..., Any]", TESTS[name]) for name in _TESTS_FROM_JINJA},
    "money": lambda value: isinstance(exact.exact(value), Money),
    "number": lambda value: isinstance(value, int | Fraction | float) and not isinstance(value, bool),
}
FUNCTIONS: Mapping[str, Callable[..., Any]] = {"namespace": Namespace, "range": _numbers, "split": exact.split}
