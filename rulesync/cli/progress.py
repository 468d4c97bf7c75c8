"""What people are told while the API is read: how far it got, how long it takes, what is waited for, what is kept."""

import math
import sys
import threading

from rulesync.cache import Bodies
from rulesync.cli.options import LONGEST
from rulesync.cli.output import is_one_of_several, say
from rulesync.clock import SYSTEM_CLOCK
from rulesync.config import Caching
from rulesync.patience import Patience
from rulesync.remote import Budget
from rulesync.ruleset import Refresh

RATE_LIMIT = "for the rate limit"
_WORTH_A_NOTE = 10  # bodies that need not be read; fewer save no time to speak of
_AT_ONCE = 8  # requests under way, whose turns were taken already
_SOON = 3.0  # seconds; what is over by then is not foretold where every line stays
_EVERY = 30.0  # seconds between such lines
_MINUTES_FROM = 90  # seconds
_ROOM = 1.1  # of the time that reading takes; what comes after it takes some as well


class Progress:
    """Tells how reading goes: on one line of a terminal, rewritten each time; elsewhere by a line now and then."""

    def __init__(self, budget: Budget, patience: Patience) -> None:
        self._budget = budget
        self._patience = patience
        self._foretold = False
        self._lock = threading.Lock()
        self._rewrites = not is_one_of_several() and sys.stderr.isatty()
        self._width = 0
        self._next_line = 0.0
        self._waits_until = 0.0
        self.unfinished: tuple[int, int] | None = None

    def read(self, done: int, all_of_them: int) -> None:
        """Tell how many bodies of how many were read."""
        self.unfinished = (done, all_of_them) if done < all_of_them else None
        seconds = self._budget.seconds(max(0, all_of_them - done - _AT_ONCE))
        line = f"reading rules: {done:,} of {all_of_them:,}"
        if seconds >= 1:
            line += f", about {_spoken(seconds)} left at {self._budget.per_minute:,} a minute"
        if not self._foretold and seconds > self._patience.left:
            self._foretold, self._next_line = True, SYSTEM_CLOCK.monotonic() + _EVERY
            self.end()
            say(f"{line}; {self._too_short(seconds)}")
        elif self._rewrites:
            self._rewrite(line, last=self.unfinished is None)
        elif seconds >= _SOON and SYSTEM_CLOCK.monotonic() >= self._next_line:
            self._next_line = SYSTEM_CLOCK.monotonic() + _EVERY
            say(line)

    def _too_short(self, seconds: float) -> str:
        """Return that the time of the run ends before so many seconds are over, and how much would do."""
        enough = min(LONGEST, math.ceil((self._patience.spent + seconds) * _ROOM / 100) * 100)
        given = f"the time for this run ({self._patience.seconds:g} s) ends before that"
        return f"{given}: give it more, as with `--timeout {enough}`"

    def waits(self, seconds: float, why: str) -> None:
        """Tell what is waited for, once for all threads that wait at the same time.

        While rules are read, the rate limit is part of what is told of that.
        """
        with self._lock:
            until = SYSTEM_CLOCK.monotonic() + seconds
            if until > self._waits_until + 1 and not (self.unfinished and why == RATE_LIMIT):
                self._waits_until = until
                self._end_line()
                say(f"waiting {seconds:.0f} s {why}")

    def end(self) -> None:
        """Leave the line, so that whatever comes stands on one of its own."""
        with self._lock:
            self._end_line()

    def _rewrite(self, line: str, *, last: bool) -> None:
        with self._lock:
            sys.stderr.write("\r" + line.ljust(self._width) + "\n" * last)
            sys.stderr.flush()
            self._width = 0 if last else len(line)

    def _end_line(self) -> None:
        if self._width:
            self._width = 0
            say("")


def _spoken(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= _MINUTES_FROM else f"{seconds:.0f} s"


def say_cached(refresh: Refresh) -> None:
    """Say how much of a refresh was read by earlier runs, where that is much."""
    if len(refresh.cached) >= _WORTH_A_NOTE:
        rules, oldest = len(refresh.bodies) + len(refresh.unread), min(refresh.cached.values())
        say(f"{rules:,} rules, {len(refresh.cached):,} from the cache of {oldest:%Y-%m-%d %H:%M} UTC or later")


def say_kept(progress: Progress, cache: Bodies | None, caching: Caching) -> None:
    """Say how to go on where reading ended before its end, and what was read is not lost."""
    progress.end()
    if cache is None:
        return
    kept = cache.found + cache.added
    if progress.unfinished and kept:
        fresh = ", with neither `--refresh` nor `--refresh-older-than 0`," if caching.hours == 0 else ""
        again = f"run it again{fresh}"
        say(f"{kept:,} of {cache.found + progress.unfinished[1]:,} rules are kept: {again} to go on")


def say_trouble(cache: Bodies, caching: Caching) -> None:
    """Say that nothing can be kept where somebody wanted it; the user's own cache is no more than good to have."""
    if cache.trouble and caching.named:
        say(f"bodies of rules cannot be kept in `{caching.directory}`: {cache.trouble}")
