"""The write that carries out one change: its body, and what its idempotency key is made of."""

from dataclasses import dataclass, replace

from rulesync.idempotency import Intent
from rulesync.ownership import Marker, digest, join
from rulesync.plan import Change, Operation
from rulesync.rule import Rule, Status, Text
from rulesync.wire import Dialect
from rulesync.wire.encode import Json


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where plans are made against: the base URL without a slash at its end, and the workspace (None: the default)."""

    base_url: str
    workspace: str | None


def marker(change: Change, scope: str) -> Marker | None:
    """Return the marker that the write leaves, None for a delete."""
    if change.desired is None:
        return None
    return Marker(scope, change.key, digest(change.desired.rule))


def body(change: Change, scope: str, dialect: Dialect) -> Json | None:
    """Return the body of a create or an update, None for a delete.

    It is always disabled, whatever Git says: nothing goes live that no person has looked at. A nickname that Git does
    not give is kept as the app has it, since a PUT clears what it leaves out.
    """
    ours = marker(change, scope)
    if change.desired is None or ours is None:
        return None
    rule: Rule = change.desired.rule
    nickname = rule.nickname or (change.actual.rule.nickname if change.actual else None)
    description = join(rule.description.raw if rule.description else None, ours)
    return dialect.encode(replace(rule, nickname=nickname, description=Text.of(description), status=Status.DISABLED))


def intent(change: Change, scope: str, endpoint: Endpoint, dialect: Dialect) -> Intent | None:
    """Return what the idempotency key of a change is made of, None where nothing is written."""
    at = (endpoint.base_url, endpoint.workspace)
    match change.operation:
        case Operation.CREATE:
            return Intent(*at, "POST", f"{scope}/{change.key}", None, None)
        case Operation.UPDATE if change.prior is not None:
            return Intent(*at, "PUT", change.prior.id, change.prior, body(change, scope, dialect))
        case Operation.DELETE if change.prior is not None:
            return Intent(*at, "DELETE", change.prior.id, change.prior, None)
        case _:
            return None
