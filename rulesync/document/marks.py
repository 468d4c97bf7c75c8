"""Where things stand in a text: offsets kept while reading, lines and columns only when somebody asks."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from rulesync.findings import Location

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class Mark(NamedTuple):
    """The offsets of a value's first character and past its last, and the marks of what it holds.

    A mapping has, for each key, the mark of the key and the mark of the value; a list has the marks of its items.
    """

    start: int
    end: int
    fields: "dict[str, tuple[Mark, Mark]] | None"
    items: "list[Mark] | None"

    def child(self, part: str | int) -> "tuple[Mark | None, Mark] | None":
        """Return the marks of the key (None in a list) and of the value, or None where there is no such child."""
        if isinstance(part, str):
            return self.fields.get(part) if self.fields else None
        return (None, self.items[part]) if self.items and 0 <= part < len(self.items) else None


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text that was made from others: from offset `start` to the next piece.

    It came from what stands in `source` between two offsets: character by character where it is `verbatim`, else as
    the value of what stands there. `used` is where another text used that source, as a text and two offsets.
    """

    start: int
    source: "Text"
    first: int
    last: int
    verbatim: bool
    used: "tuple[Text, int, int] | None" = None


@dataclass(frozen=True)
class Text:
    """The text of a file, which can tell the line and the column of an offset.

    A text that was made from others has pieces, and its places are places in those.
    """

    file: str
    content: str
    pieces: tuple[Piece, ...] = ()

    @cached_property
    def starts(self) -> list[int]:
        """The offset of each line, and of the end of the text."""
        return [0, *(match.end() for match in _LINE_BREAK.finditer(self.content)), len(self.content)]

    @cached_property
    def shown(self) -> dict[int, str]:
        """The lines that were shown so far: a long one that holds many findings is kept once."""
        return {}

    def location(self, start: int, end: int) -> Location:
        """Return the place from one offset to another, as far as it is on one line."""
        if self.pieces:
            return self._origin(start, end)
        number = bisect_right(self.starts, start, hi=len(self.starts) - 1) - 1
        begin, after = self.starts[number], self.starts[number + 1]
        if number not in self.shown:
            self.shown[number] = self.content[begin:after].rstrip("\r\n")
        text = self.shown[number]
        stop = min(len(text), end - begin)
        return Location(self.file, number + 1, start - begin + 1, max(1, stop - (start - begin)), text)

    def _origin(self, start: int, end: int) -> Location:
        """Return where what stands here came from, as far as it came from one text."""
        piece, last_piece = self._piece(start), self._piece(max(start, end - 1))
        first, after = _span(piece, start)
        _, last = _span(last_piece, max(start, end - 1))
        place = piece.source.location(first, last if last_piece.source is piece.source and last > first else after)
        if piece.used is None:
            return place
        user, begin, stop = piece.used
        return replace(place, used=str(user.location(begin, stop)))

    def _piece(self, offset: int) -> Piece:
        return self.pieces[max(0, bisect_right(self.pieces, offset, key=lambda each: each.start) - 1)]


def _span(piece: Piece, offset: int) -> tuple[int, int]:
    """Return where what a character came from begins and ends in the text of its piece."""
    if not piece.verbatim:
        return piece.first, piece.last
    there = min(piece.first + max(0, offset - piece.start), piece.last)
    return there, there + 1


def locate(text: Text, mark: Mark, key: Mark | None = None) -> Location:
    """Return the place to underline for a value: all of a short one, the first key of a block, the key of nothing."""
    if mark.start == mark.end and key is not None and not mark.fields:
        return text.location(key.start, key.end)
    if mark.fields and text.content[mark.start : mark.start + 1] != "{":
        first, _ = next(iter(mark.fields.values()))
        return text.location(mark.start, first.end)
    if mark.items and text.content[mark.start : mark.start + 1] != "[":
        return text.location(mark.start, mark.start + 1)
    return text.location(mark.start, mark.end)


def follow(root: Mark, path: Sequence[str | int]) -> tuple[Mark | None, Mark]:
    """Return the marks of the key and of the value at a path, or of the last place on the way that exists."""
    key: Mark | None = None
    here = root
    for part in path:
        found = here.child(part)
        if found is None:
            break
        key, here = found
    return key, here


def standing(root: Mark, path: Sequence[str | int]) -> tuple[str | int, ...]:
    """Return the parts of a path that stand in the text, leaving out those that only a validator put in."""
    parts: list[str | int] = []
    here = root
    for part in path:
        found = here.child(part)
        if found is not None:
            parts.append(part)
            here = found[1]
    return tuple(parts)
