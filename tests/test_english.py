from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rulesync.english import condition, ordinal, sentence, voice
from rulesync.rule import (
    Account,
    Action,
    AllOf,
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
    TopUp,
    TotalAmountDue,
    Trigger,
    ValueFact,
)
from tests.strategies import NAMES, actions, amounts, conditions, rules, steps, texts, triggers

CHECKING = Account("acc_checking", "income_source")
SAVINGS = Account("acc_save", "pod")
RAINY = Account("acc_rainy", "pod")
VISA = Account("acc_visa", "external_account")
PLAIN = {"acc_checking": "Checking", "acc_save": "Savings", "acc_rainy": "Rainy Day", "acc_visa": "Visa"}
ON_DEPOSIT = DepositTrigger("acc_checking")
START = datetime(2027, 1, 1, 14, 0, tzinfo=UTC)
FIFTY = Action(FixedAmount(5000), CHECKING, RAINY)
FIFTH = Action(Percentage(Decimal(20), Base.INCOMING_AMOUNT), CHECKING, SAVINGS)
OVER_500 = Comparison(Fact.BALANCE, Operator.GREATER_THAN, 50000)


def rule(*held: Step | Opaque, on: Trigger = ON_DEPOSIT) -> Rule:
    return Rule(None, None, Status.ENABLED, on, held)


def told(action: Action | Opaque, on: Trigger = ON_DEPOSIT) -> str:
    return sentence(rule(Step(None, (action,)), on=on), PLAIN).partition(": ")[2]


def test_the_documented_rule() -> None:
    """The documented rule reads as one sentence that names every amount."""
    documented = rule(Step(OVER_500, (FIFTH,)), Step(None, (replace(FIFTY, up_to_available=True),)))
    assert sentence(documented, PLAIN) == (
        "When money arrives in Checking: if its balance is over $500.00, send 20 % of the deposit to Savings; "
        "otherwise send $50.00 to Rainy Day, or what there is."
    )


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        (ON_DEPOSIT, "When money arrives in Checking"),
        (ManualTrigger("acc_checking"), "When someone runs it, from Checking"),
        (ScheduledTrigger(Schedule.ONE_TIME, START), "Once, on 2027-01-01 at 14:00 UTC"),
        (ScheduledTrigger(Schedule.DAILY, START), "Every day at 14:00 UTC, starting 2027-01-01"),
        (ScheduledTrigger(Schedule.WEEKLY, START), "Every week on Friday at 14:00 UTC, starting 2027-01-01"),
        (ScheduledTrigger(Schedule.BI_WEEKLY, START), "On the 1st and the 15th at 14:00 UTC, starting 2027-01-01"),
        (ScheduledTrigger(Schedule.MONTHLY, START), "Every month on the 1st at 14:00 UTC, starting 2027-01-01"),
        (
            ScheduledTrigger(Schedule.EVERY_OTHER_WEEK, START.replace(second=5), "acc_checking"),
            "Every other week on Friday at 14:00:05 UTC, starting 2027-01-01, from Checking",
        ),
        (
            Opaque('{"type":"REMOTE_API","url":"x"}'),
            'When something rulesync does not know (`REMOTE_API`: {"type":"REMOTE_API","url":"x"}) happens',
        ),
    ],
)
def test_triggers(trigger: Trigger, words: str) -> None:
    """Every trigger and schedule says when, in words that cannot be read in two ways."""
    assert sentence(rule(Step(None, (FIFTY,)), on=trigger), PLAIN).partition(": send")[0] == words


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (FIFTY, "send $50.00 to Rainy Day."),
        (replace(FIFTY, source=SAVINGS), "send $50.00 from Savings to Rainy Day."),
        (FIFTH, "send 20 % of the deposit to Savings."),
        (
            replace(FIFTH, amount=Percentage(Decimal("33.3"), Base.SOURCE_ACCOUNT)),
            "send 33.3 % of its balance to Savings.",
        ),
        (
            Action(Percentage(Decimal(5), Base.SOURCE_ACCOUNT), SAVINGS, RAINY),
            "send 5 % of the balance of Savings to Rainy Day.",
        ),
        (Action(TopUp(50000), CHECKING, SAVINGS), "top up Savings to $500.00."),
        (
            Action(TopUp(LiabilityFigure(Figure.CURRENT_BALANCE, VISA)), RAINY, SAVINGS),
            "top up Savings to the current balance of Visa from Rainy Day.",
        ),
        (Action(RoundDown(10000), CHECKING, SAVINGS), "round Checking down to $100.00, sending the rest to Savings."),
        (Action(NextPaymentMinimum(), CHECKING, VISA), "pay the next minimum payment of Visa."),
        (Action(TotalAmountDue(), SAVINGS, VISA), "pay the total amount due of Visa from Savings."),
        (Action(LastStatementBalance(), CHECKING, VISA), "pay the last statement balance of Visa."),
        (Action(PercentageOfLiability(Decimal(10)), CHECKING, VISA), "pay 10 % of the debt of Visa."),
        (
            Action(FixedAmount(123456), CHECKING, SAVINGS, 0, True, True, Limit(Period.PER_MONTH, 20000), "RENT"),  # noqa: FBT003  # all of it
            (
                "send $1,234.56 to Savings, or what there is, at most $200.00 per month, as a direct deposit, "
                "with the bank text “RENT”."
            ),
        ),
        (Opaque('{"type":"snowball"}'), "do something rulesync does not know (`snowball`)."),
        (Opaque("[1]"), "do something rulesync does not know ([1])."),
    ],
)
def test_actions(action: Action | Opaque, words: str) -> None:
    """Every kind of action says what it moves, from where and to where, and every extra that it carries."""
    assert told(action) == words


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (OVER_500, "its balance is over $500.00"),
        (replace(OVER_500, account_id="acc_save"), "the balance of Savings is over $500.00"),
        (Comparison(Fact.TRANSFER_AMOUNT, Operator.LESS_THAN_OR_EQUAL, 99), "the deposit is at most $0.99"),
        (Comparison(Fact.DATE, Operator.EQUALS, 15), "the day of the month is the 15th"),
        (Comparison(Fact.DATE, Operator.GREATER_THAN_OR_EQUAL, 3), "the day of the month is not before the 3rd"),
        (
            Comparison(Fact.DATE, Operator.EQUALS, value_fact=ValueFact.LAST_DAY_OF_MONTH),
            "the day of the month is the last day of the month",
        ),
        (
            Comparison(Fact.BALANCE, Operator.EQUALS, 1, ValueFact.BALANCE),
            "its balance is $0.01 / the balance (two values)",
        ),
        (Comparison(Fact.BALANCE, Operator.EQUALS), "its balance is nothing (no value)"),
        (AllOf((OVER_500,)), "all of (its balance is over $500.00)"),
        (AnyOf(()), "any of nothing"),
        (
            AnyOf((AllOf((OVER_500, Opaque('{"not":1}'))), Comparison(Fact.DATE, Operator.LESS_THAN, 2))),
            (
                '(its balance is over $500.00 and something rulesync does not know ({"not":1}) holds) '
                "or the day of the month is before the 2nd"
            ),
        ),
    ],
)
def test_conditions(what: Condition, words: str) -> None:
    """A condition reads as it is grouped, with money as money and days as days."""
    assert condition(what, voice(rule(), PLAIN)) == words


def test_together_and_then() -> None:
    """Actions of one group are told as computed together, those of the next as coming after."""
    both = (FIFTH, replace(FIFTH, destination=RAINY, limit=Limit(Period.PER_TRANSFER, 100)), replace(FIFTY, group=1))
    assert sentence(rule(Step(None, both)), PLAIN) == (
        "When money arrives in Checking: together send 20 % of the deposit to Savings and send 20 % of the deposit to "
        "Rainy Day, at most $1.00 per transfer shared by the group, then send $50.00 to Rainy Day."
    )


def test_groups_out_of_order_are_shown_as_numbers() -> None:
    """Groups that are not in the order of the list are told by their numbers, which decide."""
    assert sentence(rule(Step(None, (replace(FIFTH, group=2), FIFTY))), PLAIN) == (
        "When money arrives in Checking: in the order of these numbers, equal ones together: "
        "(2) send 20 % of the deposit to Savings, (0) send $50.00 to Rainy Day."
    )


def test_steps_that_never_run_are_told_so() -> None:
    """A step behind one that always holds is told as never reached."""
    assert sentence(rule(Step(None, (FIFTY,)), Step(OVER_500, ()), Opaque("{}")), PLAIN) == (
        "When money arrives in Checking: in every case send $50.00 to Rainy Day; otherwise (never reached) if its "
        "balance is over $500.00, do nothing; otherwise (never reached) take a step rulesync does not know ({})."
    )


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ({}, "`acc_rainy`"),
        ({"acc_rainy": ""}, "`acc_rainy`"),
        ({"acc_rainy": "Rainy day"}, "Rainy day"),
        ({"acc_rainy": "🏠 Mom's Rent 2027"}, "🏠 Mom's Rent 2027"),
        ({"acc_rainy": "हिन्दी खाता"}, "हिन्दी खाता"),
        ({"acc_rainy": "rainy"}, "“rainy”"),
        ({"acc_rainy": "From A to B"}, "“From A to B”"),
        ({"acc_rainy": "A; otherwise “B”"}, "“A; otherwise “B\\””"),
        ({"acc_rainy": "Fund", "acc_2": "Fund"}, "Fund (`acc_rainy`)"),
    ],
)
def test_names(names: dict[str, str], shown: str) -> None:
    """A name that could pass for a part of the sentence is quoted, and one that two accounts bear has its id."""
    assert sentence(rule(Step(None, (FIFTY,))), names).endswith(f"send $50.00 to {shown}.")


def test_ordinals() -> None:
    """Days of the month end as people say them."""
    assert " ".join(map(ordinal, (1, 2, 3, 4, 11, 12, 13, 21, 22, 30, 31))) == (
        "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 30th 31st"
    )


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[Rule, Rule]:
    """Return two rules that differ in one place, small where it can be."""
    held = draw(st.lists(steps(opaque=True), min_size=1, max_size=2))
    one = rule(*held, on=draw(triggers(opaque=True)))
    place = draw(st.integers(0, len(held)))
    if place == len(held):
        return one, replace(one, trigger=draw(triggers(opaque=True)))
    old, change = held[place], draw(st.sampled_from([other_step, other_condition, other_actions]))
    step = change(draw, old) if isinstance(old, Step) else draw(steps(opaque=True))
    return one, rule(*held[:place], step, *held[place + 1 :], on=one.trigger)


def other_step(draw: st.DrawFn, _: Step) -> Step | Opaque:
    return draw(steps(opaque=True))


def other_condition(draw: st.DrawFn, step: Step) -> Step:
    near = [None] if step.condition is None else [AllOf((step.condition,)), AnyOf((step.condition, step.condition))]
    return replace(step, condition=draw(st.sampled_from([None, *near]) | conditions(opaque=True)))


def other_actions(draw: st.DrawFn, step: Step) -> Step:
    place, more = draw(st.integers(0, len(step.actions) - 1)), draw(st.integers(0, 1))
    new = draw(st.sampled_from([whole_action, other_amount, other_attribute]))(draw, step.actions[place])
    return replace(step, actions=(*step.actions[:place], new, *step.actions[place + more :]))


def whole_action(draw: st.DrawFn, _: Action | Opaque) -> Action | Opaque:
    return draw(actions(opaque=True))


def other_amount(draw: st.DrawFn, old: Action | Opaque) -> Action | Opaque:
    return replace(old, amount=draw(amounts())) if isinstance(old, Action) else old


def other_attribute(draw: st.DrawFn, old: Action | Opaque) -> Action | Opaque:
    new = draw(actions())
    if not isinstance(old, Action) or not isinstance(new, Action):
        return new
    names = ["source", "destination", "group", "up_to_available", "direct_deposit", "limit", "ach_description"]
    name = draw(st.sampled_from(names))
    return replace(old, **{name: getattr(new, name)})


@given(neighbours(), st.just(NAMES) | st.dictionaries(st.sampled_from(sorted(NAMES)), texts(), max_size=5))
def test_different_rules_never_read_alike(pair: tuple[Rule, Rule], names: dict[str, str]) -> None:
    """Rules whose triggers or steps differ have different sentences, whatever their accounts are called."""
    one, other = pair
    assume((one.trigger, one.steps) != (other.trigger, other.steps))
    assert sentence(one, names) != sentence(other, names)


@given(rules(opaque=True), rules())
def test_only_trigger_and_steps_are_told(one: Rule, other: Rule) -> None:
    """Nickname, description and status change nothing in the sentence."""
    assert sentence(one, NAMES) == sentence(replace(other, trigger=one.trigger, steps=one.steps), NAMES)
