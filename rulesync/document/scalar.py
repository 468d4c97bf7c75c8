"""The value of an unquoted word in YAML: what JSON calls null, true, false and numbers, else the word itself.

What YAML readers disagree about (`yes`, `010`, `12:30:00`, `1_000`) is refused, with how to write what was meant.
"""

import math
import re
from functools import lru_cache

Scalar = str | int | float | bool | None

MAX_DIGITS = 18
_CONSTANTS: dict[str, Scalar] = {"": None, "~": None, "null": None, "true": True, "false": False}
_BOOLEANS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_CASED = {"true", "false", "null"}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(?:inf|nan)", re.IGNORECASE)
_BASED = re.compile(r"[-+]?0(?:[xX][0-9a-fA-F_]+|[bB][01_]+|[oO][0-7_]+)")
_CLOCK = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_LOOSE = re.compile(r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?")
_FIRST_OF_A_NUMBER = frozenset("-+.0123456789")


class AmbiguousWordError(ValueError):
    """An unquoted word that YAML readers take for different things; `help` says how to write what was meant."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


def word(text: str) -> Scalar:
    """Return the value of a word from a command line: what JSON calls null, true, false or a number, else the text."""
    try:
        return resolve(text)
    except AmbiguousWordError:
        return text


@lru_cache(maxsize=4096)
def resolve(word: str) -> Scalar:
    """Return the value of an unquoted word.

    Raises:
        AmbiguousWordError: the word looks like a truth value or a number without being one in JSON.
    """
    if word in _CONSTANTS:
        return _CONSTANTS[word]
    if word[0] in _FIRST_OF_A_NUMBER:
        return _number(word)
    _refuse_truth_word(word)
    return word


def _refuse_truth_word(word: str) -> None:
    lower = word.lower()
    if lower in _BOOLEANS:
        raise AmbiguousWordError(
            f"`{word}` is a truth value to some readers of YAML and a word to others",
            f'write `{_BOOLEANS[lower]}`, or `"{word}"` in quotes if the word is meant',
        )
    if lower in _CASED:
        raise AmbiguousWordError(
            f"`{word}` is a word to some readers of YAML and not to others",
            f'write `{lower}`, or `"{word}"` in quotes if the word is meant',
        )


def _number(word: str) -> Scalar:
    if _INTEGER.fullmatch(word):
        return _integer(word)
    if _FLOAT.fullmatch(word):
        return _float(word)
    _refuse_odd_number(word)
    return word


def _integer(word: str) -> int:
    if len(word.lstrip("-")) > MAX_DIGITS:
        raise AmbiguousWordError(
            f"a number of {len(word.lstrip('-'))} digits is too long to be read exactly",
            "put it in quotes if it is a name or an id",
        )
    return int(word)


def _float(word: str) -> float:
    number = float(word)
    if math.isinf(number):
        raise AmbiguousWordError(f"`{word}` is too large a number", "put it in quotes if it is a name or an id")
    return number


def _refuse_odd_number(word: str) -> None:
    if _NOT_A_NUMBER.fullmatch(word):
        raise AmbiguousWordError(f"`{word}` is not a number that means anything here", "write a finite number")
    if _CLOCK.fullmatch(word):
        raise AmbiguousWordError(
            f"`{word}` is a number in base 60 to some readers of YAML", f'put it in quotes: `"{word}"`'
        )
    if _BASED.fullmatch(word):
        raise AmbiguousWordError(
            f"`{word}` is a number to some readers of YAML and a word to others",
            f'write it in decimal, or `"{word}"` in quotes if the word is meant',
        )
    if _LOOSE.fullmatch(word):
        raise AmbiguousWordError(
            f"`{word}` is read as different numbers by different readers of YAML",
            f'write `{_plainly(word)}`, or `"{word}"` in quotes if the word is meant',
        )


def _plainly(word: str) -> str:
    """Return the number that a person most likely meant: no sign, leading zeros or underscores."""
    sign = "-" if word.startswith("-") else ""
    whole, dot, rest = word.lstrip("+-").replace("_", "").partition(".")
    whole = whole.lstrip("0") or "0"
    return f"{sign}{whole}{dot}{rest}" if rest else f"{sign}{whole}"
