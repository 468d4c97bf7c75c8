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
    if change.verbatim is not None:
        return change.verbatim.marker
    return Marker(scope, change.key, digest(change.desired.rule))


def body(change: Change, scope: str, dialect: Dialect) -> Json | None:
    """Return the body of a create or an update, None for a delete.

    It is always disabled, whatever Git says: nothing goes live that no person has looked at. A nickname that Git does
    not give is kept as the app has it, since a PUT clears what it leaves out. A rule that is sent whole is sent with
    the fields of it that are not known here, and with no nickname but its own.
    """
    if change.desired is None:
        return None
    rule: Rule = change.desired.rule
    ours, text = marker(change, scope), rule.description.raw if rule.description else None
    off = replace(rule, description=Text.of(join(text, ours) if ours else text), status=Status.DISABLED)
    if change.verbatim is not None:
        return dialect.encode(off, change.verbatim.extras)
    kept = change.actual.rule.nickname if change.actual else None
    return dialect.encode(replace(off, nickname=rule.nickname or kept))


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
