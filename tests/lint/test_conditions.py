from pathlib import Path

import pytest

from tests.lint.scenes import findings

ACT = "actions: [{type: fixed_amount, amount: $50.00, source: checking, destination: savings}]"


def over(dollars: int, extra: str = "") -> str:
    return f"{{condition: {{fact: BALANCE, operator: GREATER_THAN, value: ${dollars}.00{extra}}}}}"


def under(dollars: int) -> str:
    return f"{{condition: {{fact: BALANCE, operator: LESS_THAN_OR_EQUAL, value: ${dollars}.00}}}}"


def said(root: Path, *conditions: str, trigger: str = "type: ON_FUNDS_TRANSFERRED, account: checking") -> list[str]:
    """Return what is said of a rule with a step for each condition, in words, at its line and column."""
    steps = [f"  - {'conditions: ' + each if each else 'conditions: null'}\n    {ACT}" for each in conditions]
    text = "\n".join(["nickname: Save", f"trigger: {{{trigger}}}", "steps:", *steps, ""])
    return [
        f"{each.location and each.location.line}:{each.location and each.location.column} {each.check}: {each.message}"
        for each in findings(root, {"rules/save.yaml": text})
    ]


SECOND = "6:5 unreachable-step: step 2 is never reached: "
THIRD = "8:5 unreachable-step: step 3 is never reached: "


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (("", over(5)), [SECOND + "step 1 has no conditions, so it runs in every case that is left"]),
        ((over(500), over(900)), [SECOND + "step 1 runs in every case in which it could"]),
        ((over(500), over(500)), [SECOND + "step 1 runs in every case in which it could"]),
        (
            (over(500), under(500), ""),
            [THIRD + "in each case in which it could run, one of the steps before it does"],
        ),
        ((over(900), over(500), ""), []),
        ((over(900), under(500), ""), []),
        ((over(500), over(500, ", params: {account: savings}")), []),
        (
            (over(500), over(500, ", params: {account: checking}")),
            [SECOND + "step 1 runs in every case in which it could"],
        ),
        (("",), []),
    ],
)
def test_a_step_that_nothing_is_left_for(tmp_path: Path, conditions: tuple[str, ...], expected: list[str]) -> None:
    """A step is unreachable if and only if the steps before it take each of its cases."""
    assert expected == said(tmp_path, *conditions)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (
            f"{{all: [{over(500)}, {under(100)}]}}",
            ["4:17 never-holds: this can never hold: its balance is over $500.00 and its balance is at most $100.00"],
        ),
        (f"{{any: [{over(500)}, {under(100)}]}}", []),
        (f"{{all: [{over(500, ', params: {account: savings}')}, {under(100)}]}}", []),
        (
            f"{{any: [{over(100)}, {under(500)}]}}",
            ["4:17 always-holds: this always holds: its balance is over $100.00 or its balance is at most $500.00"],
        ),
        (
            f"{{all: [{over(500)}, {{condition: {{fact: DATE, operator: GREATER_THAN, value: 31}}}}]}}",
            ["4:106 never-holds: this can never hold: the day of the month is after the 31st"],
        ),
        ("{condition: {fact: BALANCE, operator: GREATER_THAN_OR_EQUAL, value: $0.00}}", []),
        ("{condition: {fact: TRANSFER_AMOUNT, operator: GREATER_THAN, value: $0.00}}", []),
        (
            "{condition: {fact: TRANSFER_AMOUNT, operator: LESS_THAN, value: $0.00}}",
            ["4:29 never-holds: this can never hold: the deposit is under $0.00"],
        ),
        (
            "{condition: {fact: BALANCE, operator: EQUALS, value_fact: BALANCE}}",
            ["4:29 always-holds: this always holds: its balance is the balance"],
        ),
        ("{condition: {fact: BALANCE, operator: LESS_THAN, value_fact: LAST_STATEMENT_BALANCE}}", []),
    ],
)
def test_conditions_that_hold_never_or_always(tmp_path: Path, condition: str, expected: list[str]) -> None:
    """The smallest condition that decides nothing is named at its place; one that may hold or not is left alone."""
    assert expected == said(tmp_path, condition)


def test_what_is_too_much_to_look_at_is_left_alone(tmp_path: Path) -> None:
    """Beyond the cases that are looked at, only what follows a step without conditions is said to be unreachable."""
    many = ", ".join(over(5, f", params: {{account_id: acc_{number}}}") for number in range(30))
    assert [] == said(tmp_path, f"{{all: [{many}]}}", f"{{all: [{many}]}}")
    (message,) = said(tmp_path, "", f"{{all: [{many}]}}")
    assert message.startswith(SECOND)


SCHEDULE = "type: SCHEDULED, schedule_type: DAILY, start_date: 2027-01-20T09:00:00Z"


@pytest.mark.parametrize(
    ("condition", "trigger", "count"),
    [
        (over(500), SCHEDULE, 1),
        (over(500), SCHEDULE + ", account: checking", 0),
        (over(500, ", params: {account: savings}"), SCHEDULE, 0),
        ("{condition: {fact: DATE, operator: EQUALS, value_fact: BALANCE}}", SCHEDULE, 1),
        ("{condition: {fact: DATE, operator: EQUALS, value: 5}}", SCHEDULE, 0),
    ],
)
def test_a_balance_is_somebodys(tmp_path: Path, condition: str, trigger: str, count: int) -> None:
    """A balance without an account is an error where the trigger has none either, and only there."""
    found = said(tmp_path, condition, trigger=trigger)
    assert count == sum("balance-of-nothing: nobody says whose balance is meant" in each for each in found)


@pytest.mark.parametrize(
    ("fact", "value_fact", "told"),
    [
        ("DATE", "BALANCE", "the day of the month is compared with the balance, which is money"),
        (
            "DATE",
            "NEXT_PAYMENT_MINIMUM_AMOUNT",
            "the day of the month is compared with the next minimum payment, which is money",
        ),
        ("BALANCE", "DATE", "the balance is compared with the day of the month, which is no money"),
        (
            "TRANSFER_AMOUNT",
            "LAST_DAY_OF_MONTH",
            "the deposit is compared with the last day of the month, which is no money",
        ),
        ("DATE", "LAST_DAY_OF_MONTH", None),
        ("BALANCE", "LAST_STATEMENT_BALANCE", None),
        ("TRANSFER_AMOUNT", "BALANCE", None),
    ],
)
def test_days_and_money(tmp_path: Path, fact: str, value_fact: str, told: str | None) -> None:
    """Days are compared with days, and money with money; the right side of what cannot be compared is named."""
    condition = f"{{condition: {{fact: {fact}, operator: LESS_THAN, value_fact: {value_fact}}}}}"
    column = 71 + len(fact)
    assert ([f"4:{column} incomparable: {told}"] if told else []) == said(tmp_path, condition)
