from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import RULE, Done, Household

MONTHLY = RULE.replace(
    "{type: ON_FUNDS_TRANSFERRED, account: checking}",
    "{type: SCHEDULED, account: checking, schedule_type: DAILY, start_date: 2026-01-01T00:00:00Z}",
).replace("INCOMING_AMOUNT", "SOURCE_ACCOUNT")


def live(household: Household, *keys: str) -> list[str]:
    """Apply a rule for each key, have a person enable it, and change its file; return the ids."""
    for key in keys:
        household.rule(key, 20)
    household.apply()
    ids = [household.id_of(key) for key in keys]
    for rule_id, key in zip(ids, keys, strict=True):
        household.box.activate(rule_id)
        household.rule(key, 25)
    household.box.clear_log()
    return ids


def looks(household: Household) -> list[dict[str, Any]]:
    """Return the requests that asked for runs."""
    return [each for each in household.box.log() if each["path"] == "/api/v1/rule-executions"]


def of(done: Done, key: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what a plan says of a rule's runs."""
    return next(each["runs"] for each in done.json["resource_changes"] if each["name"] == key)


def checks(done: Done) -> list[str]:
    return [each["check"] for each in done.json["findings"] if each["check"] in {"in-progress", "runs-unknown"}]


def test_a_pause_has_its_cost(household: Household) -> None:
    """A plan that pauses a live rule says what that costs, in the text as in the JSON."""
    (rule_id,) = live(household, "save")
    household.box.run(rule_id)
    household.box.run(rule_id, status="failed")

    done = household.run("plan", "--format", "json")

    assert (2, "failed", False, None) == tuple(
        of(done, "save")[name] for name in ("last_30_days", "last_status", "in_progress", "error")
    )
    assert "runs at each deposit; ran 2 times in 30 days, last just now, which failed\n" in household.run("plan").out


def test_the_next_run_by_the_calendar(household: Household) -> None:
    """A scheduled rule that is to be paused says when it would run next."""
    household.rule("save", 20, MONTHLY)
    household.apply()
    household.box.activate(household.id_of("save"))
    household.rule("save", 25, MONTHLY)

    done = household.run("plan", "--format", "json", "--history-requests", "0")

    assert of(done, "save")["next_at"].endswith("T00:00:00Z")
    assert "runs next on " in household.run("plan").out


def test_what_is_not_paused_is_not_asked_about(household: Household) -> None:
    """A rule that stays, or is made, costs no request; one that is off is looked at for a run that still goes on."""
    live(household, "save")
    household.rule("save", 20)
    household.rule("new", 5)
    assert of(household.run("plan", "--format", "json"), "save") is None
    assert [] == looks(household)
    household.box.pause(household.id_of("save"))
    household.rule("save", 25)
    assert of(household.run("plan", "--format", "json"), "save")["last_30_days"] == 0


def test_a_running_rule_is_left_alone(household: Household) -> None:
    """A plan that would change a rule while it runs ends 3, and so does its apply; nothing is written."""
    running, _ = live(household, "save", "other")
    run = household.box.run(running, status="in_progress")

    plan = household.run("plan", "--format", "json")
    refused = household.run("apply", "--auto-approve")

    assert (3, ["in-progress"], True) == (plan.code, checks(plan), of(plan, "save")["in_progress"])
    assert (3, []) == (refused.code, household.writes())
    household.box.end_run(run)
    assert (0, 2) == (household.run("apply", "--auto-approve").code, len(household.writes()))


@pytest.mark.parametrize("option", ["--allow-in-progress", "--history-requests=0"])
def test_a_running_rule_may_be_changed(household: Household, option: str) -> None:
    """Asked to, or where nobody looks, a rule is changed while it runs."""
    (rule_id,) = live(household, "save")
    household.box.run(rule_id, status="in_progress")

    plan = household.run("plan", option)

    assert (0, option == "--allow-in-progress") == (
        plan.code,
        "warning: `save`: an execution is in progress" in plan.out,
    )
    assert (f"apply {option}" in plan.out) is (option == "--allow-in-progress")
    assert household.run("apply", "--auto-approve", option).code == 0


def test_a_running_rule_is_not_deleted(household: Household) -> None:
    """A delete of a rule that is running is refused like a change, where the plan would delete at all."""
    (rule_id, _) = live(household, "save", "other")
    household.box.run(rule_id, status="in_progress")
    (household.root / "rules" / "save.yaml").unlink()
    household.rule("other", 20)

    assert household.run("plan").code == 0
    assert household.run("apply", "--auto-approve", "--prune").code == 3
    assert "this plan deletes the rule" in household.run("plan", "--prune").out


def saved(household: Household, *options: str) -> Callable[..., Done]:
    """Save a plan, and return what applies it."""
    file = household.root / "plan.json"
    household.run("plan", "--out", str(file), *options)

    def apply(*more: str) -> Done:
        return household.run("apply", str(file), *more)

    return apply


def test_a_saved_plan_is_looked_at_again(household: Household) -> None:
    """A rule that runs when a saved plan is applied is left alone; one that ran when it was saved is not any more."""
    (rule_id,) = live(household, "save")
    apply = saved(household)
    run = household.box.run(rule_id, status="in_progress")
    assert (3, []) == (apply().code, household.writes())
    apply = saved(household)
    household.box.end_run(run)
    assert (0, 1) == (apply().code, len(household.writes()))


def test_a_rule_that_is_off_and_goes_on(household: Household) -> None:
    """A rule that is off and whose last run goes on is left alone, also when its plan was saved, until that ends."""
    (rule_id,) = live(household, "save")
    run = household.box.run(rule_id, status="in_progress")
    household.box.pause(rule_id)
    apply = saved(household)
    assert "    an execution is in progress now\n" in household.run("plan").out
    assert (3, []) == (apply().code, household.writes())
    household.box.end_run(run)
    assert (0, 1) == (apply().code, len(household.writes()))


def test_what_a_review_accepted(household: Household) -> None:
    """A plan that was saved with a run in progress accepted is applied while it lasts; so is one at a word."""
    (rule_id,) = live(household, "save")
    household.box.run(rule_id, status="in_progress")
    refused, accepted = saved(household), household.root / "accepted.json"
    household.run("plan", "--out", str(accepted), "--allow-in-progress")
    assert refused("--history-requests", "0").code == 3
    assert household.run("apply", str(accepted)).code == 0


def test_a_saved_plan_at_a_word(household: Household) -> None:
    """`--allow-in-progress` is about the moment, so a saved plan takes it too."""
    (rule_id,) = live(household, "save")
    apply = saved(household)
    household.box.run(rule_id, status="in_progress")
    assert (3, 0) == (apply().code, apply("--allow-in-progress").code)


def test_the_digest_does_not_depend_on_runs(household: Household) -> None:
    """The plan that was reviewed stays the same plan, whatever its rules do meanwhile."""
    (rule_id,) = live(household, "save")
    digest = household.run("plan", "--format", "json").json["digest"]
    household.box.run(rule_id)
    assert digest == household.run("plan", "--format", "json", "--history-requests", "0").json["digest"]
    assert household.run("apply", "--plan-digest", digest).code == 0


def test_a_key_that_may_not_read_runs(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the scope it is said once that runs are not known, and everything else is as ever."""
    live(household, "save", "other")
    scopes = dict.fromkeys(("LIST_RULES", "READ_RULES", "LIST_ACCOUNTS", "READ_ACCOUNTS", "WRITE_RULES"), "*")
    monkeypatch.setenv("SEQUENCE_API_KEY", household.box.add_key(scopes))

    plan = household.run("plan", "--format", "json")

    assert (0, ["runs-unknown"]) == (plan.code, checks(plan))
    assert "the key lacks the scope `READ_RULE_EXECUTIONS`" in of(plan, "save")["error"]
    assert "runs unknown of `other`, `save`: the key lacks" in household.run("status").out
    doctor = household.run("doctor")
    assert (0, True) == (
        doctor.code,
        "note  read its runs  the key lacks the scope `READ_RULE_EXECUTIONS`" in doctor.out,
    )
    assert household.run("apply", "--auto-approve").code == 0


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "error-before-processing", "status": 503},
        {"kind": "error-before-processing", "status": 200, "form": "html"},
        {"kind": "error-before-processing", "status": 404},
        {"kind": "rate-limited", "seconds": 0},
        {"kind": "closed-before-processing"},
        {"kind": "answer-cut"},
    ],
)
def test_an_api_that_cannot_tell(household: Household, fault: dict[str, Any]) -> None:
    """Whatever the API answers about runs, a plan is made, says what it does not know, and asks once for each rule."""
    live(household, "save", "other")
    household.box.faults.set({**fault, "path": "/rule-executions", "times": None})

    plan = household.run("plan", "--format", "json")

    assert (0, "runs-unknown") == (plan.code, checks(plan)[0])
    assert len(looks(household)) <= 2
    assert of(plan, "save")["error"]


def test_the_budget(household: Household) -> None:
    """No more rules are looked at than allowed, and how many were not is said, with what would be enough."""
    live(household, "a", "b", "c")

    plan = household.run("plan", "--history-requests", "1")

    assert len(looks(household)) == 1
    assert "runs unknown of `b`, `c`: not looked at, since `--history-requests` allows 1" in plan.out
    assert "`--history-requests 3` looks at all of them" in plan.out
    household.box.clear_log()
    assert "runs-unknown" not in household.run("plan", "--history-requests", "0").out
    assert [] == looks(household)
    assert household.run("plan", "--history-requests", "many").code == 64


def test_the_forecast_holds(household: Household) -> None:
    """A plan foretells the requests that applying it as saved takes, looks at runs among them."""
    first, _ = live(household, "a", "b")
    household.box.run(first)
    apply = saved(household)
    foretold = household.run("plan", "--format", "json").json["requests"]
    household.box.clear_log()

    assert apply().code == 0

    assert (foretold["read"], foretold["write"]) == (
        len(household.box.log()) - len(household.writes()),
        len(household.writes()),
    )
    assert len(looks(household)) == 3


def test_status_tells_the_last_run(household: Household, tmp_path: Path) -> None:
    """Status says of every managed rule how its last run ended and when it runs next, with its link in the JSON."""
    first, _ = live(household, "a", "b")
    household.box.run(first, status="partial")

    text = household.run("status")
    (one, other) = household.run("status", "--format", "json").json["rules"]

    assert "    last run just now: failed in part; runs at each deposit\n" in text.out
    assert "    no run yet; runs at each deposit\n" in text.out
    assert ("a", "enabled", "partial") == (one["key"], one["state"], one["runs"]["last_status"])
    assert first in one["review_url"]
    assert other["runs"]["last_at"] is None
    assert "an execution is in progress" not in text.out
    household.box.run(first, status="in_progress")
    running = household.run("status", "--write", f"json={tmp_path / 'status.json'}")
    assert (0, True) == (running.code, "last run just now: in progress" in running.out)
    assert "in-progress" not in running.out
