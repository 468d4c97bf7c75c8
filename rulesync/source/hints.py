"""What was most likely meant by what cannot be read: the text to write in its place, None where nobody can tell."""

import re
from collections.abc import Iterable, Mapping

_AMOUNT = re.compile(
    r"(?:US)?\$?\s*(?P<dollars>[0-9]{1,3}(?:(?P<between>[.,' ])[0-9]{3})(?:(?P=between)[0-9]{3})*|[0-9]+)"
    r"(?:(?P<point>[.,])(?P<cents>[0-9]{1,2}))?\s*(?:\$|USD|dollars?)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?P<whole>[0-9]+)(?:[.,](?P<rest>[0-9]+))?\s*(?:%|percent)?", re.IGNORECASE)
_SIGNS: Mapping[str, str] = {
    "=": "EQUALS",
    "==": "EQUALS",
    "!=": "NOT_EQUALS",
    "<>": "NOT_EQUALS",
    ">": "GREATER_THAN",
    "<": "LESS_THAN",
    ">=": "GREATER_THAN_OR_EQUAL",
    "<=": "LESS_THAN_OR_EQUAL",
}
_TRUTH: Mapping[str, bool] = {
    **dict.fromkeys(("true", "yes", "on", "y", "active"), True),
    **dict.fromkeys(("false", "no", "off", "n", "inactive", "paused"), False),
}
TRUTH_WORDS = frozenset(each for word in _TRUTH for each in (word, word.title(), word.upper()))
"""Words that say of something that it is so, or not."""


def amount(value: object) -> str | None:
    """Return an amount as rule files have it: `$50,00`, `50$` and 50.0 are `$50.00`; `$1.234` has two readings."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    found = _AMOUNT.fullmatch(str(value).strip())
    if found is None or found["between"] == (found["point"] or "."):
        return None
    return f"${re.sub(r'[^0-9]', '', found['dollars'])}.{(found['cents'] or '').ljust(2, '0')}"


def number(text: str) -> str | None:
    """Return a number without what was written around it: `20%` is `20`, `12,5 %` is `12.5`."""
    found = _NUMBER.fullmatch(text.strip())
    return found and found["whole"] + (f".{found['rest']}" if found["rest"] else "")


def truth(word: object) -> bool | None:
    """Return what a word says of something that is so or not."""
    return _TRUTH.get(str(word).lower())


def operator(sign: object) -> str | None:
    """Return the operator that a sign stands for."""
    return _SIGNS.get(str(sign).strip())


def trigger(word: str, types: Iterable[str]) -> str:
    """Return how a trigger is written of which only a word was."""
    types = tuple(types)
    begins = [each for each in types if word and each.lower().startswith(word.lower())]
    if not begins:
        choice = ", ".join(f"`{each}`" for each in types)
        return f"write `trigger: {{type: …, account: …}}`; the types are {choice}"
    when = ", schedule_type: MONTHLY, start_date: 2027-01-01T09:00:00Z" if begins[0] == "SCHEDULED" else ""
    return f"write `trigger: {{type: {begins[0]}{when}, account: …}}`"
