from collections.abc import Sequence
from dataclasses import replace

import pytest

from rulesync import protocol
from rulesync.answer import Hidden, Look, Missing
from rulesync.plan import Change
from rulesync.protocol import Send, Tried
from rulesync.report import Result
from rulesync.runs import Run, RunStatus
from tests.builders import a_rule, row
from tests.clocks import NOON
from tests.protocol.values import CREATE, DELETE, DOUBTED, EDITED, ENABLED, PAUSED, TOUCHED, UPDATE, WANTED, WAS, result


@pytest.mark.parametrize(
    ("change", "look", "sent", "expected"),
    [
        (UPDATE, WAS, False, Send()),
        (UPDATE, WAS, True, Send()),
        (UPDATE, WANTED, False, Result.DONE),
        (UPDATE, replace(WANTED, rule=a_rule(2)), False, Result.DONE),
        (UPDATE, ENABLED, False, Result.STALE),
        (UPDATE, EDITED, False, Result.STALE),
        (UPDATE, TOUCHED, False, Result.STALE),
        (UPDATE, replace(WAS, marker=None), False, Result.STALE),
        (UPDATE, Missing(), False, Result.STALE),
        (UPDATE, Hidden("403"), False, Result.FAILED),
        (UPDATE, Hidden("403"), True, Result.UNKNOWN),
        (DELETE, WAS, False, Send()),
        (DELETE, Missing(), False, Result.DONE),
        (PAUSED, Missing(), False, Result.DONE),
        (DELETE, EDITED, False, Result.STALE),
        (UPDATE, EDITED, True, Result.UNKNOWN),
        (UPDATE, Missing(), True, Result.UNKNOWN),
        (UPDATE, WANTED, True, Result.DONE),
        (DELETE, ENABLED, True, Result.UNKNOWN),
    ],
)
def test_before_an_update_or_delete(change: Change, look: Look, *, sent: bool, expected: object) -> None:
    """A rule is written only while it is exactly what the plan saw; what is as wanted already is done.

    Once an attempt may have arrived, a rule that moved is not called stale, which would say that it was not written.
    """
    decision = protocol.before_write(change, look, sent=sent)

    assert expected in {decision, result(decision)}


@pytest.mark.parametrize(
    ("rows", "look", "tried", "expected"),
    [
        ([], None, Tried(), Send()),
        ([row(WANTED)], WANTED, Tried(), Result.DONE),
        ([row(WAS)], WAS, Tried(), Result.STALE),
        ([row(WAS)], WAS, DOUBTED, Result.ALTERED),
        ([row(WANTED)], Missing(), Tried(), Result.STALE),
        ([row(WANTED)], Hidden("500"), Tried(), Result.STALE),
        ([row(WANTED)], Hidden("500"), DOUBTED, Result.UNKNOWN),
        ([row(WANTED), row(WAS)], None, Tried(), Result.STALE),
    ],
)
def test_before_a_create(rows: list[object], look: Look | None, tried: Tried, expected: object) -> None:
    """A rule is made only if nobody bears its marker; one that is there already and equal is done."""
    decision = protocol.before_create(CREATE, rows, look, tried)  # type: ignore[arg-type]  # rows are rows

    assert expected in {decision, result(decision)}


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ((), None),
        ((Run(None, NOON, RunStatus.EXECUTED),), None),
        ((Run(None, NOON, RunStatus.FAILED), Run(None, NOON, RunStatus.IN_PROGRESS)), Result.SKIPPED),
    ],
)
def test_while_a_rule_is_running(runs: Sequence[Run], expected: Result | None) -> None:
    """A rule of which a run is in progress is not even looked at, and not written."""
    end = protocol.while_running(runs, NOON)
    assert expected == (end.result if end else None)
