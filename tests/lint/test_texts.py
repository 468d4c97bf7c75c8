from pathlib import Path

import pytest

from tests.lint.scenes import told

Said = dict[str, tuple[str, str | None, str]]
START = "trigger: {type: ON_FUNDS_TRANSFERRED, account: checking}\n"


def said(root: Path, condition: str = "null", extra: str = "", amount: str = "amount: $50.00") -> Said:
    action = f"{{type: fixed_amount, {amount}, source: checking, destination: savings{extra}}}"
    steps = f"[{{conditions: {condition}, actions: [{action}]}}]"
    return told(root, f"nickname: Save\n{START}steps: {steps}\n")


def compared(value: str, fact: str = "BALANCE") -> str:
    return f"{{condition: {{fact: {fact}, operator: GREATER_THAN, value: {value}}}}}"


@pytest.mark.parametrize(
    ("value", "message", "advice"),
    [
        ("500", "`500` is in cents, so $5.00", "if dollars are meant, write `value: $500.00`; if not, `value: $5.00`"),
        (
            "5000",
            "`5000` is in cents, so $50.00",
            'if dollars are meant, write `value: "$5,000.00"`; if not, `value: $50.00`',
        ),
        (
            "$50000",
            "`$50000` is in dollars, a hundred times $500.00",
            'if cents are meant, write `$500.00`; if not, `"$50,000.00"`',
        ),
        (
            '"$50000.00"',
            "`$50000.00` is in dollars, a hundred times $500.00",
            'if cents are meant, write `$500.00`; if not, `"$50,000.00"`',
        ),
        ("10000", None, None),
        ("0", None, None),
        ("$5.00", None, None),
        ("$9999", None, None),
        ('"$50,000.00"', None, None),
        ("$50000.50", None, None),
    ],
)
def test_money_that_may_be_a_hundred_times_as_much(
    tmp_path: Path, value: str, message: str | None, advice: str | None
) -> None:
    """Few bare cents and many plain dollars are remarked on, with both ways to write them; what is plain is not."""
    found = said(tmp_path, compared(value)).get("cents-or-dollars", (None, None))
    assert (message, advice) == found[:2]


def test_amounts_that_may_be_a_hundred_times_as_much(tmp_path: Path) -> None:
    """Amounts and limits are looked at as well, where they stand; a day of the month is no money."""
    check = "cents-or-dollars"
    assert "`50` is in cents, so $0.50" == said(tmp_path, amount="amount_in_cents: 50")[check][0]
    assert {} == said(tmp_path, amount="amount_in_cents: 500")
    assert "`$20000` is in dollars, a hundred times $200.00" == said(tmp_path, amount="amount: $20000")[check][0]
    limit = ", limit: {period: PER_MONTH, amount: $60000}"
    assert "$60000" == said(tmp_path, extra=limit)[check][2]
    assert {} == said(tmp_path, compared("5", "DATE"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("RENT 2027", None),
        ("ABCDEFGHIJ", None),
        ("ABCDEFGHIJK", "a text of 11 characters is too long for the bank"),
        ("RENT-1", "this text holds signs that banks do not take"),
        ("Büro", "this text holds signs that banks do not take"),
    ],
)
def test_texts_for_the_bank(tmp_path: Path, text: str, message: str | None) -> None:
    """A text for the bank has at most ten letters, digits and spaces."""
    found = said(tmp_path, extra=f", ach_description: {text}").get("ach-text")
    assert (message and (message, text)) == (found and (found[0], found[2]))


def test_a_rule_has_a_name(tmp_path: Path) -> None:
    """A rule without a nickname is pointed at where it begins."""
    action = "{type: total_amount_due, source: checking, destination: savings}"
    text = f"{START}steps: [{{actions: [{action}]}}]\n"
    assert ("this rule has no nickname", "trigger") == told(tmp_path, text)["nameless"][::2]
