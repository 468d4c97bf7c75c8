"""The map of the money around the changes, as Mermaid draws it, and as a table that says the same."""

from collections.abc import Mapping, Sequence

from rulesync.planjson import ResourceJson
from rulesync.render.flow import Edge, Flow, Mark, Neighbourhood, flow, neighbourhood, told
from rulesync.render.markdown.environment import made
from rulesync.render.markdown.fitting import Item, Part, counted
from rulesync.render.markdown.pieces import Rank

MOST_NODES = 12
MOST_EDGES = 24
_TEMPLATE = "plan"
_MARKS = {Mark.SAME: "", Mark.NEW: "new", Mark.CHANGED: "changed", Mark.REMOVED: "gone"}
_TITLE = "What moves where"


def parts(resources: Sequence[ResourceJson], names: Mapping[str, str]) -> list[Part]:
    """Return the map and its table, nothing where no way of the money changes."""
    near = neighbourhood(flow(resources, names), MOST_NODES, MOST_EDGES)
    if not near.flow.changed:
        return []
    called = {node.id: node.name for node in near.flow.nodes}
    rows = tuple(_row(edge, called) for edge in near.flow.edges)
    head = made("pieces", "fold", words="The same as a table") + made(_TEMPLATE, "ways")
    rest = made("pieces", "item", words=_left_out(near)) + "\n" if _left_out(near) else ""
    return [
        Part(made("pieces", "title", words=_TITLE), (Item(_drawn(near.flow)),), rest, noun="map", rank=Rank.MAP),
        Part(head, rows, made("pieces", "unfold"), noun="map row", more="\n", rank=Rank.WAYS),
    ]


def _drawn(near: Flow) -> str:
    places = {node.id: f"a{number}" for number, node in enumerate(near.nodes, 1)}
    nodes = [(places[node.id], node.name) for node in near.nodes]
    edges = [(places[edge.source], _MARKS[edge.mark], _moves(edge), places[edge.destination]) for edge in near.edges]
    return made(_TEMPLATE, "map", nodes=nodes, edges=edges)


def _row(edge: Edge, called: Mapping[str, str]) -> Item:
    ends = {"source": called[edge.source], "destination": called[edge.destination]}
    return Item(made(_TEMPLATE, "way", edge=edge, mark=_MARKS[edge.mark], moves=_moves(edge), **ends))


def _moves(edge: Edge) -> str:
    return told(edge) + (" (off)" if edge.off else "")


def _left_out(near: Neighbourhood) -> str:
    """Return how much of the whole map is not drawn, the empty text where all of it is."""
    changed = f", {near.changed_left_out} of them changed" if near.changed_left_out else ""
    ways = f"{counted(near.edges_left_out, 'other way')} of the money{changed}" if near.edges_left_out else ""
    undrawn = f"{counted(near.flow.undrawn, 'step')} of a kind that cannot be drawn" if near.flow.undrawn else ""
    told_both = " and ".join(filter(None, [ways, undrawn]))
    return f"Not drawn: {told_both}" if told_both else ""
