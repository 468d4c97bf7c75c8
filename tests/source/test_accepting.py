from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rulesync.accounts import AccountBook, AccountEntry, ListedAccount
from rulesync.rule import Account, FixedAmount, Percentage, Rule, ScheduledTrigger, Status, Step, Text
from rulesync.source import Sources, accepted, dump, index_of, load, resolve, words
from tests.builders import a_rule
from tests.source.test_trial import BARE, NAMED
from tests.strategies import ACCOUNTS, NAMES, rules

BOOK = AccountBook(
    {"checking": AccountEntry("acc_checking", "income_source"), "savings": AccountEntry("acc_savings", "pod")},
    tuple(ListedAccount(each.id, NAMES.get(each.id), each.type) for each in ACCOUNTS),
)
FILE = """\
# kept
nickname: 'Save'
description: >-
  Saves
  a little
status: disabled # kept as well
trigger: {type: SCHEDULED, schedule_type: WEEKLY, start_date: 2027-01-01T09:00:00Z, account: checking}
steps:
  - conditions:
      all:
        - condition: {fact: BALANCE, operator: GREATER_THAN, value: $500.00, params: {account: savings}}
        - condition: {fact: DATE, operator: EQUALS, value: 5}
    actions:
      - type: fixed_amount
        amount: $50.00
        source: checking   # from here
        destination: {id: acc_rainy, type: pod}
        up_to_enabled: true
"""


def loaded(tmp_path: Path, text: str, book: AccountBook = BOOK, name: str = "save.yaml") -> tuple[Any, Rule, bytes]:
    """Return the draft in a file, the rule that it says, and the content of the file."""
    file = tmp_path / "rules" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text.encode())
    sources = load(tmp_path, "rules")
    assert () == sources.findings
    draft = next(each for each in sources.drafts if each.document.file == f"rules/{name}")
    (rule,), unknown = resolve(Sources((draft,), (), 1), book)
    assert () == unknown
    return draft, rule.rule, file.read_bytes()


def changed(rule: Rule, **fields: Any) -> Rule:  # noqa: ANN401 - fields of any kind
    """Return a rule whose first action is different."""
    step = rule.steps[0]
    assert isinstance(step, Step)
    return replace(rule, steps=(replace(step, actions=(replace(step.actions[0], **fields), *step.actions[1:])),))


def elsewhere(rule: Rule) -> ScheduledTrigger:
    """Return the trigger on another account."""
    assert isinstance(rule.trigger, ScheduledTrigger)
    return replace(rule.trigger, account_id="acc_savings")


VALUES: dict[str, tuple[Callable[[Rule], Rule], str, str]] = {
    "nickname": (lambda rule: replace(rule, nickname="It's: me"), "'Save'", '"It\'s: me"'),
    "status": (lambda rule: replace(rule, status=Status.ENABLED), "status: disabled", "status: enabled"),
    "description": (
        lambda rule: replace(rule, description=Text.of("Saves\nmore")),
        ">-\n  Saves\n  a little",
        "|\n  Saves\n  more",
    ),
    "one line": (
        lambda rule: replace(rule, description=Text.of("Saves {{ more")),
        ">-\n  Saves\n  a little",
        '"Saves \\x7b{ more"',
    ),
    "amount": (lambda rule: changed(rule, amount=FixedAmount(123_456)), "$50.00", '"$1,234.56"'),
    "source": (lambda rule: changed(rule, source=Account("acc_savings", "pod")), "source: checking", "source: savings"),
    "no name": (
        lambda rule: changed(rule, source=Account("acc_taxes", "pod")),
        "source: checking",
        "source: {id: acc_taxes, type: pod}",
    ),
    "a node": (lambda rule: changed(rule, destination=Account("acc_taxes", "pod")), "acc_rainy", "acc_taxes"),
    "a truth": (lambda rule: changed(rule, up_to_available=False), "up_to_enabled: true", "up_to_enabled: false"),
    "trigger": (
        lambda rule: replace(rule, trigger=elsewhere(rule)),
        "account: checking}",
        "account: savings}",
    ),
}


@pytest.mark.parametrize("what", VALUES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_one_value(tmp_path: Path, what: str, end: str) -> None:
    """A value that differs is written where it stands, in the style that it had; every other byte stays."""
    change, old, new = VALUES[what]
    text = "\ufeff" + FILE.replace("\n", end)
    draft, rule, content = loaded(tmp_path, text)
    index = index_of(content, draft)
    assert 0 == index

    after = accepted(content, index, draft, change(rule), BOOK)

    assert after is not None
    wish = text.replace(old.replace("\n", end), new if end == "\n" else new.replace("\n", "\r\n"))
    assert wish.replace("\r\n", "\n") == after.decode().replace("\r\n", "\n")


def test_other_documents_stay(tmp_path: Path) -> None:
    """Of a file with several rules, one is changed and the others say what they said."""
    text = "".join(f"---\nkey: {key}\n{dump(a_rule(), words(BOOK))}" for key in ("one", "two"))
    file = tmp_path / "rules" / "a.yaml"
    file.parent.mkdir()
    file.write_text(text)
    sources = load(tmp_path, "rules")
    two = next(draft for draft in sources.drafts if draft.key == "two")

    after = accepted(text.encode(), 1, two, a_rule(700), BOOK)

    assert 1 == index_of(text.encode(), two)
    assert after == "$7.00".join(text.rsplit("$50.00", 1)).encode()
    assert None is accepted(text.encode(), 2, two, a_rule(700), BOOK)
    assert None is accepted(b"nonsense: [", 0, two, a_rule(700), BOOK)
    assert None is accepted(text.encode(), 0, two, a_rule(700), BOOK)  # the document of another key


@pytest.mark.parametrize("book", [BARE, NAMED], ids=["bare", "named"])
@given(rules(), st.data())
def test_what_is_accepted_is_said(
    tmp_path_factory: pytest.TempPathFactory, book: AccountBook, rule: Rule, data: st.DataObject
) -> None:
    """Whatever the app made of a rule: what comes out says that rule, and where only values differ it comes out."""
    wish = data.draw(rules() | st.just(rule))
    few = data.draw(st.sampled_from(["everything", "amounts"]))
    if few == "amounts":
        wish = _other_amounts(rule)
        assume(wish != rule)
    text = dump(rule, words(book), key="a")
    root = tmp_path_factory.mktemp("accept")
    draft, now, content = loaded(root, text, book, "x.yaml")
    assert now == rule

    after = accepted(content, 0, draft, wish, book)

    assert few == "everything" or after is not None
    if after is not None:
        assert loaded(root, after.decode(), book, "x.yaml")[1] == wish


def _other_amounts(rule: Rule) -> Rule:
    """Return a rule with other numbers in its plain amounts."""

    def other(action: Any) -> Any:  # noqa: ANN401 - any action
        match getattr(action, "amount", None):
            case FixedAmount():
                return replace(action, amount=FixedAmount(777))
            case Percentage(percent, base):
                return replace(action, amount=Percentage(Decimal(13) if percent != 13 else Decimal("12.5"), base))
            case _:
                return action

    steps = [
        replace(step, actions=tuple(map(other, step.actions))) if isinstance(step, Step) else step
        for step in rule.steps
    ]
    return replace(rule, steps=tuple(steps))


def test_json_is_changed_as_json(tmp_path: Path) -> None:
    """A rule file in JSON gets values as JSON writes them."""
    text = (
        '{"nickname": "Save", "trigger": {"type": "ON_FUNDS_TRANSFERRED", "account": "checking"}, "steps": [{"actions":'
        ' [{"type": "fixed_amount", "amount": "$50.00", "source": "checking", "destination": "savings"}]}]}\n'
    )
    draft, rule, content = loaded(tmp_path, text, name="save.json")

    after = accepted(content, 0, draft, replace(changed(rule, amount=FixedAmount(1)), nickname='a "b"'), BOOK)

    assert after == text.replace('"Save"', '"a \\"b\\""').replace("$50.00", "$0.01").encode()


def test_what_a_machine_leaves_alone(tmp_path: Path) -> None:
    """A value that is not there, one that goes, and a file that is a template or has changed are left to a person."""
    draft, rule, content = loaded(tmp_path, FILE)

    assert None is accepted(content, 0, draft, replace(rule, description=None), BOOK)
    assert None is accepted(content, 0, draft, changed(rule, direct_deposit=True), BOOK)
    assert None is index_of(content + b"\nsuppress: {}\n", draft)
    assert None is index_of(content + b"# {{\n", draft)
    assert isinstance(rule.trigger, ScheduledTrigger)
    assert None is accepted(
        content, 0, draft, replace(rule, trigger=replace(rule.trigger, account_id="acc_taxes")), BOOK
    )
