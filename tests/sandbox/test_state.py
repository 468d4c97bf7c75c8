import contextlib
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from rulesync.sandbox import ConnectionDropped, Sandbox, StateError
from rulesync.sandbox.records import Rule
from rulesync.sandbox.store import Store

KEY = {"Idempotency-Key": "k"}


def connect(box: Sandbox) -> httpx.Client:
    headers = {"Authorization": f"ApiKey {box.key}"}
    return httpx.Client(
        transport=httpx.WSGITransport(app=box.wsgi), base_url="http://127.0.0.1/api/v1", headers=headers
    )


def test_a_file_survives(tmp_path: Path, body: dict[str, Any]) -> None:
    """Rules, accounts, keys, kept answers and the log are there again after a restart; nobody moves in twice."""
    state = tmp_path / "state.sqlite"
    with Sandbox(state) as box, connect(box) as api:
        neighbours = box.add_organisation("Neighbours")
        first = api.post("/rules", json=body, headers=KEY)
        box.delete("rule_01HRNT0001")
        before = (box.rules(), box.accounts(), box.log(), box.key)
    with Sandbox(state) as box, connect(box) as api:
        assert before == (box.rules(), box.accounts(), box.log(), box.key)
        assert neighbours == box.add_organisation("Neighbours", household=True)
        assert box.rules("Neighbours") == []
        assert first.content == api.post("/rules", json=body, headers=KEY).content
        assert [entry["n"] for entry in box.log()] == [1, 2]


def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    """What was answered is in the file even when the process never closed it."""
    state = tmp_path / "state.sqlite"
    script = (
        "import os, pathlib, sys\n"
        "from rulesync.sandbox import Sandbox\n"
        "box = Sandbox(pathlib.Path(sys.argv[1]))\n"
        "box.activate('rule_01HINV0003')\n"
        "os._exit(9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(state)], check=False)
    assert killed.returncode == 9
    with Sandbox(state) as box:
        assert box.rules()[2]["status"] == "enabled"


def test_two_processes_on_one_file(tmp_path: Path, body: dict[str, Any]) -> None:
    """What somebody else changes in the file is seen at once, in lists that were read before too."""
    state = tmp_path / "state.sqlite"
    with Sandbox(state) as one, Sandbox(state) as other, connect(one) as api:
        assert (3, 11) == (len(one.rules()), len(one.accounts()))
        other.create_in_app(body)
        other.delete_account("acc_01HSAV9999")
        assert (4, 10) == (len(one.rules()), len(api.get("/accounts").json()["data"]))
        other.pause("rule_01HRNT0001")
        assert "disabled" == one.rules()[0]["status"]
        one.activate("rule_01HRNT0001")
        assert "enabled" == other.rules()[0]["status"]


def test_what_was_undone_is_not_remembered() -> None:
    """A change that is taken back is in no list, even if a list was read while it was there."""
    store = Store(None)
    house = store.add_organisation("House")
    rule = Rule("rule_1", None, None, "disabled", {}, [], "", "")
    with contextlib.suppress(KeyboardInterrupt), store.transaction():
        store.add_rule(house, rule)
        assert 1 == len(store.rules(house))
        raise KeyboardInterrupt
    assert [] == store.rules(house)
    store.close()


def test_files_that_are_no_state(tmp_path: Path) -> None:
    """A file that is something else, is of another version, or cannot be made is an error that names it."""
    other = tmp_path / "other"
    other.write_text("This is a letter, and long enough to be taken for a database header at first sight.\n" * 20)
    newer = tmp_path / "newer"
    with contextlib.closing(sqlite3.connect(newer)) as database:
        database.execute("PRAGMA user_version = 99")
    for path, words in (
        (other, "not a database"),
        (newer, "version 99"),
        (tmp_path / "no" / "where", "unable to open"),
    ):
        with pytest.raises(StateError, match=words) as caught:
            Sandbox(path)
        assert str(path) in str(caught.value)


def test_a_file_of_the_version_before(tmp_path: Path, body: dict[str, Any]) -> None:
    """A state of version 1 is taken over; of what was noted then nobody knows whether it was committed."""
    state = tmp_path / "state"
    with Sandbox(state) as box, connect(box) as api:
        api.post("/rules", json=body)
    with contextlib.closing(sqlite3.connect(state)) as database:
        for column in ("committed", "fault"):
            database.execute(f"ALTER TABLE journal DROP COLUMN {column}")
        database.execute("PRAGMA user_version = 1")
    for count in (2, 3):
        with Sandbox(state) as box, connect(box) as api:
            api.post("/rules", json=body)
            assert [entry["committed"] for entry in box.log()] == [None, True, True][:count]


@pytest.mark.parametrize("is_file", [False, True])
def test_a_snapshot(tmp_path: Path, body: dict[str, Any], *, is_file: bool) -> None:
    """A snapshot restored, as often as one likes, is the whole state as it was: rules, kept answers, log and ids."""
    with Sandbox(tmp_path / "state" if is_file else None) as box, connect(box) as api:
        first = api.post("/rules", json=body, headers=KEY)
        before = (box.rules(), box.accounts(), box.log())
        snapshot = box.snapshot()
        ids = []
        for _ in range(2):
            ids.append(api.post("/rules", json=body, headers={"Idempotency-Key": "2"}).json()["data"]["id"][15:])
            box.delete(first.json()["data"]["id"])
            box.open_account({"name": "Later", "type": "pod"})
            box.restore(snapshot)
            assert before == (box.rules(), box.accounts(), box.log())
        assert ids[0] == ids[1]
        assert first.content == api.post("/rules", json=body, headers=KEY).content
    if is_file:
        with Sandbox(tmp_path / "state") as again:
            assert before[0] == again.rules()


def test_a_snapshot_ends_what_faults_left_behind(body: dict[str, Any]) -> None:
    """With the state the views are restored and late requests forgotten; faults that are set stay set."""
    with Sandbox() as box, connect(box) as api:
        snapshot = box.snapshot()
        box.faults.add("list-lags", requests=9)
        box.faults.add("rate-limited", method="PUT")
        api.post("/rules", json=body)
        box.faults.add("arrives-later")
        with pytest.raises(ConnectionDropped):
            api.post("/rules", json=body)
        box.restore(snapshot)
        made = api.post("/rules", json=body).json()["data"]["id"]
        assert made in [rule["id"] for rule in api.get("/rules").json()["data"]]
        assert len(box.rules()) == 4
        assert api.put(f"/rules/{made}", json=body).status_code == 429


def test_many_at_once(clock: Callable[[], datetime], body: dict[str, Any]) -> None:
    """Many threads on one sandbox lose nothing and disturb nobody."""
    with Sandbox(clock=clock, requests_per_minute=None) as box, connect(box) as api:
        barrier = threading.Barrier(8)

        def work(number: int) -> list[int]:
            barrier.wait()
            made = [api.post("/rules", json={**body, "nickname": f"{number}.{turn}"}) for turn in range(5)]
            return [answer.status_code for answer in made] + [api.get("/rules").status_code]

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(work, range(8))) == [[201] * 5 + [200]] * 8
        rules = box.rules()
        assert (len(rules), len({rule["id"] for rule in rules})) == (43, 43)
        assert len(box.log()) == 48
