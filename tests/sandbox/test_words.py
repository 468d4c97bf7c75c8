from typing import Any

import pytest

from rulesync.sandbox.records import Account, Rule
from rulesync.sandbox.words import Words, money

Body = dict[str, Any]
BILLS, CARD = {"id": "acc_1"}, {"id": "acc_2"}


def account(account_id: str, name: str) -> Account:
    return Account(
        id=account_id,
        name=name,
        type="pod",
        external_account_type=None,
        can_be_source=True,
        can_be_destination=True,
        beneficiary_name=None,
        institution_name=None,
        description=None,
        balance={},
        created_at="",
        updated_at="",
    )


WORDS = Words({"acc_1": account("acc_1", "Bills"), "acc_2": account("acc_2", "Card")})


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        ({"type": "ON_FUNDS_TRANSFERRED", "account_id": "acc_1"}, "When money arrives in Bills"),
        ({"type": "ON_FUNDS_TRANSFERRED", "account_id": "acc_9"}, "When money arrives in acc_9"),
        ({"type": "MANUAL", "account_id": "acc_1"}, "When somebody runs it by hand, on Bills"),
        ({"schedule_type": "ONE_TIME"}, "Once, at 2026-11-06 08:00 UTC"),
        ({"schedule_type": "BI_WEEKLY"}, "On the 1st and the 15th of each month, starting 2026-11-06 08:00 UTC"),
        ({"schedule_type": "DAILY", "start_date": "soon"}, "Every day, starting soon"),
        ({"type": "REMOTE"}, '{"type": "REMOTE", "start_date": "2026-11-06T09:00:00+01:00"}'),
    ],
)
def test_triggers(trigger: Body, expected: str) -> None:
    """A trigger says when the rule runs; one that is not known is shown as it is."""
    whole = {"type": "SCHEDULED", "start_date": "2026-11-06T09:00:00+01:00"} | trigger
    rule = Rule("rule_1", None, None, "disabled", whole, [], "", "")
    assert expected == WORDS.trigger(rule)


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ({"type": "fixed_amount", "amount_in_cents": 123456}, "Move $1,234.56 from Bills to Card"),
        (
            {"type": "percentage", "percentage_value": 12.5, "percentage_target": "SOURCE_ACCOUNT"},
            "Move 12.5 % of the balance there from Bills to Card",
        ),
        ({"type": "round_down", "amount_in_cents": 100}, "Round down to $1.00: move what is over from Bills to Card"),
        ({"type": "top_up", "amount_in_cents": 5}, "Top up to $0.05 from Bills to Card"),
        (
            {"type": "top_up", "last_statement_balance_account": CARD},
            "Top up to the last statement balance of Card from Bills to Card",
        ),
        ({"type": "total_amount_due"}, "Pay the whole amount due from Bills to Card"),
        (
            {"type": "percentage_liability_balance", "percentage_value": 5},
            "Pay 5 % of what is owed from Bills to Card",
        ),
        (
            {
                "type": "next_payment_minimum",
                "limit": {"period": "PER_WEEK", "amount_in_cents": 1000},
                "up_to_enabled": True,
            },
            "Pay the next minimum payment from Bills to Card, at most $10.00 a week, or what there is",
        ),
    ],
)
def test_actions(action: Body, expected: str) -> None:
    """An action says what is moved from where to where, and how much at most."""
    assert expected == WORDS.action({"source": BILLS, "destination": CARD, **action})


def test_conditions() -> None:
    """A tree of conditions is one phrase, with brackets where groups stand in groups."""
    date = {"condition": {"fact": "DATE", "operator": "EQUALS", "value": 15}}
    last = {"condition": {"fact": "DATE", "operator": "EQUALS", "value_fact": "LAST_DAY_OF_MONTH"}}
    params = {"account_id": "acc_2"}
    card = {"condition": {"fact": "BALANCE", "operator": "LESS_THAN_OR_EQUAL", "value": 5, "params": params}}
    expected = (
        "(the day of the month is 15 or the day of the month is the last day of the month) and the balance of Card"
    )
    assert f"{expected} is at most $0.05" == WORDS.condition({"all": [{"any": [date, last]}, card]})
    assert WORDS.condition({"none": []}) == '{"none": []}'


@pytest.mark.parametrize(
    ("cents", "expected"), [(0, "$0.00"), (-5, "-$0.05"), (100000000, "$1,000,000.00"), ("x", "x"), (True, "True")]
)
def test_money(cents: object, expected: str) -> None:
    """Cents are shown as people write money."""
    assert expected == money(cents)
