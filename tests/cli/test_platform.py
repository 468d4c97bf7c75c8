"""The command line against the live dialect: the same household on a real HTTP server, which takes no writes there."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from rulesync.sandbox import Sandbox, serve
from tests.cli.conftest import CONFIG, Hands, Household

PLATFORM = "api: {dialect: platform}\n"
EXAMPLES = Path(__file__).parents[2] / "examples"
APPLY_ONLY = {"idempotency_key", "pauses", "review_url"}
SNOWBALL = {
    "nickname": "Snowball",
    "trigger": {"type": "REMOTE_API", "endpoint": "https://example.org"},
    "steps": [{"conditions": None, "actions": [{"type": "snowball"}]}],
}


@pytest.fixture
def live(household: Household, monkeypatch: pytest.MonkeyPatch) -> Household:
    """The household, whose API is spoken to in the platform dialect."""
    household.config(CONFIG + PLATFORM)
    monkeypatch.setenv("RULESYNC_BASE_URL", f"{household.url}/platform/v1")
    return household


def over_v1(household: Household, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    """Apply with v1, which takes writes, and go back to the platform."""
    household.config(CONFIG)
    monkeypatch.setenv("RULESYNC_BASE_URL", f"{household.url}/api/v1")
    assert 0 == household.run("apply", "--auto-approve", *arguments).code
    household.config(CONFIG + PLATFORM)
    monkeypatch.setenv("RULESYNC_BASE_URL", f"{household.url}/platform/v1")
    household.box.clear_log()


def calls(household: Household) -> list[str]:
    return [f"{each['method']} {each['path']}" for each in household.box.log()]


def comparable(plan: Any) -> Any:  # noqa: ANN401  # any JSON
    """Return a plan without what differs by its nature: where and when it was made, and what only an apply needs."""
    left_out = {"api", "digest", "timestamp", "requests", "findings"}
    lists = {
        name: [{field: value for field, value in each.items() if field not in APPLY_ONLY} for each in plan[name]]
        for name in ("resource_changes", "resource_drift")
    }
    findings = [each for each in plan["findings"] if each["check"] != "unseen"]
    return {**{k: v for k, v in plan.items() if k not in left_out}, **lists, "findings": findings}


def test_one_directory_in_both_dialects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:  # noqa: ANN401  # pytest's
    """The examples plan alike in both dialects, new and again when they were applied and edited in the app."""
    directory = tmp_path / "examples"
    shutil.copytree(EXAMPLES, directory)
    config = (directory / "rulesync.yaml").read_text()
    with Sandbox(requests_per_minute=10_000) as box, serve(box) as server:
        monkeypatch.setenv("SEQUENCE_API_KEY", box.key)
        home = Household(directory, box, server.url, capsys, Hands())
        home.config(config)

        def plan(dialect: str, base: str) -> Any:  # noqa: ANN401  # any JSON
            home.config(config.replace("dialect: v1", f"dialect: {dialect}"))
            monkeypatch.setenv("RULESYNC_BASE_URL", f"{server.url}/{base}")
            return home.run("plan", "--format", "json").json

        fresh = [plan("v1", "api/v1"), plan("platform", "platform/v1")]
        plan("v1", "api/v1")
        assert 0 == home.run("apply", "--auto-approve").code
        for rule in box.rules():
            box.activate(str(rule["id"]))
        edited = home.id_of("round-down")
        box.edit(edited, nickname="Swept away")
        then = [plan("v1", "api/v1"), plan("platform", "platform/v1")]

    assert (9, 2) == (fresh[0]["summary"]["create"], then[0]["summary"]["update"])
    assert comparable(fresh[0]) == comparable(fresh[1])
    assert comparable(then[0]) == comparable(then[1])
    assert {"read": 0, "write": 0, "seconds_at_limit": 0} == then[1]["requests"]
    assert [True, False] == [any(each["pauses"] for each in one["resource_changes"]) for one in then]
    assert then[0]["digest"] != then[1]["digest"]


def test_looking_works(live: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plan, drift, status, validate, render and import say of the live API what they say of v1."""
    live.rule("save")
    over_v1(live, monkeypatch)
    live.percent("save", 35)

    assert 2 == live.run("plan", "--detailed-exitcode").code
    assert "Next: rulesync" in live.run("plan").out
    assert " checklist" in live.run("plan").out.rsplit("Next:", 1)[1]
    drift = live.run("drift", "--format", "json")
    assert (2, "save") == (drift.code, drift.json["resource_drift"][0]["name"])
    status = live.run("status", "--format", "json").json["rules"]
    assert ["save"] == [each["key"] for each in status]
    assert 0 == live.run("validate").code
    assert 0 == live.run("render", "save").code
    imported = live.run("import", "--all")
    assert (0, "Wrote 3 rule files") == (imported.code, imported.out[:18])
    assert 0 == live.run("plan", "--format", "json").json["summary"]["create"]
    assert {"GET"} == {each.split()[0] for each in calls(live)}


def test_a_rule_file_is_bound_by_adopt(live: Household) -> None:
    """Adopt pins a rule of the live API in its file, and writes nothing to it."""
    done = live.run("import", "rule_01HRNT0001")
    assert 0 == done.code
    (file,) = (live.root / "rules").glob("*.yaml")
    file.write_text("".join(line for line in file.read_text().splitlines(keepends=True) if not line.startswith("id:")))

    assert 3 == live.run("plan").code
    assert 0 == live.run("adopt", file.stem, "--id", "rule_01HRNT0001").code
    assert 0 == live.run("plan", "--detailed-exitcode").code


def test_doctor_speaks_of_permissions(live: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Doctor says what works with the live API, that it takes no writes, and names permissions in its words."""
    live.rule("save")
    done = live.run("doctor")

    assert 0 == done.code
    assert "the platform API takes none" in done.out
    assert "`rulesync checklist`" in done.out

    monkeypatch.setenv("SEQUENCE_API_KEY", live.box.add_key({"READ_ACCOUNTS": "*"}))
    done = live.run("doctor")
    assert 1 == done.code
    assert "which takes the permission `READ_RULES`: ACCESS_DENIED" in done.out


def test_an_address_of_the_other_dialect(live: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dialect and an address that do not belong together are told before anything is asked."""
    monkeypatch.setenv("RULESYNC_BASE_URL", f"{live.url}/api/v1")
    live.rule("save")
    done = live.run("plan")
    assert (1, []) == (done.code, calls(live))
    assert "RULESYNC_BASE_URL is the address of the v1 API, and `api.dialect` says `platform`" in done.err

    monkeypatch.delenv("RULESYNC_BASE_URL")
    live.config(f'{CONFIG}api: {{base_url: "{live.url}/platform/v1"}}\n')
    assert "`api.base_url` is the address of the platform API" in live.run("doctor").err


def test_waiting_works(live: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules that wait for a person are waited for on the live API too, and reported when they are on."""
    live.rule("save")
    over_v1(live, monkeypatch)
    assert 6 == live.run("wait", "--timeout", "3").code

    live.box.activate(live.id_of("save"))

    assert 0 == live.run("wait", "--timeout", "5").code


@pytest.mark.parametrize(
    "arguments",
    [
        ("apply",),
        ("apply", "--auto-approve"),
        ("apply", "plan.json"),
        ("apply", "--plan-digest", "a" * 64),
        ("pause", "--all", "--auto-approve"),
        ("pause", "save"),
        ("undo", "report.json"),
        ("adopt", "save", "--id", "rule_01HRNT0001", "--take-over"),
        ("pause", "save", "--auto-approve"),
        ("undo", "report.json", "--auto-approve"),
        ("adopt", "save", "--id", "rule_01HRNT0001", "--take-over", "--auto-approve"),
    ],
)
def test_nothing_is_written_and_nothing_asked(live: Household, arguments: tuple[str, ...]) -> None:
    """Whatever writes is refused before any request, with one sentence that says what can be done instead."""
    live.rule("save")

    done = live.run(*arguments)

    assert (1, []) == (done.code, calls(live))
    assert f"error: the platform API takes no writes of rules: `{arguments[0]}" in done.err
    assert "`rulesync checklist`" in done.err


def test_a_refused_apply_still_writes_its_report(live: Household) -> None:
    """What waits for a report gets one, which says why nothing was done."""
    live.rule("save")

    live.run("apply", "--auto-approve", "--report", str(live.root / "report.json"))

    assert "takes no writes" in json.loads((live.root / "report.json").read_text())["error"]


def test_one_workspace_without_writes_keeps_all_from_being_written(
    live: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An apply of all workspaces is refused before any request, naming those that take none and the way around them."""
    live.rule("save")
    monkeypatch.delenv("RULESYNC_BASE_URL")
    monkeypatch.setenv("SEQUENCE_FIRM_KEY", live.box.add_organisation("Firm"))
    accounts = CONFIG.partition("accounts:")[2].partition("checks:")[0].replace("\n", "\n    ")
    api = "{key_env: SEQUENCE_FIRM_KEY, dialect: platform}"
    firm = f"workspaces:\n  firm:\n    scope: firm\n    api: {api}\n    accounts:{accounts}"
    live.config(f'{CONFIG}api: {{base_url: "{live.url}/api/v1"}}\n{firm}\n')

    for asking in (["--auto-approve"], []):
        done = live.run("apply", "--all-workspaces", *asking)

        assert (1, []) == (done.code, calls(live))
        assert "which these workspaces speak: `firm`" in done.err
        assert "name the other workspaces with `--workspace`" in done.err
    assert 64 == live.run("apply").code


def test_nobody_to_ask_and_nothing_to_read(live: Household) -> None:
    """Where rulesync.yaml cannot be read, that nobody can answer is said first, as on any dialect."""
    live.config("scope: a/b\n")

    assert 64 == live.run("apply").code


def some(live: Household, monkeypatch: pytest.MonkeyPatch, *ids: str) -> None:
    """Give the key READ_RULES for these rules alone."""
    key = live.box.add_key({"READ_RULES": list(ids), "READ_ACCOUNTS": "*"})
    monkeypatch.setenv("SEQUENCE_API_KEY", key)


def test_a_key_for_some_rules(live: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that may read some rules sees these; a pinned rule that it may not read is an error, and no absence."""
    for name in ("save", "hidden"):
        live.rule(name)
    over_v1(live, monkeypatch)
    pin = live.id_of("hidden")
    some(live, monkeypatch, live.id_of("save"))

    unpinned = live.run("plan", "--format", "json").json
    new = [each["name"] for each in unpinned["resource_changes"] if each["change"]["actions"] == ["create"]]
    assert ["hidden"] == new
    assert "unseen" in {each["check"] for each in unpinned["findings"]}

    file = live.root / "rules" / "hidden.yaml"
    file.write_text(f"id: {pin}\n{file.read_text()}")
    done = live.run("plan", "--format", "json")
    assert (1, True) == (done.code, done.json["errored"])
    (found,) = [each for each in done.json["findings"] if each["check"] == "unreadable"]
    assert "takes the permission `READ_RULES` for this rule: ACCESS_DENIED" in found["message"]
    assert {"save"} == {each["name"] for each in done.json["resource_changes"]}
    for command in ("drift", "status"):
        assert 1 == live.run(command, "--format", "json").code
    checklist = live.run("checklist", "--format", "json")
    assert (1, []) == (checklist.code, checklist.json["steps"])
    assert 0 == live.run("import", "--all", "--dry-run").code


def test_a_rule_that_the_list_shows_and_the_key_may_not_read(live: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that is nobody's and answers 403 is counted; a bound one is an error, and nothing is planned."""
    live.rule("save")
    live.box.faults.add("rule-unreadable", path="/rules/rule_01HRNT0001", times=None)

    plan = live.run("plan", "--format", "json")

    unread = [each for each in plan.json["unmanaged"] if not each["readable"]]
    assert (0, ["rule_01HRNT0001"]) == (plan.code, [each["id"] for each in unread])
    assert "ACCESS_DENIED" in unread[0]["reason"]
    over_v1(live, monkeypatch)
    live.box.faults.add("rule-unreadable", path=f"/rules/{live.id_of('save')}", times=None)
    bound = live.run("plan", "--format", "json")
    assert (1, True, []) == (bound.code, bound.json["errored"], bound.json["resource_changes"])


def test_a_rule_that_the_api_cannot_show(live: Household) -> None:
    """A rule for which the API has no words is there, listed with the reason, never asked for, and never made anew."""
    made = live.box.create_in_app(SNOWBALL)
    live.rule("save")

    plan = live.run("plan", "--format", "json").json

    row = next(each for each in plan["unmanaged"] if each["id"] == made)
    assert (False, "the API can't show this rule; manage it in the app") == (row["readable"], row["reason"])
    assert f"GET /platform/v1/rules/{made}" not in calls(live)
    assert "1 of them cannot be read" in live.run("plan").out
    assert "app only" in live.run("doctor").out
    left = live.run("import", "--all", "--dry-run")
    assert (0, True) == (left.code, "manage it in the app" in left.out)


def test_a_bound_rule_that_the_api_cannot_show(live: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that was made from here and has become one that the API cannot show is an error in words of its own."""
    live.rule("save")
    over_v1(live, monkeypatch)
    live.box.edit(live.id_of("save"), trigger=SNOWBALL["trigger"])

    done = live.run("plan", "--format", "json")

    (found,) = [each for each in done.json["findings"] if each["check"] == "unreadable"]
    assert (1, []) == (done.code, done.json["resource_changes"])
    assert "the API can't show this rule; manage it in the app" in found["message"]
    assert "removed from Git" in found["help"]


def test_what_is_not_known_is_kept_by_hand(live: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is replaced, fields that are not known forbid no plan, and no option is advised to lose them."""
    live.rule("save")
    over_v1(live, monkeypatch)
    body: Any = next(rule for rule in live.box.rules() if rule["id"] == live.id_of("save"))
    body["steps"][0]["actions"][0]["priority"] = 3
    live.box.edit(str(body["id"]), steps=body["steps"])
    live.rule("save", 40)

    done = live.run("plan", "--format", "json")

    (found,) = [each for each in done.json["findings"] if each["check"] == "field-loss"]
    assert (0, "info") == (done.code, found["severity"])
    assert "priority" in found["message"]
    assert "--allow-field-loss" not in live.run("plan").out


def test_a_list_that_shifts_makes_no_new_rules(live: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """A managed rule that slips out between two pages is no rule to create: it is looked for until it is sure."""
    for number in range(97):
        live.box.create_in_app({"nickname": f"Rule {number}", "trigger": {"type": "MANUAL"}, "steps": []})
    live.rule("save")
    over_v1(live, monkeypatch)
    live.box.faults.add("list-shifts", by=1)

    plan = live.run("plan", "--format", "json").json

    assert (0, 1, 100) == (plan["summary"]["create"], plan["summary"]["no-op"], plan["summary"]["unmanaged"])
    lists = [each.get("fault") for each in live.box.log() if str(each["path"]).endswith("/rules")]
    assert [None, "list-shifts", None, None] == lists
    live.box.clear_log()
    assert 0 == live.run("plan").code
    assert 2 == sum(each.endswith("/rules") for each in calls(live))


def test_a_list_that_shifts_hides_no_drift(live: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """A live orphan that slips out between two pages is found by drift, though no rule of Git is lacking."""
    for number in range(97):
        live.box.create_in_app({"nickname": f"Rule {number}", "trigger": {"type": "MANUAL"}, "steps": []})
    live.rule("orphan")
    over_v1(live, monkeypatch)
    live.box.activate(live.id_of("orphan"))
    (live.root / "rules" / "orphan.yaml").unlink()
    live.box.faults.add("list-shifts", by=1)

    done = live.run("drift", "--format", "json")

    assert (2, ["orphan"]) == (done.code, [each["happened"] for each in done.json["resource_drift"]])
    live.box.clear_log()
    assert 2 == live.run("drift").code
    assert 4 == sum(each.endswith("/rules") for each in calls(live))
