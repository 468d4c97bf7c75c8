"""Where each piece of a rendered text came from: marks that travel in the text, and are taken out at the end.

A mark is made of two control characters that no rule file may hold, with the number of a chunk between them. What
follows it, up to the next mark, came from that chunk.
"""

import re
from dataclasses import dataclass, field

from rulesync.document import Piece, Text

_MARK = re.compile("\x02([0-9a-f]+)(?:\\.([0-9a-f]+))?\x03")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a template: text that is copied as it is (`verbatim`), or a tag whose value is written.

    What stands in a macro is `shared`: it is used from elsewhere.
    """

    source: Text
    first: int
    last: int
    verbatim: bool
    shared: bool = False


class Marked(str):
    """A text that a macro wrote, for whoever reads it; `marked` is the same with its marks, for whoever writes it."""

    __slots__ = ("marked",)
    marked: str

    @classmethod
    def of(cls, marked: str) -> "Marked":
        """Return a text with marks as one without, that remembers them."""
        text = cls(bare(marked))
        text.marked = marked
        return text


@dataclass
class Trail:
    """The chunks of all templates of one run, by number."""

    chunks: list[Chunk] = field(default_factory=list)

    def mark(self, chunk: Chunk) -> str:
        """Return the mark of a chunk, which is a new one."""
        self.chunks.append(chunk)
        return f"\x02{len(self.chunks) - 1:x}\x03"

    def followed(self, marked: str, file: str) -> Text:
        """Return a text without its marks, whose places are those that its pieces came from.

        What came from a macro, or from another file than `file`, knows where `file` used it.
        """
        content: list[str] = []
        pieces: list[Piece] = []
        length, skip, after = 0, 0, 0
        chunk: Chunk | None = None
        user: Chunk | None = None
        for mark in [*_MARK.finditer(marked), None]:
            text = marked[after : mark.start() if mark else len(marked)]
            if text and chunk is not None:
                pieces.append(_piece(length, chunk, skip, user))
            content.append(text)
            length += len(text)
            if mark is not None:
                chunk, skip, after = self.chunks[int(mark[1], 16)], int(mark[2] or "0", 16), mark.end()
                user = chunk if chunk.source.file == file and not chunk.shared else user
        return Text(file, "".join(content), tuple(pieces))


def _piece(start: int, chunk: Chunk, skip: int, user: Chunk | None) -> Piece:
    first = chunk.first + skip if chunk.verbatim else chunk.first
    used = (
        None if user is None or user is chunk else (user.source, user.last if user.verbatim else user.first, user.last)
    )
    return Piece(start, chunk.source, first, chunk.last, chunk.verbatim, used)


def bare(marked: str) -> str:
    """Return a text without its marks."""
    return _MARK.sub("", marked)


def indented(marked: str, margin: str) -> str:
    """Return a text whose lines after the first begin with a margin; each line goes on where it came from."""
    written: list[str] = []
    number, skip, after = "", 0, 0
    for mark in [*_MARK.finditer(marked), None]:
        text = marked[after : mark.start() if mark else len(marked)]
        for line in text.splitlines(keepends=True):
            written.append(line)
            skip += len(line)
            if line.endswith("\n"):
                written.append(margin + (f"\x02{number}.{skip:x}\x03" if number else ""))
        if mark is not None:
            number, skip, after = mark[1], int(mark[2] or "0", 16), mark.end()
            written.append(mark[0])
    return "".join(written)
