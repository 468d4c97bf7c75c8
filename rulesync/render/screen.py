"""What may be put on a terminal: texts made harmless, measured, wrapped and coloured."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

_STYLES = {
    "bold": "1",
    "dim": "2",
    "red": "1;31",
    "green": "32",
    "yellow": "33",
    "cyan": "36",
}
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"
_TAB = "    "
# What a CI runner obeys: `##[…]` and `##vso[…]` wherever they stand in a line, `::…` where it begins one.
ANYWHERE = re.compile(r"#(?=#\w*\[)")
_BEGINNING = re.compile(r"^(\s*):(?=:)")


def safe(text: str) -> str:
    """Return a text in which whatever a terminal or a CI runner would obey, or not show, is spelled by its number.

    What a runner obeys only at the beginning of a line is left to `line`, since a text need not begin one.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(
            character if _is_harmless(character, text[place - 1 : place]) else _spelled(character)
            for place, character in enumerate(text)
        )
    return ANYWHERE.sub(r"\\x23", text) if "##" in text else text


def line(text: str) -> str:
    """Return a text as a line of its own: harmless, and no command to a CI runner."""
    return _begun(safe(text))


def _begun(words: str) -> str:
    """Return harmless words as the beginning of a line."""
    return _BEGINNING.sub(r"\1\\x3a", words) if "::" in words else words


def lines(text: str) -> str:
    """Return a text of several lines with each of them harmless."""
    return "\n".join(map(line, text.split("\n")))


def _is_harmless(character: str, before: str) -> bool:
    """Tell whether a character only shows itself; joiners do, where they join letters or pictures."""
    if character in _JOINERS:
        return before > "\x7f" and unicodedata.category(before)[0] in "LMS"
    return unicodedata.category(character) not in _HIDDEN


def _spelled(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def columns(text: str) -> int:
    """Return how many columns a harmless text takes: wide characters two, marks on others none."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if character in _JOINERS or unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def flat(text: str) -> str:
    """Return a line of source as it is shown: harmless, a tab as four spaces."""
    return safe(text.replace("\t", _TAB))


@dataclass(slots=True)
class Page:
    """A text in the making; all that goes on it is made harmless first."""

    color: bool
    width: int = 100
    lines: list[str] = field(default_factory=list)

    def put(self, text: str, style: str = "", *, indent: int = 0, hang: int = 0) -> None:
        """Add a paragraph, wrapped between words; `hang` indents its further lines by so much more."""
        for number, words in enumerate(_wrapped(safe(text), self.width - indent, hang)):
            self.lines.append(" " * (indent + (hang if number else 0)) + self.painted(_begun(words), style))

    def whole(self, text: str, style: str = "") -> None:
        """Add one line that must not be wrapped: a link, or what is aligned with another line."""
        shown = line(text)
        self.lines.append(shown[: len(shown) - len(shown.lstrip())] + self.painted(shown.lstrip(), style))

    def gap(self) -> None:
        """Add an empty line, if something stands above it and no empty line yet."""
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def painted(self, text: str, style: str) -> str:
        """Return a harmless text in a style, as it is where colours are off."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.color and style and text else text

    def text(self) -> str:
        """Return everything, with a newline at the end."""
        return "\n".join(self.lines).rstrip("\n") + "\n" if self.lines else ""


def _wrapped(text: str, width: int, hang: int) -> Iterator[str]:
    """Yield the lines of a text; a word that is wider than a line stays whole, so that it can be copied."""
    line, room = "", width
    for word in text.split(" "):
        if line and columns(line) + 1 + columns(word) > room:
            yield line
            line, room = word, width - hang
        else:
            line = f"{line} {word}" if line else word
    yield line
