"""Scenes for tests of checks: rules between accounts that go by one word, and what a check says of them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from rulesync.accounts import ListedAccount
from rulesync.lint.check import Check, Remark, Scene
from rulesync.lint.table import CHECKS
from rulesync.rule import (
    Account,
    Action,
    Amount,
    DepositTrigger,
    FixedAmount,
    ManualTrigger,
    Rule,
    Schedule,
    ScheduledTrigger,
    Status,
    Step,
    Trigger,
)
from rulesync.ruleset import DesiredRule
from tests.builders import desired

NOW = datetime(2027, 1, 2, tzinfo=UTC)
ON = Status.ENABLED
FIFTY = FixedAmount(5000)


def pod(name: str) -> Account:
    return Account(name, "pod")


def deposit(name: str) -> Trigger:
    return DepositTrigger(name)


def monthly(name: str) -> Trigger:
    return ScheduledTrigger(Schedule.MONTHLY, NOW, name)


def by_hand(name: str) -> Trigger:
    return ManualTrigger(name)


def send(source: str | Account, destination: str | Account, amount: Amount = FIFTY) -> Action:
    return Action(amount, _account(source), _account(destination))


def _account(ref: str | Account) -> Account:
    return pod(ref) if isinstance(ref, str) else ref


def wish(key: str, trigger: Trigger, *actions: Action, status: Status = ON, nickname: str | None = None) -> DesiredRule:
    return desired(key, Rule(nickname, None, status, trigger, (Step(None, actions),)))


def scene(rules: Iterable[DesiredRule], accounts: Iterable[ListedAccount] | None = None) -> Scene:
    listed = None if accounts is None else {each.id: each for each in accounts}
    rules = tuple(rules)
    names = {each: each.title() for each in ("checking", "rent", "bills", "savings", "visa")}
    return Scene(rules, listed, names, NOW, lambda *_: "")


def check(name: str) -> Check:
    (found,) = [each for each in CHECKS if each.id == name]
    return found


def said(name: str, *rules: DesiredRule, accounts: Iterable[ListedAccount] | None = None) -> list[Remark]:
    """What the check of this id remarks on these rules."""
    return list(check(name).look(scene(rules, accounts)))


def brief(remarks: Iterable[Remark]) -> list[tuple[str, str, str]]:
    """Remarks as key, path and message."""
    return [(each.key, ".".join(map(str, each.path)), each.message) for each in remarks]
