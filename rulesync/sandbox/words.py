"""A rule in the sandbox's own plain words, as its pages show it; what it does not know it shows as it is."""

import json
from collections.abc import Mapping

from rulesync.sandbox.identifiers import instant
from rulesync.sandbox.records import Account, Rule

_SCHEDULES = {
    "ONE_TIME": "Once, at {}",
    "DAILY": "Every day, starting {}",
    "WEEKLY": "Every week, starting {}",
    "BI_WEEKLY": "On the 1st and the 15th of each month, starting {}",
    "MONTHLY": "Every month, starting {}",
    "EVERY_OTHER_WEEK": "Every other week, starting {}",
}
_OPERATORS = {
    "EQUALS": "is",
    "NOT_EQUALS": "is not",
    "GREATER_THAN": "is more than",
    "LESS_THAN": "is less than",
    "GREATER_THAN_OR_EQUAL": "is at least",
    "LESS_THAN_OR_EQUAL": "is at most",
}
_FACTS = {
    "TRANSFER_AMOUNT": "the amount transferred",
    "DATE": "the day of the month",
    "LAST_DAY_OF_MONTH": "the last day of the month",
    "NEXT_PAYMENT_MINIMUM_AMOUNT": "the next minimum payment",
    "LAST_STATEMENT_BALANCE": "the last statement balance",
}
_AMOUNTS = {
    "next_payment_minimum": "the next minimum payment",
    "total_amount_due": "the whole amount due",
    "last_statement_balance": "the last statement balance",
}
_PERIODS = {
    "PER_TRANSFER": "a transfer",
    "PER_WEEK": "a week",
    "PER_MONTH": "a month",
    "PER_YEAR": "a year",
}
_TARGETS = {"INCOMING_AMOUNT": "the incoming amount", "SOURCE_ACCOUNT": "the balance there"}
_TOP_UPS = {
    "next_payment_minimum_account": "the next minimum payment of",
    "current_balance_account": "the balance of",
    "last_statement_balance_account": "the last statement balance of",
}


class Words:
    """The words for the rules of one organisation, whose accounts it calls by name."""

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        self._accounts = accounts

    def account(self, account_id: object) -> str:
        """The account's name, or its id where nobody knows it."""
        found = self._accounts.get(account_id) if isinstance(account_id, str) else None
        return found.name if found else str(account_id)

    def trigger(self, rule: Rule) -> str:
        """When the rule runs."""
        trigger = rule.trigger
        if not isinstance(trigger, dict):
            return raw(trigger)
        on = self.account(trigger.get("account_id"))
        match trigger.get("type"):
            case "ON_FUNDS_TRANSFERRED":
                return f"When money arrives in {on}"
            case "MANUAL":
                return f"When somebody runs it by hand, on {on}"
            case "SCHEDULED" if str(trigger.get("schedule_type")) in _SCHEDULES:
                return _SCHEDULES[str(trigger["schedule_type"])].format(_minute(trigger.get("start_date")))
        return raw(trigger)

    def condition(self, node: object) -> str:
        """What must hold, in one phrase; groups inside groups stand in brackets."""
        match node:
            case {"condition": {"fact": fact, "operator": operator, **rest}}:
                params = rest.get("params")
                on = params.get("account_id") if isinstance(params, dict) else None
                right = (
                    self._fact(rest["value_fact"], on) if rest.get("value_fact") else _value(fact, rest.get("value"))
                )
                return f"{self._fact(fact, on)} {_OPERATORS.get(str(operator), operator)} {right}"
            case {"any": [*branches]}:
                return self._branches(branches, " or ")
            case {"all": [*branches]}:
                return self._branches(branches, " and ")
        return raw(node)

    def _branches(self, branches: list[object], word: str) -> str:
        is_leaf = [isinstance(branch, dict) and "condition" in branch for branch in branches]
        parts = [self.condition(branch) for branch in branches]
        return word.join(part if leaf else f"({part})" for part, leaf in zip(parts, is_leaf, strict=True))

    def _fact(self, fact: object, on: object) -> str:
        if fact == "BALANCE":
            return f"the balance of {self.account(on)}" if on else "the balance"
        return _FACTS.get(str(fact), str(fact))

    def action(self, action: object) -> str:
        """What is moved, from where, to where, and how much of it at most."""
        if not isinstance(action, dict):
            return raw(action)
        amount = self._amount(action)
        match action:
            case {"source": {"id": source}, "destination": {"id": destination}} if amount:
                words = f"{amount} from {self.account(source)} to {self.account(destination)}"
            case _:
                return raw(action)
        match action.get("limit"):
            case {"period": period, "amount_in_cents": cents}:
                words += f", at most {money(cents)} {_PERIODS.get(str(period), period)}"
        return words + (", or what there is" if action.get("up_to_enabled") is True else "")

    def _amount(self, action: Mapping[str, object]) -> str | None:
        kind = str(action.get("type"))
        cents, percent = money(action.get("amount_in_cents")), f"{action.get('percentage_value')} %"
        match kind:
            case "fixed_amount":
                return f"Move {cents}"
            case "percentage":
                target = action.get("percentage_target")
                return f"Move {percent} of {_TARGETS.get(str(target), target)}"
            case "round_down":
                return f"Round down to {cents}: move what is over"
            case "percentage_liability_balance":
                return f"Pay {percent} of what is owed"
            case "top_up":
                return f"Top up to {self._top_up(action)}"
        return f"Pay {_AMOUNTS[kind]}" if kind in _AMOUNTS else None

    def _top_up(self, action: Mapping[str, object]) -> str:
        for field, phrase in _TOP_UPS.items():
            match action.get(field):
                case {"id": target}:
                    return f"{phrase} {self.account(target)}"
        return money(action.get("amount_in_cents"))


def money(cents: object) -> str:
    """Cents as people write them: `$1,234.56`."""
    if isinstance(cents, bool) or not isinstance(cents, int):
        return str(cents)
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02}"


def raw(value: object) -> str:
    """A value that has no words yet."""
    return json.dumps(value, ensure_ascii=False)


def _minute(start: object) -> str:
    try:
        return f"{instant(str(start)):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return str(start)


def _value(fact: object, value: object) -> str:
    return str(value) if fact == "DATE" else money(value)
