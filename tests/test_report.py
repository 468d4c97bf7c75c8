from datetime import UTC, datetime

import pytest

from rulesync.errors import Stop
from rulesync.plan import Change, Operation
from rulesync.report import Outcome, Report, Result, exit_code
from tests.builders import a_rule, desired

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CHANGE = Change(Operation.CREATE, "save", desired("save", a_rule()), None)


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([], 0),
        (["done", "done"], 0),
        (["stale"], 4),
        (["stale", "skipped"], 4),
        (["skipped"], 3),
        (["failed"], 1),
        (["failed", "stale"], 1),
        (["unknown"], 5),
        (["altered"], 5),
        (["done", "stale"], 5),
        (["done", "skipped"], 5),
        (["done", "failed"], 5),
    ],
)
def test_the_exit_code_of_an_apply(results: list[str], code: int) -> None:
    """All done is 0, some done is 5, and nothing done says why by its number."""
    outcomes = tuple(Outcome(CHANGE, Result(result)) for result in results)

    assert code == exit_code(Report(NOW, NOW, outcomes))


@pytest.mark.parametrize(
    ("results", "code"),
    [(["done"], 0), (["skipped"], 1), (["stale", "skipped"], 1), (["done", "skipped"], 5), (["unknown", "skipped"], 5)],
)
def test_the_exit_code_when_the_time_was_up(results: list[str], code: int) -> None:
    """A run that ended for want of time is not one that nobody approved: nothing done is 1, something done is 5."""
    report = Report(NOW, NOW, tuple(Outcome(CHANGE, Result(result)) for result in results), Stop.TIME_UP)

    assert (code, False) == (exit_code(report), report.interrupted)


def test_counting() -> None:
    """Outcomes are counted by how they came out."""
    report = Report(NOW, NOW, (Outcome(CHANGE, Result.DONE), Outcome(CHANGE, Result.STALE)))

    assert (1, 2) == (report.count(Result.DONE), report.count(Result.DONE, Result.STALE))
