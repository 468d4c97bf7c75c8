"""Two organisations and one that nobody has a key for, on one sandbox, and the command line on all of them at once."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rulesync.cli import several
from rulesync.cli.carrying import not_begun
from rulesync.cli.output import say
from rulesync.config import Config
from rulesync.errors import UsageError
from rulesync.sandbox import Sandbox, serve
from tests.cli.conftest import Done, Hands, Household
from tests.cli.test_prompt import at_a_terminal
from tests.hearing import started

ALL = "--all-workspaces"
CONFIG = """\
scope: household
checks: {never-drained: off, two-deposit-rules: off}
api: {base_url: "URL/api/v1"}
accounts: {checking: {id: acc_01HABC4567, type: income_source}, savings: {id: acc_01HSAV9999, type: pod}}
workspaces:
  firm:
    scope: firm
    api: {key_env: SEQUENCE_FIRM_KEY}
    accounts: {checking: {id: acc_firm_1, type: income_source}, savings: {id: acc_firm_2, type: pod}}
"""
BOOKS = """\
  books:
    scope: books
    api: {key_env: SEQUENCE_BOOKS_KEY}
    accounts: {checking: {id: acc_b1, type: income_source}, savings: {id: acc_b2, type: pod}}
"""


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Household]:
    """A household and its firm on one API, with accounts of their own, and an empty directory of rules."""
    with Sandbox(requests_per_minute=10_000) as box, serve(box) as server:
        firm = box.add_organisation("Firm")
        for number, kind in ((1, "income_source"), (2, "pod")):
            box.open_account({"id": f"acc_firm_{number}", "name": f"Account {number}", "type": kind}, "Firm")
        monkeypatch.delenv("RULESYNC_BASE_URL", raising=False)
        monkeypatch.delenv("SEQUENCE_BOOKS_KEY", raising=False)
        monkeypatch.setenv("SEQUENCE_API_KEY", box.key)
        monkeypatch.setenv("SEQUENCE_FIRM_KEY", firm)
        monkeypatch.setenv("NO_COLOR", "1")
        household = Household(tmp_path, box, server.url, capsys, Hands())
        household.config(CONFIG.replace("URL", server.url))
        household.rule("save")
        yield household


def with_books(both: Household) -> None:
    """Add an organisation of which nobody has the key."""
    both.config((CONFIG + BOOKS).replace("URL", both.url))


def managed(both: Household) -> dict[str, list[str]]:
    """Return the nicknames of the rules that rulesync made, by organisation."""
    return {
        name: [str(rule["nickname"]) for rule in both.box.rules(name) if "[rulesync:" in str(rule.get("description"))]
        for name in ("Household", "Firm")
    }


def names(done: Done) -> list[str | None]:
    return [each["workspace"] for each in done.json["workspaces"]]


def test_all_from_the_first_plan_to_drift(both: Household) -> None:
    """Each organisation gets the rules with its own accounts, by its own key, and one report speaks of both."""
    plan = both.run("plan", ALL, "--format", "json", "--detailed-exitcode")
    applied = both.run("apply", ALL, "--auto-approve", "--format", "json")
    status, drift = both.run("status", ALL, "--format", "json"), both.run("drift", ALL, "--format", "json")

    assert (2, [None, "firm"], []) == (plan.code, names(plan), plan.json["failed"])
    assert (2, 0) == (plan.json["summary"]["create"], plan.json["summary"]["update"])
    assert (0, [None, "firm"], 2) == (applied.code, names(applied), applied.json["summary"]["created"])
    assert {"Household": ["save"], "Firm": ["save"]} == managed(both)
    (rule,) = both.box.rules("Firm")
    assert "acc_firm_1" in json.dumps(rule)
    assert "acc_01H" not in json.dumps(rule)
    assert (0, [None, "firm"]) == (status.code, names(status))
    assert (0, 0, 2) == (drift.code, drift.json["summary"]["drifted"], drift.json["summary"]["awaiting_enable"])
    assert {"format_version", "rulesync_version", "timestamp", "workspaces", "summary", "failed"} == drift.json.keys()
    assert "resource_changes" not in drift.json["workspaces"][0]


def test_what_is_read(both: Household) -> None:
    """Each workspace has a heading over its usual output, or one line if there is nothing to say; then come totals."""
    both.apply()
    for rule in both.box.rules():
        if rule["status"] == "disabled":
            both.box.activate(str(rule["id"]))

    done = both.run("plan", ALL)

    assert done.out.startswith("== (default): No changes. The API holds what Git wants.\n\n== firm\nCreates 1 rule.\n")
    assert "\n2 workspaces. Plan: 1 to create, 0 to change, 0 to delete; 1 unchanged; 1 write and 2 reads" in done.out
    assert done.out.endswith(f"Next: rulesync -C {both.root} --all-workspaces apply\n")
    both.run("apply", ALL, "--auto-approve")
    both.box.activate(str(both.box.rules("Firm")[0]["id"]))
    quiet = "== (default): Nothing drifted.\n== firm: Nothing drifted.\n\n2 workspaces. Nothing drifted.\n"
    assert quiet == both.run("drift", ALL).out
    assert (
        "== firm\nenabled  save  save\n    no run yet; runs at each deposit\n\n1 rule: 1 enabled\n"
        in both.run("status", ALL).out
    )
    assert both.run("status", ALL).out.endswith("2 workspaces. 2 rules: 2 enabled; 3 not managed here\n")
    applied = both.run("apply", ALL, "--auto-approve").out
    assert (
        "== (default): Nothing had to be done.\n== firm: Nothing had to be done.\n\n2 workspaces. Apply: 0 c" in applied
    )


def test_some(both: Household) -> None:
    """Workspaces that are named are those worked on, before the command or after it, each once; "" is the default."""
    before = both.run("--workspace", "firm", "plan", "--workspace", "", "--workspace", "firm", "--format", "json")
    one = both.run("plan", "--workspace", "firm", "--format", "json")

    assert ["firm", None] == names(before)
    assert "firm" == one.json["workspace"]
    assert "sequence_rule.save" == both.run("plan", "--format", "json").json["resource_changes"][0]["address"]


def test_an_id_of_the_default_one(both: Household) -> None:
    """Where another workspace creates a rule despite an `id:` in its file, the plan says where its pins stand."""
    both.apply()
    file = both.root / "rules" / "save.yaml"
    file.write_text(f"id: {both.id_of('save')}\n{file.read_text()}")

    default, firm = (both.run("--workspace", name, "plan", "--format", "json").json for name in ("", "firm"))

    assert ([], ["pin"]) == tuple([each["check"] for each in plan["findings"]] for plan in (default, firm))
    (found,) = firm["findings"]
    assert ("info", True, True) == (found["severity"], "`save`" in found["message"], "`ids:`" in found["help"])
    both.run("--workspace", "firm", "apply", "--auto-approve")
    assert [] == both.run("--workspace", "firm", "plan", "--format", "json").json["findings"]


def test_one_that_fails(both: Household) -> None:
    """A workspace without a key is reported with the reason, and keeps no other from being planned or written."""
    with_books(both)
    why = "no API key: the environment variable SEQUENCE_BOOKS_KEY is not set"

    plan = both.run("plan", ALL, "--format", "json")
    text = both.run("plan", ALL)
    applied = both.run("apply", ALL, "--auto-approve", "--report", str(both.root / "report.json"))

    assert (1, [None, "firm", "books"]) == (plan.code, names(plan))
    assert [("books", why)] == [(each["workspace"], each["error"]) for each in plan.json["failed"]]
    assert [False, False, True] == [each["errored"] for each in plan.json["workspaces"]]
    assert "could-not-run" == plan.json["workspaces"][2]["findings"][0]["check"]
    assert plan.err.startswith(f"books: error: {why}\nbooks:   = help: ")
    assert (1, "") == (text.code, text.err)
    assert f"== books: failed: {why}\n   = help: " in text.out
    assert "3 workspaces, 1 failed. Plan: 2 to create" in text.out
    assert {"Household": ["save"], "Firm": ["save"]} == managed(both)
    report = json.loads((both.root / "report.json").read_text())
    assert (5, 2, why) == (applied.code, report["summary"]["created"], report["workspaces"][2]["error"])
    assert 1 == both.run("apply", ALL, "--auto-approve").code
    assert (1, 1) == (both.run("drift", ALL).code, both.run("status", ALL).code)


def test_a_key_that_is_refused(both: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that the API refuses, or that makes no sense, is that workspace's failure alone, and shown nowhere."""
    for key in ("sk_sandbox_0123456789abcdef", "sk_sandbox_01234 56789"):
        monkeypatch.setenv("SEQUENCE_FIRM_KEY", key)
        done = both.run("plan", ALL, "--format", "json")

        assert (1, ["firm"]) == (done.code, [each["workspace"] for each in done.json["failed"]])
        assert 1 == done.json["summary"]["create"]


def test_workspaces_of_two_dialects(both: Household) -> None:
    """Each workspace is spoken to in its own dialect, and one report has the plans of both."""
    platform = f'api: {{base_url: "{both.url}/platform/v1", dialect: platform, '
    both.config(CONFIG.replace("URL", both.url).replace("api: {key_env", f"{platform}key_env"))

    done = both.run("plan", ALL, "--format", "json")

    assert (0, []) == (done.code, done.json["failed"])
    assert ["v1", "platform"] == [each["api"]["dialect"] for each in done.json["workspaces"]]
    assert [1, 1] == [each["summary"]["create"] for each in done.json["workspaces"]]
    assert "Next:" not in both.run("plan", ALL).out


def test_a_plan_that_is_refused(both: Household) -> None:
    """Nothing is written in a workspace of which findings forbid it, and the others are written."""
    both.box.create_in_app({**both_body(), "nickname": "save"}, "Firm")

    plan, applied = both.run("plan", ALL), both.run("apply", ALL, "--auto-approve")

    assert (3, 5) == (plan.code, applied.code)
    assert {"Household": ["save"], "Firm": []} == managed(both)
    assert "findings forbid it" in applied.out
    assert 3 == both.run("apply", ALL, "--auto-approve").code


def both_body() -> dict[str, object]:
    action = {"type": "fixed_amount", "amount_in_cents": 100, "group_index": 0, "up_to_enabled": False}
    sides = {"source": {"id": "acc_firm_1"}, "destination": {"id": "acc_firm_2"}}
    trigger = {"type": "ON_FUNDS_TRANSFERRED", "account_id": "acc_firm_1"}
    return {"description": "by hand", "trigger": trigger, "steps": [{"actions": [{**action, **sides}]}]}


def test_drift_is_found_wherever_it_is(both: Household) -> None:
    """An edit made in one organisation's app is drift of that one, is not overwritten unseen, and decides the code."""
    both.run("apply", ALL, "--auto-approve")
    both.box.edit(str(both.box.rules("Firm")[0]["id"]), nickname="renamed")

    drift = both.run("drift", ALL, "--format", "json")

    assert (2, [0, 1]) == (drift.code, [len(each["resource_drift"]) for each in drift.json["workspaces"]])
    assert 5 != both.run("apply", ALL, "--auto-approve").code
    assert "renamed" == both.box.rules("Firm")[0]["nickname"]
    assert 0 == both.run("apply", ALL, "--auto-approve", "--overwrite-app-changes").code
    assert "save" == both.box.rules("Firm")[0]["nickname"]


def test_pages(both: Household, tmp_path: Path) -> None:
    """Several workspaces are one page for each command, a section for each of them."""
    file = tmp_path / "all.html"
    plan = both.run("plan", ALL, "--format", "html")
    done = both.run("apply", ALL, "--auto-approve", "--write", f"html={file}")
    status, drift = (both.run(name, ALL, "--format", "html") for name in ("status", "drift"))

    assert [0, 0, 0, 0] == [plan.code, done.code, status.code, drift.code]
    pages = [plan.out, file.read_text(encoding="utf-8"), status.out, drift.out]
    assert [2, 2, 2, 2] == [text.count('<section class="workspace') for text in pages]
    assert all('<span class="label">Workspace</span> firm' in text for text in pages)


def test_targets(both: Household) -> None:
    """A target must be a key somewhere; where it is not, nothing is planned."""
    both.config(CONFIG.replace("URL", both.url).replace("scope: firm", "scope: firm\n    rules: rules/of-the-firm"))
    both.rule("of-the-firm/bonus")

    done = both.run("plan", ALL, "--target", "bonus", "--format", "json")
    wrong = both.run("apply", ALL, "--auto-approve", "--target", "bonsu")

    assert (0, 1, [0, 1]) == (
        done.code,
        done.json["summary"]["create"],
        [len(each["resource_changes"]) for each in done.json["workspaces"]],
    )
    assert (64, True) == (wrong.code, "no rule of any workspace has this key" in wrong.err)
    assert [] == both.writes()


def test_limits_of_targets(both: Household) -> None:
    """What is held against the limits is what would be written, with several workspaces too."""
    both.config(f"{CONFIG.replace('URL', both.url)}limits: {{max_creates: 1}}\n")
    both.rule("bonus", 30)

    assert 3 == both.run("plan", ALL).code
    assert 0 == both.run("plan", ALL, "--target", "save").code


def test_no_rules_directory(both: Household) -> None:
    """A workspace whose rules are missing has failed: offline, before it is targeted, and when it is planned."""
    both.config(CONFIG.replace("URL", both.url).replace("scope: firm", "scope: firm\n    rules: gone"))

    checked = both.run("validate", ALL, "--format", "json")
    plan = both.run("plan", ALL, "--target", "save", "--format", "json")

    assert (1, [True, False]) == (checked.code, [each["valid"] for each in checked.json["workspaces"]])
    assert "== firm: failed: " in both.run("validate", ALL).out
    assert (1, ["firm"]) == (plan.code, [each["workspace"] for each in plan.json["failed"]])


def test_validate(both: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every workspace is checked without a key: an account that one lacks is wrong there, and never another's."""
    monkeypatch.delenv("SEQUENCE_FIRM_KEY")
    good = both.run("validate", ALL)
    both.config(CONFIG.replace("URL", both.url).replace(", savings: {id: acc_firm_2, type: pod}", ""))
    text, checked = both.run("validate", ALL), both.run("validate", ALL, "--format", "json").json

    valid = "valid: 1 rule in 1 file"
    assert f"== (default): {valid}\n== firm: {valid}\n\n2 workspaces: valid: 2 rules in 2 files\n" == good.out
    assert (0, 3) == (good.code, text.code)
    assert "== firm\nerror: no account is named `savings`" in text.out
    assert text.out.endswith("2 workspaces: 1 not valid; 1 error\n")
    assert (False, [True, False]) == (checked["valid"], [each["valid"] for each in checked["workspaces"]])
    assert [None, "firm"] == [each["workspace"] for each in checked["workspaces"]]
    assert "unknown-account" == checked["workspaces"][1]["findings"][0]["check"]


def test_the_default_workspace_may_be_none(both: Household) -> None:
    """A file that says nothing of an organisation of its own has none by default, and that is said."""
    rest = CONFIG.replace("URL", both.url).partition("accounts:")[2].partition("\n")[2]
    both.config(f'api: {{base_url: "{both.url}/api/v1"}}\n{rest}')

    done = both.run("plan", ALL, "--format", "json")

    assert (["firm"], True) == (names(done), "the default workspace is not among them" in done.err)
    assert ["firm"] == [each["workspace"] for each in both.run("workspaces", "--format", "json").json["include"]]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["plan", ALL, "--out", "plan.json"], 64, "`--out` saves the plan of one workspace"),
        (["apply", ALL, "plan.json"], 64, "a reviewed plan is of one workspace"),
        (["apply", ALL], 64, "standard input is no terminal"),
        (["plan", ALL, "--workspace", "firm"], 64, "`--all-workspaces` cannot be used with `--workspace`"),
        ([ALL, "doctor"], 64, "this command works on one workspace"),
        (["--workspace", "a", "--workspace", "b", "pause", "--all", "--auto-approve"], 64, "works on one workspace"),
        (["plan", "--workspace", "firm", "--workspace", "frim"], 1, "has no workspace `frim`"),
        (["workspaces", "--jobs", "257"], 64, "257 is not in the range"),
    ],
)
def test_what_cannot_be_meant(both: Household, arguments: list[str], code: int, words: str) -> None:
    """What makes no sense for several workspaces is refused before anything is sent."""
    done = both.run(*arguments)

    assert (code, True, []) == (done.code, words in done.err, both.box.log())


def test_one_address_for_all(both: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address from the environment would get every key, so it is refused."""
    monkeypatch.setenv("RULESYNC_BASE_URL", f"{both.url}/api/v1")

    done = both.run("plan", ALL)

    assert (1, True, []) == (done.code, "RULESYNC_BASE_URL would send" in done.err, both.box.log())
    assert 0 == both.run("workspaces").code


def test_a_key_in_a_text_of_another_workspace(both: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys of all workspaces are masked, whichever of them they show in."""
    monkeypatch.setenv("SEQUENCE_FIRM_KEY", "the-key-of-the-firm")
    both.rule("save", nickname="the-key-of-the-firm")

    done = both.run("plan", ALL, "--format", "json")

    assert "***" in done.out
    assert "the-key-of-the-firm" not in done.out + done.err


def test_files_are_written_whatever_happens(both: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--write` gives further formats, of plans and of reports, of a run in which all fails too."""
    monkeypatch.delenv("SEQUENCE_FIRM_KEY")
    monkeypatch.delenv("SEQUENCE_API_KEY")
    plan, report = both.root / "plan.json", both.root / "report.json"

    codes = {
        both.run("plan", ALL, "--write", f"json={plan}").code,
        both.run("apply", ALL, "--auto-approve", "--write", f"json={report}").code,
    }

    assert {1} == codes
    for file in (plan, report):
        assert 2 == len(json.loads(file.read_text())["failed"])


def test_an_api_that_goes_away(both: Household) -> None:
    """Where the list before the first create is refused, nothing is written there, and the report says why."""
    both.box.faults.add("error-before-processing", method="GET", path="/rules", status=403, nth=3, times=2)

    done = both.run("apply", ALL, "--auto-approve", "--format", "json")

    assert (1, 2, []) == (done.code, len(done.json["failed"]), both.writes())
    assert all(each["error"] for each in done.json["workspaces"])


def test_asked_once(both: Household) -> None:
    """A person sees every plan and is asked once; `yes` is for all of them, and anything else for none."""
    code, screen = at_a_terminal(both, b"no\n", "apply", ALL)
    assert (1, 1, []) == (code, screen.count("Only `yes`"), both.writes())
    assert "not approved" in screen

    code, screen = at_a_terminal(both, b"yes\n", "apply", ALL)
    assert (0, 1) == (code, screen.count("Carry these plans out? Only `yes` is taken for a yes"))
    assert {"Household": ["save"], "Firm": ["save"]} == managed(both)


def interrupted(both: Household, signals: int, until: int) -> tuple[int, Any, str]:
    """Send signals to an apply of both once so many writes came in; return its code, its report and what it said."""
    command = [sys.executable, "-m", "rulesync", "-C", str(both.root), "apply", ALL, "--auto-approve"]
    process = started([*command, "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 30
    while len(both.writes()) < until and time.monotonic() < deadline:
        time.sleep(0.005)
    for _ in range(signals):
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
    out, err = process.communicate(timeout=30)
    assert out, err
    return process.returncode, json.loads(out), err


def test_stopped(both: Household) -> None:
    """^C stops every workspace after its write in flight, and every report comes out, with what was made in it."""
    for number in range(80):
        both.rule(f"r{number:02}")

    code, report, said = interrupted(both, 1, 6)

    counts = [each["summary"] for each in report["workspaces"]]
    made = managed(both)
    assert (130, [81, 81]) == (code, [each["created"] + each["skipped"] for each in counts])
    assert [len(made["Household"]), len(made["Firm"])] == [each["created"] for each in counts]
    assert 0 < report["summary"]["created"] < 162
    assert "stopping after the write in flight" in said


def test_stopped_at_once(both: Household) -> None:
    """A second ^C ends every workspace in the middle of a write, which is then unknown in its report."""
    both.box.faults.add("answer-delayed", method="POST", path="/rules", seconds=12, times=None)
    begun = time.monotonic()

    code, report, _ = interrupted(both, 2, 2)

    assert 130 == code
    assert time.monotonic() - begun < 11
    assert [["unknown"]] * 2 == [[each["status"] for each in one["outcomes"]] for one in report["workspaces"]]


def test_listed(both: Household) -> None:
    """Workspaces are listed with the variable of their key and whether it is set, without the key or the network."""
    with_books(both)

    done = both.run("workspaces")

    rows = [re.split(r"  +", line) for line in done.out.splitlines()]
    api = f"{both.url}/api/v1"
    assert ["workspace", "scope", "rules", "key", "API"] == rows[0]
    assert ["(default)", "household", "rules/", "SEQUENCE_API_KEY", "set", api] == rows[1]
    assert ["books", "books", "rules/", "SEQUENCE_BOOKS_KEY", "not set", api] == rows[3]
    assert (0, []) == (done.code, both.box.log())
    assert 2 == len(both.run("--workspace", "firm", "workspaces").out.splitlines())


def test_a_matrix(both: Household) -> None:
    """The matrix has a job for each workspace, or as many as asked for, evenly filled, with the options to give."""
    with_books(both)

    single = both.run("workspaces", "--format", "json").json
    grouped = both.run("workspaces", "--format", "json", "--jobs", "2").json

    keys = ["SEQUENCE_API_KEY", "SEQUENCE_FIRM_KEY", "SEQUENCE_BOOKS_KEY"]
    options = ["", "--workspace firm", "--workspace books"]
    assert {"include"} == single.keys()
    assert {"workspace": "", "options": "", "name": "default", "key_env": keys[0]} == single["include"][0]
    assert (options, keys) == (
        [each["options"] for each in single["include"]],
        [each["key_env"] for each in single["include"]],
    )
    assert ["default +1", "books"] == [each["name"] for each in grouped["include"]]
    assert "--workspace '' --workspace firm" == grouped["include"][0]["options"]
    assert (",firm", ",".join(keys[:2])) == (grouped["include"][0]["workspace"], grouped["include"][0]["key_env"])


def test_a_thousand(both: Household) -> None:
    """A thousand organisations are listed in no time, and spread over the jobs that a matrix may have."""
    many = "".join(f"  c{n}: {{scope: c{n}, api: {{key_env: SEQUENCE_C{n}_KEY}}}}\n" for n in range(1000))
    both.config(f"workspaces:\n{many}")
    begun = time.monotonic()

    include = both.run("workspaces", "--format", "json").json["include"]

    assert time.monotonic() - begun < 5
    assert 256 == len(include)
    assert {3, 4} == {each["options"].count("--workspace") for each in include}


def done(code: int, *, made: bool = False) -> several.Done:
    """Return what came of a workspace, as far as the exit code depends on it."""
    return several.Done(not_begun(Config(), "no answer"), code, made)


@pytest.mark.parametrize(
    ("ends", "code"),
    [
        ([done(0), done(0, made=True)], 0),
        ([done(3), done(3)], 3),
        ([done(4), done(4)], 4),
        ([done(0, made=True), done(3)], 5),
        ([done(0, made=True), done(1)], 5),
        ([done(5, made=True), done(0)], 5),
        ([done(0), done(3), done(4)], 3),
        ([done(0), done(4), done(1), done(3)], 1),
        ([done(0), done(4)], 4),
        ([done(0, made=True), done(130), done(1)], 130),
    ],
)
def test_what_an_apply_ends_with(ends: list[several.Done], code: int) -> None:
    """An apply of several ends as all did; else in part if anything was written, else as the worst of them."""
    assert code == several.ended(ends)


def test_a_bug_in_one_workspace() -> None:
    """A bug is that workspace's failure: what was written there is not known, and may be something."""
    failure = several.Failure(KeyError("x"))

    assert "a bug in rulesync (KeyError): what was written is not known, so plan again" == failure.why
    assert (1, None) == (failure.code, failure.json(Config())["help"])


def test_interrupted_while_asked(both: Household) -> None:
    """^C instead of an answer writes nothing, and the report says so of every workspace."""
    file = both.root / "report.json"

    code, _ = at_a_terminal(both, b"\x03", "apply", ALL, "--report", str(file))

    assert (130, []) == (code, both.writes())
    reports = json.loads(file.read_text())["workspaces"]
    assert [(None, "the run was interrupted"), ("firm", "the run was interrupted")] == [
        (each["workspace"], each["error"]) for each in reports
    ]


def test_a_rule_that_cannot_be_read(both: Household) -> None:
    """An organisation of which a managed rule cannot be read is not written, and does not keep the other from it."""
    both.run("apply", ALL, "--auto-approve")
    both.rule("save", 30)
    firm = both.box.rules("Firm")[0]["id"]
    both.box.faults.add("rule-unreadable", path=f"/rules/{firm}", times=None)

    plan, applied = both.run("plan", ALL, "--format", "json"), both.run("apply", ALL, "--auto-approve")

    assert (1, [False, True], []) == (
        plan.code,
        [each["errored"] for each in plan.json["workspaces"]],
        plan.json["failed"],
    )
    assert 5 == applied.code
    assert "a rule could not be read" in applied.out


def test_what_is_said_begins_with_the_name(capsys: pytest.CaptureFixture[str]) -> None:
    """What is said of a workspace begins with its name on each line; a command line without sense is raised."""

    def work(config: Config) -> None:
        say("one\ntwo")
        raise UsageError(f"`{config.scope}` cannot be meant")

    with pytest.raises(UsageError, match="`default` cannot be meant"):
        several.side_by_side([Config()], work)
    assert "(default): one\n(default): two\n" == capsys.readouterr().err


def test_values_for_templates(both: Household) -> None:
    """A rule file becomes each organisation's own by its `vars`, and `--var` gives one value to all of them."""
    both.config(CONFIG.replace("URL", both.url).replace("scope: firm", "scope: firm\n    vars: {share: 7}"))
    both.rule("save", "{{ share }}")

    def shares(*arguments: str) -> list[int]:
        plans = both.run("plan", ALL, "--format", "json", *arguments).json["workspaces"]
        after = [each["resource_changes"][0]["change"]["after"] for each in plans if each["resource_changes"]]
        return [rule["steps"][0]["actions"][0]["percentage_value"] for rule in after]

    assert [7] == shares()
    assert [9, 9] == shares("--var", "share=9")


def test_runs_of_several(both: Household) -> None:
    """Each workspace has its runs: one that is running forbids its own plan, and the other is written."""
    both.apply()
    both.run("apply", ALL, "--auto-approve")
    ids = [str(both.box.rules("Firm")[0]["id"]), both.id_of("save")]
    for rule_id in ids:
        both.box.activate(rule_id)
    both.rule("save", 30)
    both.box.run(ids[0], status="in_progress")

    plans = both.run("plan", ALL, "--format", "json").json["workspaces"]
    statuses = both.run("status", ALL, "--format", "json").json["workspaces"]

    assert [False, True] == [plan["resource_changes"][0]["runs"]["in_progress"] for plan in plans]
    assert [False, True] == [status["rules"][0]["runs"]["in_progress"] for status in statuses]
    assert both.run("apply", ALL, "--auto-approve").code == 5
    assert both.run("apply", ALL, "--auto-approve", "--allow-in-progress").code == 0
