"""How a plan came to know the rules of the API: how many bodies were read for it, and how many by earlier runs."""

from rulesync.planfile.running import utc
from rulesync.planjson import RefreshJson
from rulesync.ruleset import Refresh


def refreshed(refresh: Refresh) -> RefreshJson:
    """Return what a refresh took."""
    cached = len(refresh.cached)
    return {
        "listed": len(refresh.listed),
        "read": len(refresh.bodies) + len(refresh.unread) - cached,
        "cached": cached,
        "oldest": utc(min(refresh.cached.values())) if cached else None,
    }
