"""The map of the money as a value: accounts, and what rules move between them, each way marked by what becomes of it.

Law: a change of a rule's trigger, steps or status marks at least one of its ways, unless none of them can be drawn.
What cannot be drawn, as an action of a kind not known here, is counted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rulesync import english
from rulesync.english import Voice
from rulesync.planjson import ResourceJson, RuleJson
from rulesync.render import attributes, view
from rulesync.rule import Action, Condition, Opaque, RoundDown, Rule, Status, Step, TopUp, Trigger
from rulesync.wire import v1
from rulesync.wire.decode import UnknownShapeError

_LIMIT = ", at most "


class Mark(StrEnum):
    """What becomes of a way of the money."""

    SAME = "same"
    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Node:
    """An account; `name` is told apart by its id where two bear the same, `type` is as on the wire: `income_source`."""

    id: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Edge:
    """What one action moves from one account to another.

    `label` is what it moves, of a removed one what it moved; `was` is what it moved before, None where that reads the
    same. A changed edge without `was` changed in when or how it moves. `rule` is the key, `name` what people call the
    rule. `off` says that the rule is wanted disabled, or was when it was removed.
    """

    source: str
    destination: str
    label: str
    rule: str
    name: str
    mark: Mark
    was: str | None = None
    off: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """Accounts and ways in the order in which rules speak of them; `undrawn` counts what could not be drawn."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    undrawn: int = 0

    @property
    def changed(self) -> tuple[Edge, ...]:
        """Return the ways that do not stay as they are."""
        return tuple(edge for edge in self.edges if edge.mark is not Mark.SAME)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The part of a map around its changes, and how much of the map is not in it."""

    flow: Flow
    nodes_left_out: int
    edges_left_out: int
    changed_left_out: int


def flow(resources: Sequence[ResourceJson], names: Mapping[str, str]) -> Flow:
    """Return the map of these rules; `names` is of accounts, by id."""
    edges: list[Edge] = []
    types: dict[str, str] = {}
    undrawn = 0
    for resource in resources:
        before, after = (_side(resource["change"][side], names) for side in ("before", "after"))
        edges += _edges(resource, before, after)
        undrawn += max(side.undrawn for side in (before, after))
        for move in (*after.moves, *before.moves):
            for account in (move.action.source, move.action.destination):
                types.setdefault(account.id, account.type)
    return Flow(_nodes(edges, types, names), tuple(edges), undrawn)


def told(edge: Edge) -> str:
    """Return what an edge moves: `$50.00`, or `20 % → 25 % of the deposit` where that changes."""
    if edge.was is None:
        return edge.label
    (old, limited, was), (new, _, now) = (label.partition(_LIMIT) for label in (edge.was, edge.label))
    if old != new:
        line = attributes.amounts("", edge.was, edge.label)
        return f"{line.before} → {line.after}{line.tail}"
    if was and now:
        line = attributes.amounts("", was, now, " per ")
        return f"{old}{limited}{line.before} → {line.after}{line.tail}"
    return f"{old}, {f'at most {was}' if was else 'no limit'} → {f'at most {now}' if now else 'no limit'}"


def neighbourhood(whole: Flow, most_nodes: int = 12, most_edges: int = 40, *, filling: bool = False) -> Neighbourhood:
    """Return the changed edges and what touches them, as far as that has room; the first of the map go first.

    With `filling`, what room is left is taken by what is further away.
    """
    chosen: dict[str, None] = {}
    kept: set[int] = set()
    touching: set[str] = set()
    for wanted in ("changed", "near", "far") if filling else ("changed", "near"):
        for place, edge in enumerate(whole.edges):
            ends = dict.fromkeys((edge.source, edge.destination))
            far = wanted == "far" or touching & ends.keys()
            fits = len(chosen | ends) <= most_nodes and len(kept) < most_edges
            if place not in kept and (edge.mark is not Mark.SAME or far) and fits:
                chosen |= ends
                kept.add(place)
        touching = set(chosen)
    inside = Flow(
        tuple(node for node in whole.nodes if node.id in chosen),
        tuple(edge for place, edge in enumerate(whole.edges) if place in kept),
        whole.undrawn,
    )
    return Neighbourhood(
        inside,
        len(whole.nodes) - len(inside.nodes),
        len(whole.edges) - len(inside.edges),
        len(whole.changed) - len(inside.changed),
    )


# One rule


@dataclass(frozen=True, slots=True)
class _Move:
    """One action, and when it runs: its trigger, the conditions of the steps before it, and its own."""

    action: Action
    when: tuple[Trigger | Condition | Opaque | None, ...]
    label: str


@dataclass(frozen=True, slots=True)
class _Side:
    rule: Rule | None
    moves: tuple[_Move, ...]
    undrawn: int

    @property
    def off(self) -> bool:
        return self.rule is not None and self.rule.status is Status.DISABLED


def _side(body: RuleJson | None, names: Mapping[str, str]) -> _Side:
    if body is None:
        return _Side(None, (), 0)
    try:
        rule = v1.decode(body).rule
    except UnknownShapeError:
        return _Side(None, (), 1)
    moves = tuple(_moves(rule, Voice(names)))
    parts = sum(1 if isinstance(step, Opaque) else len(step.actions) for step in rule.steps)
    return _Side(rule, moves, parts - len(moves))


def _moves(rule: Rule, told: Voice) -> Iterator[_Move]:
    when: list[Trigger | Condition | Opaque | None] = [rule.trigger]
    for step in rule.steps:
        when.append(step.condition if isinstance(step, Step) else step)
        for action in step.actions if isinstance(step, Step) else ():
            if isinstance(action, Action):
                yield _Move(action, tuple(when), _label(action, told))


def _label(action: Action, told: Voice) -> str:
    """Return what an action moves, in a few words."""
    verb = {TopUp: "top up ", RoundDown: "round "}.get(type(action.amount), "")
    limit = f", {english.limit(action.limit)}" if action.limit else ""
    return f"{verb}{english.how_much(action, told)}{limit}"


def _edges(resource: ResourceJson, before: _Side, after: _Side) -> list[Edge]:
    """Return the ways of one rule: those that it will have, then those that it loses."""
    earlier = dict(_pairs(before.moves, after.moves))
    kept = set(earlier.values())
    gone = [move for place, move in enumerate(before.moves) if place not in kept]
    ways = []
    for place, move in enumerate(after.moves):
        old = before.moves[earlier[place]] if place in earlier else None
        ways.append(_edge(resource, move, _mark(old, move), was=old.label if old else None, off=after.off))
    ways = [replace(way, mark=_mark_of_rule(way, ways, gone, resource)) for way in ways]
    return ways + [_edge(resource, move, Mark.REMOVED, off=before.off) for move in gone]


def _mark_of_rule(way: Edge, ways: Sequence[Edge], gone: Sequence[_Move], resource: ResourceJson) -> Mark:
    """Return the mark of a way, changed where only the rule as a whole is: switched off, or its order turned round."""
    paths = [field["path"] for field in resource["fields"]]
    shown = gone or any(each.mark is not Mark.SAME for each in ways)
    whole = "status" in paths or (not shown and any(path.startswith(("trigger", "steps")) for path in paths))
    return Mark.CHANGED if whole and way.mark is Mark.SAME else way.mark


def _pairs(before: Sequence[_Move], after: Sequence[_Move]) -> Iterator[tuple[int, int]]:
    """Yield which action was which, by place: those that mean the same, then those between the same accounts."""
    old, new = dict(enumerate(before)), dict(enumerate(after))
    for trait in (_sense, _way):
        waiting: dict[object, list[int]] = {}
        for place, move in old.items():
            waiting.setdefault(trait(move), []).append(place)
        for place, move in list(new.items()):
            found = waiting.get(trait(move))
            if found:
                yield place, found[0]
                del old[found.pop(0)], new[place]


def _sense(move: _Move) -> object:
    """Return all that a move means but its place among the others, which shifts when one is put before it."""
    return replace(move.action, group=0), move.when


def _way(move: _Move) -> tuple[str, str]:
    return move.action.source.id, move.action.destination.id


def _mark(old: _Move | None, new: _Move) -> Mark:
    if old is None:
        return Mark.NEW
    return Mark.SAME if _sense(old) == _sense(new) else Mark.CHANGED


def _edge(resource: ResourceJson, move: _Move, mark: Mark, *, was: str | None = None, off: bool) -> Edge:
    called = view.name(resource["name"], resource["nickname"])
    shown = None if was == move.label else was
    return Edge(*_way(move), move.label, resource["name"], called, mark, shown, off)


# Accounts


def _nodes(edges: Iterable[Edge], types: Mapping[str, str], names: Mapping[str, str]) -> tuple[Node, ...]:
    ids = dict.fromkeys(end for edge in edges for end in (edge.source, edge.destination))
    shared = Counter(names.get(each) or each for each in ids)
    return tuple(Node(each, _called(each, names, shared), types[each]) for each in ids)


def _called(account_id: str, names: Mapping[str, str], shared: Counter[str]) -> str:
    name = names.get(account_id) or account_id
    return f"{name} ({account_id})" if shared[name] > 1 and name != account_id else name
