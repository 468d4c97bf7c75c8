"""Time as an argument, and as HTTP headers spell it."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class Clock:
    """What code that waits may know of time: `now` in UTC for people, `monotonic` in seconds for measuring, `sleep`."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]


SYSTEM_CLOCK = Clock(now=lambda: datetime.now(UTC), monotonic=time.monotonic, sleep=time.sleep)


def http_date(text: str | None) -> datetime | None:
    """Return the instant, in UTC, that a `Date` header names; None for what is no date."""
    try:
        moment = parsedate_to_datetime(text or "")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):  # the parser's ways to say no
        return None


def retry_after(text: str | None, now: datetime | None) -> float | None:
    """Return the seconds, never negative, that a `Retry-After` header asks to wait from `now`.

    None stands for what is no time, and for a date where nobody knows what time it is now.
    """
    if _SECONDS.fullmatch(text or ""):
        return float(text or "")
    moment = http_date(text)
    return max(0.0, (moment - now).total_seconds()) if moment and now else None
