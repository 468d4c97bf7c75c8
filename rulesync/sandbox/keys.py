"""API keys: who is calling, and may they; a key has one organisation and scopes, some of them for listed ids only."""

import secrets
from collections.abc import Mapping, Sequence
from typing import TypeVar

from rulesync.sandbox.exchange import Refusal, Request
from rulesync.sandbox.records import Account, Grant, Rule
from rulesync.sandbox.store import Store

EVERYTHING = "*"
# The names of the reference. It documents none for writing rules; the sandbox calls that one WRITE_RULES.
SCOPES = (
    "LIST_ACCOUNTS",
    "READ_ACCOUNTS",
    "LIST_RULES",
    "READ_RULES",
    "READ_RULE_EXECUTIONS",
    "WRITE_RULES",
    "TRIGGER_RULES",
    "READ_TRANSFERS",
    "MANUAL_TRANSFER",
    "READ_CARDS",
)
# The live API lets READ_RULES and READ_ACCOUNTS list as well; the other names are the same in both.
EVERY_SCOPE: Mapping[str, object] = dict.fromkeys(SCOPES, EVERYTHING)

_Item = TypeVar("_Item", Account, Rule)


def new_key(store: Store, organisation: int, scopes: Mapping[str, object]) -> str:
    """A new key with these scopes, each mapped to `"*"` or a list of ids; raises ValueError for what is neither."""
    for scope, resources in scopes.items():
        if scope not in SCOPES:
            raise ValueError(f"`{scope}` is no scope; there are {', '.join(SCOPES)}")
        if resources != EVERYTHING and not _is_list_of_text(resources):
            raise ValueError(f"the resources of `{scope}` must be `*` or a list of ids")
    secret = f"sk_sandbox_{secrets.token_hex(16)}"
    store.add_key(Grant(secret, organisation, scopes))
    return secret


def authenticate(store: Store, request: Request, wanted: str) -> Grant:
    """What the caller's key may do; refuses a missing or unknown key, or another scheme than the wanted one (401)."""
    scheme, _, secret = request.header("authorization").partition(" ")
    grant = store.grant(secret.strip()) if scheme.lower() == wanted.lower() else None
    if grant is None:
        raise Refusal(401, "unauthorized", f"no valid key in the header `Authorization: {wanted} <key>`")
    return grant


def authorise(grant: Grant, scope: str, resource: str | None = None) -> None:
    """Refuses (403) a key without the scope, or whose list for the scope does not hold the resource.

    No resource means all of them, or one that does not exist yet: no list can hold that.
    """
    if scope not in grant.scopes:
        raise Refusal(403, "forbidden", f"the key lacks the scope {scope}")
    allowed = grant.scopes[scope]
    if allowed == EVERYTHING or (isinstance(allowed, list) and resource in allowed):
        return
    what = f"`{resource}`" if resource else "a rule that does not exist yet"
    raise Refusal(403, "forbidden", f"the key's scope {scope} does not cover {what}")


def covered(grant: Grant, scope: str, items: Sequence[_Item]) -> list[_Item]:
    """Those of the items that the scope's list of ids holds; refuses (403) a key without the scope."""
    authorise_list(grant, scope)
    allowed = grant.scopes[scope]
    return [item for item in items if allowed == EVERYTHING or (isinstance(allowed, list) and item.id in allowed)]


def authorise_list(grant: Grant, scope: str) -> None:
    """Refuses (403) a key without the scope; listing has no resources."""
    if scope not in grant.scopes:
        raise Refusal(403, "forbidden", f"the key lacks the scope {scope}")


def hint(request: Request) -> str | None:
    """The last four characters of the key that a request carries: enough to tell keys apart, of no use to a thief."""
    secret = request.header("authorization").partition(" ")[2].strip()
    return f"…{secret[-4:]}" if len(secret) > len("sk_sandbox_") else None


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
