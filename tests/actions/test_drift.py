"""What the drift workflow does every morning."""

import pytest

from tests.actions.stage import Stage
from tests.github.hub import person


@pytest.fixture
def waiting(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """One rule that was applied, and that waits for a person."""
    stage.rule("save")
    stage.commit()
    stage.push()
    stage.apply(monkeypatch)
    return stage


@pytest.fixture
def applied(waiting: Stage) -> Stage:
    """One rule that was applied, and that a person enabled."""
    waiting.box.activate(waiting.managed()["save"]["id"])
    return waiting


def test_one_issue(applied: Stage) -> None:
    """Drift opens an issue, stays in it, closes it when it is gone, and opens the same one when it comes back."""
    rule = applied.managed()["save"]["id"]
    quiet = applied.by_hand("drift")
    opened_before = list(applied.hub.issues)
    applied.box.edit(rule, nickname="Somebody was here")
    found = applied.by_hand("drift")
    (issue,) = applied.hub.issues
    told = (issue["title"], issue["state"], "Somebody was here" in issue["body"])
    applied.box.edit(rule, nickname="save")
    gone = applied.by_hand("drift")
    closed = (issue["state"], issue["state_reason"], "Nothing drifts any more" in issue["body"])
    applied.box.edit(rule, nickname="Again")
    applied.by_hand("drift")

    assert [] == opened_before
    assert [("0", "false"), ("2", "true"), ("0", "false")] == [
        (run.outputs["exit-code"], run.outputs["changes"]) for run in (quiet, found, gone)
    ]
    assert [0, 0, 0] == [run.code for run in (quiet, found, gone)]
    assert ("Rules: 1 rule is not what Git wants", "open", True) == told
    assert ("closed", "completed", True) == closed
    assert ("open", 1) == (issue["state"], len(applied.hub.issues))
    assert "Somebody was here" in found.summary


def test_drift_as_a_failure(applied: Stage) -> None:
    """Where it is asked for, drift fails the job, after the issue was opened."""
    applied.box.edit(applied.managed()["save"]["id"], nickname="Somebody was here")

    run = applied.by_hand("drift", ACTION_FAIL_ON_DRIFT="true")

    assert (2, 1) == (run.code, len(applied.hub.issues))


@pytest.mark.parametrize("trouble", ["key", "file"])
def test_what_nobody_can_tell(applied: Stage, trouble: str) -> None:
    """Where the API or the files cannot be read, an open issue stays open: that is no absence of drift."""
    applied.box.edit(applied.managed()["save"]["id"], nickname="Somebody was here")
    applied.by_hand("drift")
    before = [dict(each) for each in applied.hub.issues]
    given = {}
    if trouble == "key":
        given = {"ACTION_KEYS": ""}
    else:
        (applied.root / "rules" / "save.yaml").write_text("nickname: [\n")

    run = applied.by_hand("drift", **given)

    assert (before, True) == (applied.hub.issues, run.code in {1, 3})
    assert "nobody can tell what drifted" in run.annotations[-1]


def test_others_are_not_believed(applied: Stage) -> None:
    """An issue with our marker that a person opened is neither edited nor closed."""
    forged = applied.hub.open_issue(person("mallory"), "Drift", "<!-- rulesync:drift place=.: -->\nall is well")

    applied.by_hand("drift")

    assert ("open", 1) == (forged["state"], len(applied.hub.issues))


@pytest.mark.parametrize(
    ("rights", "words"),
    [({"contents": "read"}, "issues are switched off"), ({"issues": "read"}, "`issues: write` for issues")],
)
def test_rights_that_are_missing(applied: Stage, rights: dict[str, str], words: str) -> None:
    """Where no issue may be opened the job fails, with what to do, and what drifted is in its summary."""
    applied.box.edit(applied.managed()["save"]["id"], nickname="Somebody was here")
    applied.hub.rights = rights

    run = applied.by_hand("drift")

    assert (1, True, True) == (run.code, words in run.log, "Somebody was here" in run.summary)


def test_what_waits_for_too_long(waiting: Stage) -> None:
    """A rule that has waited for a person for as long as is named is in the issue, until somebody enables it."""
    patient = waiting.by_hand("drift", ACTION_WAITING_HOURS="48")
    late = waiting.by_hand("drift", ACTION_WAITING_HOURS="0")
    (issue,) = waiting.hub.issues
    told = (issue["state"], issue["title"])
    waiting.box.activate(waiting.managed()["save"]["id"])
    waiting.by_hand("drift", ACTION_WAITING_HOURS="0")

    assert ("0", "2") == (patient.outputs["exit-code"], late.outputs["exit-code"])
    assert (("open", "Rules: 1 rule is not what Git wants"), "closed") == (told, issue["state"])


def test_what_a_base_makes_certain(applied: Stage) -> None:
    """With the commit that was applied last, the issue says what was deleted, and not that it may have been."""
    applied.box.delete(applied.managed()["save"]["id"])

    applied.by_hand("drift")
    unsure = applied.hub.issues[0]["body"]
    applied.by_hand("drift", ACTION_BASE="HEAD")
    (issue,) = applied.hub.issues

    assert "missing: deleted in the app or not applied yet" in unsure
    assert "deleted in the app since the last apply" in issue["body"]
