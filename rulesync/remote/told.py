"""What a list of rules does not tell, and what the bodies that were read tell in its place.

Laws: that a rule bears no marker is believed only of a row that is known to tell it; a list that hides one marker is
believed of no row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from rulesync.answer import Look
from rulesync.ruleset import ActualRule, ListedRule
from rulesync.wire.decode import UnknownShapeError, parse_instant

_LAG = timedelta(minutes=1)


def believed(listed: Sequence[ListedRule], *, describes_all: bool) -> tuple[ListedRule, ...]:
    """Return the rows, those without a description said to be described where that means that there is none.

    Where a list need not tell that (`describes_all` is False), it means so if any of its rows has a description: else
    the list may tell none of them.
    """
    if describes_all or not any(row.described for row in listed):
        return tuple(listed)
    return tuple(row if row.described else replace(row, described=True) for row in listed)


def silent(listed: Sequence[ListedRule]) -> list[str]:
    """Return the ids of the rules of which nothing can be decided before their bodies are read."""
    return [row.id for row in listed if row.supported and not row.described]


def moved(listed: Sequence[ListedRule], since: datetime | None) -> list[str]:
    """Return the ids of rules that show no marker and may have been made or changed since a moment.

    The moment is by the API's clock, whose views may show a little later what happened before. Where it is None, those
    are all of the silent ones.
    """
    if since is None:
        return silent(listed)
    bare = [row for row in listed if row.marker is None and row.supported]
    return [row.id for row in bare if _is_after(row, since - _LAG)]


def _is_after(row: ListedRule, moment: datetime) -> bool:
    """Tell whether a rule moved after a moment; one that tells no time may have, if it tells no description either."""
    try:
        return parse_instant(row.updated_at) >= moment
    except UnknownShapeError:
        return not row.described


def as_read(listed: Sequence[ListedRule], looks: Mapping[str, Look]) -> tuple[ListedRule, ...]:
    """Return the rows with the markers and names that bodies tell."""
    return tuple(_as_read(row, looks.get(row.id)) for row in listed)


def _as_read(row: ListedRule, look: Look | None) -> ListedRule:
    return row.as_read(look) if isinstance(look, ActualRule) else row


def hidden(listed: Sequence[ListedRule], looks: Mapping[str, Look]) -> list[str]:
    """Return the ids of all rows without a marker, if one of them hides that of a body which did not move since."""
    bare = {row.id: row for row in listed if row.marker is None and row.described}
    for name, look in looks.items():
        lies = name in bare and isinstance(look, ActualRule) and look.marker is not None
        if lies and isinstance(look, ActualRule) and look.updated_at == bare[name].updated_at:
            return [row.id for row in bare.values() if row.supported]
    return []


def markers(listed: Sequence[ListedRule]) -> list[object]:
    """Return what decides which rule a row is, to see whether bodies changed it."""
    return [row.marker for row in listed]
