"""What a refresh took."""

from datetime import UTC, datetime

from rulesync.planfile.refreshing import refreshed
from rulesync.ruleset import ListedRule, Refresh, UnreadableRule
from tests.builders import a_rule, by_hand


def row(name: str) -> ListedRule:
    return ListedRule(name, None, None, None, None)


def test_nothing_from_the_cache() -> None:
    """Without a cache everything was read, what could not be read too, and nothing is old."""
    refresh = Refresh((row("a"), row("b")), {}, {"b": UnreadableRule(row("b"), "no")})

    assert {"listed": 2, "read": 1, "cached": 0, "oldest": None} == refreshed(refresh)


def test_the_oldest_is_told() -> None:
    """What came from the cache was not read now, and the oldest of it says since when."""
    bodies = {name: by_hand(name, a_rule()) for name in ("a", "b", "c")}
    cached = {"a": datetime(2026, 3, 2, 12, tzinfo=UTC), "b": datetime(2026, 3, 1, 9, tzinfo=UTC)}

    told = refreshed(Refresh((row("a"), row("b"), row("c")), bodies, {}, cached))

    assert {"listed": 3, "read": 1, "cached": 2, "oldest": "2026-03-01T09:00:00Z"} == told
