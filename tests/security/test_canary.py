import logging
import re
import shutil
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import pytest

from rulesync.sandbox import Sandbox
from tests import canary

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]

LEAKS = """
import logging, subprocess, sys
from pathlib import Path

KEY = "sk_sandbox_" + "0123456789abcdef" * 2

def test_silent(capsys, tmp_path):
    print("sk_…")
    assert capsys.readouterr().out
    (tmp_path / "plan.json").write_text("{}")

def test_printed(capsys):
    print(KEY)
    assert capsys.readouterr().out

def test_said(capsys):
    print(KEY, file=sys.stderr)
    assert capsys.readouterr().err

def test_left_unread():
    print(KEY)

def test_written(tmp_path):
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "report.json").write_text(KEY)

def test_written_elsewhere(tmp_path_factory):
    (tmp_path_factory.mktemp("cache") / "http.log").write_bytes(b"\\xff" + KEY.encode())

def test_logged():
    logging.getLogger("httpcore.http11").debug("headers=%r", [("X-Echo", KEY)])

def test_a_process():
    subprocess.run([sys.executable, "-c", f"print({KEY!r})"], capture_output=True, check=True)

def test_the_process_that_tells_its_key():
    command = [sys.executable, "-c", f"print({KEY!r})", "sandbox"]
    assert subprocess.run(command, capture_output=True, check=True).stdout

def test_disguised(capsys):
    print(KEY.replace("_", "%5F"))
    assert capsys.readouterr().out
"""


def test_a_key_that_gets_out_fails_the_run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever prints, writes or logs a key fails, and nobody else; how it fails does not show the key."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # it would hold the key, whole
    pytester.makepyfile(test_leaks=LEAKS)

    done = pytester.runpytest_subprocess(
        "-p",
        "tests.canary",
        "-p",
        "no:xdist",
        "-p",
        "no:hypothesispytest",
        "-rA",
        "--show-capture=no",
        "--basetemp=inner",
    )

    shutil.rmtree(pytester.path / "inner")
    told = re.findall(r"^(PASSED|FAILED|ERROR) test_leaks.py::(\w+)", done.stdout.str(), re.MULTILINE)
    let_out = {name for how, name in told if how != "PASSED"}
    found_at_the_end = "test_written_elsewhere"
    assert {name for _, name in told} - let_out == {
        "test_silent",
        "test_the_process_that_tells_its_key",
        found_at_the_end,
    }
    assert 7 == len(let_out)
    assert "the canary: a key (sk_san…) in the file reports/report.json" in done.stdout.str()
    assert "the canary: a key (sk_san…) in the file cache0/http.log" in done.stdout.str()


def test_every_key_of_a_sandbox_is_known() -> None:
    """A key that a sandbox makes is found wherever it stands, also where it was encoded on the way."""
    with Sandbox() as box:
        keys = [box.key, box.add_key({"LIST_RULES": "*"})]

    for key in keys:
        encoded = [b64encode(f"{before}{key}".encode()).decode() for before in ("", "a", "ab", "ApiKey ")]
        for spelled in (key, quote(key).replace("_", "%5F"), key.replace("_", "\\u005f"), *encoded):
            assert canary.keys_in(f"…{spelled}…")
            assert key not in str(canary.keys_in(spelled))


def test_the_state_of_a_sandbox_is_the_servers_side(tmp_path: Path) -> None:
    """The file in which a sandbox keeps its own key is passed over; a copy of its bytes in another shape is not."""
    with Sandbox(tmp_path / "state.db") as box:
        key = box.key
        assert [] == canary.keys_in_files(tmp_path)
    (tmp_path / "state.db").unlink()
    (tmp_path / "plan.json").write_text(key)

    found = canary.keys_in_files(tmp_path)

    (tmp_path / "plan.json").unlink()
    assert ["a key (sk_san…) in the file plan.json"] == found


def test_the_libraries_talk_while_the_tests_run() -> None:
    """The logs of the HTTP libraries are switched on and looked through."""
    assert all(logging.getLogger(name).isEnabledFor(logging.DEBUG) for name in canary.SPEAKERS)
    assert canary.CANARY in logging.getLogger().handlers


def test_no_key_is_checked_in() -> None:
    """Neither the documentation, nor the examples, nor any golden file holds a key."""
    texts = [path for suffix in ("md", "yaml", "txt", "ansi") for path in ROOT.rglob(f"*.{suffix}")]
    goldens = [path for path in (ROOT / "tests").rglob("*.json") if "data" not in path.parts]
    found = [path for path in (*texts, *goldens) if ".venv" not in path.parts and canary.keys_in(_read(path))]

    assert [] == found


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
