"""A page that fits where it is shown: items give way as wholes, the least important first, and are counted.

Law: what is returned is never longer than asked for, as long as the frame of the page has room; of each kind, what is
shown and what is counted as left out add up to what there is.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LIMIT = 65_000  # characters; GitHub takes 65,536, and who posts the page needs some for a mark of his own
_MORE = 80  # characters; what a count takes at most


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a part: as a line, and with all that belongs to it, which is empty where there is no more."""

    line: str
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Items of one kind under one title.

    Parts of a lower `rank` get room first, but at most their `share` of it before the others had theirs; `whole_rank`
    is that of showing items whole. `noun` and `whole_noun` are what is counted where something is left out. `more`
    stands before that count.
    """

    head: str
    items: tuple[Item, ...] = ()
    foot: str = ""
    noun: str = "line"
    whole_noun: str = "fold"
    more: str = "- "
    rank: int = 0
    whole_rank: int = 0
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Page:
    """A page: what stands above its parts, the parts in reading order, and what stands below them."""

    top: str
    parts: tuple[Part, ...] = ()
    bottom: str = ""

    @property
    def least(self) -> int:
        """Return how long the page is with all of its items counted, and none shown."""
        return (
            len(self.top) + len(self.bottom) + sum(len(p.head) + len(p.foot) + len(p.more) + _MORE for p in self.parts)
        )

    @property
    def most(self) -> int:
        """Return how long the page is with everything."""
        items = sum(len(item.whole or item.line) for part in self.parts for item in part.items)
        return len(self.top) + len(self.bottom) + sum(len(p.head) + len(p.foot) for p in self.parts) + items


@dataclass(frozen=True, slots=True)
class Fitted:
    """A page as it is shown, and how many of which kind are not."""

    top: str
    body: str
    left: Counter[str]


@dataclass(slots=True)
class _Room:
    """How many items of a part are shown, and how many of these are shown whole."""

    part: Part
    lines: int = 0
    wholes: int = 0

    def text(self) -> str:
        items = self.part.items
        shown = [item.whole or item.line for item in items[: self.wholes]]
        shown += [item.line for item in items[self.wholes : self.lines]]
        rest = len(items) - self.lines
        number = counted(rest, self.part.noun)
        more = f"{self.part.more}… {f'and {number} more' if shown else number}\n" if rest else ""
        return "".join([self.part.head, *shown, more, self.part.foot])

    def left(self) -> Iterator[tuple[str, int]]:
        yield self.part.noun, len(self.part.items) - self.lines
        yield self.part.whole_noun, sum(bool(item.whole) for item in self.part.items[self.wholes :])


def fit(page: Page, limit: int) -> Fitted:
    """Return a page of at most so many characters, its top apart."""
    rooms = [_Room(part) for part in page.parts]
    if page.most <= limit:
        for room in rooms:
            room.lines = room.wholes = len(room.part.items)
    else:
        _share_out(rooms, limit - page.least)
    left: Counter[str] = Counter()
    for room in rooms:
        for noun, number in room.left():
            left[noun] += number
    return Fitted(page.top, "".join(room.text() for room in rooms) + page.bottom, +left)


def _share_out(rooms: Sequence[_Room], free: int) -> None:
    layers = [(room.part.rank, place, False) for place, room in enumerate(rooms)]
    layers += [(room.part.whole_rank, place, True) for place, room in enumerate(rooms)]
    for generous in (False, True):
        for _, place, whole in sorted(layers):
            room = rooms[place]
            allowed = free if generous else int(free * room.part.share)
            free -= _widened(room, allowed) if whole else _lengthened(room, allowed)


def _lengthened(room: _Room, allowed: int) -> int:
    """Show as many more items as have room; return what they take."""
    taken = 0
    for item in room.part.items[room.lines :]:
        if taken + len(item.line) > allowed:
            break
        taken += len(item.line)
        room.lines += 1
    return taken


def _widened(room: _Room, allowed: int) -> int:
    """Show as many more of the shown items whole as have room; return what that takes."""
    taken = 0
    for item in room.part.items[room.wholes : room.lines]:
        more = len(item.whole) - len(item.line) if item.whole else 0
        if taken + more > allowed:
            break
        taken += more
        room.wholes += 1
    return taken


def counted(number: int, noun: str) -> str:
    """Return `1 change`, `2,500 changes`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def fair(wanted: Sequence[int], room: int) -> list[int]:
    """Return how much of the room each gets: what it wants, or an equal part of what those who want less leave."""
    given = [0] * len(wanted)
    for rest, place in zip(range(len(wanted), 0, -1), sorted(range(len(wanted)), key=wanted.__getitem__), strict=True):
        given[place] = max(0, min(wanted[place], room // rest))
        room -= given[place]
    return given
