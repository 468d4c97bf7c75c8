import json as standard
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from rulesync.findings import Location, error, warning
from rulesync.planfile.several import several_json
from rulesync.render import json
from tests.clocks import NOON
from tests.render.scenarios import PLANS, REPORTS, drift, full_plan
from tests.render.values import odd, replaced

Golden = Callable[[str, str], None]


def test_goldens(golden: Golden) -> None:
    """JSON is versioned, indented, and ends in a newline."""
    golden("plan-one-change.json", json.plan(PLANS["one-change"]))
    golden("report-done.json", json.report(REPORTS["done"]))
    golden("drift.json", json.drift(drift()))
    golden("findings.json", json.findings([error("x", "größer", location=Location("a.yaml", 1, 2)), warning("y", "z")]))


def test_status_is_the_same_lists() -> None:
    """Status and drift hold the same header and lists; status has every managed rule besides."""
    status, same = standard.loads(json.status(full_plan())), standard.loads(json.drift(full_plan()))
    assert ["waiting", "enabled", "enabled", "enabled", "enabled", "missing", "unknown"] == [
        each["state"] for each in status["rules"]
    ]
    assert {"key", "id", "nickname", "state", "remark", "review_url", "runs"} == set(status["rules"][0])
    assert {**same, "rules": status["rules"]} == status
    several = standard.loads(json.several_statuses(several_json([full_plan()], [], version="1", at=NOON)))
    assert [status] == several["workspaces"]


def test_a_failed_look_is_told_from_a_clear_one() -> None:
    """Drift and status say whether everything could be read, with the findings that say what could not."""
    for text in (json.drift(PLANS["errored"]), json.status(PLANS["errored"])):
        told = standard.loads(text)
        assert (True, PLANS["errored"]["findings"]) == (told["errored"], told["findings"])
    assert not standard.loads(json.drift(PLANS["nothing"]))["errored"]


def test_valid_is_without_errors() -> None:
    """Warnings leave a ruleset valid, errors do not."""
    found = [standard.loads(json.findings(each))["valid"] for each in ([], [warning("x", "y")], [error("x", "y")])]
    assert found == [True, True, False]


@given(st.data(), st.sampled_from(sorted(PLANS)))
def test_what_is_written_is_read(data: st.DataObject, name: str) -> None:
    """A plan comes back as it was, whatever texts it holds, and its text can be written as UTF-8 and shown."""
    value = replaced(PLANS[name], lambda: data.draw(odd))
    text = json.plan(value)
    assert standard.loads(text) == value
    assert text.encode().decode() == text
    assert not any("\x7f" <= character <= "\x9f" or character in "\u202e\u2066" for character in text)
