"""The installed command as a process of its own: what only a process can show."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Household
from tests.hearing import started

RULESYNC = [sys.executable, "-m", "rulesync"]
HEAVY = ("httpx", "pydantic", "deepdiff", "jinja2", "yaml")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RULESYNC, *arguments], capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["-h"], [], ["nonsense"]])
def test_help_costs_next_to_nothing(arguments: list[str]) -> None:
    """Version, help and a mistyped command import none of the heavy libraries."""
    code = f"import sys; sys.argv[1:] = {arguments!r}; from rulesync.__main__ import main\n"
    code += "try: main()\nexcept SystemExit: pass\n"
    code += f"sys.stderr.write('heavy=' + repr([name for name in {HEAVY!r} if name in sys.modules]))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stderr.endswith("heavy=[]")


@pytest.mark.parametrize(("columns", "widest"), [("60", 58), ("200", 98), ("3", 50), ("wide", 78)])
def test_help_fits_the_terminal(columns: str, widest: int) -> None:
    """Help is set as wide as the terminal is, within reason, and as for eighty columns where nobody knows."""
    lines = run("--help", COLUMNS=columns).stdout.splitlines()

    assert widest - 12 < max(map(len, lines)) <= max(widest, 58)


def test_both_names() -> None:
    """The program is installed under its own name and under the distribution's."""
    here = Path(sys.executable).parent
    told = {
        subprocess.run([here / name, "--version"], capture_output=True, text=True, check=True).stdout
        for name in ("rulesync", "sequence-rulesync")
    }

    assert told == {run("--version").stdout}
    assert re.fullmatch(r"rulesync \d+\.\d+\.\d+\S*\n", told.pop())


def test_a_reader_that_goes_away(household: Household) -> None:
    """Output into a pipe that is closed early is no bug."""
    for number in range(200):
        household.rule(f"r{number:03}")
    reader = f"{' '.join(RULESYNC)} -C {household.root} plan | head -n 1; exit ${{PIPESTATUS[0]}}"

    done = subprocess.run(["/bin/bash", "-c", reader], capture_output=True, text=True, check=False)

    assert (0, "Creates 200 rules.\n", "") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("arguments", ["--version", "--help", "plan"])
@pytest.mark.parametrize(("where", "code"), [(">&-", 0), (">/dev/full", 1), ("| true; exit ${PIPESTATUS[0]}", 0)])
def test_nowhere_to_print(household: Household, arguments: str, where: str, code: int) -> None:
    """A standard output that is closed or full is neither a bug nor a traceback."""
    command = f"{' '.join(RULESYNC)} -C {household.root} {arguments} {where}"
    household.rule("save")

    done = subprocess.run(["/bin/bash", "-c", command], capture_output=True, text=True, check=False)

    assert code == done.returncode
    assert "error: cannot print" in done.stderr or not done.stderr


@pytest.mark.parametrize("arguments", ["apply", "pause --all", "undo report.json"])
def test_nobody_to_ask(household: Household, arguments: str) -> None:
    """A closed standard input is one at which nobody answers: a bad command line, and no bug."""
    household.rule("save")
    command = f"{' '.join(RULESYNC)} -C {household.root} {arguments} <&-"

    done = subprocess.run(["/bin/bash", "-c", command], capture_output=True, text=True, check=False)

    assert 64 == done.returncode
    assert "asks before it writes, and standard input is no terminal" in done.stderr


@pytest.mark.parametrize("keys", ["save", "--all"])
def test_a_full_disk_is_no_reason_to_go_on(household: Household, keys: str) -> None:
    """The brake works also where what it says cannot be printed."""
    household.rule("save")
    household.apply()
    household.box.activate(household.id_of("save"))
    command = f"{' '.join(RULESYNC)} -C {household.root} pause {keys} --auto-approve >/dev/full"

    done = subprocess.run(["/bin/bash", "-c", command], capture_output=True, text=True, check=False)

    assert "error: cannot print the result" in done.stderr
    assert "disabled" == next(r["status"] for r in household.box.rules() if r["id"] == household.id_of("save"))


@pytest.fixture
def slow_apply(household: Household) -> Iterator["subprocess.Popen[str]"]:
    """Start an apply of many rules."""
    for number in range(60):
        household.rule(f"r{number:03}")
    words = [*RULESYNC, "-C", str(household.root), "apply", "--auto-approve", "--format", "json"]
    process = started(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(household: Household, slow_apply: "subprocess.Popen[str]", number: signal.Signals) -> None:
    """^C finishes the write in flight, reports what was done and what was not, and ends with 130."""
    deadline = time.monotonic() + 20
    while len(household.writes()) < 3 and time.monotonic() < deadline:
        time.sleep(0.005)
    slow_apply.send_signal(number)
    out, err = slow_apply.communicate(timeout=20)

    report = json.loads(out)
    made = {outcome["key"] for outcome in report["outcomes"] if outcome["status"] == "done"}
    assert 130 == slow_apply.returncode
    assert "stopping after the write in flight" in err
    assert {rule["nickname"] for rule in household.box.rules() if str(rule["nickname"]).startswith("r0")} == made
    assert 60 == report["summary"]["created"] + report["summary"]["skipped"]
    assert 0 < len(made) < 60


def test_the_sandbox_as_a_process(tmp_path: Path) -> None:
    """The sandbox says how to use it, works as it says, keeps its state, and ends with ^C."""
    command = [*RULESYNC, "sandbox", "--port", "0", "--state", str(tmp_path / "state.db")]
    (tmp_path / "rules").mkdir()
    (tmp_path / "rulesync.yaml").write_text("scope: x\n")
    keys = set()
    for _ in range(2):
        with started(command, stdout=subprocess.PIPE, bufsize=1) as process:
            assert process.stdout is not None
            told = dict(re.findall(r"export (\w+)=(\S+)", "".join(process.stdout.readline() for _ in range(5))))
            keys.add(told["SEQUENCE_API_KEY"])
            done = run("-C", str(tmp_path), "plan", "--detailed-exitcode", **told)
            process.send_signal(signal.SIGINT)
            assert 0 == process.wait(timeout=10)
        assert (0, "") == (done.returncode, done.stderr)
    assert 1 == len(keys)


def test_a_port_that_is_taken(household: Household) -> None:
    """A port that is taken is named, with a way out."""
    done = household.run("sandbox", "--port", household.url.rpartition(":")[2])

    assert (1, True) == (done.code, "--port 0" in done.err)


def test_the_demo(tmp_path: Path) -> None:
    """The demo tells the whole story, ends well, and leaves nothing behind."""
    done = run("demo", TMPDIR=str(tmp_path))

    assert (0, "") == (done.returncode, done.stderr)
    for words in ("Creates 9 rules.", "These rules wait for a person:", "1 rule drifted.", "No changes."):
        assert words in done.stdout
    assert [] == list(tmp_path.iterdir())
    assert tempfile.gettempdir() not in done.stdout
