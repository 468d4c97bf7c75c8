"""Bodies that are kept between runs, from the command line: what is read, what is said, and what never looks there."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import CONFIG, Household
from tests.hearing import started

MANY = 30


@pytest.fixture
def applied(household: Household, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Household:
    """A household with rules that were applied long ago, and a cache of its own that is empty."""
    monkeypatch.setenv("RULESYNC_CACHE_DIR", str(tmp_path / "elsewhere"))
    prepared = household.prepared(apply_long_ago)
    monkeypatch.setenv("RULESYNC_CACHE_DIR", str(tmp_path / "kept"))
    return prepared


def apply_long_ago(household: Household) -> None:
    """Apply many rules, and let time pass."""
    household.config(CONFIG + "api: {requests_per_minute: 10000}\n")
    for number in range(MANY):
        household.rule(f"r{number:02}")
    household.apply()
    household.later(5)
    household.box.clear_log()


def bodies_read(household: Household) -> int:
    """Return how many bodies the API was asked for since somebody asked."""
    number = sum(str(each["path"]).startswith("/api/v1/rules/") for each in household.box.log())
    household.box.clear_log()
    return number


READING = (["plan"], ["drift"], ["status"], ["import", "--all", "--dry-run"])


@pytest.mark.parametrize("command", READING, ids=lambda command: command[0])
def test_commands_that_read(applied: Household, command: list[str]) -> None:
    """A run after one that went past the cache reads the list alone, and says the same."""
    fresh = applied.run(*command, "--refresh")
    read = bodies_read(applied)
    cached = applied.run(*command)

    assert read > 0
    assert 0 == bodies_read(applied)
    assert (fresh.code, fresh.out) == (cached.code, cached.out)


def test_a_wait_finds_out_from_the_cache_what_waits(applied: Household) -> None:
    """A wait after a plan reads no body but for the proof of what it waited for; with `--refresh` it reads all."""
    applied.box.activate(applied.id_of("r00"))
    applied.later(5)
    applied.run("plan")
    bodies_read(applied)

    assert 0 == applied.run("wait", "r00", "--timeout", "60").code
    assert 1 == bodies_read(applied)
    assert 0 == applied.run("wait", "r00", "--timeout", "60", "--refresh").code
    assert MANY + 1 == bodies_read(applied)


def test_what_is_said(applied: Household) -> None:
    """The JSON tells how much was read and how much by earlier runs, people are told in a line, and few are no line."""
    first = applied.run("plan", "--format", "json")
    applied.percent("r03", 30)
    applied.later(5)
    second = applied.run("plan", "--format", "json")
    one = applied.run("plan", "--target", "r01", "--format", "json")

    assert {"listed": MANY + 3, "read": MANY, "cached": 0, "oldest": None} == first.json["refresh"]
    told = second.json["refresh"]
    assert (1, MANY - 1) == (told["read"], told["cached"])
    assert "" == first.err
    assert re.fullmatch(rf"30 rules, 29 from the cache of {told['oldest'][:10]} [0-9:]+ UTC or later\n", second.err)
    assert MANY == one.json["refresh"]["cached"]
    assert second.json["digest"] == applied.run("plan", "--refresh", "--format", "json").json["digest"]


def test_hours(applied: Household) -> None:
    """Bodies are read again when they are as old as was asked for; a drift reads each of them once a day, unasked."""
    applied.run("plan")
    bodies_read(applied)
    applied.later(23 * 60)

    assert (0, 0) == (applied.run("plan").code, bodies_read(applied))
    assert (0, 0) == (applied.run("drift", "--refresh-older-than", "48").code, bodies_read(applied))
    assert (0, MANY) == (applied.run("drift").code, bodies_read(applied))
    assert (0, 0) == (applied.run("drift").code, bodies_read(applied))
    assert (0, MANY) == (applied.run("plan", "--refresh-older-than", "0").code, bodies_read(applied))


@pytest.mark.parametrize("hours", ["soon", "-1", "nan", "inf", "1e9", ""])
def test_hours_that_are_none(household: Household, hours: str) -> None:
    """Hours that cannot be meant are a bad command line, before any request."""
    done = household.run("plan", "--refresh-older-than", hours)

    assert (64, []) == (done.code, household.box.log())
    assert "is no number of hours from 0 to" in done.err


def test_the_directory(applied: Household, tmp_path: Path) -> None:
    """`--cache-dir` counts before the environment, and is made for its user alone."""
    applied.run("plan", "--refresh")
    applied.run("plan", "--cache-dir", str(tmp_path / "mine"))
    bodies_read(applied)
    applied.run("plan", "--cache-dir", str(tmp_path / "mine"))

    assert 0 == bodies_read(applied)
    assert [0o700, 0o600] == [
        path.stat().st_mode & 0o777 for path in (tmp_path / "mine", *(tmp_path / "mine" / "bodies").iterdir())
    ]
    applied.percent("r00", 31)
    applied.later(5)
    applied.run("plan", "--cache-dir", str(tmp_path / "mine"))
    bodies_read(applied)
    applied.run("plan", "--cache-dir", "")
    assert 1 == bodies_read(applied), "an empty word is none"


def test_a_directory_that_cannot_be_used(applied: Household, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory that cannot be used is said where somebody named it, and never a failure."""
    (tmp_path / "file").write_text("mine")
    named = applied.run("plan", "--cache-dir", str(tmp_path / "file"))
    monkeypatch.delenv("RULESYNC_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    unnamed = applied.run("plan")

    assert (0, f"bodies of rules cannot be kept in `{tmp_path}/file`: not a directory\n") == (named.code, named.err)
    assert (0, "", "mine") == (unnamed.code, unnamed.err, (tmp_path / "file").read_text())


def test_writes_look_anew(applied: Household) -> None:
    """An apply plans from the cache, and looks at each rule right before it writes, so that no late edit is lost."""
    applied.run("plan")
    bodies_read(applied)
    applied.rule("r05", 55)
    applied.apply()

    assert 1 <= bodies_read(applied) <= 4
    applied.later(5)
    assert (0, 1) == (applied.run("plan").code, bodies_read(applied))


@pytest.mark.parametrize("command", ["pause", "undo", "adopt"])
def test_the_brake_looks_anew(applied: Household, tmp_path: Path, command: str) -> None:
    """What puts a rule back as it is, or binds one, reads it, whatever the cache has."""
    applied.rule("r05", 55)
    report = tmp_path / "report.json"
    applied.run("apply", "--auto-approve", "--report", str(report))
    applied.box.activate(applied.id_of("r05"))
    applied.later(5)
    applied.run("plan")
    bodies_read(applied)
    words = {
        "pause": ["pause", "r05", "--auto-approve"],
        "undo": ["undo", str(report), "--auto-approve"],
        "adopt": ["adopt", "r05", "--id", applied.id_of("r05"), "--print"],
    }
    done = applied.run(*words[command])

    assert done.code in {0, 3}
    assert bodies_read(applied) > 0


def test_a_saved_plan_from_the_cache(applied: Household, tmp_path: Path) -> None:
    """A rule that was edited after a plan from the cache is stale, and not written."""
    applied.run("plan")
    applied.rule("r05", 55)
    applied.run("plan", "--out", str(tmp_path / "plan.json"))
    applied.percent("r05", 44)

    done = applied.run("apply", str(tmp_path / "plan.json"))

    assert (4, []) == (done.code, [each for each in applied.writes() if each["method"] == "PUT"])


@contextmanager
def begun(household: Household, *arguments: str) -> "Iterator[subprocess.Popen[str]]":
    """Begin a plan of its own, and yield it when it has read some bodies and others are slow to come."""
    household.box.faults.add("answer-delayed", method="GET", seconds=0.3, times=None)
    words = [sys.executable, "-m", "rulesync", "-C", str(household.root), "plan", *arguments]
    with started(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while sum(str(each["path"]).startswith("/api/v1/rules/") for each in household.box.log()) < 17:
            assert process.poll() is None
            time.sleep(0.01)
        yield process
    household.box.faults.clear()


def test_a_read_that_was_killed(applied: Household) -> None:
    """A read that is killed in the middle is gone on with: what had arrived is not read again."""
    with begun(applied, "--refresh") as process:
        process.kill()
    bodies_read(applied)
    (file,) = (applied.root / "kept" / "bodies").iterdir()
    ours = {applied.id_of(f"r{number:02}") for number in range(MANY)}
    kept = sum(line.split(" ")[1] in ours for line in file.read_text().split("\n")[:-1])

    assert 9 <= kept < MANY
    assert (0, MANY - kept) == (applied.run("plan").code, bodies_read(applied))


@pytest.mark.parametrize("arguments", [[], ["--refresh"], ["--refresh-older-than", "0"]])
def test_a_read_that_was_interrupted(applied: Household, arguments: list[str]) -> None:
    """^C in the middle of a read says how much of it is kept, and how to go on."""
    without = ", with neither `--refresh` nor `--refresh-older-than 0`," if arguments else ""
    words = f"run it again{without}"
    with begun(applied, *arguments) as process:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    told = re.search(rf"^(\d+) of 30 rules are kept: {words} to go on$", err, re.MULTILINE)

    assert 130 == process.returncode
    assert told, err
    assert 9 <= int(told[1]) < MANY


def test_a_time_that_is_too_short(applied: Household) -> None:
    """A read that outlasts its time keeps what it has, says both ways to go on, and the next run goes on there."""
    applied.box.faults.add("answer-delayed", method="GET", seconds=0.4, times=None)
    done = applied.run("plan", "--timeout", "1.5")
    applied.box.faults.clear()
    told = re.search(r"^(\d+) of 30 rules are kept: run it again to go on$", done.err, re.MULTILINE)
    bodies_read(applied)

    assert 1 == done.code
    assert told, done.err
    assert "give it more with `--timeout SECONDS`" in done.err
    assert (0, MANY - int(told[1])) == (applied.run("plan").code, bodies_read(applied))


def test_how_far_it_got(applied: Household) -> None:
    """Where the rate makes it take long, a line says how far reading got and how long the rest takes, and no wait."""
    applied.config(CONFIG + "api: {requests_per_minute: 60}\n")
    for number in range(67):
        applied.box.create_in_app({"nickname": f"by hand {number}", "trigger": {"type": "MANUAL"}, "steps": []})

    done = applied.run("import", "--all", "--dry-run")

    assert re.fullmatch(r"reading rules: \d+ of \d+, about \d+ s left at 60 a minute\n", done.err)


def test_a_time_that_will_not_do(applied: Household) -> None:
    """Where the rate alone outlasts the time of the run, the first line says so, and how much time would do."""
    applied.config(CONFIG + "api: {requests_per_minute: 5}\n")

    done = applied.run("plan", "--timeout", "2")

    first, *rest = done.err.splitlines()
    ends = r"; the time for this run \(2 s\) ends before that: give it more, as with `--timeout \d00`"
    assert re.fullmatch(rf"reading rules: \d+ of 30, about \d+ (s|min) left at 5 a minute{ends}", first)
    assert (1, []) == (done.code, [line for line in rest if "ends before that" in line])


def test_at_a_terminal(applied: Household) -> None:
    """At a terminal one line is rewritten, and what is said next stands on a line of its own."""
    import pty

    applied.config(CONFIG + "api: {requests_per_minute: 20}\n")
    words = [sys.executable, "-m", "rulesync", "-C", str(applied.root), "plan", "--timeout", "60"]
    ours, theirs = pty.openpty()
    with started(words, stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        seen = b""
        while b" 5 of 30" not in seen:
            seen += os.read(ours, 1000)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        seen += os.read(ours, 10_000)
    os.close(ours)
    text = seen.decode()

    assert re.search(r"\rreading rules: 5 of 30, about \d+ s left at 20 a minute", text)
    assert re.search(r"\n\d+ of 30 rules are kept: run it again to go on\r\n", text)
    assert "interrupted" in text


def test_the_document_is_json(applied: Household) -> None:
    """What a plan says of the cache is a document like the rest, with the API's time."""
    applied.run("plan")
    told = json.loads(applied.run("status", "--format", "json").out)["refresh"]

    assert MANY == told["cached"]
    assert datetime.fromisoformat(told["oldest"]).tzinfo == UTC
