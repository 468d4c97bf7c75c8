"""A stage on which actors take turns: one at a time, in simulated time, so that equal schedules play equally."""

import heapq
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

from rulesync.clock import Clock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Stage:
    """Holds the time, in seconds since noon, and whose turn it is; an actor's turn ends when it sleeps or is done."""

    def __init__(self, random: Random) -> None:
        self.time = 0.0
        self._random = random
        self._waiting: list[tuple[float, float, Actor]] = []
        self._present: Actor | None = None
        self._idle = threading.Semaphore(0)

    def now(self) -> datetime:
        """Return the time in UTC."""
        return NOON + timedelta(seconds=self.time)

    def play(self, *parts: Callable[["Actor"], object]) -> None:
        """Let these parts play until all are done; the first exception of any of them is raised then."""
        actors = [Actor(self, part) for part in parts]
        for actor in actors:
            self.enter(actor, 0)
        while self._waiting:
            when, _, self._present = heapq.heappop(self._waiting)
            self.time = max(self.time, when)
            self._present.go_on()
            self._idle.acquire()
        self._present = None
        for actor in actors:
            if actor.failure:
                raise actor.failure

    def sleep(self, seconds: float) -> None:
        """Let time pass for whoever's turn it is; off the stage, for everybody."""
        actor, until = self._present, self.time + seconds
        if actor is None or not self._waiting or until < self._waiting[0][0]:
            self.time = until
            return
        self.enter(actor, seconds)
        self.leave()
        actor.wait()

    def enter(self, actor: "Actor", seconds: float) -> None:
        """Give an actor its next turn after some seconds; chance decides between those of one moment."""
        heapq.heappush(self._waiting, (self.time + seconds, self._random.random(), actor))

    def leave(self) -> None:
        """End the present turn."""
        self._idle.release()

    def clock(self, skew: float = 0) -> Clock:
        """Return this stage's time as a clock that goes `skew` seconds ahead of it."""
        return Clock(lambda: self.now() + timedelta(seconds=skew), lambda: self.time, self.sleep)


class Actor:
    """One part, on a thread of its own that runs in its turns alone."""

    def __init__(self, stage: Stage, part: Callable[["Actor"], object]) -> None:
        self.failure: BaseException | None = None
        self._stage = stage
        self._part = part
        self._turn = threading.Semaphore(0)
        threading.Thread(target=self._play, daemon=True).start()

    def _play(self) -> None:
        self.wait()
        try:
            self._part(self)
        except BaseException as failure:  # noqa: BLE001  # the stage raises it, on the thread of the play
            self.failure = failure
        self._stage.leave()

    def wait(self) -> None:
        """Wait for the next turn."""
        self._turn.acquire()

    def go_on(self) -> None:
        """Begin a turn."""
        self._turn.release()
