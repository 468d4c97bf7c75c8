"""Keys that were given to another rule in Git while a marker still holds them for the rule that had them before.

Git renames the file of rule A to B and puts a new rule under the name A. The marker says A, so A's rule would be
rewritten into the new thing, and B made anew beside it. Two files that exchange their names are the same trap.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rulesync.findings import Finding, error
from rulesync.likeness import equal, likeness
from rulesync.ruleset import ActualRule, DesiredRule, ListedRule

CHECK = "key-taken"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A key whose rule looks like another's, the key of that other one, and what is to be said of them."""

    keys: tuple[str, str]
    finding: Finding


def find(
    desired: Sequence[DesiredRule],
    bound: Mapping[str, ListedRule],
    new: Sequence[DesiredRule],
    bodies: Mapping[str, ActualRule],
) -> tuple[Doubt, ...]:
    """Return the keys that are bound by their marker to a rule which another key stands for in truth.

    `bound` are the rows by key, `new` the rules that have none. A pin and `moved_from` are a person's word, and a rule
    that is as its key wants it is nobody else's.
    """
    uneasy = [rule for rule in desired if rule.key in bound and not _is_equal(rule, bound[rule.key], bodies)]
    return tuple(
        doubt
        for rule in uneasy
        if rule.pin is None and CHECK not in rule.suppress and _is_marked(rule, bound[rule.key])
        for doubt in _doubt(rule, bound[rule.key], [*new, *uneasy], bound, bodies)
    )


def _is_marked(rule: DesiredRule, row: ListedRule) -> bool:
    return row.marker is not None and row.marker.key == rule.key


def _is_equal(rule: DesiredRule, row: ListedRule, bodies: Mapping[str, ActualRule]) -> bool:
    actual = bodies.get(row.id)
    return actual is not None and (rule.is_known_to_equal(actual) or equal(rule.rule, actual.rule))


def _doubt(
    rule: DesiredRule,
    row: ListedRule,
    others: Sequence[DesiredRule],
    bound: Mapping[str, ListedRule],
    bodies: Mapping[str, ActualRule],
) -> Iterator[Doubt]:
    """Yield the first of the others that a rule looks like more than it looks like the one that has its key now."""
    own = likeness(rule.rule, row, bodies.get(row.id))
    for other in others:
        held = bound.get(other.key)
        same = _is_equal(other, row, bodies)
        alike = likeness(other.rule, row, bodies.get(row.id))
        at_home = held is not None and not same and likeness(other.rule, held, bodies.get(held.id)) is not None
        if other.key != rule.key and alike and (same or own is None) and not at_home:
            yield Doubt((rule.key, other.key), _finding(rule, row, other, alike, is_swap=held is not None))
            return


def _finding(rule: DesiredRule, row: ListedRule, other: DesiredRule, alike: str, *, is_swap: bool) -> Finding:
    message = f"`{rule.key}` would be rewritten: the rule `{row.id}` that bears its marker looks like `{other.key}`"
    bind = f"bind the old rule first, with `rulesync adopt {other.key} --id {row.id} --take-over`"
    way_out = "give both files their keys back" if is_swap else f"give the new rule another key, or {bind}"
    advice = f"{way_out}; if it is meant so, write `suppress: {{{CHECK}: why}}`"
    message += f" ({alike.removeprefix('has ')})"
    return error("key-taken", message, help=advice, location=rule.location, keys=(rule.key, other.key))
