"""What rules did lately, in words: what a pause costs, and how the last run of a rule ended."""

from datetime import datetime, timedelta

from rulesync.lookback import NOT_LOOKED_AT
from rulesync.planjson import ResourceJson, RuleJson, RunsJson
from rulesync.render.view import is_enabled, plural

IN_PROGRESS = "an execution is in progress now"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_BADLY = {"failed": ", which failed", "partial": ", which failed in part"}
_ENDED = {"executed": "executed", "partial": "failed in part", "failed": "failed", "in_progress": "in progress"}


def cost(change: ResourceJson, at: str) -> str:
    """Return what it costs that a live rule is off, `at` the moment of the plan; the empty text where nobody looked.

    Of a rule that is off already only what still goes on is told.
    """
    runs, before = change["runs"], change["change"]["before"]
    if runs is None:
        return ""
    now = IN_PROGRESS if runs["in_progress"] else ""
    if not is_enabled(before) and not change["pauses"]:
        return now
    return "; ".join(filter(None, [_coming(before, runs, at), _past(runs, at), now]))


def urgency(change: ResourceJson) -> tuple[int, str]:
    """Return the place of a cost: that of what runs now, of what runs again and when, of the unknown, of the rest."""
    runs, before = change["runs"], change["change"]["before"]
    if runs is None or runs["in_progress"]:
        return (0, "") if runs else (3, "")
    if runs["next_at"] or _at_deposits(before) or runs["last_30_days"]:
        return (1, runs["next_at"] or "")
    return (2, "") if runs["error"] else (3, "")


def told(resource: ResourceJson, at: str) -> str:
    """Return how the last run of a rule ended and when it runs next; the empty text where nothing is known of it.

    Why something is not known is said once for all rules, below their table.
    """
    runs, rule = resource["runs"], resource["change"]["before"]
    if runs is None or rule is None:
        return ""
    coming = _coming(rule, runs, at) if is_enabled(rule) else ""
    now = IN_PROGRESS if runs["in_progress"] and runs["last_status"] != "in_progress" else ""
    return "; ".join(filter(None, [_last(runs, at, live=is_enabled(rule)), coming, now]))


def _last(runs: RunsJson, at: str, *, live: bool) -> str:
    if runs["error"]:
        return ""
    if runs["last_at"] is None:
        return "no run yet" if live and not runs["at_least"] else ""
    ended = _ENDED.get(runs["last_status"] or "")
    return f"last run {_ago(runs['last_at'], at)}" + (f": {ended}" if ended else "")


def _coming(rule: RuleJson | None, runs: RunsJson, at: str) -> str:
    """Return when a live rule runs next, the empty text where that is not known."""
    if _at_deposits(rule):
        return "runs at each deposit"
    if runs["next_at"] is None:
        return ""
    return f"runs next {'about' if runs['next_about'] else 'on'} {_moment(runs['next_at'], at)}"


def _at_deposits(rule: RuleJson | None) -> bool:
    trigger = (rule or {}).get("trigger")
    return isinstance(trigger, dict) and trigger.get("type") == "ON_FUNDS_TRANSFERRED"


def _past(runs: RunsJson, at: str) -> str:
    """Return how often a rule ran in thirty days, and how long ago the last time was.

    That a rule was not looked at is said once for all of them, among the remarks.
    """
    if runs["error"]:
        return "" if runs["error"] == NOT_LOOKED_AT else f"runs unknown: {runs['error']}"
    number, least = runs["last_30_days"] or 0, "at least " if runs["at_least"] else ""
    last = _ago(runs["last_at"], at) + _BADLY.get(runs["last_status"] or "", "") if runs["last_at"] else ""
    if not number:
        return f"did not run in 30 days, last {last}" if last else "" if least else "no run yet"
    often = "once" if number == 1 and not least else plural(number, "time")
    return f"ran {least}{often} in 30 days, last {last}"


def _ago(then: str, at: str) -> str:
    """Return how long ago something was."""
    gone = datetime.fromisoformat(at) - datetime.fromisoformat(then)
    if gone < _MINUTE:
        return "just now"
    if gone < _HOUR:
        return f"{gone // _MINUTE} min ago"
    if gone < 2 * _DAY:
        return f"{gone // _HOUR} h ago"
    return f"{gone // _DAY} days ago"


def _moment(then: str, at: str) -> str:
    """Return a moment as `Fri 27 Nov 14:00 UTC`, with its year where it is another one than now."""
    when = datetime.fromisoformat(then)
    year = "" if when.year == datetime.fromisoformat(at).year else f" {when.year}"
    return f"{_DAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]}{year} {when:%H:%M} UTC"
