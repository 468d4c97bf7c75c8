import json
from pathlib import Path

import pytest

from tests.cli.conftest import RULE, Household

EVERY_COMMAND = (["plan"], ["apply", "--auto-approve"], ["drift"], ["status"])


@pytest.mark.parametrize("command", ["plan", "drift", "status"])
def test_a_failure_as_json(household: Household, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """What reads JSON gets JSON also where nothing could be read, in the file that it waits for and on the screen."""
    monkeypatch.delenv("SEQUENCE_API_KEY")
    household.rule("save")

    done = household.run(command, "--format", "json", "--write", f"text={tmp_path / 'out.txt'}")

    assert (1, "household") == (done.code, done.json["scope"])
    assert (tmp_path / "out.txt").read_text()
    assert "SEQUENCE_API_KEY is not set" in done.err


@pytest.mark.parametrize("key", ["pinned", "broken", "twins"])
def test_a_target_in_trouble(household: Household, key: str) -> None:
    """A target whose rule cannot be planned is no unknown target: its error says what is wrong."""
    household.rule("twins", 20)
    household.apply()
    body = next(rule for rule in household.box.rules() if rule["id"] == household.id_of("twins"))
    household.box.create_in_app({**body, "id": None})
    household.rule("pinned", 20, f"id: rule_9999\n{RULE}")
    household.rule("broken", 20, "nickname: [")

    done = household.run("plan", "--target", key)

    assert (3, True) == (done.code, f"`{key}`" in done.out or f"rules/{key}.yaml" in done.out)


@pytest.mark.parametrize("arguments", EVERY_COMMAND)
def test_no_key(household: Household, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    """Without a key, a command says which variable to set."""
    monkeypatch.delenv("SEQUENCE_API_KEY")
    household.rule("save")

    done = household.run(*arguments)

    assert 1 == done.code
    assert "SEQUENCE_API_KEY is not set" in done.err


@pytest.mark.parametrize("arguments", EVERY_COMMAND)
def test_a_wrong_key(household: Household, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    """A key that the API refuses ends a command with the API's own words, and is not shown."""
    monkeypatch.setenv("SEQUENCE_API_KEY", "sk_wrong_0123456789")
    household.rule("save")

    done = household.run(*arguments)

    assert 1 == done.code
    assert "unauthorized" in done.err
    assert "sk_wrong" not in done.out + done.err


@pytest.mark.usefixtures("quick")
def test_nobody_answers(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that does not answer ends a command in one sentence."""
    monkeypatch.setenv("RULESYNC_BASE_URL", "http://127.0.0.1:9/api/v1")
    household.rule("save")

    done = household.run("plan")

    assert 1 == done.code
    assert "127.0.0.1:9" in done.err.splitlines()[-1] + done.err.splitlines()[-2]
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["pln"],
        ["--colour", "never", "plan"],
        ["plan", "--fromat", "json"],
        ["plan", "--format", "xml"],
        ["plan", "--write", "xml=x"],
        ["plan", "--write", "json"],
        ["apply", "a.json", "b.json"],
        ["apply", "plan.json", "--prune"],
        ["apply"],
    ],
)
def test_bad_command_lines(household: Household, arguments: list[str]) -> None:
    """A command line that cannot mean anything ends with 64, before any request."""
    household.rule("save")

    done = household.run(*arguments)

    assert (64, "", []) == (done.code, done.out, household.box.log())
    assert done.err.startswith("error: ")


def test_no_configuration(tmp_path: Path, household: Household) -> None:
    """A directory without rulesync.yaml is named, with what to do."""
    (tmp_path / "rulesync.yaml").unlink()

    done = household.run("plan")

    assert 1 == done.code
    assert "run `rulesync init`" in done.err


def test_a_broken_configuration(household: Household) -> None:
    """Every error of rulesync.yaml is shown at its place."""
    household.config("scpoe: household\napi: {dialect: v3}\n")

    done = household.run("validate")

    assert (1, 2) == (done.code, done.err.count("--> rulesync.yaml:"))
    assert "did you mean `scope`?" in done.err


def test_a_bug_is_one_line(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug ends with 70 and one sentence; the traceback comes only when asked for."""
    monkeypatch.setattr("rulesync.source.load", lambda *_, **__: 1 / 0)

    quiet = household.run("validate")
    loud = household.run("--debug", "validate")

    assert (70, False) == (quiet.code, "Traceback" in quiet.err)
    assert (70, True) == (loud.code, "Traceback" in loud.err)


def test_files_in_several_formats(household: Household, tmp_path: Path) -> None:
    """One run prints one format and writes others, for its owner's eyes only."""
    household.rule("save")
    text, plan = tmp_path / "plan.txt", tmp_path / "plan.json"

    done = household.run("plan", "--write", f"text={text}", "--write", f"json={plan}")

    assert done.out == text.read_text()
    assert ["save"] == [change["name"] for change in json.loads(plan.read_text())["resource_changes"]]
    assert 0o600 == plan.stat().st_mode & 0o777


def test_a_plan_that_could_not_be_made_is_written(
    household: Household, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where CI waits for a file, it gets one even if the API could not be read."""
    monkeypatch.setenv("SEQUENCE_API_KEY", "sk_wrong_0123456789")
    household.rule("save")

    done = household.run("plan", "--write", f"json={tmp_path / 'plan.json'}")

    plan = json.loads((tmp_path / "plan.json").read_text())
    assert (1, True, ["could-not-run"]) == (done.code, plan["errored"], [each["check"] for each in plan["findings"]])


@pytest.mark.parametrize("command", ["drift", "status"])
def test_a_failed_look_says_so_in_json(household: Household, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Where the API could not be read, the JSON of drift and status is not that of an app in which nothing is."""
    household.rule("save")
    clear = household.run(command, "--format", "json").json
    monkeypatch.setenv("SEQUENCE_API_KEY", "sk_wrong_0123456789")

    done = household.run(command, "--format", "json")

    assert (False, []) == (clear["errored"], clear["findings"])
    (found,) = done.json["findings"]
    assert (1, True, "could-not-run") == (done.code, done.json["errored"], found["check"])


def test_a_file_that_cannot_be_written(household: Household) -> None:
    """A file that cannot be written is named."""
    household.rule("save")

    done = household.run("plan", "--out", "/nowhere/plan.json")

    assert (1, True) == (done.code, "cannot write `/nowhere/plan.json`" in done.err)


def test_the_key_is_shown_nowhere(household: Household, tmp_path: Path) -> None:
    """No command prints the key or writes it to a file, however it is asked."""
    household.rule("save")
    key = household.box.key
    runs = [
        household.run("--debug", "plan", "--out", str(tmp_path / "plan.json"), "--format", "json"),
        household.run("apply", str(tmp_path / "plan.json"), "--report", str(tmp_path / "report.json")),
        household.run("status", "--format", "json"),
        household.run("drift"),
        household.run("doctor"),
        household.run("validate", "--format", "json"),
    ]

    written = "".join(file.read_text() for file in tmp_path.rglob("*") if file.is_file())
    assert key not in written + "".join(done.out + done.err for done in runs)


@pytest.mark.parametrize("option", ["--report", "--write"])
def test_a_report_that_cannot_be_written_stops_before_the_writes(household: Household, option: str) -> None:
    """A report that has nowhere to go is noticed before anything is written, not after."""
    household.rule("save")
    file = "/nowhere/report.json"

    done = household.run("apply", "--auto-approve", option, file if option == "--report" else f"json={file}")

    assert (1, []) == (done.code, household.box.log())


def test_a_report_is_written_even_if_nothing_could_run(
    household: Household, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for a report gets one that says why there was nothing to report."""
    monkeypatch.setenv("SEQUENCE_API_KEY", "sk_wrong_0123456789")
    household.rule("save")
    report, text = tmp_path / "report.json", tmp_path / "report.txt"

    done = household.run("apply", "--auto-approve", "--report", str(report), "--write", f"text={text}")

    assert 1 == done.code
    assert "unauthorized" in json.loads(report.read_text())["error"]
    assert text.read_text().startswith("Nothing was written: the API refused the key")


def test_a_refused_plan_has_a_report(household: Household, tmp_path: Path) -> None:
    """A plan that findings forbid to apply is reported as skipped, change by change."""
    household.rule("save")
    household.rule("bad", text="nickname: [")
    report = tmp_path / "report.json"

    done = household.run("apply", "--auto-approve", "--report", str(report))

    (outcome,) = json.loads(report.read_text())["outcomes"]
    assert (3, "save", "skipped") == (done.code, outcome["key"], outcome["status"])


def test_a_skipped_rule_is_named_by_its_id(household: Household, tmp_path: Path) -> None:
    """A report names the rule of every outcome, also of those that were not tried."""
    household.rule("save", 20)
    household.apply()
    household.percent("save", 10)
    report = tmp_path / "report.json"

    household.run("apply", "--auto-approve", "--report", str(report))

    assert household.id_of("save") == json.loads(report.read_text())["outcomes"][0]["id"]


def test_no_file_is_left_behind(household: Household, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that could not be made leaves no file that looks like one."""
    monkeypatch.delenv("SEQUENCE_API_KEY")
    household.rule("save")

    household.run("plan", "--out", str(tmp_path / "plan.json"))

    assert not (tmp_path / "plan.json").exists()


def test_every_error_at_once(household: Household) -> None:
    """A name of an account that stands for none is said in the same run as everything else."""
    household.rule("save", text="nicknam: x\n" + RULE.replace("savings", "savngs"))

    done = household.run("validate")

    assert (3, 2) == (done.code, done.out.count("did you mean"))


@pytest.mark.parametrize(("choice", "colored"), [("always", True), ("never", False), ("auto", False)])
def test_colour(household: Household, choice: str, *, colored: bool) -> None:
    """Colour is used in a pipe only if it is asked for."""
    household.rule("save")

    assert colored is ("\x1b[" in household.run("--color", choice, "plan").out)


def test_a_sandbox_key_stays_on_this_machine(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of a sandbox is not sent to the real service by somebody who pasted one line of two."""
    monkeypatch.delenv("RULESYNC_BASE_URL")
    household.rule("save")

    done = household.run("plan")

    assert (1, True) == (done.code, "paste both lines" in done.err)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plan"], "rulesync -C ROOT apply"),
        (["plan", "--target", "save"], "rulesync -C ROOT apply --target save"),
        (["plan", "--prune"], "rulesync -C ROOT apply --prune"),
        (["plan", "--out", "ROOT/p.json"], "rulesync -C ROOT apply ROOT/p.json"),
    ],
)
def test_the_next_command_is_for_this_plan(household: Household, arguments: list[str], said: str) -> None:
    """The command that a plan offers carries out that plan: same directory, same rules, same wishes."""
    household.rule("save")
    root = str(household.root)

    done = household.run(*(word.replace("ROOT", root) for word in arguments))

    assert f"Next: {said.replace('ROOT', root)}" == done.out.splitlines()[-1]


def test_the_rules_directory_itself(household: Household) -> None:
    """Who stands below the configuration is told where it is."""
    household.rule("save")

    done = household.run("-C", str(household.root / "rules"), "plan")

    assert (1, True) == (done.code, f"run `rulesync -C {household.root} …`" in done.err)
