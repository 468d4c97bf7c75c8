from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from rulesync.clock import http_date, retry_after
from tests.clocks import NOON

texts = st.text(max_size=60) | st.text("0123456789 :,-+.GMTonMarSu", max_size=40)


@settings(deadline=None)
@given(texts | st.none())
def test_any_retry_after_is_understood_or_ignored(text: str | None) -> None:
    """Whatever a server writes into `Retry-After` is a time to wait that is not negative, or nothing."""
    seconds = retry_after(text, NOON)
    assert seconds is None or seconds >= 0


@settings(deadline=None)
@given(texts | st.none())
def test_any_date_is_an_instant_in_utc_or_ignored(text: str | None) -> None:
    """Whatever a server writes into `Date` is an instant in UTC, or nothing."""
    moment = http_date(text)
    assert moment is None or moment.tzinfo is UTC


@settings(deadline=None)
@given(st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # bounds are naive
def test_dates_of_http_are_read_back(moment: datetime) -> None:
    """A date written as HTTP writes it is that instant, to the second."""
    assert moment.replace(microsecond=0) == http_date(format_datetime(moment, usegmt=True))


@settings(deadline=None)
@given(st.integers(0, 10**8))
def test_seconds_and_dates_ask_for_the_same(seconds: int) -> None:
    """`Retry-After` in seconds and as the date so many seconds ahead are one wait."""
    date = format_datetime(NOON + timedelta(seconds=seconds), usegmt=True)
    assert retry_after(str(seconds), NOON) == retry_after(date, NOON) == seconds


def test_a_date_in_the_past_asks_for_no_wait() -> None:
    """A `Retry-After` that has passed is no wait, never a negative one."""
    assert retry_after("Mon, 02 Mar 2026 11:00:00 GMT", NOON) == 0


def test_a_date_means_nothing_where_nobody_knows_the_time() -> None:
    """A `Retry-After` date without anything to measure it from is ignored."""
    assert retry_after("Mon, 02 Mar 2026 13:00:00 GMT", None) is None
