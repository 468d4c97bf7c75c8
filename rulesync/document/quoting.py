"""The way back of a scalar: a text as YAML, unquoted where every reader takes it for that very text.

Law: what is written is read as the same text, and holds none of the pairs that would make its file a template.
"""

import re

from rulesync.document import scalar

TEMPLATE_PAIRS = ("{{", "{%", "{#")
"""What makes a file a template, wherever it stands in it."""

_OPENS_A_PAIR = re.compile(r"\{(?=[{%#])")
_BEGINS_ODDLY = re.compile(r"[-+.~=<0-9?:,\[\]{}#&*!|>'\"%@`]")
_ODD_IN_BLOCK = re.compile(r": |:\Z| #|##")
_ODD_IN_FLOW = re.compile(r"[,\[\]{}:?#]")
_ESCAPES = {"\\": r"\\", '"': r"\"", "\n": r"\n", "\t": r"\t", "\r": r"\r"}


def quoted(text: str) -> str:
    """Return a text in double quotes, with escapes for what is not printable or would begin a template."""
    inside = "".join(map(_escaped, text))
    return f'"{_OPENS_A_PAIR.sub(chr(92) + chr(92) + "x7b", inside)}"'


def plain(text: str, *, flow: bool = False) -> str:
    """Return a text as a person writes it: without quotes where it needs none, else in double quotes.

    `flow` is for what stands inside of `{…}`, where a comma or a bracket would end it.
    """
    return text if _is_plain(text) and not (flow and _ODD_IN_FLOW.search(text)) else quoted(text)


def literal(text: str) -> list[str] | None:
    """Return the lines of a text for a block scalar (`|`), None where it cannot stand in one as it is."""
    lines = text.split("\n")
    if len(lines) == 1 or not all(_is_shown(line) for line in lines) or not lines[0].strip() or lines[0][0] == " ":
        return None
    return lines if lines[-1].strip() else None


def remark(text: str, longest: int = 60) -> str:
    """Return a text as the words of a comment: on one line, printable, no longer than a glance."""
    shown = "".join(character if character.isprintable() else " " for character in text)
    shown = " ".join(shown.split())
    shown = _OPENS_A_PAIR.sub("{ ", shown)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    point = ord(character)
    if point < 1 << 8:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 1 << 16 else f"\\U{point:08x}"


def _is_shown(text: str) -> bool:
    """Tell whether a text shows itself and begins no template."""
    return text.isprintable() and not _OPENS_A_PAIR.search(text)


def _is_plain(text: str) -> bool:
    if not text or text != text.strip() or not _is_shown(text):
        return False
    if _BEGINS_ODDLY.match(text) or _ODD_IN_BLOCK.search(text):
        return False
    try:
        return scalar.resolve(text) == text
    except scalar.AmbiguousWordError:
        return False
