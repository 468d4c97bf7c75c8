from datetime import UTC, datetime

from rulesync.lint.check import Scene
from rulesync.lint.fields import actions, comparisons, parts, steps, told, words
from rulesync.rule import (
    Account,
    Action,
    AllOf,
    AnyOf,
    Comparison,
    DepositTrigger,
    Fact,
    FixedAmount,
    Opaque,
    Operator,
    Rule,
    Status,
    Step,
)

FIRST, SECOND, THIRD = (Comparison(Fact.DATE, Operator.EQUALS, day) for day in (1, 2, 3))
ACTION = Action(FixedAmount(5000), Account("?checking", "?"), Account("acc_savings", "pod"))
CONDITION = AllOf((FIRST, AnyOf((SECOND, Opaque("{}"), THIRD))))
RULE = Rule(
    "Save",
    None,
    Status.ENABLED,
    DepositTrigger("acc_home"),
    (Opaque("{}"), Step(CONDITION, (Opaque("{}"), ACTION)), Step(None, (ACTION,)), Step(FIRST, (ACTION,))),
)


def test_what_is_known_of_a_rule_comes_out_with_its_path() -> None:
    """Steps, actions and comparisons have their path in the plain body; what is not known is passed over."""
    inside = ("steps", 1, "conditions", "all")
    assert [("steps", 1), ("steps", 2), ("steps", 3)] == [path for path, _ in steps(RULE)]
    assert [(("steps", 1, "actions", 1), ACTION), (("steps", 2, "actions", 0), ACTION)] == list(actions(RULE))[:2]
    assert [
        ((*inside, 0, "condition"), FIRST),
        ((*inside, 1, "any", 0, "condition"), SECOND),
        ((*inside, 1, "any", 2, "condition"), THIRD),
        (("steps", 3, "conditions", "condition"), FIRST),
    ] == list(comparisons(RULE))
    assert [] == list(parts((), FIRST))


def test_accounts_are_called_what_people_call_them() -> None:
    """An account has its name, one that was not looked up has the word of the file, and a long sentence is left out."""
    scene = Scene((), None, {"acc_savings": "Savings"}, datetime(2027, 1, 2, tzinfo=UTC), lambda _, __: "")
    voice = told(scene, RULE)
    assert ("Savings", "`acc_home`", "“checking”") == tuple(
        map(voice.account, ("acc_savings", "acc_home", "?checking"))
    )
    assert ": the day of the month is the 1st" == words(FIRST, voice)
    assert "" == words(AnyOf((FIRST,) * 20), voice)
