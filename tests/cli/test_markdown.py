"""Markdown from the command line: on standard output, in files, for one workspace and for several."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Household
from tests.cli.test_workspaces import ALL, both, with_books  # noqa: F401 - `both` is a fixture
from tests.render.markdown.github import harmless

LINK = "https://ci.test/run/1"


def test_the_life_of_a_change(household: Household, tmp_path: Path) -> None:
    """Plan, apply, status and drift each make a page: what will be, what was done, what waits, and what drifted."""
    household.rule("save")
    comment = tmp_path / "comment.md"
    plan = household.run("plan", "--write", f"markdown={comment}", "--link", LINK)
    applied = household.run("apply", "--auto-approve", "--format", "markdown", "--link", LINK)
    status = household.run("status", "--format", "markdown", "--link", LINK)
    drift = household.run("drift", "--format", "markdown", "--link", LINK)

    assert plan.out.startswith("Creates 1 rule.")
    assert comment.read_text().startswith("## Creates 1 rule.\n")
    assert applied.out.startswith("## Done.\n")
    assert "?action=activateRule)" in applied.out
    assert status.out.startswith("## 1 rule: 1 waiting for a person")
    assert drift.out.startswith("## Nothing drifted.\n")
    for text in (comment.read_text(), applied.out, status.out, drift.out):
        assert LINK in text
        harmless(text)


@pytest.mark.parametrize("command", ["plan", "drift", "status"])
def test_a_run_that_fails_makes_a_page(
    household: Household, tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the API cannot be read, the page says so, on standard output and in a file, and is no all-clear."""
    household.rule("save")
    monkeypatch.setenv("SEQUENCE_API_KEY", "wrong-key-of-nobody")
    page = tmp_path / "page.md"
    done = household.run(command, "--format", "markdown", "--write", f"markdown={page}")

    assert 1 == done.code
    assert page.read_text() == done.out
    assert "could-not-run" in done.out
    assert "not everything could be read" in done.out.lower()
    assert "Nothing drifted" not in done.out
    harmless(done.out)


def test_several_workspaces(both: Household) -> None:  # noqa: F811 - the fixture
    """All workspaces stand in one page, failed ones first, for every command."""
    with_books(both)
    pages = {
        command: both.run(*command.split(), ALL, "--format", "markdown", "--link", LINK)
        for command in ("plan", "apply --auto-approve", "status", "drift")
    }

    for done in pages.values():
        assert done.out.startswith("## 3 workspaces, 1 failed. ")
        assert done.out.index("| <b>books</b> | failed: ") < done.out.index("| firm |")
        harmless(done.out)
    assert "## firm: Creates 1 rule.\n" in pages["plan"].out
    assert "## firm: Done.\n" in pages["apply --auto-approve"].out


@pytest.mark.parametrize(
    "link",
    ["ftp://x.test", "javascript:alert(1)", "x", "", "https://", "https:///x", "https://a b", f"https://{'x' * 1000}"],
)
@pytest.mark.parametrize("command", ["plan", "apply", "drift", "status"])
def test_a_link_is_the_address_of_a_page(household: Household, command: str, link: str) -> None:
    """What is no http:// or https:// URL is refused before anything is done."""
    done = household.run(command, "--link", link)

    assert 64 == done.code
    assert "is no http:// or https:// URL" in done.err


def test_nobody_else_pays_for_templates(household: Household) -> None:
    """A plan as text, or as JSON, does without Jinja."""
    household.rule("save")
    words = ["-C", str(household.root), "plan", "--write", f"json={household.root / 'plan.json'}"]
    code = f"import sys; from rulesync.cli.main import run; code = run({words!r}); print('jinja2' in sys.modules, code)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.endswith("False 0\n")


def test_a_pause_and_an_undo(household: Household, tmp_path: Path) -> None:
    """What was switched off, and what was put back, is told in Markdown as well."""
    household.rule("save")
    report = tmp_path / "report.json"
    household.run("apply", "--auto-approve", "--report", str(report))
    for rule in household.box.rules():
        household.box.activate(str(rule["id"]))
    paused = household.run("pause", "save", "--auto-approve", "--format", "markdown")
    undone = household.run("undo", str(report), "--auto-approve", "--prune", "--format", "markdown")

    assert paused.out.startswith("## The rule is off now.\n")
    assert undone.out.startswith("## ")
    for text in (paused.out, undone.out):
        harmless(text)
