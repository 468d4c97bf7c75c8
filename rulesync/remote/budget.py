"""The requests that one key has left, in a small file where several processes on one machine use the key at once.

Laws: no more requests go out than the rate allows, whichever process sends them; a process that dies holds nobody up;
a file that makes no sense, or no file at all, leaves a process with a budget of its own. The times are those of a clock
that runs since the machine was started and is never set: what another machine wrote, or this one before a restart, lies
in the past, where it means nothing, or so far ahead that it is not believed. Where the system has no `flock` (Windows),
nothing is shared.
"""

import contextlib
import hashlib
import math
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

from rulesync import private
from rulesync.clock import Clock

_MINUTE = 60.0
_LONGEST_HOLD = 60.0  # seconds
_NOTHING = 1e-6  # seconds; less is what rounding leaves
_LONGEST_QUEUE = 100  # requests that may wait for their turn at the same time
_WORD = "rulesync-budget-1"
_LARGEST = 200  # bytes
_NAME = re.compile(r"[0-9a-f]{16}")
_DAY = 86_400.0  # seconds; by then every bucket is full
_TRIES, _PAUSE = 100, 0.005  # for the lock, which is held for microseconds; in seconds


@dataclass(frozen=True, slots=True)
class _State:
    """When the bucket is full again if nothing more is sent, until when nothing goes out, and how often that was said.

    The first says all of a bucket: what was sent lately, and what is waited for.
    """

    full_at: float
    held_until: float
    holds: int

    def __str__(self) -> str:
        """Return it as a line of the file."""
        return f"{_WORD} {self.full_at:.6f} {self.held_until:.6f} {self.holds}\n"


@dataclass(frozen=True, slots=True)
class Turn:
    """The seconds until a turn is there, how often all was held up before, and when it began if the bucket was full."""

    seconds: float
    holds: int
    begun: float | None


class Budget:
    """As many requests at once as a minute has, and then evenly as many a minute; `spent` of them were sent before.

    `file` is where it is shared; what stands there counts before `spent`. It is safe to use from any thread.
    """

    def __init__(self, per_minute: int, clock: Clock, *, spent: int = 0, file: Path | None = None) -> None:
        self.per_minute = per_minute
        self._seconds_each = _MINUTE / per_minute
        self._clock = clock
        self._lock = Lock()
        self._file = file
        self._stream: int | None = None
        now = clock.monotonic()
        self._state = _State(now + min(spent, per_minute) * self._seconds_each, now, 0)

    def reserve(self, turns: int, *, kept: bool = False) -> Turn:
        """Take turns, of those to come if there are too few.

        `kept` says that one more was taken before and lies in the bucket, which has that much less room.
        """
        with self._locked():
            now = self._clock.monotonic()
            floor = now + self._seconds_each * kept
            begins = self._state.full_at <= floor
            full_at = max(self._state.full_at, floor) + turns * self._seconds_each
            self._state = replace(self._state, full_at=full_at)
            seconds = full_at - now - _MINUTE
            return Turn(seconds if seconds > _NOTHING else 0.0, self._state.holds, now if begins else None)

    def arrived(self, turn: Turn) -> None:
        """Count the time that a request was under way, if the bucket was full: at the other end it was for so long."""
        if turn.begun is not None:
            with self._locked():
                under_way = max(0.0, self._clock.monotonic() - turn.begun)
                self._state = replace(self._state, full_at=self._state.full_at + under_way)

    def give_back(self, turns: int, turn: Turn) -> None:
        """Return turns that nobody waits for any more, unless they are void since."""
        with self._locked():
            if turn.holds == self._state.holds:
                self._state = replace(self._state, full_at=self._state.full_at - turns * self._seconds_each)

    def hold(self, seconds: float) -> None:
        """Void every turn that is waited for, and give out none and save none up until the seconds are over."""
        with self._locked():
            until = max(self._state.held_until, self._clock.monotonic() + seconds)
            self._state = _State(until + _MINUTE, until, self._state.holds + 1)

    def stands(self, turn: Turn) -> bool:
        """Tell whether a turn can be used, since nothing was held up after it was reserved."""
        if not turn.seconds:
            return turn.holds == self._state.holds
        with self._locked():
            return turn.holds == self._state.holds

    def seconds(self, requests: int) -> float:
        """Return how long the rate makes so many further requests take, the last of them being sent."""
        return max(0.0, self._state.full_at + requests * self._seconds_each - self._clock.monotonic() - _MINUTE)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._stream is not None:
                os.close(self._stream)
            self._stream, self._file = None, None

    # The file

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Take the state from the file, and put it back there afterwards, while no other process can."""
        with self._lock:
            stream = self._shared()
            if stream is None:
                yield
                return
            try:
                self._state = self._read(stream) or self._state
                before = self._state
                yield
                if self._state != before:
                    self._write(stream)
            finally:
                _unlock(stream)

    def _shared(self) -> int | None:
        """Return the file, opened and locked; None where there is none, or somebody holds on to it."""
        if self._file is None:
            return None
        try:
            if self._stream is None:
                inner = private.directory(self._file.parent.parent, self._file.parent.name)
                private.remove_unused(inner, _NAME, _DAY)
                self._stream = private.opened(self._file, os.O_RDWR)
            return self._stream if _lock(self._stream) else None
        except (OSError, ImportError):
            self._file = None
            return None

    def _read(self, stream: int) -> _State | None:
        """Return what the file says, None where that makes no sense now."""
        with contextlib.suppress(OSError, ValueError, OverflowError):
            os.lseek(stream, 0, os.SEEK_SET)
            word, full_at, held_until, holds = os.read(stream, _LARGEST).decode("ascii").split()
            found, now = _State(float(full_at), float(held_until), int(holds)), self._clock.monotonic()
            latest = now + _MINUTE + _LONGEST_HOLD + _LONGEST_QUEUE * self._seconds_each
            sensible = math.isfinite(found.full_at) and math.isfinite(found.held_until) and found.holds >= 0
            if word == _WORD and sensible and found.full_at <= latest and found.held_until <= now + _LONGEST_HOLD:
                return found
        return None

    def _write(self, stream: int) -> None:
        with contextlib.suppress(OSError):
            os.lseek(stream, 0, os.SEEK_SET)
            os.write(stream, str(self._state).encode())
            os.ftruncate(stream, os.lseek(stream, 0, os.SEEK_CUR))


def shared_file(directory: Path, base_url: str, key: str) -> Path:
    """Return the file in which all who use a key at an address count their requests."""
    host = (urlsplit(base_url).netloc or base_url).lower()
    digest = hashlib.sha256(f"rulesync budget\0{host}\0{key}".encode()).hexdigest()
    return directory / "budget" / digest[:16]


def _lock(stream: int) -> bool:
    """Lock a file if nobody holds on to it; the lock of a process that ends is gone with it."""
    from fcntl import LOCK_EX, LOCK_NB, flock

    for _ in range(_TRIES):
        try:
            flock(stream, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE)
        else:
            return True
    return False


def _unlock(stream: int) -> None:
    from fcntl import LOCK_UN, flock

    flock(stream, LOCK_UN)
