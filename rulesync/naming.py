"""Names made up for what has none in Git yet: keys for rules, words for accounts; none of them clashes with another."""

import re
import unicodedata
from collections.abc import Collection

_LONGEST = 60
_ODD = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """Return a text as words of `a` to `z` and digits joined by `-`, empty where nothing of it can be kept."""
    latin = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss"))
    bare = "".join(character for character in latin if not unicodedata.combining(character))
    words = _ODD.sub("-", bare.replace("'", "").replace("\u2019", "")).strip("-")
    if len(words) <= _LONGEST:
        return words
    whole, dash, _ = words[: _LONGEST + 1].rpartition("-")
    return whole if dash else words[:_LONGEST]


def unused(text: str | None, fallback: str, taken: Collection[str]) -> str:
    """Return the slug of a text, else of what it falls back to, with a number where that is taken.

    `taken` are names in lower case.
    """
    name = slug(text or "") or slug(fallback) or "unnamed"
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free
