"""Checks of rules against the API's accounts: what is gone, of another kind, or may not play its part.

Without the API's list nothing is said, but for what the type in a rule makes certain.
"""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rulesync.accounts import ListedAccount
from rulesync.findings import Severity
from rulesync.lint.check import Check, Path, Remark, Scene
from rulesync.lint.fields import actions
from rulesync.lint.parts import Mention, figure_field, is_known, mentions, naming
from rulesync.rule import (
    Account,
    LastStatementBalance,
    LiabilityFigure,
    NextPaymentMinimum,
    PercentageOfLiability,
    Rule,
    TopUp,
    TotalAmountDue,
)

_LIABILITY = "LIABILITY"
_PAYS_A_LIABILITY = (NextPaymentMinimum, TotalAmountDue, LastStatementBalance, PercentageOfLiability)
_NEVER_A_LIABILITY = {"income_source": "an income source", "pod": "a pod"}
_KINDS = {"DEPOSITORY": "a bank account", "INVESTMENT": "an investment account"}
_TYPES = _NEVER_A_LIABILITY | {"external_account": "an external account"}

Known = TypeVar("Known")


def account_role(scene: Scene) -> Iterator[Remark]:
    """Remark on accounts that money cannot leave or reach, where a rule has it do so; once for each rule and part."""
    name = naming(scene)
    for key, mention, account in _once(_listed(scene), by_part=True):
        refusal = None if account.deleted else _refusal(mention, account)
        if refusal:
            message, advice = refusal
            yield Remark(key, message.format(name(account.id)), mention.path, advice)


def _refusal(mention: Mention, account: ListedAccount) -> tuple[str, str] | None:
    """Return why an account cannot play its part, and what to do; None where it can, or nobody knows."""
    match mention.part:
        case "trigger" if account.can_be_source is False:
            return "{} cannot be a source, so no rule can start there", "name the account that the money comes from"
        case "source" if account.can_be_source is False:
            return "{} cannot be a source", "take the money from another account"
        case "destination" if account.can_be_destination is False:
            return "{} cannot be a destination", "send the money to another account"
        case _:
            return None


def deleted_account(scene: Scene) -> Iterator[Remark]:
    """Remark on accounts that were deleted, once for each rule that speaks of them."""
    name = naming(scene)
    for key, mention, account in _once(_listed(scene)):
        if account.deleted:
            advice = "name the account that took its place, or remove the rule"
            yield Remark(key, f"{name(account.id)} was deleted", mention.path, advice)


def unknown_account_id(scene: Scene) -> Iterator[Remark]:
    """Remark on ids that the API's list does not have, once for each rule that uses them."""
    if scene.accounts is None:
        return
    found = ((each.key, mention, mention.id) for each in scene.rules for mention in mentions(each.rule))
    for key, mention, account_id in _once(found):
        if is_known(account_id) and account_id not in scene.accounts:
            message = f"the API lists no account with the id `{account_id}`"
            advice = "compare it with what the app shows; the list may leave out accounts that the key cannot see"
            yield Remark(key, message, mention.path, advice)


def other_beneficiary(scene: Scene) -> Iterator[Remark]:
    """Remark on actions between accounts of two people or businesses."""
    accounts = scene.accounts or {}
    name = naming(scene)
    for each in scene.rules:
        for path, action in actions(each.rule):
            source, destination = accounts.get(action.source.id), accounts.get(action.destination.id)
            if not (source and destination and source.beneficiary and destination.beneficiary):
                continue
            if source.beneficiary != destination.beneficiary:
                message = (
                    f"{name(destination.id)} belongs to `{destination.beneficiary}`, and {name(source.id)} to "
                    f"`{source.beneficiary}`"
                )
                advice = "rules move money between accounts of one and the same person or business"
                yield Remark(each.key, message, (*path, "destination"), advice)


def wrong_account_type(scene: Scene) -> Iterator[Remark]:
    """Remark on accounts that the API knows under another type, once for each rule and type.

    A type of the API's that no rule file can name is no reproach to it.
    """
    name = naming(scene)
    typed = ((key, mention, account) for key, mention, account in _listed(scene) if mention.type)
    for key, mention, account in _once(typed, by_type=True):
        if account.type in _TYPES and mention.type != account.type:
            is_not = _TYPES.get(str(mention.type), f"of the type `{mention.type}`")
            message = f"{name(account.id)} is {_TYPES[account.type]}, not {is_not}"
            advice = f"write `type: {account.type}`, here or under `accounts:` in rulesync.yaml"
            yield Remark(key, message, (*mention.path, "type"), advice)


def not_a_liability(scene: Scene) -> Iterator[Remark]:
    """Remark on payments of a debt, and top-ups to its figures, where the account is none that anything is owed to."""
    name = naming(scene)
    for each in scene.rules:
        for path, account, of in _debts(each.rule):
            what = _no_debt(account, (scene.accounts or {}).get(account.id))
            if what:
                message = f"{name(account.id)} is {what}, and has no {of}"
                advice = "name a card or a loan, or move a fixed amount or a percentage"
                yield Remark(each.key, message, path, advice)


def _debts(rule: Rule) -> Iterator[tuple[Path, Account, str]]:
    """Yield the accounts that must be liabilities, each with its path and what is asked of it."""
    for path, action in actions(rule):
        match action.amount:
            case TopUp(LiabilityFigure() as target):
                yield (*path, figure_field(target)), target.account, f"{target.figure.value} of a debt"
            case amount if isinstance(amount, _PAYS_A_LIABILITY):
                yield (*path, "destination"), action.destination, "debt that could be paid"
            case _:
                pass


def _no_debt(account: Account, listed: ListedAccount | None) -> str | None:
    """Return what an account certainly is instead of a liability, None where it is one or nobody knows."""
    if listed is None:
        return _NEVER_A_LIABILITY.get(account.type)
    if listed.type in _NEVER_A_LIABILITY:
        return _NEVER_A_LIABILITY[listed.type]
    if listed.external_type in {None, _LIABILITY}:
        return None
    return _KINDS.get(str(listed.external_type), f"of the kind `{listed.external_type}`")


def _listed(scene: Scene) -> Iterator[tuple[str, Mention, ListedAccount]]:
    """Yield the accounts that the API lists, by the rules that speak of them and the places where they do."""
    accounts = scene.accounts or {}
    for each in scene.rules if accounts else ():
        for mention in mentions(each.rule):
            if mention.id in accounts:
                yield each.key, mention, accounts[mention.id]


def _once(
    found: Iterable[tuple[str, Mention, Known]], *, by_part: bool = False, by_type: bool = False
) -> Iterator[tuple[str, Mention, Known]]:
    """Yield what was found, only the first place of each account in a rule; or of each of its parts, or types."""
    seen = set()
    for key, mention, known in found:
        this = (key, mention.id, mention.part if by_part else None, mention.type if by_type else None)
        if this not in seen:
            seen.add(this)
            yield key, mention, known


CHECKS: tuple[Check, ...] = (
    Check("account-role", Severity.ERROR, account_role),
    Check("deleted-account", Severity.ERROR, deleted_account),
    Check("unknown-account-id", Severity.WARNING, unknown_account_id),
    Check("other-beneficiary", Severity.ERROR, other_beneficiary),
    Check("wrong-account-type", Severity.ERROR, wrong_account_type),
    Check("not-a-liability", Severity.ERROR, not_a_liability),
)
