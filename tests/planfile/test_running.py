from dataclasses import replace
from datetime import UTC, datetime

from rulesync.plan import Options
from rulesync.planfile.running import runs_json, utc
from rulesync.planfile.writing import plan_json
from rulesync.runs import Lately, Run, RunStatus
from rulesync.schedule import NextRun
from tests.builders import a_rule, applied, desired, plan
from tests.planfile.test_writing import CONTEXT

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
KNOWN = Lately(NextRun(NOON, about=True), Run(None, NOON, RunStatus.PARTIAL), 9, at_least=True, in_progress=False)


def test_what_a_rule_did() -> None:
    """Everything that is known stands in the JSON, times in UTC."""
    assert {
        "next_at": "2026-11-27T12:00:00Z",
        "next_about": True,
        "last_at": "2026-11-27T12:00:00Z",
        "last_status": "partial",
        "last_30_days": 9,
        "at_least": True,
        "in_progress": False,
        "error": None,
    } == runs_json(KNOWN)


def test_what_is_not_known() -> None:
    """What could not be read is null, with why; where nobody looked there is nothing at all."""
    unknown = runs_json(Lately(unknown="why"))
    assert unknown is not None
    assert (None, None, None, None, None, "why") == tuple(
        unknown[name] for name in ("next_at", "last_at", "last_status", "last_30_days", "in_progress", "error")
    )
    assert runs_json(None) is None


def test_a_moment() -> None:
    """A moment is spelled in UTC, to the second."""
    assert utc(NOON.replace(microsecond=5)) == "2026-11-27T12:00:00Z"


def test_the_digest_is_of_what_would_be_done() -> None:
    """Runs stand with their rule, and what they say is no part of the digest."""
    both = plan([desired("save", a_rule(2))], [applied("save", a_rule(1))], Options())
    without, known = plan_json(both, CONTEXT), plan_json(both, replace(CONTEXT, runs={"rule_save": KNOWN}))
    assert without["digest"] == known["digest"]
    assert [None, runs_json(KNOWN)] == [each["resource_changes"][0]["runs"] for each in (without, known)]
