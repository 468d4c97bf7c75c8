"""When a rule runs next, worked out from its schedule alone, as far as the vendor's documents tell.

All schedule times are UTC. The documents give the kinds and a start; that the time of day, the weekday and the day of
the month are those of the start is inferred. What they leave open is marked as `about`, or not claimed at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rulesync.rule import Schedule, ScheduledTrigger, Trigger

_TWICE_A_MONTH = (1, 15)
_PERIODS = {Schedule.DAILY: timedelta(days=1), Schedule.WEEKLY: timedelta(weeks=1)}
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class NextRun:
    """When a rule runs next, in UTC; `about` where the documents leave open how the schedule is meant then."""

    at: datetime
    about: bool = False


def next_run(trigger: Trigger, now: datetime) -> NextRun | None:
    """Return the first run after `now`, None where nothing runs by the calendar, or nobody can tell.

    A rule that was to run once and whose moment has passed has no next run: nobody says what becomes of it.
    """
    if not isinstance(trigger, ScheduledTrigger):
        return None
    try:
        return next((each for each in _runs(trigger, now) if each.at > now), None)
    except (OverflowError, ValueError):  # beyond the last day of the calendar
        return None


def _runs(trigger: ScheduledTrigger, now: datetime) -> Iterator[NextRun]:
    """Yield runs in order, from the start on; far from `now`, those that lie before it are passed over."""
    start = trigger.start
    match trigger.schedule:
        case Schedule.ONE_TIME:
            yield NextRun(start)
        case Schedule.DAILY | Schedule.WEEKLY as kind:
            period = _PERIODS[kind]
            past = max(0, (now - start) // period)
            yield NextRun(start + past * period)
            yield NextRun(start + (past + 1) * period)
        case Schedule.EVERY_OTHER_WEEK:
            yield from _even_weeks(start, now)
        case Schedule.BI_WEEKLY:
            yield from _days(start, now, _TWICE_A_MONTH, about=start > now and start.day not in _TWICE_A_MONTH)
        case Schedule.MONTHLY:
            yield from _days(start, now, (start.day,), about=False)


def _even_weeks(start: datetime, now: datetime) -> Iterator[NextRun]:
    """Yield runs on the start's weekday in even weeks of the year (ISO), which is how the documents explain it.

    A start that is still to come, in an odd week, may or may not run in that week.
    """
    about = start > now and start.isocalendar().week % 2 == 1
    at = start + max(0, (now - start) // _WEEK) * _WEEK
    while True:
        if at.isocalendar().week % 2 == 0:
            yield NextRun(at, about)
        at += _WEEK


def _days(start: datetime, now: datetime, days: tuple[int, ...], *, about: bool) -> Iterator[NextRun]:
    """Yield runs on days of each month; in a month that lacks the day, nobody says when: about at its end."""
    first = max(start, now)
    year, month = first.year, first.month
    while True:
        for day in days:
            last = _last_day(year, month)
            at = start.replace(year=year, month=month, day=min(day, last))
            if at >= start:
                yield NextRun(at, about or day > last)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004 - the months of a year


def _last_day(year: int, month: int) -> int:
    following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return (following - timedelta(days=1)).day
