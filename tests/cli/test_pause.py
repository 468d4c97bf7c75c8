"""The emergency brake as somebody uses it who is frightened: it works when nothing else does, and says what runs on."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import RULE, Household
from tests.cli.test_prompt import at_a_terminal

FIXED = RULE.replace("type: percentage", "type: fixed_amount").replace(
    "percentage_value: PERCENT\n        percentage_target: INCOMING_AMOUNT", 'amount: "$PERCENT"'
)


@pytest.fixture
def running(household: Household) -> Household:
    """A household of which three rules run: one of 20 %, one of $900.00, and one of $7.50."""
    return household.prepared(let_run)


def let_run(household: Household) -> None:
    """Apply three rules and switch them on."""
    household.rule("save", 20)
    household.rule("rent", "900.00", FIXED)
    household.rule("bills/gas", "7.50", FIXED)
    household.apply()
    for key in ("save", "rent", "bills/gas"):
        household.box.activate(household.id_of(key))
    household.box.clear_log()


def on(household: Household) -> set[str]:
    """Return the keys of the managed rules that are on."""
    texts = [str(rule.get("description")) for rule in household.box.rules() if rule["status"] == "enabled"]
    return {text.partition("[rulesync:household/")[2].partition("@")[0] for text in texts if "[rulesync:" in text}


def test_everything(running: Household, tmp_path: Path) -> None:
    """Every managed rule is off at once, the most money first, with what it was and where to enable it again."""
    before = running.run("plan", "--format", "json").json
    running.box.clear_log()

    done = running.run("pause", "--all", "--auto-approve", "--report", str(tmp_path / "r.json"))

    puts = [each["path"].rpartition("/")[2] for each in running.writes()]
    report = json.loads((tmp_path / "r.json").read_text())
    assert (0, set()) == (done.code, on(running))
    assert [running.id_of(key) for key in ("save", "rent", "bills/gas")] == puts
    assert "All 3 rules are off now." in done.out
    assert "moves up to $900.00 a run" in done.out
    assert ["save", "rent", "bills/gas"] == [each["key"] for each in report["awaiting_enable"]]
    assert ("pause", ["enabled"] * 3) == (report["command"], [each["before"]["status"] for each in report["outcomes"]])
    after = running.run("plan", "--format", "json").json
    assert before["summary"] | {"awaiting_enable": 3} == after["summary"]


def test_some_rules(running: Household) -> None:
    """Only the rules that are named are switched off; each is once, by its key or by one that it had before."""
    (running.root / "rules" / "rent.yaml").rename(running.root / "rules" / "flat.yaml")
    text = (running.root / "rules" / "flat.yaml").read_text()
    (running.root / "rules" / "flat.yaml").write_text(f"moved_from: rent\n{text}")

    done = running.run("pause", "rent", "flat", "bills/gas", "--auto-approve")

    assert (0, {"save"}) == (done.code, on(running))
    assert "All 2 rules are off now." in done.out
    assert "not managed here" not in done.out


@pytest.mark.parametrize("damage", ["broken", "gone", "empty"])
def test_rule_files_in_a_bad_way(running: Household, damage: str) -> None:
    """The brake works whatever became of the rule files, and says what it cannot know then."""
    rules = running.root / "rules"
    if damage == "broken":
        running.rule("save", text="nickname: [")
    else:
        shutil.rmtree(rules)
        (rules.mkdir if damage == "empty" else rules.exists)()

    done = running.run("pause", "--all", "--auto-approve")

    assert (0, set()) == (done.code, on(running))
    assert (damage != "empty") is ("`id:`" in done.err)


def test_a_pinned_rule(running: Household) -> None:
    """A rule that is only pinned, in a file or in rulesync.yaml, is found, and its description stays as it is."""
    body: Any = next(rule for rule in running.box.rules() if rule["id"] == running.id_of("save"))
    made = running.box.create_in_app({**body, "id": None, "nickname": "Mine", "description": "By hand"})
    running.box.activate(made)
    running.rule("mine", text=f"id: {made}\n{RULE}")

    done = running.run("pause", "mine", "--auto-approve")

    (rule,) = [rule for rule in running.box.rules() if rule["id"] == made]
    assert (0, "disabled", "By hand") == (done.code, rule["status"], rule["description"])


def test_an_edit_made_in_the_app_is_kept(running: Household) -> None:
    """What is sent is what the app holds, so that an edit there is neither lost nor taken for Git's."""
    running.percent("save", 33)

    running.run("pause", "save", "--auto-approve")

    (put,) = running.writes()
    assert 33 == put["body"]["steps"][0]["actions"][0]["percentage_value"]
    assert ["app"] == [each["origin"] for each in running.run("drift", "--format", "json").json["resource_drift"]]


def test_keys_that_are_none(running: Household) -> None:
    """All words that stand for nothing are named in one error, with what was probably meant, and nothing is written."""
    done = running.run("pause", "save", "retn", "nobody/knows", "--auto-approve")

    assert (64, [], {"save", "rent", "bills/gas"}) == (done.code, running.writes(), on(running))
    assert "has the key `retn`, `nobody/knows`" in done.err
    assert "did you mean `rent`?" in done.err


@pytest.mark.parametrize("arguments", [[], ["--all", "save"], ["--all"], ["save"], ["--al"]])
def test_bad_command_lines(running: Household, arguments: list[str]) -> None:
    """Both keys and `--all`, neither, or nobody who could be asked: 64, before any request."""
    extra = ["--auto-approve"] if arguments in ([], ["--all", "save"]) else []

    done = running.run("pause", *arguments, *extra)

    assert (64, []) == (done.code, running.box.log())


def test_off_already(running: Household) -> None:
    """What is off is said to be, and written no second time."""
    running.run("pause", "save", "--auto-approve")
    running.box.clear_log()

    done = running.run("pause", "save", "--auto-approve")

    assert (0, []) == (done.code, running.writes())
    assert "Off already: save." in done.out
    assert "No rule had to be switched off." in done.out


def test_a_rule_that_cannot_be_read(running: Household, tmp_path: Path) -> None:
    """A rule that cannot be read keeps no other running; it is named first, with its link, and the exit code tells."""
    running.box.faults.add("rule-unreadable", path=f"/rules/{running.id_of('rent')}", times=9)

    done = running.run("pause", "--all", "--auto-approve", "--report", str(tmp_path / "r.json"))

    report = json.loads((tmp_path / "r.json").read_text())
    assert (5, {"rent"}) == (done.code, on(running))
    assert "2 of 3 rules are off now. 1 MAY STILL RUN." in done.out
    assert f"/map/rules/{running.id_of('rent')}\n" in done.out
    assert ("rent", "failed", True) == tuple(report["outcomes"][0][name] for name in ("key", "status", "enabled"))


@pytest.mark.parametrize("missing", ["SEQUENCE_API_KEY", "the API"])
def test_nothing_could_be_done(running: Household, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """Without a key, or where the API cannot be reached, it says that nothing is off, and where a person can do it."""
    if missing == "the API":
        monkeypatch.setenv("RULESYNC_BASE_URL", "http://127.0.0.1:9/api/v1")
    else:
        monkeypatch.delenv(missing)

    done = running.run("pause", "--all", "--auto-approve", "--timeout", "2")

    assert (1, {"save", "rent", "bills/gas"}) == (done.code, on(running))
    assert "nothing was switched off; a rule that must not run can be switched off at http" in done.err


def test_a_rule_that_does_not_answer(running: Household) -> None:
    """A rule that the API hides behind silence keeps the others running no longer than a moment."""
    silent = running.id_of("rent")
    running.box.faults.add("answer-delayed", method="GET", path=f"/rules/{silent}", seconds=9, times=None)

    done = running.run("pause", "--all", "--auto-approve", "--timeout", "60")

    assert (5, {"rent"}) == (done.code, on(running))
    assert silent in done.out


@pytest.mark.parametrize("fault", ["nicknam: x\n", "trigger: {type: NONE}\n"])
def test_a_pin_in_a_file_with_errors(running: Household, fault: str) -> None:
    """A pinned rule is known to the brake as long as its `id:` can be read, whatever else is wrong with its file."""
    made = next(str(rule["id"]) for rule in running.box.rules() if "[rulesync:" not in str(rule.get("description")))
    running.box.activate(made)
    (running.root / "rules" / "pinned.yaml").write_text(f"id: {made}\n{fault}")

    assert 0 == running.run("pause", "pinned", "--auto-approve").code
    assert "disabled" == next(rule["status"] for rule in running.box.rules() if rule["id"] == made)


def test_accounts_that_cannot_be_read(running: Household) -> None:
    """Without balances it goes on at once, and says what it does not know."""
    running.rule("left", "100.00", FIXED.replace("fixed_amount", "round_down").replace(DEPOSIT, MANUAL))
    running.apply()
    running.box.activate(running.id_of("left"))
    known = running.run("pause", "left", "--auto-approve")
    running.box.activate(running.id_of("left"))
    running.box.faults.add("error-before-processing", path="/accounts/*", status=503, times=9)

    blind = running.run("pause", "left", "--auto-approve")

    assert (0, True) == (known.code, "moves up to $4,120.55 a run" in known.out)
    assert (0, True) == (blind.code, "no known limit" in blind.out)
    assert "1 balance cannot be read" in blind.err


DEPOSIT, MANUAL = "type: ON_FUNDS_TRANSFERRED", "type: MANUAL"


def test_what_is_not_managed_here(running: Household) -> None:
    """Live rules that `--all` does not touch are named with their links, so that nobody believes them to be off."""
    done = running.run("pause", "--all", "--auto-approve")

    assert "2 live rules in the app go on running" in done.out
    assert "Rent to the landlord's account" in done.out
    assert "still running: 2 live rules not managed here" in done.err


def test_another_scope(running: Household) -> None:
    """Whoever stands in a directory of another scope is told so."""
    running.config("scope: elsewhere\n")

    done = running.run("pause", "--all", "--auto-approve")

    assert (0, []) == (done.code, running.writes())
    assert "is this the right directory?" in done.err


def test_as_json(running: Household) -> None:
    """With `--format json`, standard output is the report and nothing else."""
    done = running.run("pause", "--all", "--auto-approve", "--format", "json")

    assert [False] * 3 == [each["enabled"] for each in done.json["outcomes"]]
    assert "Switches 3 live rules off" in done.err


@pytest.mark.parametrize("answer", [b"yes\n", b"no\n"])
def test_at_a_terminal(running: Household, answer: bytes) -> None:
    """It shows what it would switch off, asks, and takes only `yes` for a yes."""
    code, screen = at_a_terminal(running, answer, "pause", "--all")

    assert "Switch these 3 rules off? Only `yes`" in screen
    if answer == b"yes\n":
        assert (0, set()) == (code, on(running))
    else:
        assert (1, 3) == (code, len(on(running)))
        assert "NOTHING WAS SWITCHED OFF: 3 rules may still run." in screen


def test_a_key_that_the_api_refuses(running: Household, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing could be done, the report says so, and of which command it is."""
    monkeypatch.setenv("SEQUENCE_API_KEY", "sk_wrong_0123456789")

    done = running.run("pause", "--all", "--auto-approve", "--report", str(tmp_path / "r.json"))

    report = json.loads((tmp_path / "r.json").read_text())
    assert (1, "pause", "household") == (done.code, report["command"], report["scope"])
    assert "unauthorized" in report["error"]
