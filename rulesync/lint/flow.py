"""Checks of where the money of all rules goes: in circles, into pods that nothing leaves, out of pods that get nothing.

Rules that are to be disabled move nothing, and do not count.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rulesync.findings import Severity
from rulesync.lint.check import Check, Path, Remark, Scene
from rulesync.lint.circles import Circles, Way
from rulesync.lint.fields import UNKNOWN
from rulesync.lint.parts import listing, naming, on_deposit, running
from rulesync.outline import Move
from rulesync.ruleset import DesiredRule

_POD = "pod"
_SHOWN = 7
_SHOWN_AT_THE_END = 2


@dataclass(frozen=True, slots=True)
class Edge:
    """A way that money takes, or by which one deposit sets off another: the rule that does it, and the action."""

    way: Way
    rule: DesiredRule
    path: Path


def money_circles(scene: Scene) -> Iterator[Remark]:
    """Remark on deposits that set each other off without end; what each rule adds to the circle is one remark."""
    edges = [edge for rule, account in on_deposit(running(scene)) for edge in _edges(rule, account)]
    circles, owners, name = Circles(edge.way for edge in edges), _owners(edges), naming(scene)
    for edge in edges:
        points = circles.through(edge.way)
        if points is not None:
            around = [edge, *(owners[way] for way in _ways(points)[1:])]
            told = _told(points, [each.rule.key for each in around], name)
            yield Remark(
                edge.rule.key,
                f"money goes in a circle, each deposit setting off the next: {told}",
                edge.path,
                "let one of these rules run by the calendar or by hand, or send the money elsewhere",
            )


def round_trips(scene: Scene) -> Iterator[Remark]:
    """Remark on money that comes back to where it was because of a schedule.

    What a person starts by hand is no part of it: bringing money back when it is needed is what such rules are for.
    """
    unasked = (rule for rule in running(scene) if rule.outline.watches is not None or rule.outline.scheduled)
    edges = [edge for rule in unasked for edge in _edges(rule)]
    circles, owners, name = Circles(edge.way for edge in edges), _owners(edges), naming(scene)
    said: set[tuple[str, Way]] = set()
    for edge in edges:
        points = circles.through(edge.way) if edge.rule.outline.scheduled else None
        if points is None:
            continue
        around = [edge, *(owners[way] for way in _ways(points)[1:])]
        keys = [each.rule.key for each in around]
        if len(set(keys)) == 1:
            continue  # steps of one rule are alternatives: only one of them runs
        told = _told(points, keys, name)
        for each in around:
            if (each.rule.key, each.way) not in said:
                said.add((each.rule.key, each.way))
                advice = "if that is not meant, take one of the ways out"
                yield Remark(each.rule.key, f"money comes back to where it was: {told}", each.path, advice)


def _edges(rule: DesiredRule, start: str | None = None) -> Iterator[Edge]:
    """Yield the ways of a rule, each once: from the account that sets it off, if given, or else from the sources."""
    found: dict[Way, Edge] = {}
    for move in rule.outline.moves:
        if move.source != move.destination:
            way = (start or move.source, move.destination)
            found.setdefault(way, Edge(way, rule, _field(move, "destination")))
    yield from found.values()


def _field(move: Move, name: str) -> Path:
    return ("steps", move.step, "actions", move.action, name)


def _owners(edges: Iterable[Edge]) -> dict[Way, Edge]:
    owners: dict[Way, Edge] = {}
    for edge in edges:
        owners.setdefault(edge.way, edge)
    return owners


def _ways(points: Sequence[str]) -> list[Way]:
    return list(pairwise(points))


def _told(points: Sequence[str], keys: Iterable[str], name: Callable[[str], str]) -> str:
    """Return a circle in words; of a long one, how it begins and ends."""
    words = [name(point) for point in points]
    if len(words) > _SHOWN:
        left_out = len(words) - _SHOWN + 1
        words[_SHOWN - _SHOWN_AT_THE_END - 1 : -_SHOWN_AT_THE_END] = [f"({left_out} more)"]
    return f"{' -> '.join(words)}, by {listing(dict.fromkeys(keys))}"


def never_drained(scene: Scene) -> Iterator[Remark]:
    """Remark on pods that rules fund and none takes anything from, once each, where the first of them funds it."""
    funded, drained, name = *_ends(scene), naming(scene)
    for account in sorted((funded.keys() - drained.keys()) & _pods(scene)):
        key, move = funded[account]
        message = f"money goes into {name(account)}, and no rule takes any out"
        yield Remark(
            key,
            message,
            _field(move, "destination"),
            "nothing is wrong if it is there to save up, or if a person or a rule made in the app takes it out",
        )


def never_funded(scene: Scene) -> Iterator[Remark]:
    """Remark on pods that rules take from and none funds, once each, where the first of them takes from it."""
    funded, drained, name = *_ends(scene), naming(scene)
    for account in sorted((drained.keys() - funded.keys()) & _pods(scene)):
        key, move = drained[account]
        message = f"money is taken out of {name(account)}, and no rule puts any in"
        advice = "nothing is wrong if a person or a rule made in the app fills it"
        yield Remark(key, message, _field(move, "source"), advice)


Ends = dict[str, tuple[str, Move]]


def _ends(scene: Scene) -> tuple[Ends, Ends]:
    """Return where each account is first funded, and where it is first drained, by rule and action."""
    funded: Ends = {}
    drained: Ends = {}
    for each in running(scene):
        for move in each.outline.moves:
            if move.destination not in funded:
                funded[move.destination] = each.key, move
            if move.source not in drained:
                drained[move.source] = each.key, move
    return funded, drained


def _pods(scene: Scene) -> set[str]:
    """Return the accounts that are certainly pods: the API lists them so, or every rule that gives a type does."""
    types: dict[str, set[str]] = defaultdict(set)
    for each in scene.rules:
        for account_id, kind in each.outline.types:
            if kind != UNKNOWN:
                types[account_id].add(kind)
    listed = {each.id: set() if each.deleted else {each.type} for each in (scene.accounts or {}).values()}
    return {account for account, found in (types | listed).items() if found == {_POD}}


CHECKS: tuple[Check, ...] = (
    Check("money-circle", Severity.WARNING, money_circles, across=True),
    Check("round-trip", Severity.INFO, round_trips, across=True),
    Check("never-drained", Severity.INFO, never_drained, across=True),
    Check("never-funded", Severity.INFO, never_funded, across=True),
)
