from datetime import UTC, datetime

from rulesync.rule import (
    Account,
    Action,
    AllOf,
    AnyOf,
    Comparison,
    DepositTrigger,
    Fact,
    Figure,
    FixedAmount,
    LiabilityFigure,
    Opaque,
    Operator,
    Rule,
    Schedule,
    ScheduledTrigger,
    Status,
    Step,
    Text,
    TopUp,
    accounts,
    opaque_parts,
)

A, B, C = (Account(f"acc_{name}", "pod") for name in "abc")
BALANCE = Comparison(Fact.BALANCE, Operator.LESS_THAN, 100, account_id="acc_d")
NOON = datetime(2027, 1, 1, 12, tzinfo=UTC)


def test_the_accounts_of_a_rule() -> None:
    """Every account that a rule speaks of is named once, in the order of reading."""
    top_up = Action(TopUp(LiabilityFigure(Figure.CURRENT_BALANCE, C)), A, B)
    rule = Rule(None, None, Status.ENABLED, DepositTrigger("acc_a"), (Step(AnyOf((AllOf((BALANCE,)),)), (top_up,)),))

    assert ("acc_a", "acc_d", "acc_b", "acc_c") == accounts(rule)


def test_a_rule_without_an_account_in_its_trigger() -> None:
    """A schedule need not name an account, and what is not known here names none."""
    steps = (Step(Opaque("{}"), (Action(FixedAmount(1), A, B), Opaque("{}"))), Opaque("{}"))
    rule = Rule(None, None, Status.ENABLED, ScheduledTrigger(Schedule.DAILY, NOON), steps)

    assert ("acc_a", "acc_b") == accounts(rule)


def test_opaque_parts() -> None:
    """What is not known is found wherever it stands."""
    names = iter("1234")
    tree = AllOf((AnyOf((BALANCE, Opaque(next(names)))),))
    steps = (Step(tree, (Action(FixedAmount(1), A, B), Opaque(next(names)))), Opaque(next(names)))
    rule = Rule(None, None, Status.ENABLED, Opaque(next(names)), steps)

    assert {"1", "2", "3", "4"} == {part.json for part in opaque_parts(rule)}


def test_a_text_of_nothing() -> None:
    """Absent, null and blank texts are one: none."""
    assert [None] * 3 == [Text.of(text) for text in (None, "", " \n ")]


def test_texts_are_compared_folded() -> None:
    """White space is no difference, and is kept as it was written."""
    written = Text.of("Two\n  lines ")

    assert Text.of("Two lines") == written
    assert written is not None
    assert "Two\n  lines" == written.raw
