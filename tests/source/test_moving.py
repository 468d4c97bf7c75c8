from dataclasses import replace

from rulesync.accounts import AccountBook, AccountEntry
from rulesync.rule import Opaque
from rulesync.source import draw_up, paste
from tests.builders import a_rule, by_hand


def test_files_for_rules_that_can_be_said() -> None:
    """Each rule gets a file under its key, pinned where that counts; one of an unknown kind is left."""
    odd = by_hand("rule_2", replace(a_rule(), trigger=Opaque("{}")))

    made, left = draw_up(
        [by_hand("rule_1", a_rule()), odd], {"rule_1": "a", "rule_2": "b"}, AccountBook(), "r", pinned=True
    )
    bare, _ = draw_up([by_hand("rule_1", a_rule())], {"rule_1": "_a"}, AccountBook(), "r", pinned=False)

    assert [("r/a.yaml", True)] == [(file.about.file, file.text.startswith("id: rule_1\n")) for file in made]
    assert [("r/a.yaml", "key: _a")] == [(file.about.file, file.text.splitlines()[0]) for file in bare]
    assert ["rule_2"] == [each.id for each in left]


def test_what_to_paste() -> None:
    """Names and pins are lines of rulesync.yaml, below their workspace where there is one; nothing is no line."""
    accounts = {"on": AccountEntry(id="acc_1", type="pod"), "b": AccountEntry(id="acc_2")}

    assert 'accounts:\n  "on": {id: acc_1, type: pod}  # On\n  b: {id: acc_2}\n' == paste(
        accounts, {"acc_1": "On"}, {}, None
    )
    assert "workspaces:\n  w:\n    ids:\n      a: rule_1\n" == paste({}, {}, {"a": "rule_1"}, "w")
    assert "" == paste({}, {}, {}, "w")
