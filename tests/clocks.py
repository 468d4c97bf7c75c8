"""A clock for tests: it stands still until somebody sleeps, and remembers how long each slept."""

from datetime import UTC, datetime, timedelta
from threading import Lock

from rulesync.clock import Clock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class FakeClock:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.sleeps: list[float] = []
        self.clock = Clock(now=self._now, monotonic=lambda: self.seconds, sleep=self._sleep)
        self._lock = Lock()

    def _now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    def _sleep(self, seconds: float) -> None:
        with self._lock:
            self.sleeps.append(seconds)
            self.seconds += seconds
