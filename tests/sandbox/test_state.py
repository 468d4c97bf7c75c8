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

from rulesync.sandbox import Sandbox, StateError

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
