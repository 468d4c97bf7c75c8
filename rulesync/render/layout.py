"""Where boxes and the curves between them are drawn: in columns from left to right, circles going back underneath.

Law: no two boxes overlap, and every point of every curve lies within the picture, whatever is to be drawn. The same
boxes and ways are always drawn in the same places.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH = 264  # of a box
_GAP = 96  # between columns
_BETWEEN = 26  # between boxes of a column
_BESIDE = 8  # between a lane and what is next to it
_MARGIN = 14
_TURN = 56  # how far a way that goes back swings out
_LANE = 12  # of a way that passes a column
_PORTS = 9  # between the beginnings of two ways
_SWEEPS = 8

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shape:
    """What is to be a box: `head` is the height of its title, under which each way that arrives has a row."""

    id: str
    head: int


@dataclass(frozen=True, slots=True)
class Way:
    """What is to be a curve; `row` is the height of its row in the box where it arrives."""

    source: str
    destination: str
    row: int


@dataclass(frozen=True, slots=True)
class Box:
    """A box in its place."""

    id: str
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Curve:
    """A way as cubic curves: a first point, then two that bend and one to arrive at, again and again.

    `row` is where its row begins.
    """

    points: tuple[Point, ...]
    row: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture: boxes in the order of their shapes, curves in the order of their ways."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]


def layout(shapes: Sequence[Shape], ways: Sequence[Way]) -> Layout:
    """Return the picture of some boxes and ways; every end of a way is one of the shapes."""
    columns = _columns([shape.id for shape in shapes], ways)
    rows = {shape.id: [place for place, way in enumerate(ways) if way.destination == shape.id] for shape in shapes}
    heights = {shape.id: shape.head + sum(ways[place].row for place in rows[shape.id]) for shape in shapes}
    grid = _Grid(columns, heights, dict.fromkeys((way.source, way.destination) for way in ways))
    grid.arrange()
    return _drawn(shapes, ways, rows, grid)


# Columns


def _columns(ids: Sequence[str], ways: Iterable[Way]) -> dict[str, int]:
    """Return the column of each box: right of what leads to it, as far as circles allow."""
    onward: dict[str, dict[str, None]] = {each: {} for each in ids}
    backward: dict[str, dict[str, None]] = {each: {} for each in ids}
    for way in ways:
        if way.source != way.destination:
            onward[way.source][way.destination] = None
            backward[way.destination][way.source] = None
    columns: dict[str, int] = {}
    left = dict.fromkeys(ids)
    while left:
        free = [each for each in left if not (backward[each].keys() & left.keys())]
        for each in free or [max(left, key=lambda box: len(onward[box]) - len(backward[box].keys() & left.keys()))]:
            columns[each] = max((columns[way] + 1 for way in backward[each] if way in columns), default=0)
            del left[each]
    for each in ids:  # what nothing leads to stands beside what it leads to
        if not backward[each] and onward[each]:
            columns[each] = max(0, min(columns[end] for end in onward[each]) - 1)
    return columns


# Places


@dataclass(frozen=True, slots=True)
class _Item:
    """What takes room in a column: a box, or the lane of a way that passes."""

    box: str
    until: str | None
    column: int


class _Grid:
    """The columns being filled: which items stand in them, in which order, at which height."""

    def __init__(
        self, columns: Mapping[str, int], heights: Mapping[str, int], pairs: Iterable[tuple[str, str]]
    ) -> None:
        self.columns = columns
        self.heights = heights
        self.items: dict[int, list[_Item]] = {column: [] for column in range(max(columns.values(), default=-1) + 1)}
        self.beside: dict[_Item, list[_Item]] = {}
        self.top: dict[_Item, int] = {}
        for box, column in columns.items():
            self._add(_Item(box, None, column))
        for source, destination in pairs:
            path = [self.box(source), *self.lanes(source, destination), self.box(destination)]
            for item in path[1:-1]:
                self._add(item)
            for one, other in pairwise(path):
                self.beside[one].append(other)
                self.beside[other].append(one)

    def _add(self, item: _Item) -> None:
        self.items[item.column].append(item)
        self.beside[item] = []

    def box(self, box: str) -> _Item:
        return _Item(box, None, self.columns[box])

    def lanes(self, source: str, destination: str) -> list[_Item]:
        """Return the lanes of a way, none where it leads to the next column; one that goes back passes both ends."""
        start, end = self.columns[source], self.columns[destination]
        passed = range(start + 1, end) if start < end else range(start, end - 1, -1)
        return [_Item(source, destination, column) for column in passed]

    def arrange(self) -> None:
        """Order the columns so that ways cross little, then put what belongs together at one height."""
        for sweep in range(_SWEEPS):
            for column in self._sweep(sweep):
                self._stack()
                self._sort(column, sweep)
        self._stack()
        for sweep in range(_SWEEPS):
            for column in self._sweep(sweep):
                self._settle(column, sweep)
        highest = min(self.top.values(), default=0)
        self.top = {item: top - highest + _MARGIN for item, top in self.top.items()}

    def _sweep(self, sweep: int) -> Iterable[int]:
        return sorted(self.items, reverse=bool(sweep % 2))

    def _stack(self) -> None:
        for items in self.items.values():
            self.top.update(zip(items, self._offsets(items), strict=True))

    def _offsets(self, items: Sequence[_Item]) -> list[int]:
        """Return how far below the first of them items stand that are as close together as they may."""
        offsets = [0]
        for item, below in pairwise(items):
            gap = _BETWEEN if item.until is None and below.until is None else _BESIDE
            offsets.append(offsets[-1] + self.height(item) + gap)
        return offsets[: len(items)]

    def height(self, item: _Item) -> int:
        return _LANE if item.until is not None else self.heights[item.box]

    def middle(self, item: _Item) -> float:
        return self.top[item] + self.height(item) / 2

    def _wish(self, item: _Item, column: int, sweep: int) -> float:
        """Return at which height an item would like to stand: that of its neighbours on the side it is swept from."""
        near = [
            each for each in self.beside[item] if (each.column < column if sweep % 2 == 0 else each.column > column)
        ]
        near = near or self.beside[item]
        return sum(map(self.middle, near)) / len(near) if near else self.middle(item)

    def _sort(self, column: int, sweep: int) -> None:
        self.items[column].sort(key=lambda item: self._wish(item, column, sweep))

    def _settle(self, column: int, sweep: int) -> None:
        """Move the items of a column to where they would like to stand, as near as their order and room allow."""
        items = self.items[column]
        offsets = self._offsets(items)
        wishes = [
            self._wish(item, column, sweep) - self.height(item) / 2 - offset
            for item, offset in zip(items, offsets, strict=True)
        ]
        for item, offset, top in zip(items, offsets, _rising(wishes), strict=True):
            self.top[item] = round(top) + offset


def _rising(wishes: Iterable[float]) -> list[float]:
    """Return the numbers nearest to the wished ones of which none is less than the one before it."""
    pools: list[tuple[float, int]] = []
    for wish in wishes:
        pools.append((wish, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (one, few), (other, many) = pools[-2:]
            pools[-2:] = [((one * few + other * many) / (few + many), few + many)]
    return [height for height, number in pools for _ in range(number)]


# Curves


def _drawn(shapes: Sequence[Shape], ways: Sequence[Way], rows: Mapping[str, Sequence[int]], grid: _Grid) -> Layout:
    back = any(grid.columns[way.source] >= grid.columns[way.destination] for way in ways)
    margin = _MARGIN + (_TURN if back else 0)
    boxes = {shape.id: _boxed(shape, grid, margin) for shape in shapes}
    starts = _starts(ways, boxes, grid)
    curves: dict[int, Curve] = {}
    for shape in shapes:
        top = boxes[shape.id].y + shape.head
        for place in sorted(rows[shape.id], key=lambda place: (_before(ways[place], grid), place)):
            way = ways[place]
            ends = (boxes[way.source].x + WIDTH, starts[place]), (boxes[shape.id].x, top + way.row // 2)
            curves[place] = Curve(tuple(_path(ends, grid, way, margin)), top)
            top += way.row
    right = max((box.x + WIDTH for box in boxes.values()), default=0)
    bottom = max((grid.top[item] + grid.height(item) for items in grid.items.values() for item in items), default=0)
    return Layout(
        right + margin, bottom + _MARGIN, tuple(boxes.values()), tuple(curves[place] for place in range(len(ways)))
    )


def _boxed(shape: Shape, grid: _Grid, margin: int) -> Box:
    item = grid.box(shape.id)
    return Box(shape.id, margin + item.column * (WIDTH + _GAP), grid.top[item], grid.height(item))


def _before(way: Way, grid: _Grid) -> float:
    """Return at which height a way comes, so that rows stand in the order in which their ways arrive."""
    return grid.middle([grid.box(way.source), *grid.lanes(way.source, way.destination)][-1])


def _starts(ways: Sequence[Way], boxes: Mapping[str, Box], grid: _Grid) -> dict[int, int]:
    """Return where each way begins: side by side in the middle of the box, in the order in which they go on."""
    starts: dict[int, int] = {}
    for box in boxes.values():
        leaving = [place for place, way in enumerate(ways) if way.source == box.id]
        leaving.sort(key=lambda place: (_after(ways[place], grid), place))
        step = min(_PORTS, (box.height - 2 * _PORTS) / max(1, len(leaving) - 1))
        for number, place in enumerate(leaving):
            starts[place] = round(box.y + box.height / 2 + (number - (len(leaving) - 1) / 2) * step)
    return starts


def _after(way: Way, grid: _Grid) -> float:
    return grid.middle([*grid.lanes(way.source, way.destination), grid.box(way.destination)][0])


def _path(ends: tuple[Point, Point], grid: _Grid, way: Way, margin: int) -> Iterator[Point]:
    """Yield the points of a way, through the lanes on its path."""
    (x, y), end = ends
    yield x, y
    back = grid.columns[way.source] >= grid.columns[way.destination]
    for lane in grid.lanes(way.source, way.destination):
        left, level = margin + lane.column * (WIDTH + _GAP), round(grid.middle(lane))
        enter, leave = (left + WIDTH, left) if back else (left, left + WIDTH)
        yield from _bent((x, y), (enter, level), _TURN if x == enter else 0)
        yield from _bent((enter, level), (leave, level))
        x, y = leave, level
    yield from _bent((x, y), end, -_TURN if back else 0)


def _bent(start: Point, end: Point, turn: int = 0) -> tuple[Point, Point, Point]:
    """Return a curve from one point to another that is level at both; with `turn`, it swings out so far, and back."""
    half = (end[0] - start[0]) // 2
    return (start[0] + (turn or half), start[1]), (end[0] + (turn or -half), end[1]), end
