import operator
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from rulesync.lint.intervals import MOST_CASES, cases
from rulesync.rule import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    DepositTrigger,
    Fact,
    ManualTrigger,
    Opaque,
    Operator,
    Schedule,
    ScheduledTrigger,
    Trigger,
    ValueFact,
)
from tests.lint.scenes import NOW

HOME, OTHER, DEPOSIT, DAY = "acc_home", "acc_other", "deposit", "day"
TRIGGER = DepositTrigger(HOME)
MEANING: Mapping[Operator, Callable[[int, int], bool]] = {
    Operator.EQUALS: operator.eq,
    Operator.NOT_EQUALS: operator.ne,
    Operator.GREATER_THAN: operator.gt,
    Operator.LESS_THAN: operator.lt,
    Operator.GREATER_THAN_OR_EQUAL: operator.ge,
    Operator.LESS_THAN_OR_EQUAL: operator.le,
}
SCOPE: Mapping[str, tuple[tuple[int, int], ...]] = {
    HOME: tuple((cents, 0) for cents in range(-1, 5)),
    OTHER: tuple((cents, 0) for cents in range(-1, 5)),
    DEPOSIT: tuple((cents, 0) for cents in range(5)),
    DAY: tuple((day, last) for last in (28, 29, 30, 31) for day in range(1, last + 1)),
}
"""Every value that matters for constants from 0 to 3, and every day of every month, with the last day beside it."""

World = Mapping[str, tuple[int, int]]


def leaves(subject: str) -> st.SearchStrategy[Comparison]:
    """Comparisons of one subject: with constants, with itself, and of the day with the last one."""
    operators, few = st.sampled_from(Operator), st.integers(0, 3)
    if subject == DAY:
        days, others = st.integers(0, 32), st.sampled_from([ValueFact.DATE, ValueFact.LAST_DAY_OF_MONTH])
        return st.builds(Comparison, st.just(Fact.DATE), operators, days) | st.builds(
            Comparison, st.just(Fact.DATE), operators, st.none(), others
        )
    fact = Fact.TRANSFER_AMOUNT if subject == DEPOSIT else Fact.BALANCE
    whose = st.just(OTHER) if subject == OTHER else st.sampled_from([None, HOME])
    itself = st.just(ValueFact[fact.name])
    return st.builds(Comparison, st.just(fact), operators, few, st.none(), whose) | st.builds(
        Comparison, st.just(fact), operators, st.none(), itself, whose
    )


def trees(found: st.SearchStrategy[Comparison]) -> st.SearchStrategy[Condition]:
    def groups(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        some = st.lists(inner, min_size=1, max_size=4).map(tuple)
        return st.builds(AllOf, some) | st.builds(AnyOf, some)

    return st.recursive(found, groups, max_leaves=8)


PAIRS = st.lists(st.sampled_from(sorted(SCOPE)), min_size=1, max_size=2, unique=True)
CONDITIONS = PAIRS.flatmap(lambda pair: st.tuples(st.just(pair), trees(st.one_of(*map(leaves, pair)))))


def worlds(subjects: list[str]) -> Iterator[World]:
    for values in product(*(SCOPE[subject] for subject in subjects)):
        yield dict(zip(subjects, values, strict=True))


def holds(what: Condition, world: World) -> bool:
    """What a condition is in a world, by the plain meaning of its words."""
    match what:
        case AllOf(inner):
            return all(holds(each, world) for each in inner)
        case AnyOf(inner):
            return any(holds(each, world) for each in inner)
        case Comparison(fact, how, value, other, account):
            subjects = {Fact.BALANCE: account or HOME, Fact.TRANSFER_AMOUNT: DEPOSIT, Fact.DATE: DAY}
            left, last = world[subjects[fact]]
            right = left if value is None else value
            return MEANING[how](left, last if other is ValueFact.LAST_DAY_OF_MONTH else right)
        case Opaque():
            raise AssertionError


@given(CONDITIONS)
def test_what_is_proven_is_so_in_every_world_and_the_reverse(case: tuple[list[str], Condition]) -> None:
    """A condition holds in no case, or in all, if and only if it holds in no world, or in all."""
    subjects, condition = case
    found = cases([condition], TRIGGER)
    assert found is not None
    truths = {holds(condition, world) for world in worlds(subjects)}
    assert (True in truths, False in truths) == (found.of(condition) != 0, found.of(condition) != found.all)


@given(PAIRS.flatmap(lambda pair: st.tuples(st.just(pair), *[trees(st.one_of(*map(leaves, pair)))] * 3)))
def test_what_covers_a_condition_does_so_in_every_world(
    case: tuple[list[str], Condition, Condition, Condition],
) -> None:
    """Two conditions cover a third by their cases if and only if they do so in every world."""
    subjects, first, second, third = case
    found = cases([first, second, third], TRIGGER)
    if found is None:
        return
    covered = found.of(third) & ~(found.of(first) | found.of(second)) == 0
    everywhere = all(holds(first, world) or holds(second, world) for world in worlds(subjects) if holds(third, world))
    assert everywhere == covered


def is_open(condition: Condition, trigger: Trigger = TRIGGER) -> bool:
    """Tell whether a condition is held to be possible, and not to be certain."""
    found = cases([condition], trigger)
    return found is not None and 0 < found.of(condition) < found.all


MORE, LESS = Operator.GREATER_THAN, Operator.LESS_THAN_OR_EQUAL


def test_nothing_is_claimed_of_what_is_not_known() -> None:
    """A figure of a statement, a fact without a value, a part of an unknown kind: each may hold or not."""
    figure = ValueFact.LAST_STATEMENT_BALANCE
    either = [Comparison(Fact.BALANCE, how, None, figure) for how in (MORE, LESS)]
    amount = [Comparison(Fact.TRANSFER_AMOUNT, how, 500) for how in (MORE, LESS)]
    nobody = [Comparison(Fact.BALANCE, how, 500) for how in (MORE, LESS)]
    calendar = ScheduledTrigger(Schedule.DAILY, NOW)
    assert is_open(AnyOf(tuple(either)))
    assert is_open(AllOf(tuple(either)))
    assert is_open(AnyOf((Opaque("{}"), Opaque("{}"))))
    assert is_open(Comparison(Fact.DATE, LESS, None, ValueFact.BALANCE))
    assert is_open(Comparison(Fact.DATE, LESS, 5, ValueFact.DATE))
    assert is_open(Comparison(Fact.DATE, LESS))
    for trigger in (calendar, ManualTrigger(HOME), Opaque("{}")):
        assert is_open(AnyOf(tuple(amount)), trigger)
    for unknown in (calendar, Opaque("{}")):
        assert is_open(AnyOf(tuple(nobody)), unknown)
    assert not is_open(AnyOf(tuple(nobody)), ManualTrigger(HOME))


def test_what_stands_twice_is_the_same_both_times() -> None:
    """What is not known in a condition is not known in the same way when it stands there again."""
    figure = Comparison(Fact.BALANCE, MORE, None, ValueFact.LAST_STATEMENT_BALANCE)
    narrower = AllOf((figure, Comparison(Fact.DATE, MORE, 5)))
    found = cases([figure, narrower, None], TRIGGER)
    assert found is not None
    assert 0 == found.of(narrower) & ~found.of(figure)
    assert found.all == found.of(None)


def test_many_comparisons_are_looked_at_fast_or_not_at_all() -> None:
    """Thousands of comparisons take no time that anybody would notice; too many cases are left alone."""
    begun = perf_counter()
    line = AnyOf(tuple(Comparison(Fact.BALANCE, Operator.EQUALS, cents) for cents in range(0, 15_000, 3)))
    plane = AllOf(
        tuple(Comparison(Fact.BALANCE, MORE, cents, None, account) for cents in range(60) for account in (HOME, OTHER))
    )
    cube = AnyOf(tuple(Comparison(Fact.BALANCE, MORE, 5, None, f"acc_{number}") for number in range(40)))
    assert is_open(line)
    assert is_open(plane)
    assert None is cases([cube], TRIGGER)
    assert MOST_CASES > 2**14
    assert perf_counter() - begun < 5
