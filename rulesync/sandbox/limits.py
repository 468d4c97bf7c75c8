"""The rate limit: a bucket of requests for each key, filled again evenly over a minute.

The live API allows 100 requests a minute and key. The reference is unsure whether it counts a window or fills a
bucket, and knows of no limit in v1; the sandbox fills a bucket.
"""

import math
import threading
from datetime import datetime

from rulesync.sandbox.exchange import Refusal

_MINUTE = 60


class Buckets:
    """How many requests each key has left; `per_minute` None is no limit."""

    def __init__(self, per_minute: int | None) -> None:
        self.per_minute = per_minute
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, datetime]] = {}

    def take(self, key: str, now: datetime) -> None:
        """Count one request; refuses (429, with `Retry-After` in whole seconds) when the bucket is empty."""
        if self.per_minute is None:
            return
        rate = self.per_minute / _MINUTE
        with self._lock:
            left, since = self._left.get(key, (float(self.per_minute), now))
            left = min(float(self.per_minute), left + max(0.0, (now - since).total_seconds()) * rate)
            enough = left >= 1
            self._left[key] = (left - 1 if enough else left, max(now, since))
        if not enough:
            seconds = max(1, math.ceil((1 - left) / rate))
            message = f"more than {self.per_minute} requests in a minute, try again in {seconds} s"
            raise Refusal(429, "rate_limit_exceeded", message, {"Retry-After": str(seconds)})
