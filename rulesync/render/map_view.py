"""The map of the money as it is drawn and told: cards for accounts, rows for what arrives, curves for where it is from.

Law: the picture and the table say the same, and what neither shows is counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rulesync.planjson import PlanJson, ResourceJson
from rulesync.render import lettering
from rulesync.render.flow import Edge, Flow, Mark, Node, flow, neighbourhood, told
from rulesync.render.layout import WIDTH, Curve, Point, Shape, Way, layout
from rulesync.render.screen import safe
from rulesync.render.view import plural, shortened

SYMBOLS: Mapping[Mark, str] = {Mark.NEW: "+", Mark.CHANGED: "~", Mark.REMOVED: "−", Mark.SAME: "·"}  # noqa: RUF001  # a minus sign
_PLANNED = {Mark.NEW: "new", Mark.CHANGED: "changed", Mark.REMOVED: "removed", Mark.SAME: "unchanged"}
_DRIFTED = {
    Mark.NEW: "only in the app",
    Mark.CHANGED: "changed in the app",
    Mark.REMOVED: "missing in the app",
    Mark.SAME: "not drifted",
}
_AS_IT_IS = {Mark.SAME: "in the app"}
MOST_ACCOUNTS, MOST_WAYS = 60, 240
NAME, WORDS, SMALL = 14, 12.5, 11  # sizes of letters, in pixels
_BOLD = 1.08  # times as wide
_INDENT, _PAD, _HEAD = 34, 14, 52
_LINE, _RULE, _AIR = 17, 15, 14  # heights: of a line of words, of the rule under it, of the room around both
_LONGEST = 300  # characters of a name that anything is tried with


@dataclass(frozen=True, slots=True)
class Row:
    """What arrives in an account by one way: lines of words, and the rule; `y` is where it begins."""

    mark: Mark
    symbol: str
    lines: tuple[str, ...]
    rule: str
    whole: str
    y: int
    height: int
    off: bool


@dataclass(frozen=True, slots=True)
class Card:
    """An account in its place, with what arrives there."""

    name: str
    whole: str
    type: str
    x: int
    y: int
    height: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A curve as SVG writes it, and the tip of its arrow."""

    mark: Mark
    path: str
    tip: Point
    off: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One way in the table."""

    source: str
    destination: str
    moves: str
    rule: str
    mark: Mark
    becomes: str


@dataclass(frozen=True, slots=True)
class MapView:
    """A map to draw and to tell."""

    width: int
    height: int
    card_width: int
    cards: tuple[Card, ...]
    lines: tuple[Line, ...]
    description: str
    legend: tuple[tuple[Mark, str, str], ...]
    table: tuple[Told, ...]
    remarks: tuple[str, ...]


def planned_map(plan: PlanJson) -> MapView | None:
    """Return the map of what a plan leads to, None where no rule moves anything."""
    return _map_view(flow(plan["resource_changes"], plan["accounts"]), _PLANNED)


def drift_map(plan: PlanJson) -> MapView | None:
    """Return the map of what the app holds, what nobody put into Git marked, None where no rule moves anything."""
    drifted = {each["address"] for each in plan["resource_drift"]}
    rest = [_as_it_is(each) for each in plan["resource_changes"] if each["address"] not in drifted]
    return _map_view(flow([*plan["resource_drift"], *rest], plan["accounts"]), _DRIFTED)


def status_map(plan: PlanJson) -> MapView | None:
    """Return the map of what the app holds, None where no rule moves anything."""
    return _map_view(flow([_as_it_is(each) for each in plan["resource_changes"]], plan["accounts"]), _AS_IT_IS)


def _as_it_is(resource: ResourceJson) -> ResourceJson:
    """Return a rule as the API holds it, and as nothing that changes."""
    before = resource["change"]["before"]
    return {**resource, "change": {"actions": ["no-op"], "before": before, "after": before}, "fields": []}


def _map_view(whole: Flow, words: Mapping[Mark, str]) -> MapView | None:
    if not whole.nodes:
        return None
    part = neighbourhood(whole, MOST_ACCOUNTS, MOST_WAYS, filling=True)
    shown = part.flow
    rows = [_fitted(edge, words) for edge in shown.edges]
    ways = [
        Way(edge.source, edge.destination, _AIR + _RULE + _LINE * len(lines))
        for edge, (lines, _) in zip(shown.edges, rows, strict=True)
    ]
    drawn = layout([Shape(node.id, _HEAD) for node in shown.nodes], ways)
    places = {node.id: box for node, box in zip(shown.nodes, drawn.boxes, strict=True)}
    arriving: dict[str, list[Row]] = {node.id: [] for node in shown.nodes}
    for edge, way, curve, (lines, whole_text) in zip(shown.edges, ways, drawn.curves, rows, strict=True):
        rule = _one(edge.rule + (" (off)" if edge.off else ""), SMALL, WIDTH - _INDENT - _PAD)
        arriving[edge.destination].append(
            Row(edge.mark, SYMBOLS[edge.mark], lines, rule, whole_text, curve.row, way.row, edge.off)
        )
    return MapView(
        drawn.width,
        drawn.height,
        WIDTH,
        tuple(
            _card(node, places[node.id].x, places[node.id].y, places[node.id].height, arriving[node.id])
            for node in shown.nodes
        ),
        _lines(shown.edges, drawn.curves),
        _description(shown, words),
        tuple((mark, SYMBOLS[mark], words[mark]) for mark in words if any(edge.mark is mark for edge in shown.edges)),
        _table(shown, words),
        _remarks(part.nodes_left_out, part.edges_left_out, whole.undrawn),
    )


def _card(node: Node, x: int, y: int, height: int, rows: Sequence[Row]) -> Card:
    name = _one(node.name, NAME * _BOLD, WIDTH - 2 * _PAD)
    kind = _one(node.type.replace("_", " "), SMALL, WIDTH - 2 * _PAD)
    return Card(name, node.name, kind, x, y, height, tuple(sorted(rows, key=lambda row: row.y)))


def _fitted(edge: Edge, words: Mapping[Mark, str]) -> tuple[tuple[str, ...], str]:
    moves = told(edge)
    bold = 1 if edge.mark is Mark.SAME else _BOLD
    lines = lettering.fitted(safe(shortened(moves, _LONGEST)), WORDS * bold, WIDTH - _INDENT - _PAD, most_lines=3)
    return lines, f"{moves}, by {edge.name}: {words[edge.mark]}"


def _one(text: str, size: float, room: float) -> str:
    return lettering.fitted(safe(shortened(text, _LONGEST)), size, room)[0]


def _lines(edges: Sequence[Edge], curves: Sequence[Curve]) -> tuple[Line, ...]:
    """Return the curves, those that change last, so that they lie on top."""
    lines = [
        Line(edge.mark, _path(curve.points), curve.points[-1], edge.off)
        for edge, curve in zip(edges, curves, strict=True)
    ]
    return tuple(sorted(lines, key=lambda line: line.mark is not Mark.SAME))


def _path(points: Sequence[Point]) -> str:
    (x, y), rest = points[0], points[1:]
    return f"M{x} {y}C" + " ".join(f"{x} {y}" for x, y in rest)


# In words


def _description(shown: Flow, words: Mapping[Mark, str]) -> str:
    counts = [(words[mark], sum(edge.mark is mark for edge in shown.edges)) for mark in words]
    parts = ", ".join(f"{number} {word}" for word, number in counts if number)
    return f"{plural(len(shown.nodes), 'account')}, {plural(len(shown.edges), 'way')} of money between them: {parts}."


def _table(shown: Flow, words: Mapping[Mark, str]) -> tuple[Told, ...]:
    names = {node.id: node.name for node in shown.nodes}
    return tuple(
        Told(
            names[edge.source],
            names[edge.destination],
            told(edge),
            edge.name,
            edge.mark,
            words[edge.mark] + (", in when or how it moves" if _silently(edge) else "") + (", off" if edge.off else ""),
        )
        for edge in shown.edges
    )


def _silently(edge: Edge) -> bool:
    return edge.mark is Mark.CHANGED and edge.was is None and not edge.off


def _remarks(nodes: int, edges: int, undrawn: int) -> tuple[str, ...]:
    left_out = f"{plural(nodes, 'account')} and {plural(edges, 'way')} further away from the changes are left out."
    unknown = f"{plural(undrawn, 'action')} of a kind that rulesync does not know cannot be drawn."
    return (*([left_out] if nodes or edges else []), *([unknown] if undrawn else []))
