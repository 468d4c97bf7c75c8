"""A whole life of a rule in a repository: pull request, merge, a person, the app, drift and back, on loopback alone.

What people see on GitHub at each point is kept in `golden/`. `make golden` rewrites it; review the difference.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from rulesync.config import without_ours
from tests.actions.stage import Stage, a_stage

GOLDEN = Path(__file__).parent / "golden"
MONEY = "money"  # the directory of the rules: not the top of the repository, so that names of files are those of GitHub
DOUBTFUL = """\
nickname: Pocket money
trigger: {type: ON_FUNDS_TRANSFERRED, account: checking}
steps:
  - actions: [{type: fixed_amount, amount: $5.00, source: checking, destination: fun}]
  - actions: [{type: fixed_amount, amount: $9.00, source: checking, destination: fun}]
"""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A repository whose rules lie in a directory, with two rules that were applied and enabled."""
    with a_stage(tmp_path, MONEY) as set_up:
        for key, percent in (("save", 20), ("fun", 5)):
            set_up.rule(key, percent)
        set_up.commit("two rules")
        assert 0 == set_up.apply_push(*set_up.push(), ACTION_REQUIRE_REVIEW="false").code
        for rule in set_up.managed().values():
            set_up.box.activate(rule["id"])
        yield set_up


def rulesync(stage: Stage, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command as a person does, in the directory of the rules."""
    environment = {**without_ours(), "SEQUENCE_API_KEY": stage.box.key, "RULESYNC_BASE_URL": f"{stage.app}/api/v1"}
    command = [sys.executable, "-m", "rulesync", "-C", str(stage.root / MONEY), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def told(stage: Stage, text: str) -> str:
    """Return a text without what is different every time: addresses, ids, commits, digests and times."""
    ids: dict[str, str] = {}

    def numbered(match: re.Match[str]) -> str:
        return ids.setdefault(match[0], f"rule_{len(ids) + 1}")

    text = text.replace(stage.app.removeprefix("http://"), "app.example")
    text = re.sub(r"rule_[0-9A-Z]{26}", numbered, text)
    text = re.sub(r"\b[0-9a-f]{64}\b", "DIGEST", text)
    text = re.sub(r"\b[0-9a-f]{40}\b", "COMMIT", text)
    text = re.sub(r"\b[0-9a-f]{16}\b", "DRIFT", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "TIME", text)
    text = re.sub(r"(deleted); \d+ s\b", r"\1; 0 s", text)
    return re.sub(r"rulesync \d+\.\d+\.\d+[.\w]*", "rulesync VERSION", text)


def hold(stage: Stage, seen: Mapping[str, str]) -> None:
    """Hold what people saw against what is kept."""
    for name, text in seen.items():
        file = GOLDEN / name
        if os.environ.get("UPDATE_GOLDEN"):
            file.write_text(told(stage, text))
        assert file.read_text() == told(stage, text)


def test_a_whole_life(stage: Stage) -> None:
    """A change is reviewed, applied as reviewed, enabled by a person, edited in the app, noticed and put back."""
    # A branch changes a rule, and makes one that is doubtful.
    stage.branch()
    stage.rule("save", 25)
    stage.rule("pocket", text=DOUBTFUL)
    stage.commit("save more")
    plan = stage.plan_pull()
    assert 0 == plan.code
    hold(stage, {"plan.md": stage.hub.bodies(7)[0], "annotations.txt": "\n".join(plan.annotations) + "\n"})

    # It is merged: what was reviewed is applied, and says which rules wait for a person.
    applied = stage.apply_push(*stage.merge(how="squash"))
    assert (0, applied.json("report.json")["plan_digest"]) == (applied.code, plan.json("plan.json")["digest"])
    hold(stage, {"report.md": stage.hub.bodies(7)[1]})
    waiting = [each["id"] for each in applied.json("report.json")["awaiting_enable"]]
    assert {rule["id"] for key, rule in stage.managed().items() if key != "fun"} == set(waiting)

    # A person follows the links and presses the buttons.
    assert 6 == rulesync(stage, "wait", "--timeout", "1").returncode
    for rule in waiting:
        stage.box.activate(rule)
    assert 0 == rulesync(stage, "wait", "--timeout", "60").returncode
    assert (0, []) == (stage.by_hand("drift").code, stage.hub.issues)

    # Somebody edits a rule in the app: an issue opens.
    rule = stage.managed()["save"]
    stage.box.edit(rule["id"], nickname="Save a lot")
    assert 0 == stage.by_hand("drift").code
    (issue,) = stage.hub.issues
    assert "open" == issue["state"]
    hold(stage, {"issue.md": f"# {issue['title']}\n\n{issue['body']}"})

    # It is put back: the issue closes.
    stage.box.edit(rule["id"], nickname=rule["nickname"])
    assert 0 == stage.by_hand("drift").code
    assert ("closed", "completed") == (issue["state"], issue["state_reason"])
    hold(stage, {"closed.md": f"# {issue['title']}\n\n{issue['body']}"})

    # All along, one comment of each kind and one issue.
    assert (2, 1) == (len(stage.hub.bodies(7)), len(stage.hub.issues))
