"""How the platform dialect spells what the sandbox remembers: camel case, upper-case kinds, null where nothing is.

Ids are those of v1: the vendor's are UUIDs, but a rule file that names accounts by id must mean the same in both.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache

from rulesync.sandbox.exchange import Refusal, Response, json_response
from rulesync.sandbox.quirks import Quirks
from rulesync.sandbox.records import Account, Document, Execution, Rule

BASE = "/platform/v1"
# What the other parts of the sandbox call a refusal, where that is not this dialect's own word in lower case.
_CODES = {
    "forbidden": "ACCESS_DENIED",
    "request_in_progress": "RULE_EXECUTION_IN_PROGRESS",
    "resource_not_found": "RULE_NOT_FOUND",
}
_KINDS = {"fixed_amount": "FIXED"}
_COMMON = ("type", "source", "destination", "group_index", "up_to_enabled", "is_direct_deposit")
_TOP_UP_ACCOUNTS = ("next_payment_minimum_account", "current_balance_account", "last_statement_balance_account")
_LEAF = ("fact", "operator", "value", "value_fact", "params")
_BALANCE = (
    "balance_in_cents",
    "available_balance_in_cents",
    "last_statement_balance_in_cents",
    "last_statement_date",
    "next_payment_minimum_in_cents",
    "next_payment_due_date",
    "balance_last_updated_at",
    "error",
    "interest_rate_percentage",
    "original_loan_amount_in_cents",
)
_NOTHING_MOVED = {
    "transfers_attempted": 0,
    "transfers_completed": 0,
    "transfers_failed": 0,
    "transfers_pending": 0,
    "transfer_ids": [],
}


def envelope(request_id: str | None, status: int, data: object) -> Response:
    """A success: `requestId`, unless it is one that the server does not tell, and `data`."""
    return json_response(status, {**_told(request_id), "data": data})


def refusal(request_id: str | None, refused: Refusal) -> Response:
    """A refusal: `error` with code and message, and `requestId`, which a live 401 had although no document shows it."""
    code = _CODES.get(refused.code, refused.code.upper())
    body = {**_told(request_id), "error": {"code": code, "message": refused.message}}
    answer = json_response(refused.status, body)
    return Response(answer.status, answer.body, headers=refused.headers)


def _told(request_id: str | None) -> dict[str, object]:
    return {} if request_id is None else {"requestId": request_id}


class Spelling:
    """The words for the rules of one organisation, whose accounts it calls by name unless a quirk hides these."""

    def __init__(self, accounts: Mapping[str, Account], quirks: Quirks) -> None:
        self._accounts = {} if quirks.no_node_names else accounts
        self._quirks = quirks

    def rule(self, found: Rule) -> dict[str, object]:
        """The whole rule, which the API can express, to be `finished`; what only the app knows is as it is."""
        return {
            "id": found.id,
            "name": found.nickname,
            "description": found.description,
            "status": found.status.upper(),
            "trigger": {"type": None, "account_id": None, **_fields(found.trigger)},
            "steps": [self._step(_fields(step)) for step in _items(found.steps)],
            "created_at": found.created_at,
            "updated_at": found.updated_at,
            "deleted_at": found.deleted_at,
            **found.extra,
        }

    def finished(self, value: object) -> object:
        """Every name in camel case, and without nulls where a quirk leaves them out."""
        if isinstance(value, dict):
            kept = {name: item for name, item in value.items() if not (item is None and self._quirks.no_nulls)}
            return {_camel(str(name)): self.finished(item) for name, item in kept.items()}
        return [self.finished(item) for item in value] if isinstance(value, list) else value

    def _step(self, step: Document) -> Document:
        actions = [self._action(_fields(action)) for action in _items(step.get("actions"))]
        return {**step, "conditions": _condition(step.get("conditions")), "actions": actions}

    def _action(self, action: Document) -> Document:
        kind = str(action.get("type"))
        common = {"group_index": 0, "up_to_enabled": False, "is_direct_deposit": False, "limit": None}
        common["ach_description"] = None
        own = dict.fromkeys(("amount_in_cents", *_TOP_UP_ACCOUNTS)) if kind == "top_up" else {}
        given = {name: item for name, item in action.items() if item is not None or name not in common}
        whole = {**common, **own, **given, "type": _KINDS.get(kind, kind.upper())}
        for name in ("source", "destination", *_TOP_UP_ACCOUNTS):
            if name in whole:
                whole[name] = self._node(whole[name])
        first = {name: whole[name] for name in _COMMON if name in whole}
        return {**first, **whole}

    def _node(self, node: object) -> object:
        """An account's node, with the name of one that is there: neither unknown nor deleted."""
        if not isinstance(node, dict):
            return node
        account = self._accounts.get(str(node.get("id")))
        kind = node.get("type")
        named = {"name": account.name if account is not None else None}
        return {**node, "type": kind.upper() if isinstance(kind, str) else kind, **named}


def _fields(value: object) -> Document:
    return value if isinstance(value, dict) else {}


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _condition(node: object) -> object:
    match node:
        case {"condition": dict(leaf)}:
            return {"condition": {**dict.fromkeys(_LEAF), **leaf}}
        case {"any": [*branches]}:
            return {"any": [_condition(branch) for branch in branches]}
        case {"all": [*branches]}:
            return {"all": [_condition(branch) for branch in branches]}
    return node


def rule_item(found: Rule, *, is_supported: bool) -> dict[str, object]:
    """The rule as the list shows it: nothing of what it does, but whether its body can be read."""
    return {
        "id": found.id,
        "name": found.nickname,
        "description": found.description,
        "status": found.status.upper(),
        "is_supported": is_supported,
        "created_at": found.created_at,
        "updated_at": found.updated_at,
        "deleted_at": found.deleted_at,
    }


def account_item(found: Account) -> dict[str, object]:
    """The account as the list shows it, without its balance."""
    return {
        "id": found.id,
        "name": found.name,
        "type": found.type.upper(),
        "external_account_type": found.external_account_type,
        "can_be_source": found.can_be_source,
        "can_be_destination": found.can_be_destination,
        "beneficiary_name": found.beneficiary_name,
        "institution_name": found.institution_name,
        "description": found.description,
        "linked_account": None,
        "created_at": found.created_at,
        "updated_at": found.updated_at,
        "deleted_at": found.deleted_at,
    }


def account(found: Account) -> dict[str, object]:
    """The whole account with its `balance` in cents, and made-up account numbers, unmasked as the vendor's are."""
    is_ours = found.type != "external_account"
    return {
        **account_item(found),
        "balance": {**dict.fromkeys(_BALANCE), **found.balance},
        "savings_target_in_cents": None,
        "routing_number": _digits("routing", found.id, 9) if is_ours else None,
        "bank_account_number": _digits("account", found.id, 12) if is_ours else None,
    }


def execution(found: Execution) -> dict[str, object]:
    """The whole run; the list shows all of it too, since a run's trigger stands in its details alone."""
    details = _fields(found.outcome.get("trigger_details"))
    rest = {name: item for name, item in details.items() if name != "type"}
    own = {"scheduled": {"scheduled_time": None}, "remote_api": {}}.get(found.trigger_type, {"amount_in_cents": None})
    outcome = {name: item for name, item in found.outcome.items() if name != "trigger_details"}
    return {
        "id": found.id,
        "rule_id": found.rule_id,
        "status": found.status.upper(),
        "execution_mode": found.mode.upper(),
        "created_at": found.created_at,
        "trigger_details": {"type": found.trigger_type.upper(), **own, **rest},
        "step_index_matched": None,
        "conditions_not_met": False,
        **_NOTHING_MOVED,
        "error_message": None,
        "next_attempt_at": None,
        **outcome,
    }


@lru_cache(maxsize=1024)
def _camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


def _digits(what: str, account_id: str, length: int) -> str:
    digest = hashlib.sha256(f"{what} {account_id}".encode()).digest()
    return str(int.from_bytes(digest, "big"))[-length:]
