"""How wide a text is drawn, at most, in whatever sans-serif letters a reader has; and what of it fits into a box.

Law: what `fitted` returns is no wider than it was asked to be, and ends in … where something of the text is missing.
"""

import re
import unicodedata

_SPACE, _NARROW, _LOWER, _UPPER, _WIDE, _FULL = 0.33, 0.43, 0.64, 0.84, 1.0, 1.15
_THIN = frozenset("ijlt.,:;'|!()[]I`fr-/\\")
_BROAD = frozenset("mwMW@%")
_MORE = "…"


def width(text: str, size: float) -> float:
    """Return at most how wide a text of harmless characters is, in the unit of `size`, the height of its letters."""
    return size * sum(map(_ems, text))


def _ems(character: str) -> float:
    if character == " ":
        return _SPACE
    if character in _THIN:
        return _NARROW
    if character in _BROAD:
        return _WIDE
    if character.isascii():
        return _LOWER if character.islower() or character.isdigit() or character in "$_?" else _UPPER
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0.0
    return _FULL if unicodedata.east_asian_width(character) in "WF" else _WIDE


def fitted(text: str, size: float, room: float, most_lines: int = 1) -> tuple[str, ...]:
    """Return a text as lines that fit, broken between words where they can be, and at most so many."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < most_lines - 1:
        line, rest = _line(rest, size, room)
        lines.append(line)
    return (*lines, _shortened(rest, size, room)) if rest or not lines else tuple(lines)


def _line(text: str, size: float, room: float) -> tuple[str, str]:
    """Return what fits of a text into one line, and the rest of it."""
    if width(text, size) <= room:
        return text, ""
    end = _fitting(text, size, room)
    breaks = [found.start() for found in re.finditer(" ", text[: end + 1]) if found.start()]
    return (text[: breaks[-1]], text[breaks[-1] + 1 :]) if breaks else (text[: max(1, end)], text[max(1, end) :])


def _shortened(text: str, size: float, room: float) -> str:
    if width(text, size) <= room:
        return text
    return text[: _fitting(text, size, room - width(_MORE, size))].rstrip() + _MORE


def _fitting(text: str, size: float, room: float) -> int:
    """Return how many characters fit."""
    used = 0.0
    for place, character in enumerate(text):
        used += size * _ems(character)
        if used > room:
            return place
    return len(text)
