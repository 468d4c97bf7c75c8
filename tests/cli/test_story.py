import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import CONFIG, RULE, Household

MARKER = r"[rulesync:household/{key}@"


def actions(plan: Any) -> dict[str, str]:  # noqa: ANN401 - any JSON
    return {each["name"]: each["change"]["actions"][0] for each in plan["resource_changes"]}


def test_new_rules(household: Household) -> None:
    """New files are creates; applied, each is one paused POST with a marker, under a UUID; then nothing is to do."""
    for key in ("save", "bills/tax", "fun"):
        household.rule(key)

    plan = household.run("plan", "--format", "json").json
    household.apply()

    posts = household.writes()
    assert {"save": "create", "bills/tax": "create", "fun": "create"} == actions(plan)
    assert ["POST"] * 3 == [post["method"] for post in posts]
    assert {"disabled"} == {post["body"]["status"] for post in posts}
    assert all(uuid.UUID(post["idempotency_key"]).version == 4 and post["request_id"] for post in posts)
    assert all("[rulesync:household/" in post["body"]["description"].splitlines()[-1] for post in posts)
    again = household.run("plan", "--detailed-exitcode")
    assert (0, True) == (again.code, again.out.startswith("No changes."))
    household.apply()
    assert posts == household.writes()


def test_the_keys_of_a_plan_are_those_of_its_apply(household: Household) -> None:
    """The idempotency key that a plan shows is the one that the write bears."""
    household.rule("save")

    shown = household.run("plan", "--format", "json").json["resource_changes"][0]["idempotency_key"]
    household.apply()

    assert [shown] == [write["idempotency_key"] for write in household.writes()]


def test_one_changed_field(household: Household) -> None:
    """One changed number is one PUT of the whole rule, and the plan shows just that number."""
    household.rule("save", 20)
    household.rule("other", 7)
    household.apply()
    household.rule("save", 25)
    household.box.clear_log()

    (change,) = [c for c in household.run("plan", "--format", "json").json["resource_changes"] if c["fields"]]
    household.apply()

    path = "steps[0].actions[0].percentage_value"
    assert [{"path": path, "before": 20, "after": 25}] == change["fields"]
    assert ("git", ["update"]) == (change["origin"], change["change"]["actions"])
    (put,) = household.writes()
    assert ("PUT", 25) == (put["method"], put["body"]["steps"][0]["actions"][0]["percentage_value"])
    assert {"nickname", "description", "status", "trigger", "steps"} == set(put["body"])


def test_a_rule_that_a_person_enabled(household: Household) -> None:
    """Enabling a rule is no change and no drift; changing it in Git then says that it is switched off."""
    household.rule("save", 20)
    household.apply()
    household.box.activate(household.id_of("save"))

    assert 0 == household.run("plan", "--detailed-exitcode").code
    assert 0 == household.run("drift").code
    assert "enabled" in household.run("status").out
    household.rule("save", 25)
    plan = household.run("plan")
    assert "switches 1 live rule off until a person enables it again" in plan.out.splitlines()[0]


@pytest.mark.parametrize(("git", "origin"), [(20, "app"), (25, "both")])
def test_a_rule_that_somebody_edited(household: Household, git: int, origin: str) -> None:
    """An edit made in the app is drift, told apart from one made on both sides, and not overwritten unseen."""
    household.rule("save", 20)
    household.apply()
    household.percent("save", 10)
    household.rule("save", git)
    household.box.clear_log()

    plan = household.run("plan", "--format", "json").json
    drift = household.run("drift", "--format", "json")
    refused = household.run("apply", "--auto-approve")

    (drifted,) = plan["resource_drift"]
    assert (origin, git, 10) == (drifted["origin"], drifted["fields"][0]["before"], drifted["fields"][0]["after"])
    assert (2, plan["resource_drift"]) == (drift.code, drift.json["resource_drift"])
    assert (3, []) == (refused.code, household.writes())
    assert "skipped" in refused.out
    assert 0 == household.run("apply", "--auto-approve", "--overwrite-app-changes").code
    assert ["PUT"] == [write["method"] for write in household.writes()]


def test_others_are_written_beside_a_skipped_one(household: Household) -> None:
    """What Git changed is written even where another rule waits for approval, and the exit code says: in part."""
    household.rule("save", 20)
    household.apply()
    household.percent("save", 10)
    household.rule("new", 5)

    assert 5 == household.run("apply", "--auto-approve").code
    assert household.id_of("new")


def test_a_pinned_rule(household: Household) -> None:
    """A rule that is pinned and equal is never written, marker or not."""
    household.rule("save", 20)
    household.apply()
    body: Any = next(rule for rule in household.box.rules() if rule["id"] == household.id_of("save"))
    made = household.box.create_in_app({**body, "id": None, "description": "Saves a share of every deposit"})
    household.box.delete(household.id_of("save"))
    household.rule("save", 20, f"id: {made}\n{RULE}")
    household.box.clear_log()

    assert 0 == household.run("plan", "--detailed-exitcode").code
    household.apply()
    assert [] == household.writes()


@pytest.mark.parametrize(
    "same",
    [
        RULE.replace("PERCENT", "20.0"),
        RULE.replace("percentage_value: PERCENT", "percentage_value: 20\n        limit: null"),
        "\n".join(reversed(RULE.partition("trigger:")[0].splitlines())) + "\ntrigger:" + RULE.partition("trigger:")[2],
        RULE.replace("Saves a share", "  Saves  a share  "),
        RULE + "        up_to_enabled: false\n        is_direct_deposit: false\n        group_index: 0\n",
        RULE.replace("trigger: {type: ON_FUNDS_TRANSFERRED, account: checking}", "").rstrip()
        + "\ntrigger: {account_id: acc_01HABC4567, type: ON_FUNDS_TRANSFERRED}\n",
    ],
)
def test_other_words_for_the_same_rule(household: Household, same: str) -> None:
    """The order of keys, 20 or 20.0, null or absent, and white space are never a change."""
    household.rule("save", 20)
    household.apply()
    household.rule("save", 20, same)

    done = household.run("plan", "--detailed-exitcode")

    assert (0, "") == (done.code, done.err)


@pytest.mark.parametrize("start", ["2027-01-04T09:00:00.000Z", "2027-01-04T10:00:00+01:00", "2027-01-04T09:00:00"])
def test_other_words_for_the_same_date(household: Household, start: str) -> None:
    """A date with milliseconds or another offset is never a change."""
    trigger = "trigger: {type: SCHEDULED, schedule_type: WEEKLY, account: checking, start_date: "
    text = RULE.replace("trigger: {type: ON_FUNDS_TRANSFERRED, account: checking", trigger + "START")
    text = text.replace("INCOMING_AMOUNT", "SOURCE_ACCOUNT")
    household.rule("save", 20, text.replace("START", '"2027-01-04T09:00:00Z"'))
    household.apply()
    household.rule("save", 20, text.replace("START", f'"{start}"'))

    assert 0 == household.run("plan", "--detailed-exitcode").code


def test_a_saved_plan(household: Household, tmp_path: Path) -> None:
    """A saved plan is carried out as it is; a second time, everything was so already, and nothing is sent."""
    household.rule("save", 20)
    file = str(tmp_path / "plan.json")
    household.run("plan", "--out", file)
    household.rule("save", 99)

    first = household.run("apply", file)
    sent = household.writes()
    second = household.run("apply", file)

    assert (0, 0, sent) == (first.code, second.code, household.writes())
    assert 20 == sent[0]["body"]["steps"][0]["actions"][0]["percentage_value"]


def test_a_reviewed_digest(household: Household, tmp_path: Path) -> None:
    """A plan that has the digest of the reviewed one is carried out without a question, edits of the app included."""
    household.rule("save", 20)
    household.apply()
    household.percent("save", 10)
    plan = household.run("plan", "--write", f"json={tmp_path / 'plan.json'}")
    digest = json.loads((tmp_path / "plan.json").read_text())["digest"]

    done = household.run("apply", "--plan-digest", digest)

    assert f"Digest: {digest}" in plan.out.splitlines()
    assert (0, ["POST", "PUT"]) == (done.code, [write["method"] for write in household.writes()])


@pytest.mark.parametrize("moved", ["git", "app", "done"])
@pytest.mark.parametrize("way", ["fresh", "file"])
def test_another_digest(household: Household, tmp_path: Path, moved: str, way: str) -> None:
    """Where the plan is not the reviewed one any more, nothing is written, and the report says what was not."""
    household.rule("save", 20)
    digest = household.run("plan", "--format", "json").json["digest"]
    if moved == "git":
        household.rule("save", 25)
    elif moved == "app":
        household.apply()
        household.percent("save", 10)
    else:
        household.apply()
    household.run("plan", "--out", str(tmp_path / "plan.json"))
    before, file = household.writes(), [str(tmp_path / "plan.json")] if way == "file" else []

    done = household.run("apply", *file, "--plan-digest", digest, "--report", str(tmp_path / "report.json"))

    assert (4, before) == (done.code, household.writes())
    assert f"not `{digest}`" in done.err
    outcomes = json.loads((tmp_path / "report.json").read_text())["outcomes"]
    assert ([] if moved == "done" else ["skipped"]) == [each["status"] for each in outcomes]


def test_no_digest(household: Household) -> None:
    """What is no digest is refused before anything is asked of the API."""
    household.rule("save", 20)

    for text in ("", "abc", "A" * 64, "0" * 63 + "\n"):
        done = household.run("apply", "--plan-digest", text)
        assert (64, "a digest has 64 characters") == (done.code, done.err[done.err.index("a digest") :][:26])


def test_a_saved_plan_that_is_stale(household: Household, tmp_path: Path) -> None:
    """A change whose rule moved since the plan is not written; the others are."""
    household.rule("a", 20)
    household.rule("b", 20)
    household.apply()
    file = str(tmp_path / "plan.json")
    household.rule("a", 25)
    household.run("plan", "--out", file)
    household.percent("a", 10)
    household.box.clear_log()

    alone = household.run("apply", file)
    household.rule("b", 25)
    household.run("plan", "--out", file)
    household.percent("a", 11)
    both = household.run("apply", file)

    assert (4, 5) == (alone.code, both.code)
    assert [f"/api/v1/rules/{household.id_of('b')}"] == [write["path"] for write in household.writes()]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda plan: plan["resource_changes"][0]["change"]["after"].update(nickname="x"), "was altered"),
        (lambda plan: plan.update(scope="firm"), "was made for the scope `firm`"),
        (lambda plan: plan["api"].update(base_url="https://x.getsequence.io"), "was made for the base URL"),
        (lambda plan: plan.update(errored=True), "was made with errors"),
        (lambda plan: plan.update(format_version="2.0"), "cannot be understood, beginning with `format_version`"),
        (lambda plan: plan.pop("digest"), "cannot be understood, beginning with `digest`"),
    ],
)
def test_a_saved_plan_that_cannot_be_believed(
    household: Household,
    tmp_path: Path,
    change: Any,  # noqa: ANN401 - what somebody does to a plan
    words: str,
) -> None:
    """A plan that was altered, or made for another place, is refused before any request."""
    household.rule("save", 20)
    file = tmp_path / "plan.json"
    household.run("plan", "--out", str(file))
    plan = json.loads(file.read_text())
    change(plan)
    file.write_text(json.dumps(plan))
    household.box.clear_log()

    done = household.run("apply", str(file))

    assert (1, []) == (done.code, household.box.log())
    assert words in done.err


def test_a_later_minor_version_of_a_plan(household: Household, tmp_path: Path) -> None:
    """Fields that a later version adds to a plan are ignored."""
    household.rule("save", 20)
    file = tmp_path / "plan.json"
    household.run("plan", "--out", str(file))
    plan = json.loads(file.read_text())
    plan.update(format_version="1.9", brand_new=True)
    file.write_text(json.dumps(plan))

    assert 0 == household.run("apply", str(file)).code


def test_removed_rules(household: Household) -> None:
    """A rule that is gone from Git is an orphan, and deleted only with --prune."""
    household.rule("save", 20)
    household.rule("old", 30)
    household.apply()
    (household.root / "rules" / "old.yaml").unlink()

    plan = household.run("plan", "--format", "json").json
    household.apply()

    assert (["old"], 1) == ([orphan["key"] for orphan in plan["orphans"]], plan["summary"]["orphaned"])
    assert household.id_of("old")
    assert 0 == household.run("apply", "--auto-approve", "--prune").code
    assert "old" not in {rule["nickname"] for rule in household.box.rules()}


def test_too_many_deletes(household: Household) -> None:
    """Deleting more than is allowed at once is refused with the numbers, and nothing is written."""
    for number in range(5):
        household.rule(f"r{number}", number)
    household.apply()
    for number in range(4):
        (household.root / "rules" / f"r{number}.yaml").unlink()
    household.box.clear_log()

    done = household.run("apply", "--auto-approve", "--prune")

    assert (3, []) == (done.code, household.writes())
    assert "deletes 4 of 5 rules, and 3 are allowed at once" in done.out


def test_targets(household: Household) -> None:
    """A targeted apply writes only its rule; an unknown target is a usage error with a hint."""
    household.rule("save", 20)
    household.rule("other", 20)

    assert 0 == household.run("apply", "--auto-approve", "--target", "save").code
    assert ["save"] == [write["body"]["nickname"] for write in household.writes()]
    wrong = household.run("plan", "--target", "sav")
    assert (64, True) == (wrong.code, "did you mean `save`?" in wrong.err)
    assert 64 == household.run("plan", "--target", "save", "--prune").code


def test_files_in_error(household: Household) -> None:
    """A broken file does not hide the plan of the others, and forbids to apply any of it."""
    household.rule("good", 20)
    household.rule("bad", 20, RULE + "colour: red\n")
    household.box.clear_log()

    plan = household.run("plan", "--format", "json")
    apply = household.run("apply", "--auto-approve")

    assert (3, {"good": "create"}) == (plan.code, actions(plan.json))
    wrong = [finding for finding in plan.json["findings"] if finding["severity"] == "error"]
    assert ["unknown-field"] == [finding["check"] for finding in wrong]
    assert ("rules/bad.yaml", 11, 1) == tuple(wrong[0][name] for name in ("file", "line", "column"))
    assert (3, []) == (apply.code, household.writes())


def test_a_rule_that_is_there_already(household: Household) -> None:
    """A rule that somebody made by hand is not made again."""
    household.box.create_in_app({**household.box.rules()[0], "id": None, "nickname": "save"})
    household.rule("save", 20)

    done = household.run("apply", "--auto-approve")

    assert (3, []) == (done.code, household.writes())
    assert "has the same nickname `save`" in done.out


def test_unknown_fields_forbid_a_replacement(household: Household) -> None:
    """A rule that holds what is not known here is not replaced, unless the loss is accepted."""
    household.rule("save", 20)
    household.apply()
    body: Any = next(rule for rule in household.box.rules() if rule["id"] == household.id_of("save"))
    strange = [{**body["steps"][0], "priority": 3}]
    household.box.edit(household.id_of("save"), steps=strange)
    assert 0 == household.run("plan", "--detailed-exitcode").code
    household.rule("save", 25)

    refused = household.run("plan")

    assert 3 == refused.code
    assert "steps[0].priority" in refused.out
    assert 0 == household.run("apply", "--auto-approve", "--allow-field-loss").code


def test_a_bound_rule_that_cannot_be_read(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that the key may not read stops everything, with its name and the scope that is missing."""
    household.rule("save", 20)
    household.apply()
    household.rule("new", 20)
    scopes: dict[str, object] = {
        "LIST_RULES": "*",
        "READ_RULES": ["rule_other"],
        "LIST_ACCOUNTS": "*",
        "WRITE_RULES": "*",
    }
    monkeypatch.setenv("SEQUENCE_API_KEY", household.box.add_key(scopes))
    household.box.clear_log()

    plan = household.run("plan", "--format", "json")
    apply = household.run("apply", "--auto-approve")

    assert (1, True) == (plan.code, plan.json["errored"])
    assert (1, []) == (apply.code, household.writes())
    assert household.id_of("save") in apply.out
    assert "READ_RULES" in apply.out


def test_a_nickname_that_git_leaves_out(household: Household) -> None:
    """A rule without a nickname in Git keeps the app's, and that is no difference."""
    household.rule("save", 20, RULE.replace("nickname: NICKNAME\n", ""))
    household.apply()
    household.box.edit(household.id_of("save"), nickname="Rule 7")

    assert 0 == household.run("plan", "--detailed-exitcode").code
    household.rule("save", 25, RULE.replace("nickname: NICKNAME\n", ""))
    household.apply()
    assert "Rule 7" == household.writes()[-1]["body"]["nickname"]


def test_account_names_are_looked_up(household: Household) -> None:
    """A name of an account costs one list call, and a name that nothing has is an error at its place."""
    household.config(CONFIG.replace("{id: acc_01HSAV9999, type: pod}", "{name: Savings}"))
    household.rule("save", 20)

    household.apply()

    assert 1 == sum(each["path"] == "/api/v1/accounts" for each in household.box.log())
    household.config(CONFIG.replace("{id: acc_01HSAV9999, type: pod}", "{name: Saving}"))
    wrong = household.run("plan")
    assert 3 == wrong.code
    assert "did you mean `Savings`?" in wrong.out
    assert 0 == json.loads(household.run("plan", "--format", "json").out)["summary"]["orphaned"]


def test_drift_beyond_a_limit(household: Household) -> None:
    """A limit on what a plan may change does not keep drift from being told."""
    household.config(CONFIG + "limits: {max_updates_percent: 10}\n")
    household.rule("save", 20)
    household.apply()
    household.percent("save", 10)

    assert (3, 2) == (household.run("plan").code, household.run("drift").code)


def test_a_marker_that_somebody_removed(household: Household) -> None:
    """A rule whose marker line is gone is not made again: it is drift, and the plan says how to take it back."""
    household.rule("save", 20)
    household.apply()
    rule_id = household.id_of("save")
    household.box.edit(rule_id, description="Mine now")
    household.box.clear_log()

    drift, apply = household.run("drift"), household.run("apply", "--auto-approve")

    assert (2, 3, []) == (drift.code, apply.code, household.writes())
    assert f"pin it to `{rule_id}` (its `[rulesync:…]` line may have been removed in the app)" in apply.out
    household.rule("save", 20, f"id: {rule_id}\n{RULE}")
    assert 0 == household.run("apply", "--auto-approve").code
    assert rule_id == household.id_of("save")


def test_a_live_rule_without_a_file(household: Household) -> None:
    """A live rule whose file is gone keeps running, and no headline says that all is well."""
    household.rule("save", 20)
    household.rule("old", 30)
    household.apply()
    household.box.activate(household.id_of("old"))
    (household.root / "rules" / "old.yaml").unlink()

    plan = household.run("plan").out

    assert "Nothing to write. 1 live rule has no rule file any more and keeps running." == plan.splitlines()[0]
    assert '! is live and has no rule file any more: old "old"' in plan
