from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.rule import Schedule, ScheduledTrigger, Status
from rulesync.runs import LATELY, History, Lately, Run, RunStatus, is_in_progress, lately, watched
from rulesync.schedule import NextRun
from tests.builders import a_rule

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
DAILY = replace(a_rule(), trigger=ScheduledTrigger(Schedule.DAILY, NOW - timedelta(days=9, hours=1)))
statuses = st.sampled_from(RunStatus)
ages = st.timedeltas(timedelta(days=-400), timedelta(days=400))
histories = st.builds(
    History,
    st.lists(st.builds(Run, st.none(), st.none() | ages.map(lambda age: NOW - age), statuses)).map(tuple),
    st.booleans(),
)


def run(hours: float = 1, status: RunStatus = RunStatus.EXECUTED) -> Run:
    return Run("rule_1", NOW - timedelta(hours=hours), status)


def test_what_a_rule_did() -> None:
    """The newest run counts, whatever order they come in, and those of thirty days are counted."""
    runs = (run(50), run(3, RunStatus.FAILED), run(24 * 31))

    known = lately(DAILY, History(runs, more=True), NOW)

    assert Lately(NextRun(NOW + timedelta(hours=23)), runs[1], 2, at_least=False, in_progress=False) == known


def test_no_run_by_the_calendar_of_a_rule_that_is_off() -> None:
    """A rule that is off, or of which nothing is known, runs at no time."""
    off = replace(DAILY, status=Status.DISABLED)
    assert [None, None] == [lately(rule, History(), NOW).next for rule in (off, None)]


def test_an_unread_history_is_no_empty_one() -> None:
    """Where the runs are not known, neither their number nor that none is in progress is claimed."""
    known = lately(DAILY, History(unknown="why"), NOW)
    assert (None, None, None, "why") == (known.count, known.in_progress, known.last, known.unknown)
    assert known.next is not None


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (History((run(),), more=True), (1, True)),
        (History((run(),)), (1, False)),
        (History((run(), run(24 * 40)), more=True), (1, False)),
        (History((run(), run(-9)), more=False), (1, True)),
        (History((run(), Run(None, None, RunStatus.EXECUTED))), (1, True)),
        (History(), (0, False)),
    ],
)
def test_a_count_that_may_be_short(history: History, expected: tuple[int, bool]) -> None:
    """A page that does not reach back thirty days, and runs without a time that can be, make it a least number."""
    known = lately(DAILY, history, NOW)
    assert expected == (known.count, known.at_least)


def test_a_clock_that_is_a_little_behind() -> None:
    """A run that is dated a few minutes ahead was just now; one far ahead is not taken for the last."""
    assert run(-0.05) == lately(DAILY, History((run(-0.05),)), NOW).last
    assert run(2) == lately(DAILY, History((run(-48), run(2))), NOW).last


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (run(1, RunStatus.IN_PROGRESS), True),
        (run(-99, RunStatus.IN_PROGRESS), True),
        (Run(None, None, RunStatus.IN_PROGRESS), True),
        (run(24 * 40, RunStatus.IN_PROGRESS), False),
        (run(1, RunStatus.UNKNOWN), False),
    ],
)
def test_in_progress(found: Run, *, expected: bool) -> None:
    """A run is in progress if the API says so, unless it says so for more than thirty days."""
    assert expected is is_in_progress((run(), found), NOW)


@given(histories)
def test_any_history(history: History) -> None:
    """Whatever the API tells, what is said of it is no more than it told."""
    known = lately(DAILY, history, NOW)

    assert known.count is not None
    assert 0 <= known.count <= len(history.runs)
    assert known.last is None or (known.last in history.runs and known.last.at is not None)
    assert known.in_progress is is_in_progress(history.runs, NOW)
    if known.count:
        assert known.last is not None
        assert known.last.at is not None
        assert NOW - known.last.at <= LATELY


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (Lately(last=run(23)), True),
        (Lately(last=run(25)), False),
        (Lately(NextRun(NOW + timedelta(minutes=30)), last=run(99)), True),
        (Lately(NextRun(NOW + timedelta(hours=2))), False),
        (Lately(last=run(1), in_progress=True), False),
        (Lately(NextRun(NOW + timedelta(minutes=30)), unknown="why"), False),
    ],
)
def test_what_is_watched(known: Lately, *, expected: bool) -> None:
    """A rule that ran within a day, or runs within the hour, is watched, if there is anything to be seen."""
    assert expected is watched(known, NOW).watched
