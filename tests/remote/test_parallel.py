import threading
import time
from contextvars import ContextVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulesync.remote.parallel import each, within


@settings(deadline=None)
@given(st.lists(st.integers()), st.integers(1, 8))
def test_results_keep_the_order_of_the_items(items: list[int], workers: int) -> None:
    """The results stand in the order of the items, however many workers there are."""
    assert each(str, items, workers=workers) == [str(item) for item in items]


def test_progress_counts_every_item_on_the_thread_of_the_caller() -> None:
    """Progress is told of each finished item, by the thread that may print."""
    told: list[tuple[int, int, bool]] = []
    caller = threading.current_thread()
    each(
        str,
        range(3),
        workers=2,
        progress=lambda done, total: told.append((done, total, threading.current_thread() is caller)),
    )
    assert told == [(1, 3, True), (2, 3, True), (3, 3, True)]


def test_items_are_worked_on_at_the_same_time() -> None:
    """As many items as there are workers are under way together."""
    together = threading.Barrier(4, timeout=5)
    assert sorted(each(lambda _: together.wait(), range(4), workers=4)) == [0, 1, 2, 3]


def test_workers_are_added_only_where_results_take_a_while() -> None:
    """What comes at once comes from one worker; what keeps one waiting is waited for by several."""

    def work(seconds: float) -> int:
        time.sleep(seconds)
        return threading.get_ident()

    assert 1 == len(set(each(work, [0.0] * 50, workers=8)))
    assert 8 == len(set(each(work, [0.2] * 8, workers=8)))


def test_the_first_error_is_raised_and_nothing_more_is_begun() -> None:
    """An error ends the work: it is raised, and items behind it are left alone."""
    begun: list[int] = []

    def work(item: int) -> None:
        begun.append(item)
        raise ValueError(item)

    with pytest.raises(ValueError, match="0"):
        each(work, range(100), workers=1)
    assert begun == [0]


def test_an_interrupt_waits_for_no_worker() -> None:
    """^C ends the work at once, although workers hang."""
    hang = threading.Event()
    workers: list[threading.Thread] = []

    def work(item: int) -> None:
        workers.append(threading.current_thread())
        if item:
            hang.wait(30)

    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        each(work, range(4), workers=4, progress=interrupt)
    assert all(worker.daemon for worker in workers)
    hang.set()


def test_work_that_ends_in_time() -> None:
    """What comes in time is the result, or what was raised."""
    assert 7 == within(lambda: 7, lambda: 5)
    with pytest.raises(ZeroDivisionError):
        within(lambda: 1 // 0, lambda: 5)


@pytest.mark.parametrize("seconds", [[0.0], [0.05, 0.0], [0.05, 0.05, -1.0]])
def test_work_that_does_not_end(seconds: list[float]) -> None:
    """What does not come while there is time left is not waited for."""
    let_go, left = threading.Event(), iter(seconds)
    with pytest.raises(TimeoutError):
        within(lambda: let_go.wait(20), lambda: next(left))
    let_go.set()


def test_context_is_that_of_the_caller() -> None:
    """What the caller's context says holds for the workers too."""
    subject = ContextVar("subject", default="")
    before = subject.set("firm")

    assert ["firm"] * 2 == each(lambda _: subject.get(), ["a", "b"], workers=2)
    assert "firm" == within(subject.get, lambda: 5.0)
    subject.reset(before)
