from collections.abc import Callable
from typing import Any

import pytest

from rulesync.planjson import ResourceJson, RunsJson
from rulesync.render import terminal
from rulesync.render.lately import cost, told, urgency
from tests.render.scenarios import AFTER, BEFORE
from tests.render.values import finding, plan, resource, rule, share

Golden = Callable[[str, str], None]
AT = "2026-11-27T12:00:00Z"
MONTHLY = rule(share(5, "taxes"), trigger={"type": "SCHEDULED", "schedule_type": "MONTHLY", "start_date": AT})


def runs(**more: object) -> RunsJson:
    value: dict[str, Any] = {
        "next_at": None,
        "next_about": False,
        "last_at": "2026-11-27T09:00:00Z",
        "last_status": "executed",
        "last_30_days": 9,
        "at_least": False,
        "in_progress": False,
        "error": None,
    }
    return value | more  # type: ignore[return-value]  # what is handed over is named as in RunsJson


NEVER = runs(last_at=None, last_status=None, last_30_days=0)
UNKNOWN = runs(last_at=None, last_status=None, last_30_days=None, in_progress=None, error="the API answered 503")
BUSY = runs(in_progress=True, last_status="in_progress", next_at="2026-11-27T14:00:00Z")


def scheduled(known: RunsJson | None, **more: object) -> ResourceJson:
    return resource("update", "rent", MONTHLY, {**MONTHLY, "nickname": "Rent"}, runs=known, **more)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (None, ""),
        (
            BUSY,
            "runs next on Fri 27 Nov 14:00 UTC; ran 9 times in 30 days, last 3 h ago; an execution is in progress now",
        ),
        (
            runs(next_at="2027-01-31T09:00:00Z", next_about=True, last_30_days=1),
            "runs next about Sun 31 Jan 2027 09:00 UTC; ran once in 30 days, last 3 h ago",
        ),
        (runs(last_30_days=100, at_least=True), "ran at least 100 times in 30 days, last 3 h ago"),
        (runs(last_30_days=1, at_least=True), "ran at least 1 time in 30 days, last 3 h ago"),
        (runs(last_status="failed"), "ran 9 times in 30 days, last 3 h ago, which failed"),
        (runs(last_status="partial"), "ran 9 times in 30 days, last 3 h ago, which failed in part"),
        (runs(last_30_days=0, last_at="2026-09-01T12:00:00Z"), "did not run in 30 days, last 87 days ago"),
        (runs(last_at="2026-11-27T11:59:30Z"), "ran 9 times in 30 days, last just now"),
        (runs(last_at="2026-11-27T12:03:00Z"), "ran 9 times in 30 days, last just now"),
        (runs(last_at="2026-11-27T11:30:00Z"), "ran 9 times in 30 days, last 30 min ago"),
        (NEVER, "no run yet"),
        (runs(last_at=None, last_status=None, last_30_days=0, at_least=True), ""),
        (UNKNOWN, "runs unknown: the API answered 503"),
        (runs(error="not looked at", next_at="2026-11-27T14:00:00Z"), "runs next on Fri 27 Nov 14:00 UTC"),
    ],
)
def test_what_a_pause_costs(known: RunsJson, expected: str) -> None:
    """It is said when a live rule would run next, how often it ran, and whether it is running; no more is claimed."""
    assert expected == cost(scheduled(known), AT)


def test_what_a_pause_costs_that_waits_for_money() -> None:
    """A rule that waits for a deposit misses each one while it is off."""
    live = resource("update", "save", BEFORE, AFTER, runs=NEVER)
    assert cost(live, AT) == "runs at each deposit; no run yet"


def test_what_is_most_urgent() -> None:
    """First comes what runs now, then what runs at any time or by when, then what is not known, and last the rest."""
    by_hand = {**MONTHLY, "trigger": {"type": "MANUAL", "account_id": "acc_checking"}}
    never = resource("update", "hand", by_hand, AFTER, runs=NEVER)
    assert [(0, ""), (1, ""), (1, ""), (1, AT), (2, ""), (3, ""), (3, "")] == [
        urgency(scheduled(BUSY)),
        urgency(resource("update", "save", BEFORE, AFTER, runs=NEVER)),
        urgency(scheduled(runs())),
        urgency(scheduled(runs(next_at=AT))),
        urgency(scheduled(UNKNOWN)),
        urgency(never),
        urgency(scheduled(None)),
    ]


def test_a_rule_that_is_off_costs_nothing() -> None:
    """Of a rule that is off only a run that goes on is told."""
    off = {**BEFORE, "status": "disabled"}
    assert ["", "an execution is in progress now"] == [
        cost(resource("update", "save", off, AFTER, runs=known), AT) for known in (runs(), BUSY)
    ]


def test_how_the_last_run_ended() -> None:
    """Status tells how the last run ended and when the next one is; nothing where nothing is known."""
    off = {**MONTHLY, "status": "disabled"}
    assert [
        "last run 3 h ago: executed",
        "last run 3 h ago: in progress; runs next on Fri 27 Nov 14:00 UTC",
        "last run 3 h ago: failed; an execution is in progress now",
        "last run 3 h ago",
        "no run yet",
        "",
        "",
        "",
    ] == [
        told(scheduled(known), AT)
        for known in (
            runs(),
            BUSY,
            runs(last_status="failed", in_progress=True),
            runs(last_status="unknown"),
            NEVER,
            runs(last_at=None, last_status=None, last_30_days=0, at_least=True),
            UNKNOWN,
            None,
        )
    ]
    assert ["last run 3 h ago: executed", ""] == [
        told(resource("no-op", "rent", off, off, runs=known), AT)
        for known in (runs(next_at="2026-11-27T14:00:00Z"), NEVER)
    ]
    assert told(resource("create", "rent", None, MONTHLY, runs=runs()), AT) == ""


def test_goldens(golden: Golden) -> None:
    """The plan says under each change what it costs; status says under each rule what it did, within 80 columns."""
    said = finding(
        "runs unknown of `save`: the key lacks the scope `READ_RULE_EXECUTIONS`",
        "info",
        check="runs-unknown",
        help="with it, a plan tells when a rule ran last, and leaves one alone that is running",
        file=None,
    )
    busy = finding(
        "`rent`: an execution is in progress, and this plan changes the rule",
        check="in-progress",
        help="wait until it has ended, or accept it with `--allow-in-progress`",
        file=None,
    )
    old = rule(share(1, "savings"), nickname="Old", trigger={"type": "MANUAL", "account_id": "acc_checking"})
    changes = [
        scheduled(BUSY, nickname="The rent of the house and of the garage behind it"),
        resource("update", "save", BEFORE, AFTER, runs=UNKNOWN),
        resource("delete", "old", old, None, origin="git", runs=runs(last_status="failed")),
        resource("no-op", "kept", old, old, runs=NEVER),
    ]
    value = plan(*changes, timestamp=AT, findings=[said, busy])
    golden("plan-costs.txt", terminal.plan(value, color=False))
    status = terminal.status({**value, "findings": [said]}, color=False)
    golden("status-runs.txt", status)
    assert max(len(line) for line in status.splitlines() if not line.startswith("runs unknown")) <= 80


def test_a_narrow_page() -> None:
    """Where the table is wider than the page, remarks stand below their rule, and nothing is left out."""
    value = plan(scheduled(runs(), nickname="The rent of the house and of the garage"), timestamp=AT)
    wide, narrow = (terminal.status(value, color=False, width=width).splitlines() for width in (100, 60))
    assert wide[:2] == [
        "enabled  rent  The rent of the house and of the garage  Git differs",
        "    last run 3 h ago: executed",
    ]
    assert narrow[:2] == [
        "enabled  rent  The rent of the house and of the garage",
        "    Git differs; last run 3 h ago: executed",
    ]
    tight = terminal.status(value, color=False, width=30).splitlines()
    assert tight[0] == "enabled  rent  The rent …arage"
