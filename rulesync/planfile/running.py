"""What a rule did lately -> its JSON."""

from datetime import datetime

from rulesync.planjson import RunsJson
from rulesync.runs import Lately


def runs_json(known: Lately | None) -> RunsJson | None:
    """Return what a rule did lately as JSON, null where nobody looked."""
    if known is None:
        return None
    last, coming = known.last, known.next
    return {
        "next_at": utc(coming.at) if coming else None,
        "next_about": bool(coming and coming.about),
        "last_at": utc(last.at) if last and last.at else None,
        "last_status": last.status.value if last else None,
        "last_30_days": known.count,
        "at_least": known.at_least,
        "in_progress": known.in_progress,
        "error": known.unknown,
    }


def utc(moment: datetime) -> str:
    """Return a moment in UTC as every JSON here spells it."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
