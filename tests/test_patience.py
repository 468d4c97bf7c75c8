import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rulesync.errors import Stop, StoppedError
from rulesync.patience import GRACE, Patience
from tests.clocks import FakeClock


def test_without_an_end() -> None:
    """A run without a limit sleeps as long as it is told, in one piece, and never stops."""
    time = FakeClock()
    patience = Patience(time.clock)
    patience.sleep(1000)
    patience.sleep(0)
    patience.check()

    assert ([1000], None, math.inf) == (time.sleeps, patience.stop, patience.left)
    assert patience.rest(3)


@given(st.floats(0.1, 1000), st.floats(0, 2000))
def test_no_wait_outlasts_the_end(seconds: float, wait: float) -> None:
    """A wait that would outlast the time is not begun, and says the time and the wait; any other is waited whole."""
    assume(abs(wait - seconds) > 0.001)
    time = FakeClock()
    patience = Patience(time.clock, seconds)
    if wait < seconds:
        patience.sleep(wait)
        assert pytest.approx(wait) == time.seconds
        assert patience.ended is None
        return
    with pytest.raises(StoppedError, match="ends before a wait of") as stopped:
        patience.sleep(wait, "for the rate limit")
    assert (Stop.TIME_UP, []) == (stopped.value.stop, time.sleeps)
    assert stopped.value.message.endswith("for the rate limit")
    assert "--timeout" in str(stopped.value.help)
    assert (None, Stop.TIME_UP) == (patience.stop, patience.ended)


def test_the_time_is_up() -> None:
    """When the time is up, nothing is begun, and what was waited for between looks is no longer."""
    time = FakeClock()
    patience = Patience(time.clock, 10)
    assert not patience.rest(30)
    with pytest.raises(StoppedError, match=r"^the time for this run is up \(10 s\)$"):
        patience.check()

    assert (10, Stop.TIME_UP, 0) == (time.seconds, patience.stop, patience.left)


@pytest.mark.parametrize("seconds", [math.inf, 600])
def test_somebody_asks_in_the_middle_of_a_wait(seconds: float) -> None:
    """A request to stop ends a wait within half a second, however long it was to be."""
    time = FakeClock()
    patience = Patience(time.clock, seconds)
    patience.heed(lambda: time.seconds >= 7)
    with pytest.raises(StoppedError) as stopped:
        patience.sleep(60)

    assert Stop.ASKED is stopped.value.stop
    assert 7 <= time.seconds <= 7.5
    assert (Stop.ASKED, Stop.ASKED, 0) == (patience.stop, patience.ended, patience.left)


@pytest.mark.parametrize("asked", [True, False])
def test_proving_has_a_time_of_grace(*, asked: bool) -> None:
    """After the end there is a bounded time to look at what was done; to rest between looks there is none."""
    time = FakeClock()
    patience = Patience(time.clock, 600 if asked else 10)
    patience.heed(lambda: asked and time.seconds >= 5)
    time.seconds = 20
    with patience.proving():
        assert GRACE == patience.left
        assert not patience.rest(3)
        patience.sleep(60)
        with pytest.raises(StoppedError):
            patience.sleep(60)
        time.seconds += 40
        with pytest.raises(StoppedError):
            patience.check()


def test_proving_is_bounded_from_the_end_on() -> None:
    """Who proves in time has the time that is left and the grace; who is asked to stop meanwhile has the grace."""
    time = FakeClock()
    patience = Patience(time.clock, 600)
    patience.heed(lambda: time.seconds >= 300)
    with patience.proving():
        assert 600 + GRACE == patience.left
        time.seconds = 300
        assert GRACE == patience.left


def test_a_person_takes_her_time() -> None:
    """The time that a person takes to answer is not the run's."""
    time = FakeClock()
    patience = Patience(time.clock, 10)
    time.seconds = 4
    with patience.paused():
        time.seconds += 3600

    assert (6, 4, None) == (patience.left, patience.spent, patience.stop)


def test_a_twin_ends_at_the_same_time_and_proves_for_itself() -> None:
    """What goes on beside a run has the same end; to be asked to stop, and the time of grace, are its own."""
    time = FakeClock()
    patience = Patience(time.clock, 100)
    time.clock.sleep(40)
    twin = patience.twin()
    twin.heed(lambda: True)

    assert (60, None) == (patience.left, patience.stop)
    assert (0, Stop.ASKED, 100) == (twin.left, twin.stop, twin.seconds)
    with twin.proving():
        assert (GRACE, 60) == (twin.left, patience.left)
