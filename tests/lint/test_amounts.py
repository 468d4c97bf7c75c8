from pathlib import Path

import pytest

from tests.lint.scenes import told


def share(percent: float, group: int = 0, base: str = "INCOMING_AMOUNT", source: str = "checking") -> str:
    return (
        f"{{type: percentage, percentage_value: {percent}, percentage_target: {base}, source: {source}, "
        f"destination: rainy-day, group_index: {group}}}"
    )


def other(kind: str, group: int = 0, extra: str = "") -> str:
    return f"{{type: {kind}, source: checking, destination: savings, group_index: {group}{extra}}}"


def said(root: Path, *actions: str) -> dict[str, tuple[str, str | None, str]]:
    lines = ["nickname: Save", "trigger: {type: ON_FUNDS_TRANSFERRED, account: checking}", "steps:", "  - actions:"]
    return told(root, "\n".join([*lines, *(f"      - {each}" for each in actions), ""]))


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        (
            (share(80), share(50)),
            ("percentages of the deposit add up to 130 % in one group", "lower it to 20 or less", "50"),
        ),
        (
            (share(60), share(30), share(40.5)),
            ("percentages of the deposit add up to 130.5 % in one group", "lower it to 10 or less", "40.5"),
        ),
        (
            (share(100), share(60), share(50)),
            ("percentages of the deposit add up to 210 % in one group", "lower them to 100 % together", "60"),
        ),
        (
            (share(80, base="SOURCE_ACCOUNT"), share(30, base="SOURCE_ACCOUNT")),
            (
                "percentages of Checking add up to 110 % in one group",
                "lower it to 20 or less, or give it a `group_index` of its own, to be taken of what the others leave",
                "30",
            ),
        ),
        ((share(33.3), share(33.3), share(33.4)), None),
        ((share(80), share(50, 1)), None),
        ((share(80), share(50, base="SOURCE_ACCOUNT")), None),
        ((share(80), share(50, source="savings")), None),
    ],
)
def test_percentages_of_one_group(
    tmp_path: Path, actions: tuple[str, ...], expected: tuple[str, str, str] | None
) -> None:
    """Percentages with one group, source and base are at most 100 in sum; the first that is too much is named."""
    assert expected == said(tmp_path, *actions).get("over-100-percent")


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ((share(80), share(50, 1)), "step 1 sends 130 % of the deposit, in several groups"),
        ((share(80), share(20, 1)), None),
        ((share(80), share(50, 1, "SOURCE_ACCOUNT")), None),
        ((share(80), share(50, 1, source="savings")), None),
        ((share(80), share(50)), None),
    ],
)
def test_shares_of_one_deposit(tmp_path: Path, actions: tuple[str, ...], message: str | None) -> None:
    """Shares of a deposit over all groups of a step are at most the deposit, source by source."""
    assert message == said(tmp_path, *actions).get("over-deposit", (None,))[0]


@pytest.mark.parametrize(
    ("actions", "pointed_at"),
    [
        ((share(20), other("total_amount_due")), True),
        ((other("total_amount_due"), share(20)), True),
        ((other("total_amount_due"), other("last_statement_balance")), True),
        ((other("total_amount_due"), other("last_statement_balance", 1)), False),
        ((share(20), share(20, base="SOURCE_ACCOUNT")), False),
        ((other("total_amount_due"),), False),
    ],
)
def test_what_stands_in_one_group(tmp_path: Path, actions: tuple[str, ...], pointed_at: bool) -> None:  # noqa: FBT001  # a column of the table
    """Only percentages share a group; the field that says otherwise is pointed at."""
    expected = ("group 0 of step 1 holds more than percentages", "0") if pointed_at else None
    found = said(tmp_path, *actions).get("mixed-group")
    assert expected == (found and (found[0], found[2]))


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (other("fixed_amount", extra=", amount: $0.99"), ("$0.99 is less than a rule can move", "$0.99")),
        (other("fixed_amount", extra=", amount_in_cents: 0"), ("$0.00 is less than a rule can move", "0")),
        (other("fixed_amount", extra=", amount: $1.00"), None),
        (other("top_up", extra=", amount: $0.00"), None),
        (
            other("total_amount_due", extra=", limit: {period: PER_WEEK, amount: $0.50}"),
            ("a limit of $0.50 lets nothing through", "$0.50"),
        ),
        (other("total_amount_due", extra=", limit: {period: PER_WEEK, amount: $1.00}"), None),
    ],
)
def test_what_the_engine_refuses(tmp_path: Path, action: str, expected: tuple[str, str] | None) -> None:
    """A fixed amount or a limit below a dollar is an error; a top-up to nothing may fill an overdrawn account."""
    found = said(tmp_path, action).get("small-amount")
    assert expected == (found and (found[0], found[2]))


OR_LOWER = "raise the limit to $50.00 or more, or lower the amount"


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        (
            "amount: $50.00, limit: {period: PER_MONTH, amount: $20.00}",
            (
                "a limit of $20.00 per month never lets $50.00 through whole",
                f"no text says whether $20.00 is sent or nothing: {OR_LOWER}",
                "$20.00",
            ),
        ),
        (
            "amount: $50.00, limit: {period: PER_TRANSFER, amount_in_cents: 4999}",
            (
                "a limit of $49.99 per transfer never lets $50.00 through whole",
                f"each transfer is cut to it: {OR_LOWER}",
                "4999",
            ),
        ),
        ("amount: $50.00, limit: {period: PER_MONTH, amount: $50.00}", None),
        ("amount: $50.00, limit: {period: PER_MONTH, amount: $0.50}", None),
        ("amount: $50.00", None),
    ],
)
def test_limits_of_fixed_amounts(tmp_path: Path, extra: str, expected: tuple[str, str, str] | None) -> None:
    """A limit below a fixed amount is told, with what is known of it; one that lets nothing through is not."""
    assert expected == said(tmp_path, other("fixed_amount", extra=f", {extra}")).get("limit-below-amount")
    filled = said(tmp_path, other("top_up", extra=f", {extra}"))
    assert "limit-below-amount" not in filled


OTHER = "{id: acc_01HBIL7777, type: pod}"


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ((share(20, source=OTHER),), OTHER),
        ((share(20), share(5, source=OTHER)), OTHER),
        ((other("total_amount_due", 1).replace("savings", OTHER), share(20, source=OTHER)), OTHER),
        ((other("total_amount_due").replace("savings", OTHER), share(20, 1, source=OTHER)), None),
        ((share(20, base="SOURCE_ACCOUNT", source=OTHER),), None),
        ((share(20, source="{id: acc_01HABC4567, type: income_source}"),), None),
        ((other("total_amount_due").replace("checking", OTHER),), None),
    ],
)
def test_shares_of_a_deposit_that_is_elsewhere(tmp_path: Path, actions: tuple[str, ...], expected: str | None) -> None:
    """A share of the deposit is taken out of the account where it arrives, or through which it was passed on."""
    found = said(tmp_path, *actions).get("deposit-elsewhere")
    message = "the deposit arrives in Checking, and its share is taken out of Bills"
    assert (expected and (message, expected)) == (found and (found[0], found[2]))


def test_accounts_that_were_not_looked_up_are_not_told_apart(tmp_path: Path) -> None:
    """Offline, a name may stand for the account of the trigger; of rules without a deposit nothing is said."""
    text = "trigger: {{type: {}, account: checking}}\nsteps: [{{actions: [{}]}}]\n"
    for number, (trigger, source) in enumerate([("ON_FUNDS_TRANSFERRED", "rainy-day"), ("MANUAL", OTHER)]):
        root = tmp_path / str(number)
        root.mkdir()
        found = told(
            root,
            text.format(trigger, share(20, source=source).replace("destination: rainy-day", "destination: savings")),
            with_list=False,
        )
        assert "deposit-elsewhere" not in found


def test_words_with_two_readings(tmp_path: Path) -> None:
    """The help of `round_down` and of a top-up that may fall short says both readings; others are left alone."""
    rounded = said(tmp_path, other("round_down", extra=", amount: $10.00"))["round-down"]
    short = said(tmp_path, other("top_up", extra=", amount: $10.00"))["top-up-shortage"]
    assert "`round_down` of $10.00 has two readings, which differ in how much leaves Checking" == rounded[0]
    assert "only what exceeds a multiple of $10.00 is moved; by the other, $10.00 stay" in (rounded[1] or "")
    nothing = said(tmp_path, other("round_down", extra=", amount: $0.00"))["round-down"]
    assert "by one reading `round_down` of $0.00 moves everything, by the other it is refused" == nothing[0]
    assert "`percentage_target: SOURCE_ACCOUNT`, means everything for certain" in (nothing[1] or "")
    assert "when Checking holds too little, this top-up has two readings" == short[0]
    assert "`up_to_enabled: true` means the second for certain" in (short[1] or "")
    assert {} == said(tmp_path, other("top_up", extra=", amount: $10.00, up_to_enabled: true"))


def test_money_that_goes_nowhere(tmp_path: Path) -> None:
    """An account that gives to itself is named, whether it was looked up or not; so is a share of nothing."""
    itself = "{type: fixed_amount, amount: $5.00, source: rainy-day, destination: rainy-day}"
    for number, (with_list, name) in enumerate([(True, "Rainy Day"), (False, "“rainy-day”")]):
        root = tmp_path / str(number)
        root.mkdir()
        text = f"trigger: {{type: MANUAL, account: checking}}\nsteps: [{{actions: [{itself}]}}]\n"
        found = told(root, text, with_list=with_list)["same-account"]
        assert (f"{name} is both source and destination", "rainy-day") == (found[0], found[2])
    assert ("0 % moves nothing", "0") == said(tmp_path, share(0))["zero-percent"][::2]
