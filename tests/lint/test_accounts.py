from dataclasses import replace

import pytest

from rulesync.accounts import ListedAccount
from rulesync.findings import Severity
from rulesync.lint.accounts import CHECKS
from rulesync.money import percent
from rulesync.rule import (
    Account,
    Amount,
    Figure,
    LastStatementBalance,
    LiabilityFigure,
    NextPaymentMinimum,
    PercentageOfLiability,
    TopUp,
    TotalAmountDue,
)
from tests.lint.looked import brief, check, deposit, monthly, said, send, wish

CHECKING = ListedAccount("checking", "Checking", "pod", None, can_be_source=True, can_be_destination=True)
RENT = replace(CHECKING, id="rent", name="Rent")
VISA = ListedAccount("visa", "Visa", "external_account", "LIABILITY", can_be_source=False, can_be_destination=True)
CARD = Account("visa", "external_account")
DESTINATION, SOURCE = "steps.0.actions.0.destination", "steps.0.actions.0.source"
PAY = wish("pay", monthly("checking"), send("checking", "rent"))
DEBTS = (NextPaymentMinimum(), TotalAmountDue(), LastStatementBalance(), PercentageOfLiability(percent(5)))


def test_without_the_list_nothing_is_said() -> None:
    """Checks that need the API's accounts are silent offline, and about rules whose accounts are in order."""
    for each in CHECKS:
        assert [] == said(each.id, PAY)
        assert [] == said(each.id, PAY, accounts=[CHECKING, RENT])


def test_what_is_wrong_is_an_error() -> None:
    """What the API would refuse is an error; what it only does not show is a warning."""
    weight = {each.id: each.severity for each in CHECKS}

    assert Severity.WARNING is weight.pop("unknown-account-id")
    assert {Severity.ERROR} == set(weight.values())


def test_an_account_that_cannot_play_its_part() -> None:
    """A source, a trigger's account and a destination must be able to be that; each is told once for a rule."""
    rule = wish("a", deposit("checking"), send("checking", "rent"), send("checking", "rent"))
    shut = [replace(each, can_be_source=False, can_be_destination=False) for each in (CHECKING, RENT)]

    assert [
        ("a", "trigger.account_id", "Checking cannot be a source, so no rule can start there"),
        ("a", SOURCE, "Checking cannot be a source"),
        ("a", DESTINATION, "Rent cannot be a destination"),
    ] == brief(said("account-role", rule, accounts=shut))


def test_a_part_that_is_not_played_or_not_told() -> None:
    """What an account cannot be is no matter where it is not that, where the API does not tell, or where it is gone."""
    only_from = replace(CHECKING, can_be_destination=False)
    only_to = replace(RENT, can_be_source=False)
    silent = [replace(each, can_be_source=None, can_be_destination=None) for each in (CHECKING, RENT)]
    gone = replace(RENT, can_be_destination=False, deleted=True)

    assert [] == said("account-role", PAY, accounts=[only_from, only_to])
    assert [] == said("account-role", PAY, accounts=silent)
    assert [] == said("account-role", PAY, accounts=[CHECKING, gone])


def test_an_account_that_is_gone() -> None:
    """A deleted account is told once for each rule, at the first place that speaks of it."""
    gone = [replace(CHECKING, deleted=True), RENT]

    assert [("pay", "trigger.account_id", "Checking was deleted")] == brief(said("deleted-account", PAY, accounts=gone))


def test_an_id_that_is_not_listed() -> None:
    """An id that the API does not list is told once for each rule; a name that was not looked up is none."""
    assert [("pay", DESTINATION, "the API lists no account with the id `rent`")] == brief(
        said("unknown-account-id", PAY, accounts=[CHECKING])
    )
    named = wish("a", monthly("checking"), send("checking", Account("?rainy-day", "?")))
    assert [] == said("unknown-account-id", named, accounts=[CHECKING])


def test_money_of_somebody_else() -> None:
    """Both ends of an action belong to one beneficiary; where one of the two is not told, nothing is said."""
    alex, farm = replace(CHECKING, beneficiary="Alex"), replace(RENT, beneficiary="Farm LLC")

    assert [("pay", DESTINATION, "Rent belongs to `Farm LLC`, and Checking to `Alex`")] == brief(
        said("other-beneficiary", PAY, accounts=[alex, farm])
    )
    assert [] == said("other-beneficiary", PAY, accounts=[alex, replace(farm, beneficiary="Alex")])
    assert [] == said("other-beneficiary", PAY, accounts=[alex, RENT])
    assert [] == said("other-beneficiary", PAY, accounts=[alex])


def test_another_type_than_the_rule_says() -> None:
    """The type in a rule is the API's; a type that is not written is no wrong one, nor is one that nobody knows."""
    bank = [replace(CHECKING, type="external_account"), replace(RENT, type="vault")]

    assert [("pay", f"{SOURCE}.type", "Checking is an external account, not a pod")] == brief(
        said("wrong-account-type", PAY, accounts=bank)
    )
    open_type = wish("a", monthly("checking"), send(Account("checking", "?"), "rent"))
    assert [] == said("wrong-account-type", open_type, accounts=[bank[0], RENT])


@pytest.mark.parametrize("amount", DEBTS, ids=lambda amount: type(amount).__name__)
def test_a_debt_that_nobody_has(amount: Amount) -> None:
    """A payment of a debt to a pod is refused offline too; one to a bank account where the API tells what it is."""
    to_rent = wish("a", monthly("checking"), send("checking", "rent", amount))
    to_card = wish("a", monthly("checking"), send("checking", CARD, amount))

    assert [("a", DESTINATION, "Rent is a pod, and has no debt that could be paid")] == brief(
        said("not-a-liability", to_rent)
    )
    assert [] == said("not-a-liability", to_card)
    assert [] == said("not-a-liability", to_card, accounts=[VISA])
    assert [] == said("not-a-liability", to_card, accounts=[replace(VISA, external_type=None)])
    for kind, words in (("DEPOSITORY", "a bank account"), ("CRYPTO", "of the kind `CRYPTO`")):
        (remark,) = said("not-a-liability", to_card, accounts=[replace(VISA, external_type=kind)])
        assert f"Visa is {words}, and has no debt that could be paid" == remark.message


def test_a_figure_that_an_account_lacks() -> None:
    """A top-up aims at the figure of a liability; what the API says of the account counts more than the rule."""
    field = "steps.0.actions.0.last_statement_balance_account"
    aim = TopUp(LiabilityFigure(Figure.LAST_STATEMENT_BALANCE, Account("rent", "pod")))
    rule = wish("a", monthly("checking"), send("checking", "bills", aim), send("checking", "bills", TopUp(100)))

    assert [("a", field, "Rent is a pod, and has no last statement balance of a debt")] == brief(
        said("not-a-liability", rule)
    )
    assert [] == said("not-a-liability", rule, accounts=[replace(VISA, id="rent")])
    assert ["a"] == [each.key for each in said("not-a-liability", rule, accounts=[RENT])]
    assert check("not-a-liability").severity is Severity.ERROR
