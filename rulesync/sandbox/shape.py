"""The shapes of request bodies: each function takes a place and a value, and returns the value or refuses it.

A refusal (400) names the place, like `steps[0].actions[1].amount_in_cents`, and says what is wrong there. The
reference knows nothing of the vendor's messages; these are the sandbox's own.
"""

import json
from collections.abc import Collection
from datetime import datetime
from typing import NoReturn

from rulesync.sandbox.exchange import Refusal
from rulesync.sandbox.identifiers import instant

_SHOWN = 60
_MOST_DIGITS = 1000


def refuse(place: str, message: str) -> NoReturn:
    """Refuse the value at the place."""
    raise Refusal(400, "invalid_parameters", f"{place or 'body'}: {message}")


def below(place: str, name: str) -> str:
    """The place of a field of an object."""
    return f"{place}.{name}" if place else name


def shown(value: object) -> str:
    """The user's value as a message shows it."""
    text = json.dumps(value, ensure_ascii=False)
    return f"`{text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}`"


def fields(place: str, value: object, required: Collection[str], optional: Collection[str] = ()) -> dict[str, object]:
    """An object's fields without those that are null, which is how a request may spell absent."""
    if not isinstance(value, dict):
        refuse(place, f"must be an object, not {shown(value)}")
    for name in value:
        if name not in required and name not in optional:
            refuse(below(place, name), f"is not a field here; there are {', '.join([*required, *optional])}")
    for name in required:
        if value.get(name) is None:
            refuse(below(place, name), "is required")
    return {name: item for name, item in value.items() if item is not None}


def items(place: str, value: object) -> list[object]:
    """A list that is not empty."""
    if not isinstance(value, list):
        refuse(place, f"must be a list, not {shown(value)}")
    if not value:
        refuse(place, "must not be empty")
    return value


def text(place: str, value: object) -> str:
    """A string."""
    if not isinstance(value, str):
        refuse(place, f"must be a string, not {shown(value)}")
    return value


def choice(place: str, value: object, options: Collection[str]) -> str:
    """One of the options, letter by letter."""
    if not isinstance(value, str) or value not in options:
        refuse(place, f"must be one of {', '.join(options)}, not {shown(value)}")
    return value


def flag(place: str, value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        refuse(place, f"must be true or false, not {shown(value)}")
    return value


def integer(place: str, value: object, least: int, most: int | None = None) -> int:
    """A whole number from `least` to `most`, spelled as one (`20`, not `20.0`)."""
    bounds = f"from {least} to {most}" if most is not None else f"of at least {least}"
    if isinstance(value, bool) or not isinstance(value, int) or value < least or (most is not None and value > most):
        refuse(place, f"must be a whole number {bounds}, not {shown(value)}")
    return value


def asked_integer(place: str, asked: str, least: int, most: int | None = None) -> int:
    """A whole number from `least` to `most` out of a query, in digits alone."""
    is_number = asked.isascii() and asked.isdecimal() and len(asked) <= _MOST_DIGITS
    return integer(place, int(asked) if is_number else asked, least, most)


def moment(place: str, asked: object) -> datetime:
    """A date and time with its offset from UTC."""
    try:
        return instant(text(place, asked))
    except (ValueError, OverflowError):
        refuse(place, f"must be a date and time with its offset, not {shown(asked)}")


def number(place: str, value: object) -> float:
    """Any number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        refuse(place, f"must be a number, not {shown(value)}")
    return value


def percent(place: str, value: object) -> float:
    """A number from 0 to 100."""
    if not 0 <= number(place, value) <= 100:  # noqa: PLR2004  # a hundred per cent
        refuse(place, f"must be from 0 to 100, not {shown(value)}")
    return number(place, value)
