"""How the v1 dialect spells what the sandbox remembers: snake case, absent rather than null, names only in lists."""

import json
from collections.abc import Mapping

from rulesync.sandbox.exchange import Refusal, Response, json_response
from rulesync.sandbox.records import Account, Execution, Rule

BASE = "/api/v1"
_NEVER_NULL = frozenset(
    {
        "nickname",
        "description",
        "conditions",
        "value",
        "value_fact",
        "params",
        "limit",
        "ach_description",
        "account_id",
        "amount_in_cents",
        "next_payment_minimum_account",
        "current_balance_account",
        "last_statement_balance_account",
    }
)
# A field by which a rule, a step, an action or a comparison is known, and what it might have.
_MIGHT_HAVE = {
    "steps": ("nickname", "description"),
    "actions": ("conditions",),
    "group_index": ("limit", "ach_description"),
    "fact": ("value", "value_fact", "params"),
}


def envelope(
    request_id: str | None, status: int, data: object, page_info: Mapping[str, object] | None = None
) -> Response:
    """A success: `request_id` and `data`, and `page_info` beside it where there are pages; no body at all with 204.

    A request id of None is one that the server does not tell.
    """
    if data is None:
        return Response(status)
    pages = {"page_info": page_info} if page_info is not None else {}
    return json_response(status, {**_told(request_id), "data": data, **pages})


def refusal(request_id: str | None, refused: Refusal) -> Response:
    """A refusal: `error` with code and message.

    The vendor's examples show no `request_id` there; the sandbox adds it.
    """
    body = {**_told(request_id), "error": {"code": refused.code, "message": refused.message}}
    return Response(refused.status, json.dumps(body, ensure_ascii=False).encode(), headers=refused.headers)


def _told(request_id: str | None) -> dict[str, object]:
    return {} if request_id is None else {"request_id": request_id}


def rule(found: Rule) -> dict[str, object]:
    """The whole rule: the two flags of each action filled in, nodes without names, no nulls.

    What only the app knows is spelled as it is.
    """
    body: dict[str, object] = {
        "id": found.id,
        "nickname": found.nickname,
        "description": found.description,
        "status": found.status,
        "trigger": _without_nulls(found.trigger),
        "steps": _steps(_without_nulls(found.steps)),
        "created_at": found.created_at,
        "updated_at": found.updated_at,
        **found.extra,
    }
    return {name: value for name, value in body.items() if value is not None or name not in _NEVER_NULL}


def with_nulls(shown: object) -> object:
    """A shown rule with null for whatever it leaves out and might have, as the live API has it."""
    if isinstance(shown, dict):
        missing = [name for mark, names in _MIGHT_HAVE.items() if mark in shown for name in names]
        return {name: with_nulls(item) for name, item in {**dict.fromkeys(missing), **shown}.items()}
    return [with_nulls(item) for item in shown] if isinstance(shown, list) else shown


def rule_item(found: Rule, accounts: Mapping[str, Account]) -> dict[str, object]:
    """The rule as the list shows it: `trigger_type` and the main `source`, the only node that has a name."""
    trigger = found.trigger if isinstance(found.trigger, dict) else {}
    source = main_source(found)
    account = accounts.get(source) if source else None
    item = {
        "id": found.id,
        "nickname": found.nickname,
        "description": found.description,
        "status": found.status,
        "trigger_type": trigger.get("type"),
        "source": {"id": account.id, "type": account.type, "name": account.name} if account else None,
        "created_at": found.created_at,
        "updated_at": found.updated_at,
    }
    return {name: value for name, value in item.items() if value is not None}


def main_source(found: Rule) -> str | None:
    """The id of the account that the rule draws on: the trigger's, else that of its first action."""
    if isinstance(found.trigger, dict) and isinstance(found.trigger.get("account_id"), str):
        return str(found.trigger["account_id"])
    sources = (action.get("source") for action in actions(found.steps))
    return next((str(source["id"]) for source in sources if isinstance(source, dict) and "id" in source), None)


def actions(steps: object) -> list[dict[str, object]]:
    """Every action in the steps that can be read as one, in order."""
    found = [step.get("actions") for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []
    return [action for group in found if isinstance(group, list) for action in group if isinstance(action, dict)]


def account_item(found: Account) -> dict[str, object]:
    """The account as the list shows it, without its balance."""
    item = {
        "id": found.id,
        "name": found.name,
        "type": found.type,
        "external_account_type": found.external_account_type,
        "can_be_source": found.can_be_source,
        "can_be_destination": found.can_be_destination,
        "beneficiary_name": found.beneficiary_name,
        "institution_name": found.institution_name,
        "description": found.description,
        "created_at": found.created_at,
        "updated_at": found.updated_at,
    }
    return {name: value for name, value in item.items() if value is not None}


def account(found: Account) -> dict[str, object]:
    """The whole account with its `balance`, in cents; that of a liability is what is owed."""
    return {**account_item(found), "balance": dict(found.balance)}


def execution_item(found: Execution) -> dict[str, object]:
    """The run as the list shows it; `trigger_type` is in lower case here, unlike in a rule."""
    item = {
        "id": found.id,
        "rule_id": found.rule_id,
        "rule_name": found.rule_name,
        "trigger_type": trigger_type(found),
        "status": found.status,
        "created_at": found.created_at,
    }
    return {name: value for name, value in item.items() if value is not None}


def execution(found: Execution) -> dict[str, object]:
    """The whole run: what triggered it, which step matched, and what became of its transfers."""
    details = found.outcome.get("trigger_details")
    told = {"trigger_details": {**details, "type": trigger_type(found)}} if isinstance(details, dict) else {}
    return {**execution_item(found), **found.outcome, **told}


def trigger_type(found: Execution) -> str:
    """What triggered the run in v1's words, which have none for the API: its own trigger is for rules run by hand."""
    return "manual" if found.trigger_type == "sequence_api" else found.trigger_type


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {
            name: _without_nulls(item) for name, item in value.items() if item is not None or name not in _NEVER_NULL
        }
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _steps(steps: object) -> object:
    """The steps with both flags of each action filled in as the server does."""
    if not isinstance(steps, list):
        return steps
    for action in actions(steps):
        action.setdefault("up_to_enabled", False)
        action.setdefault("is_direct_deposit", False)
    return steps
