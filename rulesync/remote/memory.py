"""What a refresh may take from the cache instead of the API, and what it leaves there.

Laws: the status is that of the fresh list, and a body counts only with the name, the marker and the `updated_at` that
the list has now (a row that tells no description says nothing of a marker); where the list tells no status or no
`updated_at`, the rule is read. A body is kept as it came.
"""

import hashlib
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

from rulesync.cache import Bodies, Kept
from rulesync.remote.exchange import SENSELESS
from rulesync.remote.received import Received
from rulesync.ruleset import ActualRule, KeptRule, ListedRule
from rulesync.wire import Dialect
from rulesync.wire.decode import UnknownShapeError, parse_instant

_NAME = b"rulesync"  # which every marker has in it


def remembered(
    cache: Bodies | None,
    dialect: Dialect,
    rows: Iterable[ListedRule],
    now: datetime | None,
    same: Collection[str] = (),
) -> dict[str, tuple[ActualRule, datetime]]:
    """Return those rules that need not be read, their rows being fresh, each with the time of its body's answer.

    A body whose fingerprint is among the `same` was understood before, and is understood again when somebody asks.
    """
    if cache is None:
        return {}
    return {row.id: known for row in rows if (known := _remembered(cache, dialect, row, now, same))}


def _remembered(
    cache: Bodies, dialect: Dialect, row: ListedRule, now: datetime | None, same: Collection[str]
) -> tuple[ActualRule, datetime] | None:
    if row.updated_at is None or row.status is None:
        return None
    kept = cache.find(row.id, row.updated_at, now)
    if kept is None:
        return None
    fingerprint = _fingerprint(row, kept.text)
    if _is_told(row, kept.text) and fingerprint in same:
        return KeptRule.of(row, fingerprint, partial(_understood_late, dialect, row, kept)), kept.answered
    try:
        body = kept.body()
        then, actual = dialect.listed(body), _understood(dialect, row, body)
    except SENSELESS:
        return None
    if dialect.is_deleted(body) or not _is_as_listed(then, row):
        return None
    return replace(actual, fingerprint=fingerprint if _is_told(row, kept.text) else None), kept.answered


def _understood_late(dialect: Dialect, row: ListedRule, kept: Kept) -> ActualRule:
    return _understood(dialect, row, kept.body())


def _understood(dialect: Dialect, row: ListedRule, body: object) -> ActualRule:
    """Return the rule of a body, with the status of its row."""
    actual = dialect.actual(body)
    return replace(actual, rule=replace(actual.rule, status=row.status or actual.rule.status))


def _fingerprint(row: ListedRule, text: bytes) -> str:
    """Return what stands for a body and all that the list says of its rule, but the status."""
    said = f"{row.id}\0{row.nickname}\0{row.marker}\0{row.updated_at}\0{row.created_at}\0"
    return hashlib.blake2b(said.encode() + text, digest_size=32).hexdigest()


def keep(
    cache: Bodies, dialect: Dialect, actual: ActualRule, received: Received, row: ListedRule | None = None
) -> ActualRule:
    """Keep the body of a rule that was just read, in the place of any other, and return the rule.

    With the row that it has in the list, the rule will be known again by its body.
    """
    body, text = dialect.data(received.payload), None
    with suppress(UnknownShapeError):
        at = parse_instant(actual.updated_at)
        text = cache.keep(actual.id, at, str(actual.updated_at), received.date, body)
    if text is None:
        cache.forget(actual.id)
    if text is None or row is None or not _is_told(row, text) or not _is_as_listed(dialect.listed(body), row):
        return actual
    return replace(actual, fingerprint=_fingerprint(row, text))


def _is_as_listed(then: ListedRule, row: ListedRule) -> bool:
    """Tell whether a body says of its rule what the list says of it now, if it tells that, but for the status."""
    marker = then.marker if row.described else row.marker
    return replace(then, status=row.status, created_at=row.created_at, marker=marker) == row


def _is_told(row: ListedRule, text: bytes) -> bool:
    """Tell whether the list says what marker a body has; where it tells no description, there may be one."""
    return row.described or _NAME not in text
