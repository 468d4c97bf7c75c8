from pathlib import Path
from typing import get_args

from rulesync.accounts import AccountBook, ListedAccount
from rulesync.config import load as load_config
from rulesync.ownership import holds_marker
from rulesync.rule import Action, Amount, DepositTrigger, Rule, Step, accounts
from rulesync.source import load, resolve

EXAMPLES = Path(__file__).parent.parent / "examples"
LISTED = (
    ListedAccount("acc_01HABC4567", "Checking", "income_source"),
    ListedAccount("acc_01HSAV9999", "Savings", "pod"),
    ListedAccount("acc_01HRNY5555", "Rainy Day", "pod"),
    ListedAccount("acc_01HTAX3333", "Taxes", "pod"),
    ListedAccount("acc_01HRNT2222", "Rent", "pod"),
    ListedAccount("acc_01HBIL7777", "Bills", "pod"),
    ListedAccount("acc_01HFUN8888", "Fun", "pod"),
    ListedAccount("acc_01HBNK1111", "First Federal Checking", "external_account"),
    ListedAccount("acc_01HCRD6666", "Visa Card", "external_account"),
    ListedAccount("acc_01HLON4444", "Car Loan", "external_account"),
    ListedAccount("acc_01HINV0000", "Brokerage", "external_account"),
)


def rules() -> dict[str, Rule]:
    config = load_config(EXAMPLES, environ={})
    sources = load(config.root, config.rules, variables=config.vars)
    desired, findings = resolve(sources, AccountBook(config.accounts, LISTED))
    assert ((), ()) == (sources.findings, findings)
    return {each.key: each.rule for each in desired}


def actions(rule: Rule) -> list[Action]:
    steps = [step for step in rule.steps if isinstance(step, Step)]
    return [action for step in steps for action in step.actions if isinstance(action, Action)]


def test_the_examples_are_in_order() -> None:
    """Every example is read without a finding, and the names in it are accounts of the sandbox."""
    assert [
        "auto-save",
        "bills/car-loan",
        "bills/visa",
        "fill-envelopes",
        "goals/cover-the-card",
        "goals/first-federal",
        "goals/taxes",
        "invest",
        "round-down",
    ] == list(rules())
    assert {listed.id for listed in LISTED} == {each for rule in rules().values() for each in accounts(rule)}


def test_the_examples_show_everything() -> None:
    """Every trigger and every kind of amount is used at least once."""
    found = rules().values()
    assert 3 == len({type(rule.trigger) for rule in found})
    kinds = {type(action.amount).__name__ for rule in found for action in actions(rule)}
    assert len(get_args(Amount)) == len(kinds)
    assert any(action.limit for rule in found for action in actions(rule))


def test_the_examples_could_run() -> None:
    """No account starts two rules when money arrives, no money goes in a circle, and no text has a marker."""
    found = rules()
    starts = [rule.trigger.account_id for rule in found.values() if isinstance(rule.trigger, DepositTrigger)]
    assert len(starts) == len(set(starts))
    ways = {(action.source.id, action.destination.id) for rule in found.values() for action in actions(rule)}
    reachable = set(ways)
    for _ in ways:
        reachable |= {(a, d) for a, b in reachable for c, d in ways if b == c}
    assert set() == {a for a, b in reachable if a == b}
    assert not any(holds_marker(file.read_text()) for file in EXAMPLES.rglob("*.*"))
