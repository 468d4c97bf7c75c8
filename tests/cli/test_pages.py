"""Pages as a user gets them: `--format html`, and `--write html=FILE` beside what a log shows."""

import pytest

from tests.cli.conftest import Household


def page(text: str) -> str:
    assert text.startswith("<!doctype html>\n<html")
    assert text.endswith("</html>\n")
    return text


@pytest.fixture
def changed(household: Household) -> Household:
    """A rule that was applied, enabled, edited in the app, and changed in Git since."""
    household.rule("save")
    household.apply()
    household.box.activate(household.id_of("save"))
    household.percent("save", 30)
    household.rule("save", 25)
    return household


def test_one_workspace(changed: Household) -> None:
    """Plan, drift, status and apply print pages, with the exit codes that they have in any format."""
    plan, drift = changed.run("plan", "--format", "html"), changed.run("drift", "--format", "html")
    status = changed.run("status", "--format", "html")
    done = changed.run("apply", "--auto-approve", "--overwrite-app-changes", "--format", "html")

    assert [0, 2, 0, 0] == [plan.code, drift.code, status.code, done.code]
    assert "<h1>Changes 1 rule; switches 1 live rule off until a person enables it again.</h1>" in page(plan.out)
    assert "The map of the money" in plan.out
    assert "<h1>1 rule drifted.</h1>" in page(drift.out)
    assert "1 rule: 1 enabled; 3 not managed here" in page(status.out)
    assert "<h1>Done.</h1>" in page(done.out)
    assert "?action=activateRule" in done.out


def test_beside_the_log(changed: Household) -> None:
    """A page is written to a file in the same run that prints the plan, readable for its owner alone."""
    file = changed.root / "plan.html"
    done = changed.run("plan", "--write", f"html={file}")

    assert done.out.startswith("Changes 1 rule; ")
    assert "<h1>Changes 1 rule; " in page(file.read_text(encoding="utf-8"))
    assert 0o600 == file.stat().st_mode & 0o777


def test_even_on_failure(changed: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the API cannot be read, the page says so."""
    monkeypatch.setenv("SEQUENCE_API_KEY", "wrong-key-altogether")
    done = changed.run("plan", "--format", "html")

    assert 1 == done.code
    assert "This plan cannot be applied: not everything could be read, so nothing at all is written." in page(done.out)


def test_pause_and_undo(changed: Household) -> None:
    """What a pause and an undo did are pages too."""
    report = changed.root / "report.json"
    changed.run("apply", "--auto-approve", "--overwrite-app-changes", "--report", str(report))
    changed.box.activate(changed.id_of("save"))
    paused = changed.run("pause", "--all", "--auto-approve", "--format", "html")
    undone = changed.run("undo", str(report), "--auto-approve", "--format", "html")

    assert "<h1>The rule is off now.</h1>" in page(paused.out)
    assert "rulesync undo" in page(undone.out)
