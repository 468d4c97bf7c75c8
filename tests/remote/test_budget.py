"""How many requests may go out, alone and together with other processes."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.config import without_ours
from rulesync.remote.budget import Budget, shared_file
from rulesync.sandbox import Sandbox, serve
from tests.cli.conftest import CONFIG, RULE
from tests.clocks import FakeClock

URL = "https://api.test/api/v1"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return shared_file(tmp_path / "cache", URL, "sk_0123456789")


def waits(budget: Budget, number: int) -> list[float]:
    return [round(budget.reserve(1).seconds, 3) for _ in range(number)]


def test_a_burst_and_then_evenly() -> None:
    """A minute's worth of turns is there at once, and every further one a share of a minute later."""
    budget = Budget(60, FakeClock().clock)

    assert [0.0] * 60 + [1.0, 2.0, 3.0] == waits(budget, 63)


def test_two_share_one_burst(file: Path) -> None:
    """Two who share a file have one burst together, and wait for each other's turns."""
    clock = FakeClock().clock
    one, two = Budget(4, clock, file=file), Budget(4, clock, file=file)

    assert [0.0, 0.0] == waits(one, 2)
    assert [0.0, 0.0, 15.0] == waits(two, 3)
    assert [30.0] == waits(one, 1)


def test_keys_and_hosts_count_for_themselves(tmp_path: Path) -> None:
    """Another key, or another host, has a budget of its own; another path of the same host has not."""
    same = shared_file(tmp_path, URL, "k")

    assert same == shared_file(tmp_path, "https://api.test/platform/v1", "k")
    assert same not in {shared_file(tmp_path, URL, "l"), shared_file(tmp_path, "https://other.test/api/v1", "k")}
    assert "k" not in set(same.name) - set("0123456789abcdef")


def test_what_was_sent_before_counts_where_nothing_is_known(file: Path) -> None:
    """What a run says that it sent before counts, but not on top of what the file says."""
    clock = FakeClock().clock
    first = Budget(4, clock, spent=3, file=file)

    assert [0.0, 15.0] == waits(first, 2)
    assert [30.0] == waits(Budget(4, clock, spent=4, file=file), 1)


def test_turns_are_given_back(file: Path) -> None:
    """A turn that nobody waits for any more is another's, unless a refusal voided it meanwhile."""
    clock = FakeClock().clock
    one, two = Budget(1, clock, file=file), Budget(1, clock, file=file)
    one.reserve(1)
    turn = one.reserve(1)
    one.give_back(1, turn)

    assert [60.0] == waits(two, 1)
    two.hold(5)
    one.give_back(1, turn)
    assert [65.0] == waits(one, 1)


def test_a_refusal_holds_everybody(file: Path) -> None:
    """After a 429 of one, nobody has a turn until its time is over, and what was reserved before is void."""
    fake = FakeClock()
    one, two = Budget(60, fake.clock, file=file), Budget(60, fake.clock, file=file)
    turn = two.reserve(1)
    assert two.stands(turn)
    one.hold(30)

    late = two.reserve(1)
    assert not two.stands(turn)
    assert two.stands(late)
    two.give_back(1, late)
    assert [31.0] == waits(two, 1)
    fake.seconds += 60
    assert [0.0] == waits(one, 1)


def test_a_shorter_refusal_ends_no_longer_one() -> None:
    """A refusal that asks for less does not shorten one that is going on."""
    budget = Budget(60, FakeClock().clock)
    budget.hold(30)
    budget.hold(5)

    assert [31.0] == waits(budget, 1)


def test_the_time_to_the_api_is_no_time_to_fill_the_bucket(file: Path) -> None:
    """While a first request is under way the bucket at the other end is still full, and gains nothing."""
    fake = FakeClock()
    budget = Budget(60, fake.clock, file=file)
    turn, second = budget.reserve(1), budget.reserve(1)
    fake.seconds += 5
    budget.arrived(turn)
    budget.arrived(second)

    assert [0.0] * 58 + [1.0] == waits(budget, 59)


def test_a_forecast() -> None:
    """What a number of requests will take is what they then take, and asking takes no turn."""
    budget = Budget(60, FakeClock().clock)

    assert [0.0, 40.0, 40.0] == [budget.seconds(number) for number in (60, 100, 100)]
    assert 40.0 == waits(budget, 100)[-1]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"garbage",
        b"\xff" * 50,
        b"rulesync-budget-1 nan nan 0\n",
        b"rulesync-budget-1 inf inf 0\n",
        b"rulesync-budget-1 1e300 0 0\n",
        b"rulesync-budget-1 0 900 0\n",
        b"rulesync-budget-1 9000 0 0\n",
        b"rulesync-budget-1 0 0 -1\n",
        b"rulesync-budget-1 0 0 0 0\n",
        b"rulesync-budget-9 0 0 0\n",
        b"x" * 100_000,
    ],
)
def test_a_file_that_makes_no_sense(file: Path, content: bytes) -> None:
    """A file of garbage or from the future is not believed, and is put right by the next request."""
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    clock = FakeClock().clock

    assert [0.0, 60.0] == waits(Budget(1, clock, file=file), 2)
    assert [120.0] == waits(Budget(1, clock, file=file), 1)


@given(
    content=st.binary(max_size=300)
    | st.text("0123456789.e-+naif ", max_size=60).map(lambda t: f"rulesync-budget-1 {t}".encode())
)
def test_no_file_makes_anybody_wait_for_long(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Whatever stands in the file, a turn comes within the time that a refusal and a queue can take."""
    file = tmp_path_factory.mktemp("budget") / "cache" / "budget" / "0123456789abcdef"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)

    assert 200 > Budget(100, FakeClock().clock, file=file).reserve(1).seconds >= 0


def test_a_file_of_before_a_restart(file: Path) -> None:
    """What was counted before the machine was started again says nothing."""
    fake = FakeClock()
    fake.seconds = 100_000.0
    assert [0.0, 60.0] == waits(Budget(1, fake.clock, file=file), 2)
    fake.seconds = 30.0

    assert [0.0] == waits(Budget(1, fake.clock, file=file), 1)


def test_a_directory_that_cannot_be_used(tmp_path: Path) -> None:
    """Where the file cannot be made, a process counts for itself."""
    (tmp_path / "cache").write_text("no directory")
    budget = Budget(1, FakeClock().clock, file=shared_file(tmp_path / "cache", URL, "k"))

    assert [0.0, 60.0] == waits(budget, 2)


def test_a_link_is_not_followed(file: Path, tmp_path: Path) -> None:
    """A file that is a link is neither read nor written."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    file.parent.mkdir(parents=True)
    file.symlink_to(elsewhere)

    assert [0.0, 60.0] == waits(Budget(1, FakeClock().clock, file=file), 2)
    assert "mine" == elsewhere.read_text()


def test_a_system_without_locks(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no such locks, nothing is shared, and nothing fails."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    clock = FakeClock().clock

    assert [0.0, 60.0] == waits(Budget(1, clock, file=file), 2)
    assert [0.0] == waits(Budget(1, clock, file=file), 1)


def test_whoever_holds_on_to_the_lock_holds_nobody_up(file: Path) -> None:
    """A process that was stopped while it had the lock costs the others half a second, and no more."""
    budget = Budget(60, FakeClock().clock, file=file)
    budget.reserve(1)
    holder = "import fcntl, sys, time; f = open(sys.argv[1]); fcntl.flock(f, 2); print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", holder, str(file)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        begun = time.monotonic()
        held_up = budget.reserve(1).seconds
        took = time.monotonic() - begun
        process.kill()

    assert 0.0 == held_up
    assert 5 > took > 0.3
    assert [0.0] == waits(budget, 1), "the lock of a process that died is gone"


def test_many_threads_and_files_lose_no_turn(file: Path) -> None:
    """However many threads of however many budgets reserve at once, every turn is given out once."""
    clock = FakeClock().clock
    budgets = [Budget(60, clock, file=file) for _ in range(4)]
    found: list[float] = []
    threads = [threading.Thread(target=lambda b=b: found.extend(waits(b, 20))) for b in budgets for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [0.0] * 60 + [float(n) for n in range(1, 101)] == sorted(found)


def test_files_that_nobody_uses_go_away(file: Path) -> None:
    """What other keys left a day ago is taken away; what is of somebody else stays."""
    file.parent.mkdir(parents=True)
    old, other, new = (file.parent / name for name in ("0" * 16, "notes.txt", "1" * 16))
    for each in (old, other, new):
        each.write_text("x")
    for each in (old, other):
        os.utime(each, (1, 1))
    Budget(1, FakeClock().clock, file=file).reserve(1)

    assert [False, True, True, True] == [each.exists() for each in (old, other, new, file)]
    assert 0o600 == file.stat().st_mode & 0o777


def test_two_processes_meet_no_refusal(tmp_path: Path) -> None:
    """Two plans of one organisation at once, whose requests are more than a minute has, are never refused one."""
    rules = 70
    with Sandbox(requests_per_minute=120) as box, serve(box) as server:
        for number in range(rules):
            file = tmp_path / "rules" / f"r{number}.yaml"
            file.parent.mkdir(exist_ok=True)
            trigger = {"type": "MANUAL", "account_id": "acc_01HABC4567"}
            made = box.create_in_app({"nickname": f"r{number}", "trigger": trigger, "steps": []})
            file.write_text(RULE.replace("NICKNAME", f"r{number}").replace("PERCENT", "20") + f"id: {made}\n")
        (tmp_path / "rulesync.yaml").write_text(CONFIG + "api: {requests_per_minute: 120}\n")
        given = {
            "RULESYNC_BASE_URL": f"{server.url}/api/v1",
            "SEQUENCE_API_KEY": box.key,
            "RULESYNC_CACHE_DIR": str(tmp_path / "cache"),
        }
        command = [
            sys.executable,
            "-m",
            "rulesync",
            "-C",
            str(tmp_path),
            "plan",
            "--refresh",
            "--history-requests",
            "0",
            "--format",
            "json",
        ]
        runs = [
            subprocess.Popen(command, env={**without_ours(), **given}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for _ in range(2)
        ]
        told = [run.communicate() for run in runs]
        answers = [each["status"] for each in box.log()]

    assert [rules, rules] == [json.loads(out)["summary"]["update"] for out, _ in told]
    assert {200} == set(answers)
    assert len(answers) > 120
