from rulesync.findings import Severity
from rulesync.rule import Status
from tests.lint.looked import brief, check, deposit, monthly, said, send, wish

PAY = send("checking", "rent")


def test_two_rules_for_one_deposit() -> None:
    """Each of several rules that one deposit sets off is told of the others, at its trigger."""
    a, b, c = (wish(key, deposit("checking"), PAY) for key in "abc")

    assert [
        ("a", "trigger.account_id", "`b` runs too when money arrives in Checking"),
        ("b", "trigger.account_id", "`a` runs too when money arrives in Checking"),
    ] == brief(said("two-deposit-rules", a, b))
    assert "`b` and `c` run too when money arrives in Checking" == said("two-deposit-rules", a, b, c)[0].message
    assert Severity.WARNING is check("two-deposit-rules").severity


def test_one_rule_for_each_deposit() -> None:
    """Rules for deposits elsewhere, on a schedule, or that are to be disabled, are no second one."""
    others = [
        wish("b", deposit("rent"), PAY),
        wish("c", monthly("checking"), PAY),
        wish("d", deposit("checking"), PAY, status=Status.DISABLED),
    ]

    assert [] == said("two-deposit-rules", wish("a", deposit("checking"), PAY), *others)


def test_one_nickname_for_two_rules() -> None:
    """Each of several rules with one nickname is told of the others, disabled ones too."""
    a, c = (wish(key, monthly("checking"), PAY, nickname="Rent") for key in "ac")
    b = wish("b", monthly("checking"), PAY, nickname="Rent", status=Status.DISABLED)

    assert [
        ("a", "nickname", "`b` bears the same nickname"),
        ("b", "nickname", "`a` bears the same nickname"),
    ] == brief(said("same-nickname", a, b))
    assert "`a` and `b` bear the same nickname" == said("same-nickname", a, b, c)[2].message
    assert Severity.WARNING is check("same-nickname").severity


def test_names_of_their_own() -> None:
    """Different nicknames are fine, and so are rules without any."""
    a, b = (wish(key, monthly("checking"), PAY, nickname=f"Rent {key}") for key in "ab")
    c, d = (wish(key, monthly("checking"), PAY) for key in "cd")

    assert [] == said("same-nickname", a, b, c, d)
