"""Limits, protected rules, the base, and words that wait: as a person meets them on the command line."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import CONFIG, RULE, Household

PROTECTED = f"protect: true\n{RULE}"
CUT = "nickname: Cut off\nprotect: true\nnonsense: 1\n"


def git(root: Path, *arguments: str) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    clean |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-C", str(root), "-c", "user.name=n", "-c", "user.email=e@example.org", *arguments]
    subprocess.run(command, capture_output=True, check=True, env=clean)


def commit(household: Household) -> None:
    """Let `main` be what lies in the directory now."""
    if not (household.root / ".git").exists():
        git(household.root, "init", "-q", "-b", "main")
    git(household.root, "add", "-A")
    git(household.root, "commit", "-q", "-m", "next")


def checks(household: Household, *arguments: str) -> list[tuple[str, str]]:
    found = household.run("plan", "--format", "json", *arguments).json["findings"]
    return [(each["check"], each["severity"]) for each in found if each["severity"] != "info"]


def test_every_limit_at_once(household: Household) -> None:
    """A plan that does too much is told everything, ends with 3, and is not applied."""
    household.config(f"{CONFIG}limits: {{max_creates: 1, max_at_stake: $10.00}}\n")
    household.rule("one", 20)
    household.rule("two", 30)

    planned, applied = household.run("plan"), household.run("apply", "--auto-approve")

    assert (3, 3, []) == (planned.code, applied.code, household.writes())
    assert "the plan creates 2 rules, and 1 are allowed at once" in planned.out
    assert "nothing bounds what one run of `one`, `two` can move, and $10.00 are allowed at once" in planned.out


def test_a_target_is_a_way_out(household: Household) -> None:
    """What is held against the limits is what would be written, so that the way out is one."""
    household.config(f"{CONFIG}limits: {{max_creates: 1}}\n")
    household.rule("one", 20)
    household.rule("two", 30)

    assert (3, 0) == (household.run("plan").code, household.run("plan", "--target", "one").code)


def test_a_target_is_judged_alone(household: Household) -> None:
    """What is wrong with a rule that is not targeted does not keep a person from putting another one right."""
    household.rule("rent", 20)
    household.rule("circle", 20, RULE.replace("destination: savings", "destination: checking"))

    assert (3, 3) == (household.run("plan").code, household.run("plan", "--target", "circle").code)
    assert 0 == household.run("apply", "--auto-approve", "--target", "rent").code
    assert ["rent"] == [write["body"]["nickname"] for write in household.writes()]


def test_a_protected_rule(household: Household) -> None:
    """A protected rule is not written, unless that is allowed, and then the command to go on says so."""
    household.rule("rent", 20, PROTECTED)
    household.apply()
    household.rule("rent", 30, PROTECTED)

    refused, allowed = household.run("plan"), household.run("plan", "--allow-protected")

    assert (3, 0) == (refused.code, allowed.code)
    assert "would change a rule that Git protects" in refused.out
    assert "apply --allow-protected" in allowed.out
    assert 0 == household.run("apply", "--auto-approve", "--allow-protected").code


@pytest.mark.parametrize("how", ["unmarked", "renamed", "directory", "deleted", "pinned"])
def test_no_branch_lifts_what_the_base_protects(household: Household, how: str) -> None:
    """Whatever a branch does to the file, the rule that `main` protects stays as it is."""
    household.rule("rent", 20, PROTECTED)
    household.rule("other", 50)
    household.apply()
    commit(household)
    file = household.root / "rules" / "rent.yaml"
    match how:
        case "unmarked":
            household.rule("rent", 30)
        case "renamed":
            file.unlink()
            household.rule("new", 30, f"moved_from: rent\n{RULE}")
        case "directory":
            household.config(f"{CONFIG}rules: elsewhere\n")
            (household.root / "rules").rename(household.root / "elsewhere")
            (household.root / "elsewhere" / "rent.yaml").write_text(RULE.replace("PERCENT", "30"))
        case "deleted":
            file.unlink()
        case _:
            file.unlink()
            household.rule("new", 30, f"id: {household.id_of('rent')}\nmoved_from: rent\n{RULE}")

    assert ("protected", "error") in checks(household, "--base", "main", *(["--prune"] if how == "deleted" else []))
    assert ("protected", "error") not in checks(household)
    before = len(household.writes())
    assert 3 == household.run("apply", "--auto-approve", "--base", "main", "--prune").code
    assert before == len(household.writes())


def test_what_a_branch_protects_anew(household: Household) -> None:
    """A protection counts from the commit on that writes it, whatever the base says."""
    household.rule("rent", 20)
    household.apply()
    commit(household)
    household.rule("rent", 30, PROTECTED)

    assert [("protected", "error")] == checks(household, "--base", "main") == checks(household)


def test_a_pin_that_was_removed(household: Household) -> None:
    """A rule that the base pinned and that nobody keeps now is a danger, and no refusal."""
    rule_id = str(household.box.rules()[0]["id"])
    household.config(f"{CONFIG}ids: {{save: {rule_id}}}\n")
    household.rule("save")
    commit(household)
    household.config(CONFIG)
    (household.root / "rules" / "save.yaml").unlink()

    done = household.run("plan", "--base", "main")

    assert 0 == done.code, done
    assert f"! `save`: the rule `{rule_id}`" in done.out
    assert "no longer managed" in done.out
    assert [("removed-pin", "warning")] == checks(household, "--base", "main")


def test_a_broken_base_can_be_mended(household: Household) -> None:
    """Files that are broken at the base warn, protect what they seem to protect, and do not stop the branch."""
    household.rule("rent", 20)
    household.rule("other", 50)
    household.apply()
    household.rule("rent", 20, CUT)
    household.rule("other", 20, "nickname: [")
    commit(household)
    household.rule("rent", 30)
    household.rule("other", 60)

    found = household.run("plan", "--format", "json", "--base", "main").json["findings"]

    assert ["base", "protected"] == [each["check"] for each in found]
    assert "`rules/other.yaml`, `rules/rent.yaml`" in found[0]["message"]
    assert "`rent`" in found[1]["message"]


@pytest.mark.parametrize(
    ("config", "files", "said"),
    [
        (None, {"rent": PROTECTED}, []),
        ("nonsense: 1\n", {"rent": PROTECTED}, ["base", "protected"]),
        (CONFIG, {}, ["base"]),
    ],
    ids=["no rulesync.yaml", "a broken one", "no rules"],
)
def test_a_base_that_says_little(
    household: Household, config: str | None, files: dict[str, str], said: list[str]
) -> None:
    """Without a rulesync.yaml nothing is protected; a broken one is read by the branch's own."""
    household.rule("rent", 20, PROTECTED)
    household.apply()
    (household.root / "readme").touch()
    (household.root / "rules" / "rent.yaml").unlink()
    (household.root / "rulesync.yaml").unlink()
    if config:
        household.config(config)
    for key, text in files.items():
        household.rule(key, 20, text)
    commit(household)
    household.config(CONFIG)
    household.rule("rent", 30)

    assert said == [check for check, _ in checks(household, "--base", "main")]


@pytest.mark.parametrize(("ref", "words"), [("nowhere", "knows no commit"), ("-x", "no name"), ("main", "no Git")])
def test_a_base_that_cannot_be_had(household: Household, ref: str, words: str) -> None:
    """A base that Git does not know ends the run with 1, in words, and nothing is written."""
    household.rule("save")
    if ref != "main":
        commit(household)

    for command in (["plan"], ["apply", "--auto-approve"]):
        done = household.run(*command, f"--base={ref}")
        assert (1, [], True) == (done.code, household.writes(), words in done.err)


@pytest.mark.parametrize("option", [["--base", "main"], ["--allow-protected"]])
def test_a_saved_plan_takes_no_such_option(household: Household, option: list[str]) -> None:
    """What decides about a plan is said when it is made."""
    assert 64 == household.run("apply", "plan.json", *option).code


def test_words_that_wait(household: Household) -> None:
    """With `cosmetic: defer` a live rule keeps running under its old name until something real changes."""
    household.config(f"{CONFIG}cosmetic: defer\n")
    household.rule("save", 20)
    household.apply()
    household.box.activate(household.id_of("save"))
    household.rule("save", 20, nickname="Renamed")

    waits, data = household.run("plan", "--detailed-exitcode"), household.run("plan", "--format", "json").json
    household.rule("save", 30, nickname="Renamed")
    real = household.run("plan", "--format", "json").json

    assert 0 == waits.code
    assert "Put off until the rule's next real change:" in waits.out
    assert 'save "Renamed" (nickname: ' in waits.out
    (change,) = data["resource_changes"]
    assert (True, ["no-op"], ["nickname"]) == (
        change["deferred"],
        change["change"]["actions"],
        [field["path"] for field in change["fields"]],
    )
    assert (0, 0) == (data["requests"]["write"], data["summary"]["update"])
    assert (False, ["update"]) == (
        real["resource_changes"][0]["deferred"],
        real["resource_changes"][0]["change"]["actions"],
    )


def test_words_that_the_app_changed_are_drift(household: Household) -> None:
    """What is put off is drift all the same if the app made the difference."""
    household.config(f"{CONFIG}cosmetic: defer\n")
    household.rule("save", 20)
    household.apply()
    household.box.activate(household.id_of("save"))
    household.box.edit(household.id_of("save"), nickname="By hand")
    household.box.activate(household.id_of("save"))

    assert 2 == household.run("drift").code


def test_a_rename_is_told(household: Household) -> None:
    """A renamed file of an unchanged rule writes nothing, and the plan says under which key the rule was."""
    household.rule("old", 20, nickname="Save")
    household.apply()
    (household.root / "rules" / "old.yaml").rename(household.root / "rules" / "new.yaml")

    done = household.run("plan", "--detailed-exitcode")

    assert 0 == done.code
    assert 'new "Save": bound to the rule that was `old`; its marker is rewritten with the next change' in " ".join(
        done.out.split()
    )
