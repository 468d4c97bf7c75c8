"""Canonical rules for laws under hypothesis: any rule that `decode` can give and `encode` takes.

Accounts come from one small pool, so that sources, destinations and triggers meet; `NAMES` names some of them.
"""

import json
from datetime import UTC, datetime
from functools import cache

from hypothesis import strategies as st

from rulesync.money import percent
from rulesync.ownership import holds_marker
from rulesync.rule import (
    Account,
    Action,
    AllOf,
    Amount,
    AnyOf,
    Base,
    Comparison,
    Condition,
    DepositTrigger,
    Fact,
    Figure,
    FixedAmount,
    LastStatementBalance,
    LiabilityFigure,
    Limit,
    ManualTrigger,
    NextPaymentMinimum,
    Opaque,
    Operator,
    Percentage,
    PercentageOfLiability,
    Period,
    RoundDown,
    Rule,
    Schedule,
    ScheduledTrigger,
    Status,
    Step,
    Text,
    TopUp,
    TotalAmountDue,
    Trigger,
    ValueFact,
    fold,
)
from rulesync.wire.decode import canonical_json

ACCOUNTS = (
    Account("acc_checking", "income_source"),
    Account("acc_savings", "pod"),
    Account("acc_rainy", "pod"),
    Account("acc_taxes", "pod"),
    Account("acc_visa", "external_account"),
    Account("acc_01HX0000000000000000000000", "external_account"),
)
NAMES = {
    "acc_checking": "Checking",
    "acc_savings": "Savings",
    "acc_rainy": "Rainy Day",
    "acc_taxes": "taxes, and from Savings to “Visa”",
    "acc_visa": "Savings",
}


def accounts() -> st.SearchStrategy[Account]:
    """Return accounts of the pool: each id has one type."""
    return st.sampled_from(ACCOUNTS)


@cache
def texts(max_size: int = 30) -> st.SearchStrategy[str]:
    """Return any text that JSON can carry, in any script, with control characters and none excluded but surrogates."""
    anything = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=max_size)
    return st.sampled_from(["Auto-save on deposit", "Pay\nday  ", "Büro 🏠", "$50.00", "null", "on"]) | anything


@cache
def cents() -> st.SearchStrategy[int]:
    """Return amounts of money."""
    return st.sampled_from([0, 1, 99, 100, 5000, 50000]) | st.integers(0, 10**11)


@cache
def triggers(*, opaque: bool = False) -> st.SearchStrategy[Trigger]:
    """Return the three triggers, each schedule among them."""
    starts = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # given UTC
    whole = starts.map(lambda start: start.replace(second=0, microsecond=0))
    ids = accounts().map(lambda account: account.id)
    known: st.SearchStrategy[Trigger] = st.one_of(
        st.builds(DepositTrigger, ids),
        st.builds(ManualTrigger, ids),
        st.builds(ScheduledTrigger, st.sampled_from(Schedule), whole | starts, st.none() | ids),
    )
    return known | _opaques("type", "REMOTE_API") if opaque else known


def comparisons() -> st.SearchStrategy[Comparison]:
    """Return comparisons that mean something: one right side, days for dates, an account for balances only."""
    operators, ids = st.sampled_from(Operator), st.none() | accounts().map(lambda account: account.id)
    money, facts = cents(), st.sampled_from(ValueFact)
    return st.one_of(
        st.builds(Comparison, st.just(Fact.TRANSFER_AMOUNT), operators, money),
        st.builds(Comparison, st.just(Fact.BALANCE), operators, money, st.none(), ids),
        st.builds(Comparison, st.just(Fact.DATE), operators, st.integers(1, 31)),
        st.builds(Comparison, st.just(Fact.DATE), operators, st.none(), st.just(ValueFact.LAST_DAY_OF_MONTH)),
        st.builds(Comparison, st.just(Fact.BALANCE), operators, st.none(), facts, ids),
    )


@cache
def conditions(*, opaque: bool = False) -> st.SearchStrategy[Condition]:
    """Return trees of conditions, nested, groups of one among them."""
    leaves: st.SearchStrategy[Condition] = comparisons()
    if opaque:
        leaves |= _opaques("not", {"fact": "WEATHER"})
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda found: AllOf(tuple(found))),
            st.lists(inner, min_size=1, max_size=3).map(lambda found: AnyOf(tuple(found))),
        ),
        max_leaves=5,
    )


def amounts() -> st.SearchStrategy[Amount]:
    """Return each of the eight kinds of amount."""
    shares = st.sampled_from([0, 20, 33.3, 100]).map(percent) | st.integers(0, 1_000_000).map(
        lambda n: percent(n / 1e4)
    )
    return st.one_of(
        st.builds(FixedAmount, cents()),
        st.builds(Percentage, shares, st.sampled_from(Base)),
        st.builds(TopUp, cents() | st.builds(LiabilityFigure, st.sampled_from(Figure), accounts())),
        st.builds(RoundDown, cents()),
        st.just(NextPaymentMinimum()),
        st.just(TotalAmountDue()),
        st.just(LastStatementBalance()),
        st.builds(PercentageOfLiability, shares),
    )


@cache
def actions(*, opaque: bool = False) -> st.SearchStrategy[Action | Opaque]:
    """Return actions, with and without everything that an action may carry."""
    known: st.SearchStrategy[Action | Opaque] = st.builds(
        Action,
        amount=amounts(),
        source=accounts(),
        destination=accounts(),
        group=st.sampled_from([0, 0, 0, 1, 2]) | st.integers(0, 30),
        up_to_available=st.booleans(),
        direct_deposit=st.booleans(),
        limit=st.none() | st.builds(Limit, st.sampled_from(Period), cents()),
        ach_description=st.none() | st.sampled_from(["RENT", "Tax 2027"]) | texts(10),
    )
    return known | _opaques("type", "snowball") if opaque else known


@cache
def steps(*, opaque: bool = False) -> st.SearchStrategy[Step | Opaque]:
    """Return steps with at least one action; without a condition now and then."""
    some = st.lists(actions(opaque=opaque), min_size=1, max_size=4).map(tuple)
    known: st.SearchStrategy[Step | Opaque] = st.builds(Step, st.none() | conditions(opaque=opaque), some)
    return known | _opaques("goto", 3) if opaque else known


@cache
def rules(*, opaque: bool = False) -> st.SearchStrategy[Rule]:
    """Return any valid canonical rule; with `opaque`, also parts of kinds that are not known here."""
    return st.builds(
        Rule,
        nickname=st.none() | texts().map(lambda text: fold(text) or None),
        description=st.none() | texts().filter(lambda text: not holds_marker(text)).map(Text.of),
        status=st.sampled_from(Status),
        trigger=triggers(opaque=opaque),
        steps=st.lists(steps(opaque=opaque), min_size=1, max_size=3).map(tuple),
    )


def _opaques(field: str, kind: object) -> st.SearchStrategy[Opaque]:
    """Return parts that no reader here knows, told apart by what they hold."""
    held = st.none() | st.booleans() | st.integers(-5, 5) | texts(5)
    return held.map(lambda value: Opaque(canonical_json({field: kind, "held": value})))


def v1_json(body: object) -> object:
    """Return a body as a reader of JSON gets it."""
    return json.loads(json.dumps(body))
