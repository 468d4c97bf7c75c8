"""Two sentences side by side, with the words of each that the other has not.

Law: the pieces of a side, one after the other, are that side, to the letter.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_MOST_WORDS = 2000  # of both sides; longer ones are shown unmarked, rather than in minutes
_WORD = re.compile(r"\s*[\d.,]+ %|\s*\S+|\s+")  # a number and its % are one word


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence; `same` says that the other sentence has it too."""

    text: str
    same: bool = True


def compared(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return both sentences in pieces."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > _MOST_WORDS:
        return (Piece(before),), (Piece(after),)
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return (
        _pieces(old, [(block.a, block.size) for block in blocks]),
        _pieces(new, [(block.b, block.size) for block in blocks]),
    )


def _pieces(words: Sequence[str], same: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    pieces, place = [], 0
    for start, size in same:
        changed = "".join(words[place:start])
        bare = changed.lstrip()
        pieces += [Piece(changed[: len(changed) - len(bare)]), Piece(bare, same=False)]
        pieces.append(Piece("".join(words[start : start + size])))
        place = start + size
    return tuple(piece for piece in pieces if piece.text)
