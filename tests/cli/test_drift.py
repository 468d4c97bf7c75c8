"""Drift from the command line: what people did in the app, told apart from what Git changed; and accepting it."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import CONFIG, RULE, Done, Household
from tests.cli.test_safety import commit, git
from tests.cli.test_workspaces import ALL, both  # noqa: F401 - a fixture

COMMENTED = """\
# how we save
nickname: "NICKNAME"   # quoted
description: |
  Saves a share
  of every deposit
trigger: {type: ON_FUNDS_TRANSFERRED, account: checking}
steps:
  - conditions: {condition: {fact: BALANCE, operator: GREATER_THAN, value: $500.00}}  # never the last of it
    actions:
      - type: percentage
        percentage_value: PERCENT   # a fifth
        percentage_target: INCOMING_AMOUNT
        source: checking
        destination: savings
        limit: {period: PER_MONTH, amount: $200.00}
"""


def drifted(household: Household, *arguments: str) -> dict[str, Any]:
    """Return what drifted, by key."""
    done = household.run("drift", "--format", "json", *arguments)
    found = {each["name"]: each for each in done.json["resource_drift"]}
    assert done.code == (2 if found else 0), done
    return found


def happened(household: Household, *arguments: str) -> dict[str, str]:
    """Return what happened, by key."""
    return {key: each["happened"] for key, each in drifted(household, *arguments).items()}


def applied(household: Household, *keys: str) -> None:
    """Make rules, apply them, and commit."""
    for number, key in enumerate(keys):
        household.rule(key, 10 + number)
    household.apply()
    commit(household)


def change(household: Household, key: str, **fields: Any) -> None:  # noqa: ANN401 - fields of any kind
    """Have somebody change an action of a rule in the app."""
    body: Any = next(rule for rule in household.box.rules() if rule["id"] == household.id_of(key))
    body["steps"][0]["actions"][0].update(fields)
    household.box.edit(household.id_of(key), steps=body["steps"])


# What happened


def test_deleted_or_not_applied_yet(household: Household) -> None:
    """A rule that is gone is missing; with the commit that was applied it was deleted, and a newer one is no drift."""
    applied(household, "gone", "kept")
    household.box.delete(household.id_of("gone"))
    household.rule("new", 40)

    assert {"gone": "missing", "new": "missing"} == happened(household)
    assert {"gone": "deleted"} == happened(household, "--base", "HEAD")
    (gone,) = drifted(household, "--base", "HEAD").values()
    assert ("app", None, None) == (gone["origin"], gone["note"], gone["change"]["after"])
    assert "deleted in the app since the last apply" in household.run("drift", "--base", "HEAD").out


def test_enabled_in_the_app_or_in_git(household: Household) -> None:
    """A live rule that Git wants off was enabled by somebody, unless the commit that was applied wanted it on."""
    household.rule("stopped", 20, RULE + "status: disabled\n")
    applied(household, "running")
    household.box.activate(household.id_of("stopped"))
    household.box.activate(household.id_of("running"))
    household.rule("running", 10, RULE + "status: disabled\n")

    sure, unsure = drifted(household, "--base", "HEAD"), drifted(household)

    assert {"stopped": "enabled"} == {key: each["happened"] for key, each in sure.items()}
    assert ("app", None) == (sure["stopped"]["origin"], sure["stopped"]["note"])
    assert [{"path": "status", "before": "disabled", "after": "enabled"}] == sure["stopped"]["fields"]
    assert {"stopped", "running"} == unsure.keys()
    assert "not applied yet" in unsure["running"]["note"]


def test_edited_without_a_marker(household: Household) -> None:
    """Of a pinned rule without a marker, the commit that was applied tells whether the app or Git changed it."""
    for number in (1, 2):
        household.box.create_in_app(
            {**household.box.rules()[0], "id": f"rule_{number}", "nickname": f"by hand {number}"}
        )
    assert 0 == household.run("import", "rule_1", "rule_2").code
    commit(household)
    household.box.edit("rule_1", nickname="edited")
    file = household.root / "rules" / "by-hand-2.yaml"
    file.write_text(file.read_text().replace("by hand 2", "changed"))

    unsure = drifted(household)

    assert {"by-hand-1": "differs", "by-hand-2": "differs"} == {key: each["happened"] for key, each in unsure.items()}
    assert {"by-hand-1": "edited"} == happened(household, "--base", "HEAD")
    assert "app" == drifted(household, "--base", "HEAD")["by-hand-1"]["origin"]
    household.run("apply", "--auto-approve", "--overwrite-app-changes")
    assert {} == happened(household)


def test_paused_where_nobody_else_could(household: Household) -> None:
    """A rule that was never written from here, and is off, was paused by somebody; one that was written may wait."""
    body = {**household.box.rules()[0], "id": "rule_1", "nickname": "by hand", "status": "enabled"}
    household.box.create_in_app(body)
    household.run("import", "rule_1")
    applied(household, "save")
    household.box.pause("rule_1")

    assert {"by-hand": "paused"} == happened(household, "--base", "HEAD")
    assert {} == happened(household)
    found = drifted(household, "--base", "HEAD")["by-hand"]
    assert [{"path": "status", "before": "enabled", "after": "disabled"}] == found["fields"]


def test_a_marker_that_was_removed(household: Household) -> None:
    """A rule whose marker line is gone is named with the one that it must be; surely so with what was applied."""
    applied(household, "save")
    rule_id = household.id_of("save")
    household.box.edit(rule_id, description="Saves a share of every deposit")

    unsure, sure = drifted(household)["save"], drifted(household, "--base", "HEAD")["save"]

    assert ("marker-removed", rule_id) == (unsure["happened"], unsure["id"])
    assert unsure["note"].endswith("the line was removed in the app, or it was made by hand and never bound")
    assert sure["note"].endswith("says the same and bears no marker: the line was removed in the app")
    assert ("unknown", "app") == (unsure["origin"], sure["origin"])


def test_rules_made_by_hand(household: Household) -> None:
    """Rules that somebody made after the commit that was applied are drift; without one nobody knows what is new."""
    applied(household, "save")
    household.later(5)
    household.box.create_in_app({**household.box.rules()[0], "id": "rule_hand", "nickname": "By hand"})

    (found,) = drifted(household, "--base", "HEAD").values()

    assert {} == drifted(household)
    assert ("unmanaged", "rule_hand", None) == (found["happened"], found["id"], found["change"]["before"])
    assert "By hand" == found["change"]["after"]["nickname"]


def test_live_without_a_file(household: Household) -> None:
    """A live rule whose file is gone is drift; not yet, where the commit that was applied still had the file."""
    applied(household, "save", "old")
    household.box.activate(household.id_of("old"))
    (household.root / "rules" / "old.yaml").unlink()

    assert {"old": "orphan"} == happened(household)
    assert {} == happened(household, "--base", "HEAD")
    household.box.edit(household.id_of("old"), nickname="edited")
    household.box.pause(household.id_of("old"))
    assert {"old": "edited"} == happened(household, "--base", "HEAD")


def test_waiting_for_too_long(household: Household) -> None:
    """A rule that waits for a person is drift once its last write is so many hours ago, and says since when."""
    applied(household, "save")
    household.later(60 * 50)

    (found,) = drifted(household, "--waiting-hours", "48").values()

    (waits,) = household.run("status", "--format", "json").json["awaiting_enable"]
    assert ("waiting", ["no-op"], []) == (found["happened"], found["change"]["actions"], found["fields"])
    assert f"off and waiting for a person, at least since its last write at {waits['since']}, 50 h ago" == found["note"]
    assert {} == drifted(household, "--waiting-hours", "51")
    assert {} == drifted(household)
    assert "waiting" not in household.run("drift").out.splitlines()[0]


def test_a_base_that_cannot_be_read(household: Household) -> None:
    """A base without a commit is refused; one whose rules cannot be read makes nothing certain."""
    applied(household, "save")
    household.box.delete(household.id_of("save"))
    (household.root / "rulesync.yaml").write_text(CONFIG + "rules: elsewhere\n")
    commit(household)
    household.config(CONFIG)

    done = household.run("drift", "--base", "HEAD")

    assert 1 == household.run("drift", "--base", "nowhere").code
    assert (2, True) == (done.code, "missing: deleted in the app or not applied yet" in done.out)
    assert "no rules can be read at `HEAD`" in done.err


@pytest.mark.parametrize("hours", ["-1", "soon", "nan", "inf", ""])
def test_hours_that_are_none(household: Household, hours: str) -> None:
    """Hours that cannot be meant are a bad command line."""
    assert 64 == household.run("drift", "--waiting-hours", hours).code


# Accepting


def accepted(household: Household, *keys: str, code: int = 0, base: bool = False) -> Done:
    """Ask for the app's version of rules."""
    words = [word for key in keys for word in ("--accept", key)]
    done = household.run("drift", *words, *(["--base", "HEAD"] if base else []))
    assert done.code == code, done
    return done


def git_apply(directory: Path, patch: str) -> None:
    """Apply a patch as a person does, and fail where it does not apply cleanly."""
    command = ["git", "-C", str(directory), "apply", "-"]
    subprocess.run(command, input=patch, text=True, check=True)


def test_accepting_an_edit(household: Household) -> None:
    """What is printed is a patch that changes the values that differ and nothing else; then a plan is empty."""
    household.rule("save", 20, COMMENTED)
    applied(household, "other")
    change(household, "save", percentage_value=35, limit={"period": "PER_WEEK", "amount_in_cents": 125_000})
    household.box.edit(household.id_of("save"), nickname="Save: a “lot”")
    before = (household.root / "rules" / "save.yaml").read_text()

    done = accepted(household, "save")

    assert before == (household.root / "rules" / "save.yaml").read_text()
    assert [
        '-nickname: "save"   # quoted',
        '+nickname: "Save: a “lot”"   # quoted',
        "-        percentage_value: 20   # a fifth",
        "+        percentage_value: 35   # a fifth",
        "-        limit: {period: PER_MONTH, amount: $200.00}",
        '+        limit: {period: PER_WEEK, amount: "$1,250.00"}',
    ] == [line for line in done.out.splitlines() if line[0] in "-+" and line[:3] not in {"---", "+++"}]
    assert done.err.startswith("1 rule drifted.")
    git_apply(household.root, done.out)
    assert "No changes." in household.run("plan").out
    assert {} == happened(household)


def test_accepting_in_a_file_of_windows(household: Household) -> None:
    """A file whose lines end as those of Windows do, with tabs before its comments, is patched like any other."""
    household.rule("save", 20)
    file = household.root / "rules" / "save.yaml"
    before = (
        file.read_bytes().replace(b"percentage_value: 20", b"percentage_value: 20\t# a fifth").replace(b"\n", b"\r\n")
    )
    file.write_bytes(before)
    applied(household)
    change(household, "save", percentage_value=35)

    done = accepted(household, "save")
    command = ["git", "-C", str(household.root), "apply", "-"]
    subprocess.run(command, input=done.out.encode(), check=True)

    assert before.replace(b"20\t#", b"35\t#") == file.read_bytes()


def together(*keys: str) -> str:
    """Return the text of a file of several rules."""
    return "".join(f"---\nkey: {key}\n{RULE.replace('NICKNAME', key).replace('PERCENT', '7')}" for key in keys)


def test_accepting_from_below_the_top(household: Household) -> None:
    """Several rules of one file make one patch, whose names go from the top of the repository; it applies anywhere."""
    household.root /= "money"
    (household.root / "rules").mkdir(parents=True)
    household.config(CONFIG)
    file = household.root / "rules" / "both.yaml"
    file.write_text(together("one", "two"))
    household.apply()
    git(household.root.parent, "init", "-q")
    household.percent("one", 8)
    household.percent("two", 9)

    done = accepted(household, "two", "one", "two")

    assert 1 == done.out.count("--- a/money/rules/both.yaml\n")
    for directory in (household.root, household.root.parent):
        file.write_text(together("one", "two"))
        git_apply(directory, done.out)
        assert {} == happened(household)


def test_accepting_being_enabled(household: Household) -> None:
    """What somebody enabled is accepted by the status alone; that a rule waits is nothing to accept."""
    household.rule("stopped", 20, RULE + "status: disabled\n")
    applied(household, "save")
    household.box.activate(household.id_of("stopped"))

    done, nothing = accepted(household, "stopped"), accepted(household, "save")

    assert "-status: disabled\n+status: enabled\n" in done.out
    assert "" == nothing.out
    assert "`save`: there is nothing to accept: the app changed nothing about it" in nothing.err


def test_accepting_what_is_gone(household: Household) -> None:
    """A rule that was deleted takes its file along; where that is not known, or the file holds more, a person does."""
    applied(household, "gone")
    (household.root / "rules" / "both.yaml").write_text(together("one", "two"))
    household.apply()
    commit(household)
    for key in ("gone", "one"):
        household.box.delete(household.id_of(key))

    unsure = accepted(household, "gone", code=3)
    done = accepted(household, "gone", "one", code=3, base=True)

    assert "" == unsure.out
    assert "say with `--base REF` what was applied" in unsure.err
    assert "`one` cannot be accepted: it was deleted in the app: take it out of `rules/both.yaml`" in done.err
    git_apply(household.root, done.out)
    assert not (household.root / "rules" / "gone.yaml").exists()
    assert {"one": "deleted"} == happened(household, "--base", "HEAD")


def test_accepting_that_a_template_goes(household: Household) -> None:
    """The file of a deleted rule that is a template stays, and is said to be one."""
    household.config(CONFIG + "vars: {share: 20}\n")
    household.rule("templated", "{{ share }}")
    household.apply()
    commit(household)
    household.box.delete(household.id_of("templated"))

    done = accepted(household, "templated", code=3, base=True)

    assert "" == done.out
    assert "it was deleted in the app: `rules/templated.yaml` is a template, so take the rule out of it" in done.err


def test_accepting_a_rule_whose_file_is_gone(household: Household) -> None:
    """A live rule whose key is gone from Git gets its file back, as the app holds it now."""
    applied(household, "kept", "old")
    household.box.activate(household.id_of("old"))
    household.percent("old", 77)
    (household.root / "rules" / "old.yaml").unlink()

    done = accepted(household, "old")

    assert "new file mode 100644\n--- /dev/null\n+++ b/rules/old.yaml\n" in done.out
    git_apply(household.root, done.out)
    assert {} == happened(household)
    assert "percentage_value: 77" in (household.root / "rules" / "old.yaml").read_text()


def test_accepting_more_than_values(household: Household) -> None:
    """Where more than values differ, or a machine cannot edit the file, the rule is printed as a document to paste."""
    household.config(CONFIG + "vars: {share: 20}\n")
    household.rule("templated", "{{ share }}", f"protect: true\n{RULE}")
    applied(household, "kept", "save")
    change(household, "templated", percentage_value=21)
    change(household, "save", limit={"period": "PER_WEEK", "amount_in_cents": 100})

    done = accepted(household, "save", "templated")

    first, second = done.out.split("# to be pasted in place of the rule at ")[1:]
    assert "rules/save.yaml:1\nnickname: save\n" in first
    assert "templated.yaml:1\nnickname: templated\n" in second
    assert "so this is no patch; keep its `protect:`" in done.err
    for name, text in (("save", first), ("templated", second)):
        (household.root / "rules" / f"{name}.yaml").write_text(text.partition("\n")[2])
    assert {} == happened(household)


def test_accepting_what_has_no_file(household: Household) -> None:
    """What has no file, or no marker, is refused with the command that helps; a key that nothing has is no key."""
    applied(household, "save", "kept")
    household.later(5)
    household.box.create_in_app({**household.box.rules()[0], "id": "rule_hand", "nickname": "By hand"})
    rule_id = household.id_of("save")
    household.box.edit(rule_id, description="Saves a share of every deposit")

    done = accepted(household, "save", "rule_hand", code=3, base=True)

    assert "" == done.out
    assert f"`rulesync adopt save --id {rule_id}`" in done.err
    assert "`rulesync import rule_hand` writes one" in done.err
    assert "did you mean `kept`?" in accepted(household, "kep", code=64).err
    assert 64 == household.run("drift", "--accept", "save", "--format", "json").code
    assert 64 == household.run("drift", "--accept", "save", "--all-workspaces").code


@pytest.mark.parametrize("text", ["##[error]x", "::add-mask::x", "\u202etxt.exe", "a\x1b[2Jb"])
def test_accepting_what_would_be_obeyed(household: Household, text: str) -> None:
    """A text from the app that a terminal or a CI runner would obey reaches standard output neither way."""
    household.rule("save", 20, RULE.replace("NICKNAME", "save") + "\n")
    applied(household, "kept")
    household.box.edit(household.id_of("save"), nickname=f"{text}")

    done = household.run("drift", "--accept", "save")

    assert text.startswith("::") or text not in done.out  # in the middle of a line nobody obeys it
    assert not any(line.lstrip("+ ").startswith("::") for line in done.out.splitlines())


def test_accepting_a_key(household: Household) -> None:
    """The key of this run is in no patch, wherever somebody put it."""
    applied(household, "save")
    household.box.edit(household.id_of("save"), nickname=f"my {household.box.key}")

    done = household.run("drift", "--accept", "save")

    assert (3, "") == (done.code, done.out)
    assert "the API key of this run stands in what would be printed" in done.err


def test_json_beside_a_patch(household: Household, tmp_path: Path) -> None:
    """With `--accept`, a further format is written as ever."""
    applied(household, "save")
    household.percent("save", 99)

    done = household.run("drift", "--accept", "save", "--write", f"json={tmp_path / 'drift.json'}")

    assert (0, True) == (done.code, done.out.startswith("diff --git a/rules/save.yaml b/rules/save.yaml\n"))
    assert '"happened": "edited"' in (tmp_path / "drift.json").read_text()


def test_several_workspaces(both: Household) -> None:  # noqa: F811 - the fixture
    """Of several workspaces, what happened is told for each, by the same base."""
    both.run("apply", ALL, "--auto-approve")
    commit(both)
    both.box.delete(next(str(rule["id"]) for rule in both.box.rules("Firm")))

    done = both.run("drift", ALL, "--base", "HEAD", "--waiting-hours", "0", "--format", "json")

    told = {at["workspace"]: [each["happened"] for each in at["resource_drift"]] for at in done.json["workspaces"]}
    assert (2, {None: ["waiting"], "firm": ["deleted"]}) == (done.code, told)
    assert 2 == done.json["summary"]["drifted"]


def test_what_a_file_makes_impossible(household: Household) -> None:
    """A file that cannot be read, one that is in the way, and a rule that no file can say are refused by name."""
    applied(household, "save", "old", "odd")
    household.box.activate(household.id_of("old"))
    household.percent("save", 77)
    change(household, "odd", amount_in_new_cents=5)
    (household.root / "rules" / "old.yaml").unlink()
    (household.root / "rules" / "old.yaml").write_text(
        "key: other\n" + RULE.replace("NICKNAME", "x").replace("PERCENT", "3")
    )
    household.percent("odd", 78)

    done = accepted(household, "old", "odd", code=3)

    assert "there is a file `rules/old.yaml` already, which says another rule" in done.err
    assert "`odd` cannot be accepted: it holds fields that rulesync does not know" in done.err
    assert "" == done.out


def test_what_cannot_be_read_is_said(household: Household) -> None:
    """A live rule whose file is gone, and whose body cannot be read, is drift all the same, and is not accepted."""
    applied(household, "kept", "old")
    rule_id = household.id_of("old")
    household.box.activate(rule_id)
    (household.root / "rules" / "old.yaml").unlink()
    household.box.faults.add("rule-unreadable", path=f"/rules/{rule_id}", times=None)

    done = household.run("drift")

    assert (2, True) == (done.code, "What the app holds cannot be read." in done.out)
    assert "`old` cannot be accepted: the rule cannot be read" in accepted(household, "old", code=3).err
