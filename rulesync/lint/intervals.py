"""What conditions can hold together: every case that they tell apart, as one bit each.

A variable is a balance, a deposit or the day of the month. Its values fall into finitely many kinds, between the
constants that it is compared with; a case is one kind for each variable. A condition is then the set of the cases in
which it holds, and a set is an integer, one bit a case, so that `and` and `or` are one operation each.

Law: what is said to hold in no case, or in every case, does so in the API. What is not known, such as a comparison with
a statement's balance, may hold or not, whatever else does; one that stands twice is the same both times.
"""

import operator
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import and_, or_

from rulesync.rule import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    DepositTrigger,
    Fact,
    Opaque,
    Operator,
    Trigger,
    ValueFact,
)

MOST_CASES = 20_000
"""Beyond so many cases nothing is said."""

_FIRST, _LAST = 1, 31
_SHORTEST = 28
_ITSELF = {Fact.BALANCE: ValueFact.BALANCE, Fact.DATE: ValueFact.DATE, Fact.TRANSFER_AMOUNT: ValueFact.TRANSFER_AMOUNT}
_COMPARE: Mapping[Operator, Callable[[int, int], bool]] = {
    Operator.EQUALS: operator.eq,
    Operator.NOT_EQUALS: operator.ne,
    Operator.GREATER_THAN: operator.gt,
    Operator.LESS_THAN: operator.lt,
    Operator.GREATER_THAN_OR_EQUAL: operator.ge,
    Operator.LESS_THAN_OR_EQUAL: operator.le,
}
_EQUAL = frozenset({Operator.EQUALS, Operator.GREATER_THAN_OR_EQUAL, Operator.LESS_THAN_OR_EQUAL})


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of some conditions: the set of all of them, and in which of them each leaf holds."""

    all: int
    leaves: "dict[Leaf, int]"

    def of(self, condition: Condition | None) -> int:
        """Return the cases in which a condition holds; none at all holds in each."""
        if condition is None:
            return self.all
        inner = condition.conditions if isinstance(condition, AllOf | AnyOf) else ()
        return self.joined(condition, map(self.of, inner))

    def joined(self, condition: Condition, inner: Iterable[int]) -> int:
        """Return the cases in which a condition holds, given those of the conditions right inside of it."""
        match condition:
            case AllOf():
                return reduce(and_, inner, self.all)
            case AnyOf():
                return reduce(or_, inner, 0)
            case _:
                return self.leaves[_leaf(condition)]


Leaf = Comparison | int
"""A comparison, or the identity of a condition of a kind not known here."""

Column = tuple[int, dict[Leaf, int]]
"""How many kinds of values a variable has, and of which of them each leaf holds, one bit a kind."""


def cases(conditions: Iterable[Condition | None], trigger: Trigger) -> Cases | None:
    """Return the cases of conditions of a rule with this trigger, None where they are too many to look at."""
    by_variable: dict[Hashable, set[Leaf]] = defaultdict(set)
    for leaf in _leaves(conditions):
        by_variable[_variable(leaf, trigger)].add(leaf)
    columns = sorted((_column(*each) for each in by_variable.items()), key=lambda column: -column[0])
    total = 1
    for size, _ in columns:
        total *= size
        if total > MOST_CASES:
            return None
    found: dict[Leaf, int] = {}
    stride = 1
    for size, holds in columns:
        again = _every(stride * size, total)
        found |= {leaf: _stretched(kinds, size, stride) * again for leaf, kinds in holds.items()}
        stride *= size
    return Cases((1 << total) - 1, found)


def _leaf(condition: Comparison | Opaque) -> Leaf:
    return condition if isinstance(condition, Comparison) else id(condition)


def _leaves(conditions: Iterable[Condition | None]) -> Iterator[Leaf]:
    for each in conditions:
        if isinstance(each, AllOf | AnyOf):
            yield from _leaves(each.conditions)
        elif each is not None:
            yield _leaf(each)


def _every(step: int, total: int) -> int:
    """Return each `step`-th of `total` bits, from the first one on."""
    return ((1 << total) - 1) // ((1 << step) - 1)


def _stretched(kinds: int, size: int, stride: int) -> int:
    """Return bits of which each stands `stride` times."""
    if stride == 1:
        return kinds
    block = (1 << stride) - 1
    return reduce(or_, (block << at * stride for at in range(size) if kinds >> at & 1), 0)


def _variable(leaf: Leaf, trigger: Trigger) -> Hashable:
    """Return what a leaf speaks of; one that is not understood speaks of itself alone."""
    if not isinstance(leaf, Comparison) or (leaf.value is None) is (leaf.value_fact is None):
        return leaf
    if leaf.fact is Fact.DATE and leaf.value_fact in {None, ValueFact.LAST_DAY_OF_MONTH}:
        return Fact.DATE
    if leaf.value_fact not in {None, _ITSELF[leaf.fact]} or _has_no_value(leaf, trigger):
        return leaf
    return leaf.fact, _account(leaf, trigger) if leaf.fact is Fact.BALANCE else None


def _has_no_value(leaf: Comparison, trigger: Trigger) -> bool:
    """Tell whether a fact may have no value when the rule runs: then nobody says which comparisons with it hold."""
    if leaf.fact is Fact.BALANCE:
        return _account(leaf, trigger) is None
    return leaf.fact is Fact.TRANSFER_AMOUNT and not isinstance(trigger, DepositTrigger)


def _account(leaf: Comparison, trigger: Trigger) -> str | None:
    return leaf.account_id or (None if isinstance(trigger, Opaque) else trigger.account_id)


def _column(variable: Hashable, leaves: set[Leaf]) -> Column:
    known = {each for each in leaves if isinstance(each, Comparison)}
    if variable is Fact.DATE:
        return _days(known)
    if isinstance(variable, tuple):
        return _amounts(known, 0 if variable[0] is Fact.TRANSFER_AMOUNT else None)
    return 2, dict.fromkeys(leaves, 0b10)


def _amounts(leaves: Collection[Comparison], least: int | None) -> Column:
    """Return the kinds of a number of cents: each constant, and what lies between; an account may be overdrawn."""
    constants = {each.value for each in leaves if each.value is not None}
    low = min(constants, default=0) - 1 if least is None else least
    points = sorted(point for point in {low, *(c + step for c in constants for step in (0, 1))} if point >= low)
    size = len(points)
    return size, {leaf: _holds(leaf, points, size) for leaf in leaves}


def _holds(leaf: Comparison, points: Sequence[int], size: int) -> int:
    """Return at which of the points, which ascend, a comparison holds; with itself a fact is always equal."""
    everything = (1 << size) - 1
    if leaf.value is None:
        return everything if leaf.operator in _EQUAL else 0
    under = (1 << bisect_left(points, leaf.value)) - 1
    up_to = (1 << bisect_right(points, leaf.value)) - 1
    return {
        Operator.EQUALS: up_to ^ under,
        Operator.NOT_EQUALS: everything ^ up_to ^ under,
        Operator.GREATER_THAN: everything ^ up_to,
        Operator.LESS_THAN: under,
        Operator.GREATER_THAN_OR_EQUAL: everything ^ under,
        Operator.LESS_THAN_OR_EQUAL: up_to,
    }[leaf.operator]


_DAYS = [(day, last) for last in range(_SHORTEST, _LAST + 1) for day in range(_FIRST, last + 1)]


def _days(leaves: Collection[Comparison]) -> Column:
    """Return the kinds of days, each of which is one in a month of 28 to 31; days alike to every leaf are one kind."""
    ordered = list(leaves)
    alike = list(dict.fromkeys(zip(*(_answers(leaf.operator, leaf.value) for leaf in ordered), strict=True)))
    return len(alike), {
        leaf: sum(1 << at for at, answers in enumerate(alike) if answers[index]) for index, leaf in enumerate(ordered)
    }


@lru_cache(maxsize=1024)
def _answers(operator: Operator, value: int | None) -> tuple[bool, ...]:
    """Return on which days a comparison holds, with a day or with the last one of the month."""
    compare = _COMPARE[operator]
    return tuple(compare(day, last if value is None else value) for day, last in _DAYS)
