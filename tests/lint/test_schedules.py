from pathlib import Path

import pytest

from tests.lint.scenes import told

FIXED = "{type: fixed_amount, amount: $50.00, source: checking, destination: savings}"
SHARE = FIXED.replace(
    "fixed_amount, amount: $50.00", "percentage, percentage_value: 5, percentage_target: INCOMING_AMOUNT"
)


def said(
    root: Path,
    schedule: str,
    start: str,
    *,
    action: str = FIXED,
    account: str = ", account: checking",
    with_list: bool = True,
) -> dict[str, tuple[str, str | None, str]]:
    trigger = f"{{type: SCHEDULED, schedule_type: {schedule}, start_date: {start}{account}}}"
    text = f"nickname: Save\ntrigger: {trigger}\nsteps: [{{actions: [{action}]}}]\n"
    return told(root, text, with_list=with_list)


@pytest.mark.parametrize(
    ("schedule", "start", "expected"),
    [
        ("ONE_TIME", "2027-01-02T11:59:00Z", {"past-start": "this rule runs once"}),
        ("ONE_TIME", "2027-01-02T12:00:00Z", {}),
        ("DAILY", "2020-01-02T12:00:00Z", {}),
        ("BI_WEEKLY", "2027-01-01T09:00:00Z", {"bi-weekly": "the 1st and the 15th of each month"}),
        ("BI_WEEKLY", "2027-01-02T01:00:00+02:00", {"bi-weekly": "the 1st and the 15th of each month"}),
        ("BI_WEEKLY", "2027-01-08T09:00:00Z", {"bi-weekly-start": "and this starts on the 8th"}),
        ("EVERY_OTHER_WEEK", "2027-01-03T09:00:00Z", {"odd-week": "and this starts in week 53"}),
        ("EVERY_OTHER_WEEK", "2027-01-11T09:00:00Z", {}),
        ("WEEKLY", "2027-01-04T09:00:00Z", {}),
        ("MONTHLY", "2027-01-28T23:59:00Z", {}),
        ("MONTHLY", "2027-01-29T00:00:00Z", {"late-start-day": "not every month has a 29th"}),
        ("DAILY", "2027-01-31T00:00:00Z", {}),
    ],
)
def test_days_that_are_not_what_they_seem(tmp_path: Path, schedule: str, start: str, expected: dict[str, str]) -> None:
    """A schedule is remarked on exactly where its days, in UTC, are others than people think."""
    found = {check: message for check, (message, _, _) in said(tmp_path, schedule, start).items()}
    assert list(expected) == list(found)
    assert all(words in found[check] for check, words in expected.items())


@pytest.mark.parametrize(
    ("trigger", "check"),
    [
        ("{type: SCHEDULED, schedule_type: DAILY, start_date: 2027-01-20T09:00:00Z, account: checking}", "no-deposit"),
        ("{type: MANUAL, account: checking}", "deposit-by-hand"),
        ("{type: ON_FUNDS_TRANSFERRED, account: checking}", None),
    ],
)
def test_a_deposit_where_none_may_be(tmp_path: Path, trigger: str, check: str | None) -> None:
    """The deposit has no value by the calendar, by hand only with an amount, and always when money arrives."""
    left = "{condition: {fact: TRANSFER_AMOUNT, operator: GREATER_THAN, value: $500.00}}"
    right = "{condition: {fact: BALANCE, operator: GREATER_THAN, value_fact: TRANSFER_AMOUNT}}"
    text = f"nickname: Save\ntrigger: {trigger}\nsteps:\n"
    for condition, action in ((left, FIXED), (right, FIXED), ("null", SHARE)):
        each = told(tmp_path, f"{text}  - conditions: {condition}\n    actions: [{action}]\n")
        assert [check] * bool(check) == list(each)
        if check:
            pointed_at = "INCOMING_AMOUNT" if action is SHARE else "TRANSFER_AMOUNT"
            assert pointed_at == each[check][2]


def test_the_account_of_a_schedule_is_the_source(tmp_path: Path) -> None:
    """A source that is known to be another account than the schedule's is pointed at, and nothing that is not known."""
    start = "2027-01-20T09:00:00Z"
    away = FIXED.replace("source: checking", "source: savings").replace("destination: savings", "destination: checking")
    looked_up = away.replace("source: savings", "source: rainy-day")
    found = said(tmp_path, "DAILY", start, action=f"{away}")["scheduled-source"]
    assert ("the money comes from Savings, and the schedule names Checking", "savings") == (found[0], found[2])
    assert {} == said(tmp_path, "DAILY", start)
    assert {} == said(tmp_path, "DAILY", start, action=away, account="")
    assert ["scheduled-source"] == list(said(tmp_path, "DAILY", start, action=looked_up))
    assert {} == said(tmp_path, "DAILY", start, action=looked_up, with_list=False)
