"""Checks of rules that are too much alike: two that one deposit sets off, two that people cannot tell apart."""

from collections import defaultdict
from collections.abc import Iterator

from rulesync.findings import Severity
from rulesync.lint.check import Check, Remark, Scene
from rulesync.lint.parts import listing, naming, on_deposit, running


def two_deposit_rules(scene: Scene) -> Iterator[Remark]:
    """Remark on each of several rules that are to run when money arrives in one account."""
    by_account: dict[str, list[str]] = defaultdict(list)
    for each, account in on_deposit(running(scene)):
        by_account[account].append(each.key)
    name = naming(scene)
    for account, keys in by_account.items():
        for key in keys if len(keys) > 1 else ():
            others = [each for each in keys if each != key]
            message = f"{listing(others)} {_runs(others)} too when money arrives in {name(account)}"
            advice = "an account has at most one rule of this kind: put what a deposit sets off into one rule"
            yield Remark(key, message, ("trigger", "account_id"), advice)


def _runs(keys: list[str]) -> str:
    return "runs" if len(keys) == 1 else "run"


def same_nickname(scene: Scene) -> Iterator[Remark]:
    """Remark on each of several rules that bear one nickname."""
    by_nickname: dict[str, list[str]] = defaultdict(list)
    for each in scene.rules:
        if each.outline.nickname:
            by_nickname[each.outline.nickname].append(each.key)
    for keys in by_nickname.values():
        for key in keys if len(keys) > 1 else ():
            others = [each for each in keys if each != key]
            message = f"{listing(others)} {'bears' if len(others) == 1 else 'bear'} the same nickname"
            advice = "give each rule a name of its own: in the app, people tell rules apart by it"
            yield Remark(key, message, ("nickname",), advice)


CHECKS: tuple[Check, ...] = (
    Check("two-deposit-rules", Severity.WARNING, two_deposit_rules, across=True),
    Check("same-nickname", Severity.WARNING, same_nickname, across=True),
)
