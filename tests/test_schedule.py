from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.rule import DepositTrigger, ManualTrigger, Opaque, Schedule, ScheduledTrigger, Trigger
from rulesync.schedule import NextRun, next_run

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)  # a Friday in week 48
moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - of UTC
recurring = st.sampled_from([each for each in Schedule if each is not Schedule.ONE_TIME])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def coming(schedule: Schedule, start: str, now: datetime = NOW) -> NextRun | None:
    return next_run(ScheduledTrigger(schedule, at(start)), now)


@pytest.mark.parametrize(
    ("schedule", "start", "expected"),
    [
        (Schedule.ONE_TIME, "2026-12-24T18:00", NextRun(at("2026-12-24T18:00"))),
        (Schedule.ONE_TIME, "2026-11-27T12:00", None),
        (Schedule.DAILY, "2026-01-01T14:00", NextRun(at("2026-11-27T14:00"))),
        (Schedule.DAILY, "2026-01-01T12:00", NextRun(at("2026-11-28T12:00"))),
        (Schedule.DAILY, "2027-01-01T12:00", NextRun(at("2027-01-01T12:00"))),
        (Schedule.WEEKLY, "2026-01-02T14:00", NextRun(at("2026-11-27T14:00"))),
        (Schedule.BI_WEEKLY, "2026-01-01T09:00", NextRun(at("2026-12-01T09:00"))),
        (Schedule.BI_WEEKLY, "2026-12-02T09:00", NextRun(at("2026-12-15T09:00"), about=True)),
        (Schedule.MONTHLY, "2026-01-28T09:00", NextRun(at("2026-11-28T09:00"))),
        (Schedule.MONTHLY, "2026-01-31T09:00", NextRun(at("2026-11-30T09:00"), about=True)),
        (Schedule.MONTHLY, "2026-01-27T09:00", NextRun(at("2026-12-27T09:00"))),
        (Schedule.EVERY_OTHER_WEEK, "2026-01-09T14:00", NextRun(at("2026-11-27T14:00"))),
        (Schedule.EVERY_OTHER_WEEK, "2026-01-09T11:00", NextRun(at("2026-12-11T11:00"))),
        (Schedule.EVERY_OTHER_WEEK, "2026-12-04T11:00", NextRun(at("2026-12-11T11:00"), about=True)),
    ],
)
def test_examples(schedule: Schedule, start: str, expected: NextRun | None) -> None:
    """Each schedule runs on its days, from its start on, and says where the documents leave the day open."""
    assert expected == coming(schedule, start)


def test_a_long_year() -> None:
    """After a year of 53 weeks, every other week means three weeks later: odd weeks 53 and 1 are both left out."""
    assert NextRun(at("2027-01-15T09:00")) == coming(
        Schedule.EVERY_OTHER_WEEK, "2026-12-25T09:00", at("2026-12-25T09:00")
    )


@pytest.mark.parametrize("trigger", [DepositTrigger("acc_1"), ManualTrigger("acc_1"), Opaque("{}")])
def test_what_does_not_run_by_the_calendar(trigger: Trigger) -> None:
    """Only a schedule tells when a rule runs next."""
    assert next_run(trigger, NOW) is None


@pytest.mark.parametrize("schedule", list(Schedule))
def test_the_end_of_the_calendar(schedule: Schedule) -> None:
    """Where the calendar ends, no run is claimed."""
    last = datetime.max.replace(tzinfo=UTC)
    assert next_run(ScheduledTrigger(schedule, last), last) is None
    assert next_run(ScheduledTrigger(schedule, datetime.min.replace(tzinfo=UTC)), last) is None


@given(recurring, moments, moments)
def test_the_next_run_is_next(schedule: Schedule, start: datetime, now: datetime) -> None:
    """It is after now, not before the start, at the start's time of day, and the same from any moment before it."""
    trigger = ScheduledTrigger(schedule, start)

    found = next_run(trigger, now)

    assert found is not None
    assert found.at > now
    assert found.at >= start
    assert start.timetz() == found.at.timetz()
    assert found.at - max(now, start) <= timedelta(days=31)
    if not found.about:
        assert found == next_run(trigger, found.at - timedelta(microseconds=1))


@given(recurring, moments, moments)
def test_it_runs_on_the_days_of_its_schedule(schedule: Schedule, start: datetime, now: datetime) -> None:
    """The day is one that the schedule names; a month that lacks it makes it a guess."""
    found = next_run(ScheduledTrigger(schedule, start), now)

    assert found is not None
    match schedule:
        case Schedule.WEEKLY:
            assert start.weekday() == found.at.weekday()
        case Schedule.EVERY_OTHER_WEEK:
            assert (start.weekday(), 0) == (found.at.weekday(), found.at.isocalendar().week % 2)
        case Schedule.BI_WEEKLY:
            assert found.at.day in {1, 15}
        case Schedule.MONTHLY:
            assert found.about is (found.at.day != start.day)
        case _:
            assert (found.at - start) % timedelta(days=1) == timedelta()


@given(recurring, moments, moments, moments)
def test_time_only_goes_on(schedule: Schedule, start: datetime, one: datetime, other: datetime) -> None:
    """Asked later, the next run is not an earlier one."""
    trigger, (early, late) = ScheduledTrigger(schedule, start), sorted([one, other])

    first, second = next_run(trigger, early), next_run(trigger, late)

    assert first is not None
    assert second is not None
    assert first.at <= second.at
