from dataclasses import replace

import pytest

from rulesync.accounts import AccountBook, AccountEntry, ListedAccount
from rulesync.rule import Opaque, Rule, Step, Text
from rulesync.source import dump, words
from tests.builders import a_rule

PLAIN = """\
key: save
id: rule_1
nickname: Save
description: Saves a little
trigger: {type: ON_FUNDS_TRANSFERRED, account: checking}
steps:
  - actions:
      - type: fixed_amount
        amount: $50.00
        source: checking
        destination: {id: acc_savings, type: pod}  # The Savings
"""


def test_a_rule_as_a_person_writes_it() -> None:
    """Names of rulesync.yaml stand where they are known, nodes with a remark elsewhere, and defaults nowhere."""
    listed = (ListedAccount("acc_checking", "C", "income_source"), ListedAccount("acc_savings", "The\nSavings", "pod"))
    book = AccountBook({"gone": AccountEntry(name="Gone"), "checking": AccountEntry(id="acc_checking")}, listed)

    assert PLAIN == dump(a_rule(), words(book), key="save", pin="rule_1")


def test_descriptions() -> None:
    """Several lines stand as they are, and one that is long is folded."""
    called = words(AccountBook())

    assert "description: |\n  a\n\n  b\n" in dump(replace(a_rule(), description=Text.of("a\n\nb")), called)
    assert "description: >-\n  word word" in dump(replace(a_rule(), description=Text.of("word " * 40)), called)


@pytest.mark.parametrize(
    "rule",
    [
        replace(a_rule(), trigger=Opaque("{}")),
        replace(a_rule(), steps=(Opaque("{}"),)),
        replace(a_rule(), steps=(Step(Opaque("{}"), ()),)),
        replace(a_rule(), steps=(Step(None, (Opaque("{}"),)),)),
    ],
)
def test_what_is_not_known_has_no_words(rule: Rule) -> None:
    """A part of a kind that is not known cannot be written."""
    with pytest.raises(ValueError, match=r"\{\}"):
        dump(rule, words(AccountBook()))
