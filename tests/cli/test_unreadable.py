"""A managed rule that cannot be read: named with what to ask for, and nothing is written, whatever else is planned."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Household

REASONS = {
    403: "the key may not read it, which takes the scope `READ_RULES` for this rule",
    404: "the API lists it, and does not find it; perhaps the key lacks the scope `READ_RULES` for it",
    503: "the API answered 503",
}
WAYS_OUT = {403: "give the key what it lacks", 404: "give the key what it lacks", 503: "it is the API's answer that is"}


def troubled(household: Household, status: int) -> str:
    """Return the id of a rule that cannot be read, beside others that are to be created, changed and deleted."""
    for key in ("hidden", "changed", "gone"):
        household.rule(key, 20)
    household.apply()
    household.rule("new", 30)
    household.rule("changed", 25)
    (household.root / "rules" / "gone.yaml").unlink()
    hidden = household.id_of("hidden")
    household.box.faults.add("rule-unreadable", path=f"/rules/{hidden}", status=status, times=None)
    household.box.clear_log()
    return hidden


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("status", REASONS)
def test_nothing_is_written(household: Household, tmp_path: Path, status: int) -> None:
    """Plan and apply end with 1, name the rule, its id and the scope, and send no write."""
    hidden = troubled(household, status)
    saved, report = tmp_path / "plan.json", tmp_path / "report.json"

    planned = household.run("plan", "--prune", "--out", str(saved))
    applied = household.run("apply", "--auto-approve", "--prune", "--report", str(report))
    from_file = household.run("apply", str(saved))

    assert (1, 1, 1, []) == (planned.code, applied.code, from_file.code, household.writes())
    words = [" ".join(done.out.split()) for done in (planned, applied)]
    assert all(f"`hidden`: the rule `{hidden}` exists and cannot be read: {REASONS[status]}" in each for each in words)
    assert json.loads(saved.read_text())["errored"]
    assert all(WAYS_OUT[status] in each and "rulesync doctor" not in each for each in words)
    outcomes = json.loads(report.read_text())["outcomes"]
    assert {"new": "skipped", "changed": "skipped", "gone": "skipped"} == {
        each["key"]: each["status"] for each in outcomes
    }
    assert all(REASONS[status] in each["error"] for each in outcomes)


@pytest.mark.parametrize("arguments", [["--target", "new"], ["--format", "json"], ["--overwrite-app-changes"]])
def test_no_option_gets_past_it(household: Household, arguments: list[str]) -> None:
    """A plan for other rules alone, edits overwritten or not, in any format, is not carried out either."""
    hidden = troubled(household, 403)

    done = household.run("apply", "--auto-approve", *arguments)

    assert (1, []) == (done.code, household.writes())
    assert hidden in done.out


def test_nothing_else_is_planned(household: Household) -> None:
    """Where the rule that cannot be read is all there is, the report says so, and not that there was nothing to do."""
    household.rule("hidden")
    household.apply()
    household.box.faults.add("rule-unreadable", path=f"/rules/{household.id_of('hidden')}", times=None)

    done = household.run("apply", "--auto-approve", "--format", "json")

    assert (1, []) == (done.code, done.json["outcomes"])
    assert "`hidden`" in done.json["error"]


def test_a_key_that_may_not_read_rules(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key without the scope is told which to ask for, by plan, by apply and by doctor."""
    household.rule("hidden")
    household.apply()
    written = household.writes()
    everything_else = {"LIST_RULES": "*", "LIST_ACCOUNTS": "*", "WRITE_RULES": "*"}
    monkeypatch.setenv("SEQUENCE_API_KEY", household.box.add_key(everything_else))
    household.rule("hidden", 30)

    runs = [household.run("plan"), household.run("apply", "--auto-approve"), household.run("doctor")]

    assert ([1, 1, 1], written) == ([done.code for done in runs], household.writes())
    assert all("READ_RULES" in done.out for done in runs)
