"""A rule file without its shorthand: the plain body that the v1 API documents, and the accounts that it names."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from rulesync.accounts import UNKNOWN, AccountBook
from rulesync.document import MAX_FINDINGS
from rulesync.rule import Account
from rulesync.source.rulefile import (
    AccountNode,
    AccountRef,
    Action,
    Comparison,
    Condition,
    FixedAmount,
    Limit,
    Params,
    Percentage,
    PercentageOfLiability,
    RoundDown,
    RuleFile,
    ScheduledTrigger,
    TopUp,
    Trigger,
)

"""What stands for an id or a type that only the API can tell: enough to check a file offline, never sent."""

Path = tuple[str | int, ...]
Body = dict[str, object]
_FIGURES = ("next_payment_minimum_account", "current_balance_account", "last_statement_balance_account")

_ROLES = frozenset({"account", "source", "destination", *_FIGURES})


@dataclass(frozen=True, slots=True)
class UnknownAccount:
    """A name that stands for no account, where it was written, and what to do about it."""

    path: Path
    message: str
    help: str | None


@dataclass(frozen=True, slots=True)
class Mention:
    """A name of an account in a rule file; `typed` where the API wants the account's type as well."""

    path: Path
    word: str
    typed: bool


def expand(rule: RuleFile, book: AccountBook) -> tuple[Body, tuple[UnknownAccount, ...]]:
    """Return the plain body of a rule, in v1 spelling, and the names that could not be resolved.

    Amounts are in cents, accounts are `{id, type}`; every action has its `group_index` and its `up_to_enabled`, and
    what is absent stays absent.
    """
    expansion = _Expansion(book)
    body = expansion.rule(rule)
    return body, tuple(expansion.unknown)


@dataclass(slots=True)
class _Expansion:
    """One rule being written out; names that stand for nothing are collected on the way."""

    book: AccountBook
    unknown: list[UnknownAccount] = field(default_factory=list)

    def rule(self, rule: RuleFile) -> Body:
        trigger = self.trigger(rule.trigger)
        steps: list[Body] = []
        for index, step in enumerate(rule.steps):
            here: Path = ("steps", index)
            actions = [self.action(action, (*here, "actions", at)) for at, action in enumerate(step.actions)]
            conditions = step.conditions and self.condition(step.conditions, (*here, "conditions"))
            steps.append(_given(conditions=conditions, actions=actions))
        return _given(
            nickname=rule.nickname,
            description=rule.description,
            status=rule.status or "enabled",
            trigger=trigger,
            steps=steps,
        )

    def trigger(self, trigger: Trigger) -> Body:
        when: Body = {}
        if isinstance(trigger, ScheduledTrigger):
            when = {"schedule_type": trigger.schedule_type, "start_date": trigger.start_date}
        account_id = self.account_id(trigger.account, trigger.account_id, ("trigger", "account"))
        return _given(type=trigger.type, account_id=account_id, **when)

    def condition(self, condition: Condition, path: Path) -> Body:
        if condition.condition is not None:
            return {"condition": self.comparison(condition.condition, (*path, "condition"))}
        kind, inner = ("any", condition.any) if condition.any is not None else ("all", condition.all)
        return {kind: [self.condition(each, (*path, kind, index)) for index, each in enumerate(inner or ())]}

    def comparison(self, comparison: Comparison, path: Path) -> Body:
        params = comparison.params or Params()
        account_id = self.account_id(params.account, params.account_id, (*path, "params", "account"))
        return _given(
            fact=comparison.fact,
            operator=comparison.operator,
            value=None if comparison.value is None else int(comparison.value),
            value_fact=comparison.value_fact,
            params={"account_id": account_id} if account_id else None,
        )

    def action(self, action: Action, path: Path) -> Body:
        return _given(
            type=action.type,
            **self.amount(action, path),
            source=self.node(action.source, (*path, "source")),
            destination=self.node(action.destination, (*path, "destination")),
            group_index=action.group_index or 0,
            up_to_enabled=bool(action.up_to_enabled),
            is_direct_deposit=action.is_direct_deposit or None,
            limit=action.limit and {"period": action.limit.period, "amount_in_cents": _cents(action.limit)},
            ach_description=action.ach_description,
        )

    def amount(self, action: Action, path: Path) -> Body:
        """Return the fields that only this type of action has."""
        match action:
            case FixedAmount() | RoundDown():
                return {"amount_in_cents": _cents(action)}
            case TopUp():
                figures = {name: getattr(action, name) for name in _FIGURES}
                nodes = {name: ref and self.node(ref, (*path, name)) for name, ref in figures.items()}
                return {"amount_in_cents": _cents(action), **nodes}
            case Percentage():
                return {"percentage_value": _percent(action), "percentage_target": action.percentage_target}
            case PercentageOfLiability():
                return {"percentage_value": _percent(action)}
            case _:
                return {}

    def account_id(self, word: str | None, account_id: str | None, path: Path) -> str | None:
        return account_id if word is None else self.resolve(word, path).id

    def node(self, ref: AccountRef, path: Path) -> Body:
        if isinstance(ref, AccountNode):
            return {"id": ref.id, "type": ref.type}
        account = self.resolve(ref, path)
        return {"id": account.id, "type": account.type}

    def resolve(self, word: str, path: Path) -> Account:
        if len(self.unknown) > MAX_FINDINGS:
            return Account(UNKNOWN, UNKNOWN)
        try:
            return self.book.stands_for(word)
        except LookupError as problem:
            message, advice = (*problem.args, None)[:2]
            self.unknown.append(UnknownAccount(path, message, advice))
            return Account(f"{UNKNOWN}{word}", UNKNOWN)


def _given(**fields: object) -> Body:
    return {name: value for name, value in fields.items() if value is not None}


def _cents(amount: FixedAmount | RoundDown | TopUp | Limit) -> int | None:
    return amount.amount_in_cents if amount.amount is None else amount.amount


def _percent(action: Percentage | PercentageOfLiability) -> int | float:
    value = action.percentage_value
    return int(value) if value == int(value) else value


def mentions(rule: RuleFile) -> Iterator[Mention]:
    """Yield the names of accounts that a rule file holds."""
    if rule.trigger.account is not None:
        yield Mention(("trigger", "account"), rule.trigger.account, typed=False)
    for index, step in enumerate(rule.steps):
        yield from _in_condition(step.conditions, ("steps", index, "conditions"))
        for at, action in enumerate(step.actions):
            for name in ("source", "destination", *_FIGURES):
                ref = getattr(action, name, None)
                if isinstance(ref, str):
                    yield Mention(("steps", index, "actions", at, name), ref, typed=True)


def _in_condition(condition: Condition | None, path: Path) -> Iterator[Mention]:
    if condition is None:
        return
    params = condition.condition and condition.condition.params
    if params and params.account is not None:
        yield Mention((*path, "condition", "params", "account"), params.account, typed=False)
    for kind, inner in (("any", condition.any), ("all", condition.all)):
        for index, each in enumerate(inner or ()):
            yield from _in_condition(each, (*path, kind, index))


def loose_mentions(data: object, path: Path = ()) -> Iterator[Mention]:
    """Yield the names of accounts in a document whose shape is wrong, so that these errors are said in the same run."""
    match data:
        case dict():
            for name, value in data.items():
                if isinstance(value, str) and name in _ROLES:
                    yield Mention((*path, name), value, typed=name != "account")
                yield from loose_mentions(value, (*path, name))
        case list():
            for index, value in enumerate(data):
                yield from loose_mentions(value, (*path, index))
        case _:
            return
