from datetime import UTC, datetime

from rulesync.lint.check import Scene
from rulesync.lint.parts import Mention, figure_field, listing, mentions, moves, naming, on_deposit, running
from rulesync.rule import (
    Account,
    Action,
    AllOf,
    AnyOf,
    Comparison,
    DepositTrigger,
    Fact,
    Figure,
    LiabilityFigure,
    ManualTrigger,
    Opaque,
    Operator,
    Rule,
    Status,
    Step,
    TopUp,
)
from tests.builders import CHECKING, SAVINGS, a_rule, desired

VISA = Account("acc_visa", "external_account")
OPAQUE = Opaque('{"type":"snowball"}')


def a_scene(*rules: Rule, names: dict[str, str] | None = None) -> Scene:
    wishes = [desired(str(index), rule) for index, rule in enumerate(rules)]
    return Scene(wishes, None, names or {}, datetime(2027, 1, 2, tzinfo=UTC), lambda *_: "")


def over(account_id: str | None) -> Comparison:
    return Comparison(Fact.BALANCE, Operator.GREATER_THAN, 100, account_id=account_id)


def test_every_account_of_a_rule_is_mentioned_where_it_stands() -> None:
    """Trigger, conditions however deep, sources, destinations and figures are found, each at its path in the body."""
    asked = AllOf((over("acc_1"), AnyOf((over(None), over("acc_2"), OPAQUE))))
    top_up = Action(TopUp(LiabilityFigure(Figure.CURRENT_BALANCE, VISA)), CHECKING, Account("?bills", "?"))
    rule = Rule(None, None, Status.ENABLED, ManualTrigger("acc_0"), (OPAQUE, Step(asked, (OPAQUE, top_up))))

    here = ("steps", 1, "conditions", "all")
    there = ("steps", 1, "actions", 1)
    assert [
        Mention(("trigger", "account_id"), "acc_0"),
        Mention((*here, 0, "condition", "params", "account_id"), "acc_1"),
        Mention((*here, 1, "any", 1, "condition", "params", "account_id"), "acc_2"),
        Mention((*there, "source"), CHECKING.id, CHECKING.type),
        Mention((*there, "destination"), "?bills"),
        Mention((*there, "current_balance_account"), VISA.id, VISA.type),
    ] == list(mentions(rule))
    assert [(there, top_up)] == list(moves(rule))
    assert ["trigger", "params", "params", "source"] == [each.part for each in mentions(rule)][:4]


def test_a_trigger_of_an_unknown_kind_names_no_account() -> None:
    """What is not known of a rule is not guessed."""
    rule = Rule(None, None, Status.ENABLED, OPAQUE, (Step(None, ()),))

    assert [] == list(mentions(rule))
    assert [] == list(on_deposit([desired("a", rule)]))


def test_only_enabled_rules_run() -> None:
    """A rule that Git wants disabled moves nothing; those that deposits set off come with their account."""
    scene = a_scene(a_rule(), a_rule(status=Status.DISABLED))

    assert ["0"] == [each.key for each in running(scene)]
    assert [("0", CHECKING.id)] == [(rule.key, account) for rule, account in on_deposit(running(scene))]
    assert isinstance(a_rule().trigger, DepositTrigger)


def test_names_are_for_people() -> None:
    """An account goes by its name, with its id where two share it; one that was not looked up by what the rule says."""
    name = naming(a_scene(names={"acc_1": "Rent", "acc_2": "Pot", "acc_3": "Pot"}))

    assert ["Rent", "Pot (`acc_2`)", "`acc_4`", "`rainy-day`"] == [
        name(each) for each in ("acc_1", "acc_2", "acc_4", "?rainy-day")
    ]


def test_a_list_is_as_long_as_it_is_read() -> None:
    """Up to five keys are listed, of more the first four and how many there are besides."""
    assert "`a`" == listing(["a"])
    assert "`a` and `b`" == listing(["a", "b"])
    assert "`a`, `b`, `c`, `d` and `e`" == listing("abcde")
    assert "`a`, `b`, `c`, `d` and 2 others" == listing("abcdef")
    assert SAVINGS.type == "pod"


def test_the_field_of_a_figure() -> None:
    """The figure of a top-up has the field that the API gives it."""
    assert "next_payment_minimum_account" == figure_field(LiabilityFigure(Figure.NEXT_PAYMENT_MINIMUM, VISA))
