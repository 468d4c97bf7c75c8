"""The condition tree of a step: `condition`, `any` or `all` at each node, facts compared at the leaves."""

from collections.abc import Mapping

from rulesync.sandbox import shape
from rulesync.sandbox.records import Account

FACTS = ("TRANSFER_AMOUNT", "BALANCE", "DATE")
VALUE_FACTS = (*FACTS, "LAST_DAY_OF_MONTH", "NEXT_PAYMENT_MINIMUM_AMOUNT", "LAST_STATEMENT_BALANCE")
OPERATORS = (
    "EQUALS",
    "NOT_EQUALS",
    "GREATER_THAN",
    "LESS_THAN",
    "GREATER_THAN_OR_EQUAL",
    "LESS_THAN_OR_EQUAL",
)
_NODES = ("condition", "any", "all")
_LAST_DAY = 31


def check(place: str, node: object, accounts: Mapping[str, Account], *, has_trigger_account: bool) -> dict[str, object]:
    """The tree without its nulls; refuses (400) what is no tree.

    Without an account in the trigger each BALANCE needs its own, since it has none to default to.
    """
    found = shape.fields(place, node, (), _NODES)
    if len(found) != 1:
        shape.refuse(place, f"must hold exactly one of {', '.join(_NODES)}")
    ((name, value),) = found.items()
    here = shape.below(place, name)
    if name == "condition":
        return {name: _leaf(here, value, accounts, has_trigger_account=has_trigger_account)}
    branches = enumerate(shape.items(here, value))
    return {
        name: [
            check(f"{here}[{index}]", branch, accounts, has_trigger_account=has_trigger_account)
            for index, branch in branches
        ]
    }


def _leaf(
    place: str, value: object, accounts: Mapping[str, Account], *, has_trigger_account: bool
) -> dict[str, object]:
    leaf = shape.fields(place, value, ("fact", "operator"), ("value", "value_fact", "params"))
    fact = shape.choice(shape.below(place, "fact"), leaf["fact"], FACTS)
    shape.choice(shape.below(place, "operator"), leaf["operator"], OPERATORS)
    # The reference forbids neither both nor none; a neighbour of the API says exactly one, and so does the sandbox.
    if ("value" in leaf) == ("value_fact" in leaf):
        shape.refuse(place, "must hold exactly one of value, value_fact")
    if "value_fact" in leaf:
        shape.choice(shape.below(place, "value_fact"), leaf["value_fact"], VALUE_FACTS)
    elif fact == "DATE":
        shape.integer(shape.below(place, "value"), leaf["value"], 1, _LAST_DAY)
    else:
        shape.number(shape.below(place, "value"), leaf["value"])
    if "params" in leaf:
        leaf["params"] = _params(shape.below(place, "params"), leaf["params"], accounts)
    elif "BALANCE" in {fact, leaf.get("value_fact")} and not has_trigger_account:
        shape.refuse(shape.below(place, "params"), "is required for BALANCE, because the trigger has no account")
    return leaf


def _params(place: str, value: object, accounts: Mapping[str, Account]) -> dict[str, object]:
    params = shape.fields(place, value, ("account_id",))
    here = shape.below(place, "account_id")
    if shape.text(here, params["account_id"]) not in accounts:
        shape.refuse(here, f"account {shape.shown(params['account_id'])} does not exist")
    return params
