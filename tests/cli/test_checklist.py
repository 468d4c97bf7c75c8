"""The plan as steps for a person, who then does them in the sandbox's app, and the plan that proves it."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.cli.conftest import CONFIG, Household

PLATFORM = "api: {dialect: platform}\n"
QUIET = """\
trigger: {type: ON_FUNDS_TRANSFERRED, account: checking}
status: disabled
steps:
  - conditions: {condition: {fact: BALANCE, operator: GREATER_THAN, value: $500.00}}
    actions:
      - {type: fixed_amount, amount: $50.00, source: checking, destination: fun}
  - actions:
      - {type: fixed_amount, amount: $5.00, source: checking, destination: fun, up_to_enabled: true}
"""


@pytest.fixture(params=["platform", "v1"])
def home(request: pytest.FixtureRequest, household: Household, monkeypatch: pytest.MonkeyPatch) -> Household:
    """The household, in either dialect."""
    if request.param == "platform":
        household.config(CONFIG + PLATFORM)
        monkeypatch.setenv("RULESYNC_BASE_URL", f"{household.url}/platform/v1")
    return household


def do(home: Household, step: Mapping[str, Any]) -> None:
    """Do one step of the list in the app, as its `items` say, with the texts that they give to copy."""
    words = [item["do"] for item in step["items"]]
    copied = {item["do"].split()[0]: item["copy"] for item in step["items"] if item["copy"]}
    rule_id = step["id"]
    match step["operation"]:
        case "create":
            body = {"trigger": step["rule"]["trigger"], "steps": step["rule"]["steps"]}
            rule_id = home.box.create_in_app(
                {**body, "nickname": copied.get("give", "Whatever"), "description": copied["write"]}
            )
        case "update":
            changes = {name: step["rule"][name] for name in ("trigger", "steps")}
            if "make" in copied:
                changes["description"] = _described(home, rule_id, copied["make"])
            home.box.edit(rule_id, **changes, **({"nickname": copied["name"]} if "name" in copied else {}))
        case "delete":
            home.box.delete(rule_id)
    if any(each.startswith(("switch it on", "see that it is still on")) for each in words):
        home.box.activate(rule_id)
    if "switch it off" in words:
        home.box.pause(rule_id)


def _described(home: Household, rule_id: str, copied: str) -> str:
    """Return a description whose last line is the copied one, or that is the copied text."""
    held = str(next(rule for rule in home.box.rules() if rule["id"] == rule_id)["description"] or "")
    return copied if not copied.startswith("[rulesync:") else f"{held.partition('[rulesync:')[0].strip()}\n{copied}"


def steps(home: Household, *more: str) -> list[dict[str, Any]]:
    done = home.run("checklist", "--format", "json", *more)
    assert 0 == done.code, done
    found: list[dict[str, Any]] = done.json["steps"]
    return found


def settled(home: Household, *more: str) -> None:
    """Expect that the next plan has nothing to do and nobody has anything to enable."""
    plan = home.run("plan", "--format", "json", *more).json
    counts = {name: plan["summary"][name] for name in ("create", "update", "delete", "awaiting_enable", "drifted")}
    assert {"create": 0, "update": 0, "delete": 0, "awaiting_enable": 0, "drifted": 0} == counts
    assert {"info"} >= {each["severity"] for each in plan["findings"]}
    assert [] == steps(home, *more)
    assert 0 == home.run("drift").code


def test_after_every_step_the_plan_is_empty(home: Household) -> None:
    """New rules, changed ones, rules to switch off and on, and rules to delete: who did them all has what Git wants."""
    home.rule("save")
    home.rule("spend", text=QUIET)
    home.rule("gone", text=QUIET.replace("$50.00", "$70.00"))
    made = steps(home)
    assert ["create"] * 3 == [each["operation"] for each in made]
    for step in made:
        do(home, step)
    settled(home)

    home.rule("save", 35, nickname="Save more")
    (home.root / "rules" / "spend.yaml").write_text(QUIET.replace("$500.00", "$600.00").replace("disabled", "enabled"))
    (home.root / "rules" / "gone.yaml").unlink()
    home.box.pause(home.id_of("save"))
    changed = steps(home, "--prune")
    assert ["update", "update", "delete"] == [each["operation"] for each in changed]
    for step in changed:
        do(home, step)
    settled(home, "--prune")

    home.box.pause(home.id_of("save"))
    (waiting,) = steps(home)
    assert ("enable", "activateRule") == (waiting["operation"], waiting["url"].rpartition("=")[2])
    do(home, waiting)
    settled(home)

    (home.root / "rules" / "spend.yaml").write_text(QUIET.replace("$500.00", "$700.00"))
    (off,) = steps(home)
    doing = [item["do"] for item in off["items"]]
    assert ("switch it off", True) == (doing[0], len(doing) > 1)
    do(home, off)
    settled(home)


def test_an_edit_in_the_app_is_put_back_by_hand(home: Household) -> None:
    """What somebody changed in the app is in the list, with the reason, and gone when the list was done."""
    home.rule("save")
    for step in steps(home):
        do(home, step)
    home.percent("save", 90)

    (step,) = steps(home)
    assert "the app changed it since the last apply; this puts Git's version back" == step["why"]
    assert "step 1, action 1 (to Savings): 90 % -> 20 % of the deposit" in [item["do"] for item in step["items"]]
    do(home, step)
    settled(home)


def test_a_rule_made_without_its_line_is_asked_about(home: Household) -> None:
    """Who leaves the marker line out is told how to bind the rule, and no second one is asked for."""
    home.rule("save")
    (step,) = steps(home)
    made = home.box.create_in_app({**step["rule"], "description": "Saves a share of every deposit"})

    done = home.run("checklist", "--format", "json")
    assert (3, []) == (done.code, done.json["steps"])
    assert f"rulesync adopt save --id {made}" in done.json["findings"][0]["help"]
    assert "Nothing is to be done before 1 error is put right." in home.run("checklist").out

    assert 0 == home.run("adopt", "save", "--id", made).code
    assert 0 == home.run("plan", "--detailed-exitcode").code


def test_the_text_says_what_to_type(home: Household) -> None:
    """The list has a number, a link and boxes for each rule, and what is to be typed on lines of its own."""
    home.rule("save")

    text = home.run("checklist").out

    assert text.startswith("1 thing to do in the app.\n")
    assert '1. Make a rule: save "save"\n   http' in text
    assert "   [ ] let it run: When money arrives in Checking\n" in text
    assert "   [ ] send 20 % of the deposit to Savings\n" in text
    assert "\n         Saves a share of every deposit\n         [rulesync:household/save@1" in text
    assert "Then run `rulesync plan`: it has nothing to do" in text


def test_nothing_to_do(home: Household) -> None:
    """Where the app holds what Git wants the list is empty, and orphans are named that a prune would have in it."""
    home.rule("save")
    for step in steps(home):
        do(home, step)
    assert home.run("checklist").out.startswith("Nothing is to be done in the app. It holds what Git wants.\n")

    home.rule("other", 10)
    for step in steps(home):
        do(home, step)
    (home.root / "rules" / "save.yaml").unlink()
    assert 'with `--prune`: save "save"' in home.run("checklist").out
    only = home.run("checklist", "--target", "other").out
    assert "Only the rules that were asked for are in this list." in " ".join(only.split())


def test_what_cannot_be_meant(home: Household) -> None:
    """A list of some rules deletes none, and several organisations have a list each."""
    assert 64 == home.run("checklist", "--prune", "--target", "save").code
    assert 64 == home.run("--all-workspaces", "checklist").code


def test_a_name_and_a_trigger_that_change(home: Household) -> None:
    """A new trigger comes with what to do if the app keeps the old one, and a rule without a name may have any."""
    home.rule("spend", text=QUIET)
    (made,) = steps(home)
    assert "give it any name; Git asks for none" in [item["do"] for item in made["items"]]
    assert "step 2, otherwise: send $5.00 to Fun, or what there is" in [item["do"] for item in made["items"]]
    do(home, made)
    manual = QUIET.replace("ON_FUNDS_TRANSFERRED", "MANUAL")
    (home.root / "rules" / "spend.yaml").write_text(f"description: By hand\n{manual}")

    (step,) = steps(home)
    words = [item["do"] for item in step["items"]]
    assert "trigger: When money arrives in Checking -> When someone runs it, from Checking" in words
    assert any("if the app keeps the trigger as it is" in each for each in words)
    do(home, step)
    settled(home)


def test_what_a_person_does_loses_no_field(household: Household) -> None:
    """Fields that rulesync does not know keep nobody from changing a rule by hand."""
    household.rule("save")
    household.apply()
    body = next(rule for rule in household.box.rules() if rule["id"] == household.id_of("save"))
    held: Any = body["steps"]
    held[0]["actions"][0]["priority"] = 3
    household.box.edit(str(body["id"]), steps=held)
    household.rule("save", 40)

    assert 3 == household.run("plan").code
    assert ["update"] == [each["operation"] for each in steps(household)]


def test_the_list_as_markdown(home: Household) -> None:
    """Each thing to do is a box to tick, and what is to be typed stands in a block that can be copied."""
    home.rule("save", nickname="Save `it`")

    text = home.run("checklist", "--format", "markdown").out

    assert "[open it in the app](http" in text
    assert "- [ ] let it run: When money arrives in Checking\n" in text
    assert "  ```\n  Save `it`\n  ```\n" in text
