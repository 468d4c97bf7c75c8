from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given

from rulesync.accounts import AccountBook, AccountEntry, ListedAccount
from rulesync.rule import (
    Account,
    Action,
    AllOf,
    Base,
    Comparison,
    DepositTrigger,
    Fact,
    FixedAmount,
    Operator,
    Percentage,
    Rule,
    Status,
    Step,
    Text,
    ValueFact,
)
from rulesync.source import dump, words
from rulesync.source.trial import refusal
from tests.builders import CHECKING, SAVINGS, a_rule
from tests.strategies import ACCOUNTS, NAMES, rules

ACTIONS = (Action(FixedAmount(5000), CHECKING, SAVINGS),)
LISTED = tuple(ListedAccount(each.id, NAMES.get(each.id), each.type) for each in ACCOUNTS)
BARE = AccountBook({}, LISTED)
NAMED = AccountBook(
    {
        "on": AccountEntry(id="acc_checking"),
        "{{x}}": AccountEntry(id="acc_taxes", type="pod"),
        "Rainy, or # not": AccountEntry(name="Rainy Day"),
        "twice": AccountEntry(name="Savings"),
        "": AccountEntry(id="acc_visa"),
    },
    LISTED,
)


def tried(rule: Rule, book: AccountBook = BARE, key: str = "a") -> str | None:
    """Return why a rule cannot be written, None where its file says it."""
    return refusal(dump(rule, words(book), pin="rule_1"), "rules/a.yaml", key, rule, book)


@given(rules())
@example(a_rule(nickname="{{ {% {#"))
@example(replace(a_rule(), description=Text.of("---\n{{ a }}\n# b\n...")))
@example(replace(a_rule(), description=Text.of("word " * 60)))
def test_every_rule_comes_back(rule: Rule) -> None:
    """What is written of a rule is read as that very rule, whether its accounts have names or not."""
    assert (None, None) == (tried(rule), tried(rule, NAMED))


def action(**fields: object) -> Rule:
    """Return a rule whose one action is like this."""
    return replace(a_rule(), steps=(Step(None, (replace(ACTIONS[0], **fields),)),))  # type: ignore[arg-type]  # by the cases


def comparing(**fields: object) -> Rule:
    """Return a rule whose one condition is like this."""
    comparison = Comparison(Fact.BALANCE, Operator.EQUALS, **fields)  # type: ignore[arg-type]  # by the cases
    return replace(a_rule(), steps=(Step(comparison, ACTIONS),))


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (comparing(), "a condition needs `value` or `value_fact`"),
        (comparing(value=1, value_fact=ValueFact.DATE), "a condition takes one of `value` or `value_fact`, not 2"),
        (comparing(value=-5), "less than 0"),
        (comparing(value=10**19), "too long to be read exactly"),
        (action(amount=FixedAmount(-1)), "less than 0"),
        (action(amount=Percentage(Decimal(130), Base.SOURCE_ACCOUNT)), "`130` is more than 100"),
        (action(source=Account("acc_1", "loan")), "`loan` is no `type`"),
        (action(ach_description=""), "its file would say something else in `steps[0].actions[0].ach_description`"),
        (replace(a_rule(), steps=()), "`steps` is empty"),
        (replace(a_rule(), steps=(Step(None, ()),)), "`actions` is empty"),
        (replace(a_rule(), steps=(Step(AllOf(()), ACTIONS),)), "`all` is empty"),
        (a_rule(nickname="[rulesync:a/b@000000000000]"), "this text holds a marker line"),
        (a_rule(nickname="\ud800"), "a rule file cannot say it"),
        (replace(a_rule(), nickname="two  blanks"), "its file would say something else in `nickname`"),
    ],
)
def test_what_no_file_can_say(rule: Rule, why: str) -> None:
    """A rule that the shape of rule files refuses, or that would come back otherwise, is refused in words."""
    assert why in (tried(rule) or "")


def test_a_file_that_says_too_much() -> None:
    """A key that is none, a name that stands for no account and a template are refused."""
    text = dump(a_rule(), words(BARE))

    assert "`A` is no key" in (refusal(text, "rules/A.yaml", "A", a_rule(), BARE) or "")
    named = text.replace("account_id: acc_checking", "account: nobody")
    assert "no account is named `nobody`" == refusal(named, "rules/a.yaml", "a", a_rule(), BARE)
    assert "template" in (refusal(f"{text}# {{{{ x }}}}", "rules/a.yaml", "a", a_rule(), BARE) or "")


def test_a_deposit_of_an_account_without_a_name() -> None:
    """A rule whose status or trigger would come back otherwise is another rule."""
    text = dump(a_rule(), words(BARE))
    off = replace(a_rule(), status=Status.DISABLED)
    other = replace(a_rule(), trigger=DepositTrigger("acc_other"))

    assert "its file would say something else in `status`" == refusal(text, "rules/a.yaml", "a", off, BARE)
    assert "its file would say something else in `trigger.account_id`" == refusal(
        text, "rules/a.yaml", "a", other, BARE
    )
