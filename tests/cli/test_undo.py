"""An undo as somebody uses it after an apply that was a mistake."""

import json
from pathlib import Path
from typing import Any

import pytest

from rulesync.ownership import Marker, digest
from rulesync.wire import v1
from tests.cli.conftest import RULE, Household
from tests.cli.test_prompt import at_a_terminal


@pytest.fixture
def mistake(household: Household) -> Household:
    """A household in which one live rule was changed, one deleted and one made, by an apply with a report."""
    return household.prepared(make_a_mistake)


def make_a_mistake(household: Household) -> None:
    """Change a live rule, delete one and make one, by an apply with a report."""
    household.rule("save", 20)
    household.apply()
    household.box.activate(household.id_of("save"))
    make_old(household)
    household.rule("save", 90)
    household.rule("new", 5, RULE.replace("savings", "fun"))
    done = household.run("apply", "--auto-approve", "--prune", "--report", report(household))
    assert done.code == 0, done
    household.box.clear_log()


def make_old(household: Household) -> None:
    """Have a rule of the key `old`, so old that the API remembers no create of it."""
    body: Any = next(rule for rule in household.box.rules() if rule["id"] == household.id_of("save"))
    body["steps"][0]["actions"][0]["percentage_value"] = 30
    rule = v1.actual({**body, "nickname": "old"}).rule
    marker = Marker("household", "old", digest(rule))
    household.box.create_in_app(
        {**v1.encode(rule), "description": f"{rule.description and rule.description.raw}\n{marker}"}
    )


def flat(text: str) -> str:
    """Return a text as if it stood on one line."""
    return " ".join(text.split())


def report(household: Household) -> str:
    return str(household.root / "report.json")


def percents(household: Household) -> dict[str, int]:
    """Return the percentage of each managed rule, by key; all of them are off."""
    found: dict[str, int] = {}
    for rule in household.box.rules():
        text, steps = str(rule.get("description")), rule["steps"]
        assert isinstance(steps, list)
        if "[rulesync:" in text:
            key = text.partition("[rulesync:household/")[2].partition("@")[0]
            found[key] = steps[0]["actions"][0]["percentage_value"]
            assert "disabled" == rule["status"]
    return found


def test_back_to_what_was(mistake: Household) -> None:
    """What was changed is put back, what was deleted is made anew, what was made stays; what stays off is said."""
    done = mistake.run("undo", report(mistake), "--auto-approve")

    assert (0, {"save": 20, "old": 30, "new": 5}) == (done.code, percents(mistake))
    assert "Makes 1 deleted rule anew, puts 1 rule back as before." == done.out.splitlines()[0]
    assert "it was on then, and stays off until a person enables it" in flat(done.out)
    assert 'Made by that apply, and left as they are; `--prune` deletes them:\n  new "new"' in done.out
    assert "it has a new id" in done.out
    assert "the next apply does it again: revert the commit." in done.out
    assert 2 == done.out.count("?action=activateRule")


def test_with_prune(mistake: Household) -> None:
    """With `--prune`, rules that were made are deleted as well; one that is live is said loudly."""
    mistake.box.activate(mistake.id_of("new"))

    done = mistake.run("undo", report(mistake), "--auto-approve", "--prune")

    assert (0, {"save": 20, "old": 30}) == (done.code, percents(mistake))
    assert 'deletes a live rule: new "new"' in done.out


def test_the_plan_after_it(mistake: Household) -> None:
    """An undone rule counts as applied: what Git still holds is Git's difference, and no drift."""
    mistake.run("undo", report(mistake), "--auto-approve")

    plan = mistake.run("plan", "--format", "json").json

    (change,) = [each for each in plan["resource_changes"] if each["change"]["actions"] == ["update"]]
    assert ("save", "git", []) == (change["name"], change["origin"], plan["resource_drift"])
    assert ["old"] == [each["key"] for each in plan["orphans"]]


def test_twice(mistake: Household) -> None:
    """A second undo of the same report finds nothing to write."""
    mistake.run("undo", report(mistake), "--auto-approve", "--prune")
    sent = mistake.writes()

    again = mistake.run("undo", report(mistake), "--auto-approve", "--prune")

    assert (0, sent) == (again.code, mistake.writes())
    assert "Nothing to write for 2 rules: they are as they were, but off" in flat(again.out)


def test_an_undo_undone(mistake: Household, tmp_path: Path) -> None:
    """An undo has a report of its own, and can be undone by it."""
    mistake.run("undo", report(mistake), "--auto-approve", "--prune", "--report", str(tmp_path / "undo.json"))
    mistake.later(minutes=1)

    done = mistake.run("undo", str(tmp_path / "undo.json"), "--auto-approve", "--prune")

    assert (0, {"save": 90, "new": 5}) == (done.code, percents(mistake))


@pytest.mark.parametrize("overwrite", [True, False])
def test_an_edit_made_since(mistake: Household, *, overwrite: bool) -> None:
    """What somebody did in the app since is overwritten unattended only if that is asked for."""
    mistake.percent("save", 33)

    done = mistake.run("undo", report(mistake), "--auto-approve", *(["--overwrite-app-changes"] if overwrite else []))

    assert (0 if overwrite else 5, 20 if overwrite else 33) == (done.code, percents(mistake)["save"])
    assert 'overwrites an edit made in the app: save "save" (step 1, action 1 (to Savings): 33 % -> 20 %' in flat(
        done.out
    )


def test_after_a_later_apply(mistake: Household) -> None:
    """What a later apply wrote is not taken back unattended by the undo of an earlier one."""
    mistake.rule("save", 50)
    mistake.apply()

    done = mistake.run("undo", report(mistake), "--auto-approve")

    assert (5, 50) == (done.code, percents(mistake)["save"])
    assert "overwrites what was applied later" in done.out


def test_a_pause_cannot_be_undone(mistake: Household, tmp_path: Path) -> None:
    """An undo switches nothing on: after a pause it says so, with the links."""
    mistake.box.activate(mistake.id_of("save"))
    mistake.run("pause", "save", "--auto-approve", "--report", str(tmp_path / "pause.json"))
    sent = mistake.writes()

    done = mistake.run("undo", str(tmp_path / "pause.json"), "--auto-approve")

    assert (0, sent) == (done.code, mistake.writes())
    assert "Nothing to write for 1 rule: it is as it was, but off, and only a person can enable a rule." in flat(
        done.out
    )
    assert "?action=activateRule" in done.out
    assert "Git is as it was" not in done.out


def test_what_is_gone(mistake: Household) -> None:
    """A rule that is gone is named, keeps nothing else from being undone, and shows in the exit code."""
    mistake.box.delete(mistake.id_of("save"))

    done = mistake.run("undo", report(mistake), "--auto-approve")
    again = mistake.run("undo", report(mistake), "--auto-approve", "--format", "json")

    assert (5, {"old": 30, "new": 5}) == (done.code, percents(mistake))
    assert "`save` is left as it is: the rule `rule_" in done.out
    assert "~ save: skipped" in done.out
    assert (3, ["skipped"]) == (again.code, [each["status"] for each in again.json["outcomes"]])


def test_what_cannot_be_read(mistake: Household) -> None:
    """While a rule cannot be read, nothing is undone."""
    mistake.box.faults.add("rule-unreadable", path=f"/rules/{mistake.id_of('save')}", times=9)

    done = mistake.run("undo", report(mistake), "--auto-approve")

    assert (1, []) == (done.code, mistake.writes())
    assert "check: unreadable" in done.out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["undo"], 64, "missing argument"),
        (["undo", "REPORT"], 64, "standard input is no terminal"),
        (["undo", "REPORT", "--auto-approve", "--report", "REPORT"], 64, "would overwrite the one that is undone"),
        (["undo", "REPORT", "--auto-approve", "--write", "json=REPORT"], 64, "would overwrite the one that is undone"),
        (["undo", "nowhere.json", "--auto-approve"], 1, "cannot read the report `nowhere.json`: no such file"),
        (["undo", "REPORT", "--auto-approve", "--workspace", "x"], 1, "`rulesync.yaml` has no workspace `x`"),
    ],
)
def test_what_cannot_be_meant(mistake: Household, arguments: list[str], code: int, words: str) -> None:
    """A command line that cannot be meant, and a report that is not there, are refused before any request."""
    done = mistake.run(*(word.replace("REPORT", report(mistake)) for word in arguments))

    assert (code, []) == (done.code, mistake.box.log())
    assert words in done.err


def test_a_report_of_another_scope(mistake: Household) -> None:
    """A report of another scope is refused before any request, and stays as it is."""
    text = Path(report(mistake)).read_text()
    mistake.config("scope: firm\n")

    done = mistake.run("undo", report(mistake), "--auto-approve")

    assert (1, [], text) == (done.code, mistake.box.log(), Path(report(mistake)).read_text())
    assert "the report is of the scope `household`, and this is `firm`" in done.err


def test_a_report_of_a_run_that_could_not_begin(mistake: Household) -> None:
    """A report of a run in which nothing happened leaves nothing to undo."""
    value: Any = json.loads(Path(report(mistake)).read_text())
    Path(report(mistake)).write_text(json.dumps(value | {"outcomes": [], "error": "no answer"}))

    done = mistake.run("undo", report(mistake), "--auto-approve")

    assert (0, []) == (done.code, mistake.writes())
    assert done.out.startswith("Nothing to undo.")


def test_what_was_so_already(mistake: Household) -> None:
    """What an apply found to be so already is named, and not undone."""
    value: Any = json.loads(Path(report(mistake)).read_text())
    for each in value["outcomes"]:
        each["idempotency_key"] = None
    Path(report(mistake)).write_text(json.dumps(value))

    done = mistake.run("undo", report(mistake), "--auto-approve")

    assert (0, []) == (done.code, mistake.writes())
    assert "Not written by that apply, so not undone: new, save, old." in done.out


def test_as_json(mistake: Household) -> None:
    """With `--format json`, standard output is the report and nothing else."""
    done = mistake.run("undo", report(mistake), "--auto-approve", "--format", "json")

    assert ("undo", ["create", "update"]) == (
        done.json["command"],
        [each["operation"] for each in done.json["outcomes"]],
    )
    assert "Makes 1 deleted rule anew" in done.err


def test_at_a_terminal(mistake: Household) -> None:
    """It shows what it would put back, asks, and overwrites edits that were on the screen."""
    mistake.percent("save", 33)

    code, screen = at_a_terminal(mistake, b"yes\n", "undo", report(mistake))

    assert (0, 20) == (code, percents(mistake)["save"])
    assert "Carry this undo out? Only `yes`" in screen


def test_a_report_of_nothing(mistake: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an apply wrote nothing, its undo says so, and why, if it failed."""
    file = str(mistake.root / "second.json")
    mistake.run("apply", "--auto-approve", "--report", file)
    quiet = mistake.run("undo", file, "--auto-approve")
    with monkeypatch.context() as patched:
        patched.setenv("SEQUENCE_API_KEY", "sk_wrong_0123456789abcdef")
        mistake.run("apply", "--auto-approve", "--report", file)
    failed = mistake.run("undo", file, "--auto-approve")

    assert (0, 0, []) == (quiet.code, failed.code, mistake.writes())
    assert "By this report, the apply wrote nothing." in flat(quiet.out)
    assert "By this report, the apply wrote nothing: the API refused the key" in flat(failed.out)
