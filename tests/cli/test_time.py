"""The time of a run, from the command line: its end, ^C in its waits, and what is said about both."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import CONFIG, Household
from tests.hearing import started

A_PAGE = 4096  # bytes; no pipe holds less
TALKING = (["plan"], ["apply", "--auto-approve"], ["drift"], ["status"], ["doctor"])


def many(household: Household, number: int) -> None:
    for each in range(number):
        household.rule(f"r{each:03}")


def made(household: Household) -> set[str]:
    return {str(rule["nickname"]) for rule in household.box.rules() if str(rule["nickname"]).startswith("r0")}


@pytest.mark.parametrize("command", TALKING, ids=lambda command: command[0])
@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "nan", "inf", "1e9", ""])
def test_a_time_that_is_none(household: Household, command: list[str], seconds: str) -> None:
    """A time that cannot be meant is a bad command line, before any request."""
    household.rule("save")

    done = household.run(*command, "--timeout", seconds)

    assert (64, "", []) == (done.code, done.out, household.box.log())
    assert "is no number of seconds above 0" in done.err


@pytest.mark.parametrize("command", TALKING, ids=lambda command: command[0])
def test_a_server_that_is_too_slow(household: Household, tmp_path: Path, command: list[str]) -> None:
    """While reading, the end of the time is an error that says what to do; nothing is written, and files say why."""
    household.rule("save")
    household.box.faults.add("answer-delayed", method="GET", seconds=2, times=None)
    report = tmp_path / "report.json"
    writing = command[0] == "apply"
    begun = time.monotonic()

    done = household.run(*command, "--timeout", "0.4", *(["--report", str(report)] if writing else []))

    assert (1, []) == (done.code, household.writes())
    assert time.monotonic() - begun < 1.9
    assert "the time for this run is up (0.4 s)" in done.err
    assert "--timeout" in done.err
    if writing:
        assert json.loads(report.read_text())["error"].startswith("the time for this run")


def test_the_write_in_flight_is_finished(household: Household, tmp_path: Path) -> None:
    """When the time is up, the write in flight is finished and proved, the others are skipped, and it ends with 5."""
    many(household, 4)
    household.box.faults.add("answer-delayed", method="POST", seconds=1.2, times=None)
    report = tmp_path / "report.json"

    done = household.run("apply", "--auto-approve", "--timeout", "2", "--report", str(report))

    outcomes = json.loads(report.read_text())["outcomes"]
    told = {each["key"]: (each["status"], each["error"]) for each in outcomes}
    skipped = ("skipped", "the time for this run was up before it")
    written = made(household)
    assert (5, len(household.writes())) == (done.code, len(written))
    assert 1 <= len(written) <= 2
    assert {f"r{n:03}": ("done", None) if f"r{n:03}" in written else skipped for n in range(4)} == told
    assert "the time for this run was up (2 s)" in done.err


def test_too_little_time_is_foretold(household: Household) -> None:
    """Where the rate limit makes a run longer than its time, that is said before, with the time to give; it then runs.

    Every wait for the rate limit is said with its seconds, and a second run goes on where the first one stopped.
    """
    household.config(CONFIG + "api: {requests_per_minute: 20}\n")
    many(household, 30)

    done = household.run("apply", "--auto-approve", "--timeout", "5")

    written = made(household)
    assert (5, True) == (done.code, 0 < len(written) < 30)
    assert re.search(
        r"32 requests at 20 a minute, after 5 for the plan: the rate limit makes this take about [45][0-9] s", done.err
    )
    assert "`--timeout 180` is enough" in done.err
    assert re.search(r"waiting [1-3] s for the rate limit", done.err)
    household.config(CONFIG + "api: {requests_per_minute: 10000}\n")
    assert 0 == household.run("apply", "--auto-approve").code
    assert {f"r{n:03}" for n in range(30)} == made(household)


def test_a_second_look_at_enough_time(household: Household) -> None:
    """Nothing is foretold of a run that the rate limit does not hold up."""
    many(household, 3)

    assert "" == household.run("apply", "--auto-approve").err


@pytest.mark.usefixtures("quick")
def test_fifty_creates_and_every_third_answer_lost(household: Household) -> None:
    """Fifty creates against a server that drops every third answer after acting: fifty rules, fifty keys, exit 0."""
    many(household, 50)
    for nth in range(3, 300, 3):
        household.box.faults.add("closed-after-commit", method="POST", nth=nth)

    done = household.run("apply", "--auto-approve")

    committed = [each["idempotency_key"] for each in household.writes() if each["committed"]]
    assert (0, 50, 50, 50) == (done.code, len(made(household)), len(committed), len(set(committed)))
    assert 24 == sum("fault" in each for each in household.writes())


class Thinking:
    """A terminal at which somebody takes a while to say yes."""

    def isatty(self) -> bool:
        """Tell that it is one."""
        return True

    def readline(self) -> str:
        """Think, and agree."""
        time.sleep(1.5)
        return "yes\n"


def test_a_person_takes_her_time(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time that a person takes to answer is not the run's."""
    household.rule("save")
    monkeypatch.setattr("sys.stdin", Thinking())

    assert 0 == household.run("apply", "--timeout", "1.4").code


def test_threads_that_wait_for_the_rate_limit(household: Household) -> None:
    """Whoever reads much is told how far it got and what the rate limit costs, in seconds, instead of every wait."""
    household.config(CONFIG + "api: {requests_per_minute: 60}\n")
    body = household.box.rules()[0]
    for number in range(67):
        household.box.create_in_app({**body, "id": None, "nickname": f"by hand {number}"})
    household.rule("save")

    done = household.run("plan")

    said = done.err.splitlines()
    assert 0 == done.code
    assert 1 == len(said)
    assert re.fullmatch(r"reading rules: \d+ of 70, about \d+ s left at 60 a minute", said[0])


# ^C


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_while_reading(household: Household, tmp_path: Path, number: signal.Signals) -> None:
    """^C while the API is read ends the run at once, whatever the server does, with a report that says so."""
    household.rule("save")
    household.box.faults.add("answer-delayed", method="GET", seconds=4, times=None)
    report = tmp_path / "report.json"
    words = [sys.executable, "-m", "rulesync", "-C", str(household.root), "apply", "--auto-approve"]
    with started([*words, "--report", str(report)], stderr=subprocess.PIPE) as process:
        while not household.box.log():
            time.sleep(0.01)
        begun = time.monotonic()
        process.send_signal(number)
        _, err = process.communicate(timeout=10)

    assert time.monotonic() - begun < 3
    assert (130, "interrupted; nothing more was done") == (process.returncode, err.strip())
    assert "the run was interrupted" == json.loads(report.read_text())["error"]


@contextmanager
def waiting(household: Household, tmp_path: Path) -> Iterator["tuple[subprocess.Popen[str], Path]"]:
    """Yield an apply that waits for the rate limit before a write, and the file of its report."""
    household.config(CONFIG + "api: {requests_per_minute: 20}\n")
    many(household, 30)
    report = tmp_path / "report.json"
    words = [sys.executable, "-m", "rulesync", "-C", str(household.root), "apply", "--auto-approve", "--format", "json"]
    with started([*words, "--report", str(report)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        while "waiting" not in process.stderr.readline():
            assert process.poll() is None
        yield process, report
        process.kill()


def ended(process: "subprocess.Popen[str]", report: Path) -> Any:  # noqa: ANN401 - any JSON
    """Return the report of a run that was interrupted, which is printed and in the file."""
    out, _ = process.communicate(timeout=20)
    assert 130 == process.returncode
    assert json.loads(report.read_text()) == json.loads(out)
    return json.loads(out)


def test_stopping_while_waiting_for_the_rate_limit(household: Household, tmp_path: Path) -> None:
    """^C while a write waits for the rate limit: it is not sent later, what was written is proved, and it ends soon."""
    with waiting(household, tmp_path) as (process, report):
        sent = len(household.writes())
        process.send_signal(signal.SIGINT)
        told = ended(process, report)

    done = {each["key"] for each in told["outcomes"] if each["status"] == "done"}
    errors = {each["error"] for each in told["outcomes"] if each["status"] != "done"}
    assert (sent, made(household)) == (len(household.writes()), done)
    assert {"the run was interrupted before it"} == errors
    assert 30 == told["summary"]["created"] + told["summary"]["skipped"]


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_stopping_at_once(household: Household, tmp_path: Path, second: signal.Signals) -> None:
    """A second signal ends the run at once, and not without its report: what was not proved is unknown."""
    with waiting(household, tmp_path) as (process, report):
        process.send_signal(signal.SIGINT)
        time.sleep(1)
        begun = time.monotonic()
        process.send_signal(second)
        told = ended(process, report)

    assert time.monotonic() - begun < 3
    assert len(made(household)) == told["summary"]["unknown"] > 0
    assert 30 == told["summary"]["unknown"] + told["summary"]["skipped"]


def test_nobody_listens(household: Household) -> None:
    """A standard error that is closed in the middle of an apply is no reason to stop, or to lose the report."""
    household.config(CONFIG + "api: {requests_per_minute: 40}\n")
    many(household, 36)  # the last of which wait for the rate limit, which is said
    command = f"{sys.executable} -m rulesync -C {household.root} apply --auto-approve --format json 2> >(head -n 1 >&2)"

    done = subprocess.run(["/bin/bash", "-c", command], capture_output=True, text=True, check=False)

    assert (0, 36) == (done.returncode, json.loads(done.stdout)["summary"]["created"])


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(("signals", "code"), [(1, 0), (2, 130)])
def test_stopping_when_all_is_done(
    household: Household, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signals: int, code: int, unbuffered: str
) -> None:
    """^C after the last write does not cost the report: the first one from then on is let pass, a second one is not."""
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    household.config(CONFIG + "api: {requests_per_minute: 10000}\n")
    many(household, 30)
    report, said = tmp_path / "report.json", tmp_path / "said.txt"
    words = [sys.executable, "-m", "rulesync", "-C", str(household.root), "apply", "--auto-approve", "--format", "json"]
    with (
        said.open("w") as err,
        started([*words, "--report", str(report)], stdout=subprocess.PIPE, stderr=err, pipesize=A_PAGE) as process,
    ):
        wait_for(report)  # and now it is printed, into a pipe that nobody reads
        for _ in range(signals):
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        out, _ = process.communicate(timeout=20)

    told = report.read_text()
    assert A_PAGE < len(told)
    assert (code, 30) == (process.returncode, json.loads(told)["summary"]["created"])
    assert "the report is on its way" in said.read_text()
    assert signals == 2 or json.loads(told) == json.loads(out)


def wait_for(report: Path) -> None:
    """Wait until the report is in its file."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if report.exists() and report.read_text().endswith("}\n"):
            return
        time.sleep(0.02)
    raise AssertionError("there is no report")


def test_a_file_that_is_full(household: Household, tmp_path: Path) -> None:
    """A file that cannot take the report keeps it neither from the other files nor from the screen."""
    household.rule("save")
    report = tmp_path / "report.json"

    done = household.run("apply", "--auto-approve", "--write", "text=/dev/full", "--report", str(report))

    told = json.loads(report.read_text())
    assert (1, 1, None) == (done.code, told["summary"]["created"], told["error"])
    assert "cannot write `/dev/full`: no space left" in done.err
    assert "Done." in done.out
