"""Waiting for people from the command line, against a real server, on a clock that runs fast; and telling webhooks."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import RULE, Done, Household
from tests.cli.test_workspaces import ALL, both, with_books  # noqa: F401 - a fixture

SOON = "180"  # seconds of the run, which are three here: enough for a plan on a machine that is busy


pytestmark = pytest.mark.usefixtures("quick")


@contextmanager
def meanwhile(*deeds: Callable[[], object], after: float = 0.4) -> Iterator[None]:
    """Let people do things one after the other while something else runs."""

    def act() -> None:
        for deed in deeds:
            time.sleep(after)
            deed()

    thread = threading.Thread(target=act)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def made(household: Household, *keys: str) -> list[str]:
    """Make rules, apply them, and return their ids."""
    for number, key in enumerate(keys):
        household.rule(key, 10 + number)
    household.apply()
    household.box.clear_log()
    return [household.id_of(key) for key in keys]


def waited(household: Household, *arguments: str, code: int = 0) -> Done:
    """Wait, and expect an end."""
    done = household.run("wait", "--format", "json", *arguments)
    assert done.code == code, done
    return done


def states(done: Done) -> dict[str, str]:
    """Return what became of each rule."""
    return {each["key"]: each["state"] for each in done.json["rules"]}


class Ear(BaseHTTPRequestHandler):
    """Takes what is posted, and answers as it was told to."""

    def do_POST(self) -> None:
        """Take what is posted."""
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.heard.append((self.path, dict(self.headers), json.loads(body)))
        server.then()
        self.send_response(server.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def ear() -> Iterator[Any]:
    """Somebody who listens, on this machine."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    server.heard, server.status, server.then = [], 200, lambda: None
    server.url = f"http://127.0.0.1:{server.server_port}/services/T0SECRET/B0SECRET?token=x0x0x0x0"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


# Waiting


def test_until_all_are_enabled(household: Household) -> None:
    """The links are shown at once, each rule when it is enabled, and it ends well when the last one is."""
    one, two = made(household, "one", "two")
    with meanwhile(lambda: household.box.activate(one), lambda: household.box.activate(two)):
        done = household.run("wait")

    assert 0 == done.code
    assert done.out.startswith("All 2 rules are enabled, and hold what was applied.\n")
    lines = done.err.splitlines()
    assert "These rules wait for a person:" == lines[0]
    assert f"    {household.url}/map/rules/{one}?action=activateRule" in lines
    assert ['enabled: one "one"; 1 still waits', 'enabled: two "two"'] == lines[-2:]
    assert [] == household.writes()


def test_nothing_waits(household: Household) -> None:
    """Where nothing waits there is nothing to wait for."""
    (one,) = made(household, "one")
    household.box.activate(one)

    assert [] == waited(household).json["rules"]
    assert {"one": "enabled"} == states(waited(household, "one"))
    assert "No rule waits for a person.\n" == household.run("wait").out
    assert household.run("wait", "one").out.startswith("The rule is enabled, and holds what was applied.")


@pytest.mark.parametrize("trouble", ["shape", "syntax", "name"])
def test_errors_that_hide_what_waits(household: Household, trouble: str) -> None:
    """Where an error hides whether a rule waits, nobody is told that none does; a KEY that has none is waited for."""
    one, _ = made(household, "one", "two")
    household.box.activate(one)
    if trouble == "name":
        household.rule("two", 11, RULE.replace("account: checking", "account: nobody"))
    else:
        household.rule("two", "abc" if trouble == "shape" else "{")

    done, two = household.run("wait"), household.run("wait", "two")

    assert (3, 3) == (done.code, two.code)
    assert "error: whether `two` waits is not known" in done.err
    assert "error: whether `two` waits is not known" in two.err
    assert {"one": "enabled"} == states(waited(household, "one"))


def test_the_time_is_up(household: Household) -> None:
    """When the time is up it ends with 6, says what still waits, and has looked a few times a minute at the most."""
    made(household, "one", "two")

    done = waited(household, "two", "--timeout", "240", code=6)

    looks = [each for each in household.box.log() if each["path"] == "/api/v1/rules"]
    assert {"two": "waiting"} == states(done)
    assert (True, ["two"]) == (done.json["timed_out"], [each["key"] for each in done.json["awaiting_enable"]])
    assert re.fullmatch(r"2[0-9]{3}-.*Z", done.json["awaiting_enable"][0]["since"])
    assert 2 <= len(looks) <= 13
    text = household.run("wait", "--timeout", SOON)
    assert (6, True) == (text.code, text.out.startswith("The time is up, and 2 of 2 rules still wait for a person.\n"))


def test_something_else_was_enabled(household: Household) -> None:
    """A rule that was edited before somebody enabled it is no success: it is said at once, and ends with 2."""
    one, two = made(household, "one", "two")

    def edit_and_enable() -> None:
        household.percent("one", 99)
        household.box.activate(one)

    with meanwhile(edit_and_enable, lambda: household.box.activate(two)):
        done = waited(household, code=2)

    assert {"one": "altered", "two": "enabled"} == states(done)
    (field,) = done.json["rules"][0]["fields"]
    assert ("steps[0].actions[0].percentage_value", 10, 99) == (field["path"], field["before"], field["after"])
    assert '! look at once: one "one": it is live, and holds something else than what was applied: ' in done.err
    text = household.run("wait", "one")
    assert text.out.startswith("1 rule is live and not what was applied: look at once.\n")
    assert "step 1, action 1 (to Savings): Git wants 10 %, the app holds 99 % of the deposit" in text.out


def test_edited_after_it_was_enabled(household: Household) -> None:
    """What was enabled first is looked at again when the last one is, so that no edit in between is missed."""
    one, two = made(household, "one", "two")
    deeds = (
        lambda: household.box.activate(one),
        lambda: household.percent("one", 98),
        lambda: household.box.activate(two),
    )
    with meanwhile(*deeds):
        done = waited(household, code=2)

    assert {"one": "altered", "two": "enabled"} == states(done)


def test_deleted_while_it_waits(household: Household) -> None:
    """A rule that is deleted will never be enabled, and ends the wait with 2; one that is paused again still waits."""
    one, two = made(household, "one", "two")
    deeds = (
        lambda: household.box.delete(one),
        lambda: household.box.activate(two),
    )
    with meanwhile(*deeds):
        done = waited(household, code=2)

    assert {"one": "gone", "two": "enabled"} == states(done)
    assert "deleted in the app while it was waited for" in done.err
    assert household.run("wait", "--timeout", SOON, "two").code == 0


def test_git_moved_on(household: Household) -> None:
    """A rule that Git has changed since, and nobody applied yet, is waited for as it was applied."""
    (one,) = made(household, "one")
    household.rule("one", 55)
    household.box.activate(one)

    assert {"one": "enabled"} == states(waited(household, "one"))


def test_what_cannot_be_waited_for(household: Household) -> None:
    """A key of no rule, of one that Git wants off, or of one that is not in the app is refused."""
    made(household, "one")
    household.rule("stopped", 40, RULE + "status: disabled\n")
    household.rule("new", 50)

    assert "did you mean `one`?" in waited(household, "onee", code=64).err
    household.apply()
    assert "Git wants it off" in waited(household, "stopped", "one", code=64).err
    household.rule("newer", 60)
    assert "is not in the app" in waited(household, "newer", code=1).err
    assert "`newer` is not in the app, so nobody can enable it" == waited(household, "newer", code=1).json["error"]


def test_by_the_report_of_an_apply(household: Household, tmp_path: Path) -> None:
    """With a report, what that apply left is waited for, and no rule file is needed."""
    household.rule("one", 10)
    household.rule("two", 20)
    report = tmp_path / "report.json"
    household.run("apply", "--auto-approve", "--report", str(report))
    one, two = household.id_of("one"), household.id_of("two")
    for file in (household.root / "rules").iterdir():
        file.unlink()
    household.percent("two", 77)
    for each in (one, two):
        household.box.activate(each)

    assert {"one": "enabled", "two": "altered"} == states(waited(household, "--report", str(report), code=2))
    assert {"one": "enabled"} == states(waited(household, "--report", str(report), "one"))
    assert "did you mean `one`?" in waited(household, "--report", str(report), "onne", code=64).err
    report.write_text("{}")
    assert "cannot be understood" in waited(household, "--report", str(report), code=1).err
    assert "cannot read the report" in waited(household, "--report", str(tmp_path / "none"), code=1).err


def test_a_rule_that_cannot_be_read(household: Household) -> None:
    """Where a managed rule cannot be read, nobody knows whether it waits; the others can be waited for by name."""
    one, two = made(household, "one", "two")
    household.box.faults.add("rule-unreadable", path=f"/rules/{one}", times=None)
    household.box.activate(two)

    done = waited(household, code=1)

    assert "a managed rule cannot be read, so whether it waits is not known" == done.json["error"]
    assert "`one`: the rule" in done.err
    assert {"two": "enabled"} == states(waited(household, "two"))


def test_what_an_apply_left_alone(household: Household, tmp_path: Path) -> None:
    """A rule that waited already when the reported apply ran has to hold what was applied then, too."""
    one, _ = made(household, "one", "two")
    household.rule("two", 12)
    report = tmp_path / "report.json"
    household.run("apply", "--auto-approve", "--report", str(report))
    household.percent("one", 99)
    household.box.activate(one)

    assert {"one": "altered"} == states(waited(household, "--report", str(report), "one", code=2))
    household.percent("one", 10)
    household.box.activate(one)
    assert {"one": "enabled"} == states(waited(household, "--report", str(report), "one"))


def test_enabled_and_hidden(household: Household, tmp_path: Path) -> None:
    """A rule that is live and cannot be read may hold anything, so it is waited for until it can be read."""
    household.rule("one", 10)
    report = tmp_path / "report.json"
    household.run("apply", "--auto-approve", "--report", str(report))
    one = household.id_of("one")
    household.box.activate(one)
    household.box.faults.add("rule-unreadable", path=f"/rules/{one}", times=2)

    done = waited(household, "--report", str(report))
    household.box.faults.add("rule-unreadable", path=f"/rules/{one}", times=None)
    hidden = waited(household, "--report", str(report), "--timeout", SOON, code=6)

    assert ({"one": "enabled"}, {"one": "unreadable"}) == (states(done), states(hidden))
    assert "the key may not read it" in hidden.json["rules"][0]["note"]


def test_what_fails_is_written(household: Household, tmp_path: Path) -> None:
    """A wait that cannot begin says so in the files that were asked for, and in JSON; a file of no use is refused."""
    done = household.run("wait", "--write", f"json={tmp_path / 'wait.json'}")

    assert 1 == done.code
    assert "the directory of rules `rules` does not exist" == json.loads((tmp_path / "wait.json").read_text())["error"]
    assert 64 == household.run("wait", "--write", "xml=x").code


def test_several_workspaces(both: Household) -> None:  # noqa: F811 - the fixture
    """Several organisations are waited for side by side, in one report; keys are those of one."""
    both.run("apply", ALL, "--auto-approve")
    ids = {
        name: next(str(r["id"]) for r in both.box.rules(name) if r["nickname"] == "save")
        for name in ("Household", "Firm")
    }
    both.box.activate(ids["Firm"])
    with meanwhile(lambda: both.box.activate(ids["Household"])):
        done = both.run("wait", ALL, "--format", "json")

    assert 0 == done.code
    assert [(None, 1), ("firm", 0)] == [(each["workspace"], len(each["rules"])) for each in done.json["workspaces"]]
    assert 1 == done.json["summary"]["enabled"]
    assert '(default): enabled: save "save"' in done.err
    both.box.pause(ids["Firm"])
    text = both.run("wait", ALL, "--timeout", SOON)
    assert (6, True) == (text.code, "== firm\nThe time is up, and 1 of 1 rule still waits for a person." in text.out)
    assert 64 == both.run("wait", ALL, "save").code


def test_one_workspace_that_fails(both: Household) -> None:  # noqa: F811 - the fixture
    """A workspace without a key is reported, and keeps no other from being waited for."""
    both.run("apply", ALL, "--auto-approve")
    with_books(both)
    for name in ("Household", "Firm"):
        both.box.activate(next(str(r["id"]) for r in both.box.rules(name) if r["nickname"] == "save"))

    done = both.run("wait", ALL, "--format", "json")

    assert (1, [None, None, "no API key"]) == (
        done.code,
        [each["error"] and each["error"][:10] for each in done.json["workspaces"]],
    )
    assert "== books: failed: no API key" in both.run("wait", ALL).out


def test_a_server_that_stumbles(household: Household) -> None:
    """A list that makes no sense for a while is said once, and is no end of the waiting."""
    (one,) = made(household, "one")
    with meanwhile(
        lambda: household.box.faults.add("error-before-processing", method="GET", path="/rules", status=404, times=2),
        lambda: household.box.activate(one),
    ):
        done = waited(household)

    assert {"one": "enabled"} == states(done)
    assert 1 == done.err.count("the API could not be looked at, waiting goes on: asked to list the rules")


# Webhooks


def test_a_webhook_is_told(household: Household, ear: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401 - the server
    """What waits is posted once, without a key; the address is printed nowhere, whoever gave it."""
    (one,) = made(household, "one")
    monkeypatch.setenv("RULESYNC_WEBHOOK", ear.url)

    status = household.run("status", "--webhook", ear.url, "--webhook-format", "slack")
    ear.then = lambda: household.box.activate(one)
    done = household.run("wait")

    (_, _, slack), (path, headers, told) = ear.heard
    assert ear.url.endswith(path)
    assert not {"authorization", "cookie", "idempotency-key"} & {name.lower() for name in headers}
    assert household.box.key not in json.dumps([headers, told, slack])
    assert ("waiting", ["one"]) == (told["event"], [each["key"] for each in told["awaiting_enable"]])
    assert ["text"] == list(slack)
    assert f"<{household.url}/map/rules/{one}?action=activateRule>" in slack["text"]
    assert (0, 0) == (done.code, status.code)
    for text in (done.out, done.err, status.out, status.err):
        assert "SECRET" not in text


def test_a_webhook_is_told_of_what_is_wrong(household: Household, ear: Any) -> None:  # noqa: ANN401 - the server
    """When something else was enabled, the webhook is told that as well."""
    (one,) = made(household, "one")
    household.percent("one", 99)
    household.box.activate(one)

    waited(household, "one", "--webhook", ear.url, code=2)

    ((_, _, told),) = ear.heard
    assert ("not-as-applied", [], ["one"]) == (
        told["event"],
        told["awaiting_enable"],
        [each["key"] for each in told["rules"]],
    )


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_fails(household: Household, ear: Any, status: int) -> None:  # noqa: ANN401 - the server
    """A webhook that does not take the message is said, once, by its host alone, and changes nothing else."""
    (one,) = made(household, "one")
    ear.status, ear.then = status, lambda: household.box.activate(one)

    done = waited(household, "--webhook", ear.url)

    assert 1 == len(ear.heard)
    assert f"warning: nobody was told: the webhook at `127.0.0.1` answered {status}" in done.err
    assert "SECRET" not in done.err


def test_a_webhook_where_nobody_listens(household: Household) -> None:
    """Without anybody there, waiting and status go on."""
    made(household, "one")
    url = "http://127.0.0.1:1/services/T0SECRET"

    done = household.run("status", "--webhook", url)

    assert (0, True) == (done.code, "waiting  one" in done.out)
    assert "nobody was told: the webhook: `127.0.0.1` refused the connection" in done.err
    assert "SECRET" not in done.err


@pytest.mark.parametrize(
    "url", ["", "http://example.org/SECRET", "ftp://x/SECRET", "https://u:SECRET@x/", "https://x/SECRET#a", "SECRET"]
)
def test_a_webhook_that_is_none(household: Household, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """An address that nothing can be posted to is refused before anything is read, and not repeated."""
    made(household, "one")
    given = household.run("wait", "--webhook", url)
    monkeypatch.setenv("RULESYNC_WEBHOOK", url)
    environment = household.run("status")

    assert (64, []) == (given.code, household.box.log() if url else [])
    assert (0 if not url else 1) == environment.code
    assert "SECRET" not in given.err + environment.err


def test_a_webhook_that_would_get_the_key(household: Household) -> None:
    """An address with the API key in it is refused."""
    made(household, "one")

    done = household.run("wait", "--webhook", f"https://example.org/{household.box.key}")

    assert (64, True) == (done.code, "the address of the webhook holds an API key" in done.err)


def test_several_webhooks(both: Household, ear: Any) -> None:  # noqa: ANN401, F811 - the server, and the fixture
    """Of several workspaces, each tells what waits in it, and keeps the address to itself."""
    both.run("apply", ALL, "--auto-approve")

    status = both.run("status", ALL, "--webhook", ear.url)
    done = both.run("wait", ALL, "--webhook", ear.url, "--timeout", SOON)

    assert 6 == done.code, (status, done)
    assert [None, None, "firm", "firm"] == sorted((told["workspace"] for _, _, told in ear.heard), key=str)
    assert (0, 6) == (status.code, done.code)
    assert "SECRET" not in status.out + status.err + done.out + done.err
