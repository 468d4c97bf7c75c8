import os
import sys
import threading
from pathlib import Path

import pytest

from tests.measuring import MUCH, uncounted

ROOT = Path(__file__).parents[1]


def test_who_tries_much_is_there() -> None:
    """Every name among those that try much is the beginning of one, and what is counted again is no leftover."""
    files = {name: ROOT / name.partition("::")[0] for name in MUCH}

    assert [] == [name for name, file in files.items() if not file.exists()]
    assert [] == [
        name for name in MUCH if "::" in name and f"def {name.partition('::')[2]}(" not in files[name].read_text()
    ]


def test_nobody_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the block no line is counted, in no thread and no process; after it, as before."""
    monkeypatch.setenv("COVERAGE_PROCESS_CONFIG", ":data:{}")
    before = (sys.gettrace(), threading.gettrace())

    with uncounted():
        within = (sys.gettrace(), threading.gettrace(), "COVERAGE_PROCESS_CONFIG" in os.environ)

    assert (None, None, False) == within
    assert before == (sys.gettrace(), threading.gettrace())
    assert "COVERAGE_PROCESS_CONFIG" in os.environ
