"""Many slow calls at once, on daemon threads, so that ^C ends the program without waiting for any of them."""

from collections import deque
from collections.abc import Callable, Sequence
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeVar

_PIECE = 0.5  # seconds, after which is looked again how many are left
_PROMPT = 0.005  # seconds; where results come sooner, more threads only stand in each other's way
Item = TypeVar("Item")
Result = TypeVar("Result")


def each(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    workers: int,
    progress: Callable[[int, int], None] | None = None,
) -> list[Result]:
    """Return the result of `work` for each item, in the order of the items.

    A worker is added whenever no result came for a moment, so that many are under way only where each takes a while.
    The first exception that comes in is raised at once, and no further item is begun. Context variables are those of
    the caller. `progress` is called on the caller's thread, with how many are done and how many there are.
    """
    waiting = deque(enumerate(items))
    finished: SimpleQueue[tuple[int, Result] | BaseException] = SimpleQueue()
    stop = Event()
    results: dict[int, Result] = {}
    begun = 0
    try:
        while len(results) < len(items):
            more = bool(waiting) and begun < workers
            try:
                outcome = finished.get(timeout=_PROMPT if begun and more else 0 if more else None)
            except Empty:
                _start(work, waiting, finished, stop)
                begun += 1
                continue
            if isinstance(outcome, BaseException):
                raise outcome
            results[outcome[0]] = outcome[1]
            if progress:
                progress(len(results), len(items))
    finally:
        stop.set()
    return [results[index] for index in range(len(items))]


def within(work: Callable[[], Result], left: Callable[[], float]) -> Result:
    """Return the result of `work`, or raise what it raises, while there are seconds left.

    Raises:
        TimeoutError: it did not come; the work goes on, and nobody will hear what becomes of it.
    """
    finished: SimpleQueue[tuple[int, Result] | BaseException] = SimpleQueue()
    _start(lambda _: work(), deque([(0, None)]), finished, Event())
    while (seconds := left()) > 0:
        try:
            outcome = finished.get(timeout=min(seconds, _PIECE))
        except Empty:
            continue
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome[1]
    raise TimeoutError


def _start(
    work: Callable[[Item], Result],
    waiting: deque[tuple[int, Item]],
    finished: SimpleQueue[tuple[int, Result] | BaseException],
    stop: Event,
) -> None:
    """Begin a thread that works, in the context of the caller."""
    Thread(target=copy_context().run, args=(_run, work, waiting, finished, stop), daemon=True).start()


def _run(
    work: Callable[[Item], Result],
    waiting: deque[tuple[int, Item]],
    finished: SimpleQueue[tuple[int, Result] | BaseException],
    stop: Event,
) -> None:
    """Work through what is waiting until nothing is, or nobody waits for it any more."""
    while not stop.is_set():
        try:
            index, item = waiting.popleft()
        except IndexError:
            return
        try:
            finished.put((index, work(item)))
        except BaseException as error:  # noqa: BLE001  # it belongs to the caller, who is on another thread
            stop.set()
            finished.put(error)
