from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.money import percent
from rulesync.rule import (
    Account,
    Action,
    Amount,
    Base,
    DepositTrigger,
    FixedAmount,
    Limit,
    ManualTrigger,
    NextPaymentMinimum,
    Opaque,
    Percentage,
    PercentageOfLiability,
    Period,
    RoundDown,
    Rule,
    Step,
    TopUp,
    Trigger,
)
from rulesync.stake import order, sources, stake
from tests.builders import CHECKING, SAVINGS, a_rule
from tests.strategies import ACCOUNTS, rules

BY_HAND, ON_DEPOSIT = ManualTrigger(CHECKING.id), DepositTrigger(CHECKING.id)
HELD = {CHECKING.id: 400_000, SAVINGS.id: 0}
HALF, OF_DEPOSIT = Percentage(percent(50), Base.SOURCE_ACCOUNT), Percentage(percent(50), Base.INCOMING_AMOUNT)
STRANGE = Opaque('{"type":"snowball"}')


def rule(*actions: Action | Opaque, trigger: Trigger = BY_HAND) -> Rule:
    return replace(a_rule(), trigger=trigger, steps=(Step(None, actions),))


def send(amount: Amount, limit: int | None = None, source: Account = CHECKING) -> Action:
    return Action(amount, source, SAVINGS, limit=None if limit is None else Limit(Period.PER_MONTH, limit))


@pytest.mark.parametrize(
    ("made", "cents"),
    [
        (rule(send(FixedAmount(5000))), 5000),
        (rule(send(FixedAmount(5000)), send(FixedAmount(1))), 5001),
        (rule(send(FixedAmount(5000), limit=4000)), 4000),
        (rule(send(TopUp(12000))), 12000),
        (rule(send(HALF)), 200_000),
        (rule(send(replace(HALF, percent=percent(33.333333)))), 133_334),
        (rule(send(HALF, limit=100)), 100),
        (rule(send(OF_DEPOSIT)), 400_000),
        (rule(send(RoundDown(100))), 400_000),
        (rule(send(NextPaymentMinimum())), 400_000),
        (rule(send(PercentageOfLiability(percent(1)))), 400_000),
        (rule(send(RoundDown(100)), send(RoundDown(100))), 400_000),
        (rule(send(RoundDown(100)), send(FixedAmount(7))), 400_007),
        (rule(send(RoundDown(100), source=SAVINGS)), 0),
        (rule(), 0),
        (replace(a_rule(), steps=()), 0),
    ],
)
def test_what_is_known(made: Rule, cents: int) -> None:
    """Amounts and limits bound themselves, everything else is bounded by what the source holds, all of it once."""
    assert cents == stake(made, HELD)


@pytest.mark.parametrize(
    "made",
    [
        rule(send(FixedAmount(1)), STRANGE),
        replace(a_rule(), steps=(STRANGE,)),
        rule(send(RoundDown(100)), trigger=STRANGE),
        rule(send(OF_DEPOSIT), trigger=ON_DEPOSIT),
        rule(send(OF_DEPOSIT, source=SAVINGS), trigger=ON_DEPOSIT),
        rule(send(HALF), trigger=ON_DEPOSIT),
        rule(send(HALF, source=ACCOUNTS[2])),
    ],
)
def test_what_is_not_known(made: Rule) -> None:
    """What nobody here knows, a deposit that is still to come, and a balance that was not read bound nothing."""
    assert None is stake(made, HELD)


def test_one_step_runs() -> None:
    """Steps are alternatives: the largest of them counts, and one without a known limit is enough for the rule."""
    small, large = (Step(None, (send(FixedAmount(cents)),)) for cents in (1, 9))

    assert 9 == stake(replace(a_rule(), steps=(small, large)), {})
    assert None is stake(replace(a_rule(), steps=(small, Step(None, (STRANGE,)))), {})


def test_a_deposit_elsewhere() -> None:
    """A deposit into one account adds nothing to another."""
    assert 0 == stake(rule(send(HALF, source=SAVINGS), trigger=ON_DEPOSIT), HELD)


def test_the_order() -> None:
    """No known limit goes first, then the larger amount."""
    assert [None, 9, 1, 0] == sorted([0, 9, None, 1], key=order)


@given(
    rules(opaque=True), st.dictionaries(st.sampled_from([each.id for each in ACCOUNTS]), st.integers(-(10**9), 10**9))
)
def test_balances_only_bound(made: Rule, balances: dict[str, int]) -> None:
    """Knowing a balance never makes a rule larger than unknown, and no rule moves less than nothing."""
    blind, seen = stake(made, {}), stake(made, balances)

    assert seen is None or seen >= 0
    assert blind is None or blind == seen


@given(rules(opaque=True), st.integers(0, 10**9))
def test_no_other_balance_matters(made: Rule, cents: int) -> None:
    """The accounts that are named for a rule are all whose balances change anything."""
    everything = {account.id: cents for account in ACCOUNTS}
    named = {account: everything[account] for account in sources(made)}

    assert stake(made, everything) == stake(made, named)
