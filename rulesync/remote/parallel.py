"""Many slow calls at once, on daemon threads, so that ^C ends the program without waiting for any of them."""

from collections import deque
from collections.abc import Callable, Sequence
from contextvars import copy_context
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeVar

_PIECE = 0.5  # seconds, after which is looked again how many are left
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

    The first exception that comes in is raised at once, and no further item is begun. Context variables are those of
    the caller. `progress` is called on the caller's thread, with how many are done and how many there are.
    """
    waiting = deque(enumerate(items))
    finished: SimpleQueue[tuple[int, Result] | BaseException] = SimpleQueue()
    stop = Event()
    for _ in range(min(workers, len(items))):
        Thread(target=copy_context().run, args=(_run, work, waiting, finished, stop), daemon=True).start()
    results: dict[int, Result] = {}
    try:
        while len(results) < len(items):
            outcome = finished.get()
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
    waiting = deque([(0, None)])
    _hand_over(partial(copy_context().run, _run, lambda _: work(), waiting, finished, Event()))
    while (seconds := left()) > 0:
        try:
            outcome = finished.get(timeout=min(seconds, _PIECE))
        except Empty:
            continue
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome[1]
    raise TimeoutError


_idle: list[SimpleQueue[Callable[[], None]]] = []
"""Where those threads wait for work that have none: one is begun only where all others are busy, or lost."""


def _hand_over(work: Callable[[], None]) -> None:
    """Have a thread do some work that raises nothing."""
    try:
        inbox = _idle.pop()
    except IndexError:
        inbox = SimpleQueue()
        Thread(target=_work, args=(inbox,), daemon=True).start()
    inbox.put(work)


def _work(inbox: SimpleQueue[Callable[[], None]]) -> None:
    while True:
        inbox.get()()
        _idle.append(inbox)


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
