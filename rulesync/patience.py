"""How long a run goes on: until its time is up or somebody asks it to stop, and how it waits until then.

Law: nothing is begun after the end, and no wait is begun that would outlast it. What was done by then is still proved:
for that there is a time of grace.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy

from rulesync.clock import Clock
from rulesync.errors import Stop, StoppedError

GRACE = 90.0  # seconds; enough for the longest wait that the API may ask for, and some looks after it
_PIECE = 0.5  # seconds; so long may a request to stop go unnoticed


class Patience:
    """The time of one run, shared by all that it does; `seconds` run from now, without them there is no end.

    It is safe to ask from any thread.
    """

    def __init__(self, clock: Clock, seconds: float = math.inf) -> None:
        self.seconds = seconds
        self._clock = clock
        self._begun = clock.monotonic()
        self._end = self._begun + seconds
        self._is_asked: Callable[[], bool] | None = None
        self._asked_at: float | None = None
        self._proving_since: float | None = None
        self._cut_short = False

    @property
    def stop(self) -> Stop | None:
        """Why nothing more may be begun, None while it may."""
        now = self._clock.monotonic()
        if self._is_asked and self._is_asked():
            self._asked_at = now if self._asked_at is None else self._asked_at
            return Stop.ASKED
        return Stop.TIME_UP if now >= self._end else None

    @property
    def ended(self) -> Stop | None:
        """Why something was not begun or not waited for: as `stop`, and also where only a wait was too long."""
        return self.stop or (Stop.TIME_UP if self._cut_short else None)

    @property
    def spent(self) -> float:
        """The seconds since it began, without those that a person took."""
        return self._clock.monotonic() - self._begun

    @property
    def left(self) -> float:
        """The seconds until the end: none once somebody asked to stop, and with the grace while proving."""
        stop, now = self.stop, self._clock.monotonic()
        if self._proving_since is None:
            return 0.0 if stop else self._end - now
        end = max(self._end, self._proving_since)
        if stop is Stop.ASKED and self._asked_at is not None:
            end = min(end, max(self._asked_at, self._proving_since))
        return end + GRACE - now

    def twin(self) -> "Patience":
        """Return one that ends when this one does, for a run beside this one with waits and proofs of its own."""
        return copy(self)

    def heed(self, is_asked: Callable[[], bool]) -> None:
        """Stop as soon as this says that somebody asks for it."""
        self._is_asked = is_asked

    def check(self, seconds: float = 0, why: str = "") -> None:
        """Refuse to begin anything after the end, or a wait of so many seconds that would outlast it.

        Raises:
            StoppedError: nothing may be begun, and why.
        """
        left = self.left
        if left > seconds:
            return
        if self.stop is Stop.ASKED:
            raise StoppedError(str(Stop.ASKED), Stop.ASKED)
        self._cut_short = True
        given = f"{self.seconds:g} s"
        message = f"the time for this run is up ({given})"
        if left > 0:
            message = f"the time for this run ({given}) ends before a wait of {seconds:.0f} s {why}".rstrip()
        raise StoppedError(message, Stop.TIME_UP, help="give it more with `--timeout SECONDS`")

    def sleep(self, seconds: float, why: str = "") -> None:
        """Wait.

        Raises:
            StoppedError: the end would come, or came, before the wait was over.
        """
        self.check(seconds, why)
        if not self._sleep(seconds, lambda: self.left <= 0):
            self.check()

    def rest(self, seconds: float) -> bool:
        """Wait between two looks; return whether all of it was waited, since nobody does so after the end."""
        return self._sleep(seconds, lambda: self.stop is not None)

    @contextmanager
    def proving(self) -> Iterator[None]:
        """Grant the time of grace: what was done is looked at, and nothing else is begun."""
        self._proving_since = self._clock.monotonic()
        try:
            yield
        finally:
            self._proving_since = None

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let time stand still while a person thinks."""
        since = self._clock.monotonic()
        try:
            yield
        finally:
            thought = self._clock.monotonic() - since
            self._begun += thought
            self._end += thought

    def _sleep(self, seconds: float, is_over: Callable[[], bool]) -> bool:
        """Sleep, piece by piece where it may have to end early; return whether all of it was slept."""
        endless = self._is_asked is None and math.isinf(self._end)
        pieces = int(seconds > 0) if endless else math.ceil(seconds / _PIECE)
        for _ in range(pieces):
            if is_over():
                return False
            self._clock.sleep(seconds / pieces)
        return True
