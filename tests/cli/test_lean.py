"""What a command imports: that is most of what a short one costs, so that dear libraries wait until they are needed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Household

DEAR = {"asyncio", "deepdiff", "httpx", "importlib.metadata", "jinja2", "pydantic", "yaml"}
PROGRAM = """\
import sys
from rulesync.cli.main import run
code = run(sys.argv[1:])
print(code, *sorted(sys.modules), file=sys.stderr)
"""


def imported(root: Path, *words: str) -> set[str]:
    """Run a command in a process of its own, and return which of the dear libraries it imported."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=root,
        env={**os.environ, "RULESYNC_CACHE_DIR": str(root / "cache")},
        capture_output=True,
        text=True,
        check=True,
    )
    code, *modules = done.stderr.splitlines()[-1].split()
    assert "0" == code, done
    return DEAR & set(modules)


@pytest.mark.parametrize("words", [("--help",), ("--version",), ()])
def test_help_needs_no_library(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Help for the whole imports click and nothing dear."""
    assert set() == imported(tmp_path, *words)


def test_files_that_are_known_need_no_validator(household: Household) -> None:
    """The second `validate` of files that did not change reads rulesync.yaml alone."""
    household.rule("save")
    assert imported(household.root, "validate") >= {"pydantic", "yaml"}
    assert {"yaml"} == imported(household.root, "validate")


def test_a_plan_without_changes_needs_the_network_alone(household: Household) -> None:
    """A plan of what is known not to have changed imports no validator, no templates and no differ."""
    household.rule("save")
    household.apply()
    household.later(10)
    for _ in range(2):
        imported(household.root, "plan")
    assert {"httpx", "yaml"} == imported(household.root, "plan")
