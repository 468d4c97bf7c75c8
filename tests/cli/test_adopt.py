"""Binding a rule file to a rule that exists, on the command line."""

import json

import pytest

from tests.cli.conftest import CONFIG, RULE, Household

STUDIO = """\
workspaces:
  studio:
    api: {key_env: SEQUENCE_STUDIO_KEY}
    scope: studio
    accounts: {checking: {id: acc_01HABC4567, type: income_source}, savings: {id: acc_01HSAV9999, type: pod}}
"""


def made_by_hand(household: Household, percent: int = 20, **fields: object) -> str:
    """Return the id of a rule that somebody made in the app, and that is live."""
    household.rule("x", percent, nickname="Save")
    household.apply()
    body = next(rule for rule in household.box.rules() if rule["id"] == household.id_of("x"))
    household.box.delete(household.id_of("x"))
    (household.root / "rules" / "x.yaml").unlink()
    rule_id = household.box.create_in_app({**body, "id": None, "description": "By hand", **fields})
    household.box.activate(rule_id)
    household.box.clear_log()
    return rule_id


def text(household: Household, key: str = "save") -> str:
    return (household.root / "rules" / f"{key}.yaml").read_text()


def status(household: Household, rule_id: str) -> object:
    return next(rule["status"] for rule in household.box.rules() if rule["id"] == rule_id)


def test_a_pin_is_one_line(household: Household) -> None:
    """Adopting adds one line to the file, writes nothing to the API, shows the next plan, and is done once."""
    rule_id = made_by_hand(household)
    household.rule("save", 20, f"# mine\n{RULE.replace('Saves a share of every deposit', 'By hand')}", nickname="Save")
    before = text(household)

    done, again = household.run("adopt", "save", "--id", rule_id), household.run("adopt", "save", "--id", rule_id)

    assert (0, 0, []) == (done.code, again.code, household.writes())
    assert f"# mine\nid: {rule_id}\n{before.removeprefix(chr(35) + ' mine' + chr(10))}" == text(household)
    assert f"wrote `id: {rule_id}` into rules/save.yaml" in done.out
    assert "No changes." in done.out
    assert "already: nothing to do" in again.out
    assert "enabled" == status(household, rule_id)


def test_what_the_next_plan_changes(household: Household) -> None:
    """Where the file says something else than the rule, the fields that differ are shown, and nothing is written."""
    rule_id = made_by_hand(household, 30)
    household.rule("save", 20, nickname="Save")
    (household.root / "rules" / "save.yaml").chmod(0o640)

    done = household.run("adopt", "save", "--id", rule_id)

    assert (0, []) == (done.code, household.writes())
    assert "30 %" in done.out
    assert 0o640 == (household.root / "rules" / "save.yaml").stat().st_mode & 0o777
    assert ["save.yaml"] == [file.name for file in (household.root / "rules").iterdir()]


def test_only_shown(household: Household) -> None:
    """With --print, and in what is not a plain block of YAML, the line is shown and no file is written."""
    rule_id = made_by_hand(household)
    household.rule("save")
    before = text(household)
    body = household.run("plan", "--format", "json").json["resource_changes"][0]["change"]["after"]
    (household.root / "rules" / "json.json").write_text(json.dumps({**body, "nickname": "Other"}))

    shown = household.run("adopt", "save", "--id", rule_id, "--print")
    other = household.run("adopt", "json", "--id", rule_id)

    assert (0, 0, before) == (shown.code, other.code, text(household))
    assert f"above rules/save.yaml:1:1:\n  id: {rule_id}" in shown.out
    assert f'  "id": "{rule_id}",' in other.out
    assert rule_id not in (household.root / "rules" / "json.json").read_text()


def test_another_workspace(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a workspace of its own, the entry for rulesync.yaml is shown, which is never edited."""
    monkeypatch.setenv("SEQUENCE_STUDIO_KEY", household.box.key)
    monkeypatch.delenv("SEQUENCE_API_KEY")
    household.config(CONFIG + STUDIO)
    household.rule("save")
    rule_id = str(household.box.rules()[0]["id"])

    done = household.run("--workspace", "studio", "adopt", "save", "--id", rule_id)

    assert 0 == done.code, done
    assert f"to `ids:` of the workspace `studio`:\n  save: {rule_id}" in done.out
    assert CONFIG + STUDIO == (household.root / "rulesync.yaml").read_text()
    assert "id:" not in text(household).split("trigger")[0]


def test_taking_over(household: Household) -> None:
    """A rule of another scope gets our marker and is off; done again, there is nothing to do, and no pin is needed."""
    household.config(CONFIG.replace("scope: household", "scope: firm"))
    household.rule("theirs", 20, nickname="Save")
    household.apply()
    household.config(CONFIG)
    (household.root / "rules" / "theirs.yaml").rename(household.root / "rules" / "save.yaml")
    rule_id = next(str(r["id"]) for r in household.box.rules() if "[rulesync:firm/" in str(r.get("description")))
    household.box.activate(rule_id)
    household.box.clear_log()
    report = household.root / "report.json"
    words = ("adopt", "save", "--id", rule_id)

    refused = household.run(*words)
    done = household.run(*words, "--take-over", "--auto-approve", "--report", str(report))
    writes = household.writes()
    again = household.run(*words, "--take-over", "--auto-approve")

    assert (3, 0, 0) == (refused.code, done.code, again.code), done
    assert "bears the marker of `firm/theirs`" in refused.err
    assert "this switches it off" in done.out
    assert "taken over" in done.out
    assert ["PUT"] == [each["method"] for each in writes]
    assert writes == household.writes()
    assert "already: nothing to do" in again.out
    assert (rule_id, "disabled") == (household.id_of("save"), status(household, rule_id))
    saved = json.loads(report.read_text())
    assert ("adopt", [rule_id]) == (saved["command"], [each["id"] for each in saved["awaiting_enable"]])
    assert household.run("plan", "--detailed-exitcode").code == 0


def test_the_way_out_of_a_key_that_was_taken(household: Household) -> None:
    """A rule whose key was given away is bound to its new one, and then the new rule can be made."""
    household.rule("a", 20, nickname="Rent")
    household.apply()
    (household.root / "rules" / "a.yaml").rename(household.root / "rules" / "b.yaml")
    household.rule("a", 60, nickname="Fun")
    rule_id = household.id_of("a")
    stuck = household.run("plan")

    done = household.run("adopt", "b", "--id", rule_id, "--take-over", "--auto-approve")
    plan = household.run("plan", "--format", "json").json

    assert (3, True) == (stuck.code, f"rulesync adopt b --id {rule_id} --take-over" in stuck.out)
    assert 0 == done.code
    assert {"a": ["create"], "b": ["no-op"]} == {
        each["name"]: each["change"]["actions"] for each in plan["resource_changes"]
    }


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere"], 64, "no rule has the key `nowhere`"),
        (["sav"], 64, "did you mean `save`?"),
        (["broken"], 3, "the file of `broken` has errors"),
        (["save", "--auto-approve"], 64, "only `--take-over` writes"),
        (["save", "--take-over", "--print"], 64, "needs none"),
        (["save", "--take-over"], 64, "standard input is no terminal"),
        (["save"], 3, "the rule `rule_9` does not exist"),
    ],
)
def test_refusals(household: Household, arguments: list[str], code: int, words: str) -> None:
    """What cannot be meant or cannot be is refused in words, and nothing is written anywhere."""
    household.rule("save")
    household.rule("broken", 20, "nickname: [")
    before = text(household)

    done = household.run("adopt", *arguments, "--id", "rule_9")

    assert (code, [], before) == (done.code, household.writes(), text(household))
    assert words in done.err


def test_a_rule_that_is_pinned_elsewhere(household: Household) -> None:
    """One rule has one key, and the file that has it is named."""
    rule_id = made_by_hand(household)
    household.rule("other", 20, f"id: {rule_id}\n{RULE}")
    household.rule("save")

    done = household.run("adopt", "save", "--id", rule_id)

    assert (3, True) == (done.code, f"the rule `{rule_id}` is pinned by `other`" in done.err)


def test_a_rule_file_behind_a_link(household: Household) -> None:
    """A link among the rules stays a link: what it leads to gets the line."""
    rule_id = made_by_hand(household)
    household.rule("_held", 20)
    (household.root / "rules" / "save.yaml").symlink_to("_held.yaml")

    assert 0 == household.run("adopt", "save", "--id", rule_id).code
    assert (household.root / "rules" / "save.yaml").is_symlink()
    assert text(household, "_held").startswith(f"id: {rule_id}\n")


@pytest.mark.parametrize("option", [[], ["--take-over", "--auto-approve"]])
def test_a_rule_that_cannot_be_read(household: Household, option: list[str]) -> None:
    """A rule that is listed and cannot be read is bound by nobody, and the file stays as it is."""
    rule_id = made_by_hand(household)
    household.rule("save")
    before = text(household)
    household.box.faults.add("rule-unreadable", path=f"/rules/{rule_id}", status=403, times=None)

    done = household.run("adopt", "save", "--id", rule_id, *option)

    assert (1, [], before) == (done.code, household.writes(), text(household))
    assert f"the rule `{rule_id}` cannot be read" in done.err


def test_names_that_only_the_api_knows(household: Household) -> None:
    """Accounts whose types stand in no file are looked up, so that an equal rule is seen to be equal."""
    rule_id = made_by_hand(household)
    household.config("scope: household\naccounts: {checking: acc_01HABC4567, savings: acc_01HSAV9999}\n")
    household.rule("save", 20, RULE.replace("Saves a share of every deposit", "By hand"), nickname="Save")

    done = household.run("adopt", "save", "--id", rule_id)

    assert (0, True) == (done.code, "No changes." in done.out)


def test_names_that_people_read(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the next plan makes of a rule names its accounts, also where no rule file needs the API's list of them."""
    rule_id = made_by_hand(household)
    other = RULE.replace("destination: savings", "destination: {id: acc_01HRNY5555, type: pod}")
    household.rule("save", 20, other)

    named = household.run("adopt", "save", "--id", rule_id, "--print")
    monkeypatch.setenv("SEQUENCE_API_KEY", household.box.add_key({"LIST_RULES": "*", "READ_RULES": "*"}))
    unnamed = household.run("adopt", "save", "--id", rule_id, "--print")

    assert (0, 0) == (named.code, unnamed.code)
    assert ("Rainy Day" in named.out, "Rainy Day" in unnamed.out) == (True, False)


def test_a_refused_take_over_leaves_a_report(household: Household) -> None:
    """Where a take-over cannot even begin, the report that was asked for says why."""
    household.rule("save")
    report = household.root / "report.json"

    done = household.run("adopt", "save", "--id", "rule_9", "--take-over", "--auto-approve", "--report", str(report))

    assert 3 == done.code
    saved = json.loads(report.read_text())
    assert ("adopt", "`save` was not bound, and nothing was written") == (saved["command"], saved["error"])
