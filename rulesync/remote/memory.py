"""What a refresh may take from the cache instead of the API, and what it leaves there.

Laws: the status is that of the fresh list, and so must be all else that the list tells; where the list tells no status
or no `updated_at`, the rule is read. What is kept is the body as it came, so that it is understood anew each time.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from rulesync.cache import Bodies
from rulesync.remote.exchange import SENSELESS
from rulesync.remote.received import Received
from rulesync.ruleset import ActualRule, ListedRule
from rulesync.wire import Dialect
from rulesync.wire.decode import UnknownShapeError, parse_instant


def remembered(
    cache: Bodies | None, dialect: Dialect, rows: Iterable[ListedRule], now: datetime | None
) -> dict[str, tuple[ActualRule, datetime]]:
    """Return those rules that need not be read, their rows being fresh, each with the time of its body's answer."""
    if cache is None:
        return {}
    return {row.id: known for row in rows if (known := _remembered(cache, dialect, row, now))}


def _remembered(
    cache: Bodies, dialect: Dialect, row: ListedRule, now: datetime | None
) -> tuple[ActualRule, datetime] | None:
    if row.updated_at is None or row.status is None:
        return None
    kept = cache.find(row.id, row.updated_at, now)
    if kept is None:
        return None
    try:
        body = kept.body()
        then, actual = dialect.listed(body), dialect.actual(body)
    except SENSELESS:
        return None
    same = replace(then, status=row.status, created_at=row.created_at)
    if then.status is None or dialect.is_deleted(body) or same != row:
        return None
    return replace(actual, rule=replace(actual.rule, status=row.status)), kept.answered


def keep(cache: Bodies, dialect: Dialect, actual: ActualRule, received: Received) -> None:
    """Keep the body of a rule that was just read."""
    try:
        at = parse_instant(actual.updated_at)
    except UnknownShapeError:
        return
    cache.keep(actual.id, at, str(actual.updated_at), received.date, dialect.data(received.payload))
