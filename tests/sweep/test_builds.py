"""The judge judged: builds that break one law each are told from the real one by the same sweep."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.sweep.builds import BROKEN, SEEN_AT, Edit, build

SWEEP = [
    sys.executable,
    "-m",
    "tests.sweep",
    "--schedules",
    "600",
    "--processes",
    "0",
    "--workers",
    "1",
    "--to-the-first",
]


@pytest.mark.parametrize("law", BROKEN)
def test_a_broken_build_is_caught(law: str, tmp_path: Path) -> None:
    """A build without this law ends in a violation, with the command that plays it again."""
    build(tmp_path, BROKEN[law])

    done = subprocess.run(
        [*SWEEP, "--seed", str(SEEN_AT.get(law, 0))], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert "" == done.stderr
    assert 1 == done.returncode, done.stdout
    assert "violation; replay with: python -m tests.sweep --only " in done.stdout
    assert "bug:" not in done.stdout


def test_what_is_not_there_cannot_be_broken(tmp_path: Path) -> None:
    """A law whose text moved is no law that is quietly left unbroken."""
    with pytest.raises(ValueError, match="0 times: no such text"):
        build(tmp_path, [Edit("plan.py", "no such text", "")])
