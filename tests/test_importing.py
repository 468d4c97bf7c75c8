from dataclasses import replace

from rulesync.accounts import AccountEntry, ListedAccount
from rulesync.importing import Ours, candidates, keys, new_accounts, unsayable
from rulesync.rule import Action, Figure, LiabilityFigure, Opaque, Step, TopUp
from rulesync.ruleset import Extra
from tests.builders import CHECKING, SAVINGS, SCOPE, a_rule, applied, by_hand, row


def test_who_is_free_to_be_taken_in() -> None:
    """Rules with a pin, another scope's marker, a key that is here, or a twin are left."""
    held = [
        by_hand("rule_1", a_rule()),
        by_hand("rule_2", a_rule()),
        applied("here", a_rule()),
        applied("new", a_rule()),
    ]
    held += [
        applied("x", a_rule(), "rule_3", "firm"),
        *(applied("twin", a_rule(), name) for name in ("rule_4", "rule_5")),
    ]

    free, left = candidates([row(each) for each in held], Ours(SCOPE, {"here"}, {"rule_2"}))

    assert ["rule_1", "rule_new"] == [each.id for each in free]
    assert ["rule_2", "rule_here", "rule_3", "rule_4", "rule_5"] == [each.id for each in left]


def test_keys_of_their_own() -> None:
    """A marker's key is kept, then that of `ids`; a new key is nobody's."""
    held = [by_hand("rule_1", a_rule()), by_hand("rule_2", a_rule()), applied("save", a_rule())]
    ours = Ours(SCOPE, (), (), {"save-2"}, {"pinned": "rule_2"})

    assert {"rule_1": "save-3", "rule_2": "pinned", "rule_save": "save"} == keys(
        held, [row(each) for each in held], ours
    )


def test_what_is_not_known() -> None:
    """Unknown parts and fields are named, cut where nobody would read on."""
    odd = by_hand("rule_1", replace(a_rule(), trigger=Opaque("x" * 200)))

    assert f"it holds what rulesync does not know: `{'x' * 99}…`" == unsayable(odd)
    assert "it holds fields that rulesync does not know: `a`" == unsayable(
        replace(by_hand("rule_1", a_rule()), extras=(Extra(("a",), "1"),))
    )
    assert None is unsayable(by_hand("rule_1", a_rule()))


def test_names_for_accounts() -> None:
    """Each account without a name gets one that nobody has, with its type as far as it is known."""
    top_up = Action(TopUp(LiabilityFigure(Figure.CURRENT_BALANCE, SAVINGS)), CHECKING, CHECKING)
    rule = replace(a_rule(), steps=(Step(None, (top_up,)),))
    listed = [ListedAccount("acc_savings", "Savings", "pod"), ListedAccount("acc_checking", None, "income_source")]
    only = replace(a_rule(), steps=())

    assert {
        "acc-checking": AccountEntry("acc_checking", "income_source"),
        "savings-2": AccountEntry("acc_savings", "pod"),
    } == new_accounts([rule], (), {"Savings"}, listed)
    assert {"acc-checking": AccountEntry("acc_checking")} == new_accounts([only], (), (), ())
    assert {} == new_accounts([rule], {"acc_checking", "acc_savings"}, (), listed)
