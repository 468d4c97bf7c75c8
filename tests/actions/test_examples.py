"""What people call and copy: the workflows and their callers, GitLab's pipeline, the script for any CI, the hook."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from rulesync import __version__
from rulesync.config import without_ours
from rulesync.document import read
from tests.actions.stage import ACTION, Stage

ROOT = ACTION.parents[2]
WORKFLOWS = {file.stem: file for file in sorted((ROOT / ".github" / "workflows").glob("*.yml"))}
CALLERS = {file.stem: file for file in sorted((ROOT / "examples" / "workflows").glob("*.yml"))}
EVERY = [*WORKFLOWS.values(), *CALLERS.values(), ACTION / "action.yml"]
CALLED = ("apply", "drift", "plan")
RIGHTS = {"contents": "read", "pull-requests": "write", "issues": "write"}
NOTHING = "0" * 40


def data(file: Path) -> Any:  # noqa: ANN401 - any YAML
    """Return what a file holds; to GitHub, `on` is a word."""
    ((document, *_), _) = read(re.sub(r"^on:", '"on":', file.read_text(), flags=re.MULTILINE), file.name)
    return document.data


def steps(workflow: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - any YAML
    """Yield the steps of a workflow or of an action."""
    for job in [workflow["runs"]] if "runs" in workflow else workflow["jobs"].values():
        yield from job.get("steps", [])


def called(step: Mapping[str, Any]) -> bool:
    return str(step.get("uses", "")).startswith("./.rulesync-action/")


@pytest.mark.parametrize("file", EVERY, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_what_is_used_is_pinned(file: Path) -> None:
    """What a workflow uses is pinned by a commit, with its version beside it; an example has one place to fill in."""
    for line in re.findall(r"uses: (.+)", file.read_text()):
        if line.startswith("OWNER/"):
            assert line.endswith(f"@{NOTHING}")
        elif not line.startswith("./.rulesync-action/.github/actions/rulesync "):
            assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)


@pytest.mark.parametrize("file", EVERY, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_nothing_is_pasted_into_a_script(file: Path) -> None:
    """No script of a step holds an expression, and no event runs the code of a pull request with secrets."""
    value = data(file)

    assert [] == [step["run"] for step in steps(value) if "${{" in step.get("run", "")]
    assert "pull_request_target" not in file.read_text().replace("no `pull_request_target`", "")


@pytest.mark.parametrize("name", CALLED)
def test_the_least_rights(name: str) -> None:
    """A workflow has no right as a whole, and a job reads the repository and writes to one place at most."""
    for file in (WORKFLOWS[name], CALLERS[name]):
        value = data(file)
        assert {} == value["permissions"]
        for job in value["jobs"].values():
            assert RIGHTS.items() >= job["permissions"].items()
            assert 2 >= len(job["permissions"])
    granted, needed = data(CALLERS[name])["jobs"][name], data(WORKFLOWS[name])["jobs"][name]
    assert granted["permissions"] == needed["permissions"]


@pytest.mark.parametrize("name", CALLED)
def test_callers_fit(name: str) -> None:
    """A caller gives what the workflow takes, the workflow what the action takes, and what is needed is given."""
    takes, gives = data(WORKFLOWS[name])["on"]["workflow_call"], data(CALLERS[name])["jobs"][name]
    inputs = takes["inputs"]

    assert gives["with"].keys() <= inputs.keys()
    assert {each for each, told in inputs.items() if told.get("required")} <= gives["with"].keys()
    assert gives["secrets"].keys() <= takes["secrets"].keys()
    assert f"OWNER/rulesync/.github/workflows/{name}.yml@{NOTHING}" == gives["uses"]
    used = [step for step in steps(data(WORKFLOWS[name])) if called(step)]
    assert ["list", name] == [step["with"]["command"] for step in used]
    assert all(step["with"].keys() <= data(ACTION / "action.yml")["inputs"].keys() for step in used)
    text = WORKFLOWS[name].read_text()
    assert set(inputs) == set(re.findall(r"\$\{\{ inputs\.([a-z-]+)", text))


def test_what_is_installed_is_what_is_shown() -> None:
    """`init --github` writes the very texts of the examples."""
    package = ROOT / "rulesync" / "callers"

    assert {name: file.read_text() for name, file in CALLERS.items()} == {
        file.stem: file.read_text() for file in package.iterdir()
    }


def test_an_apply_is_not_cut_off() -> None:
    """An apply waits for an environment and for the one before it, and is never cancelled by another."""
    job = data(WORKFLOWS["apply"])["jobs"]["apply"]

    assert ("${{ inputs.environment }}", False) == (job["environment"], job["concurrency"]["cancel-in-progress"])
    assert "${{ matrix.workspace }}" in job["concurrency"]["group"]


def test_the_action_hands_everything_on() -> None:
    """Every input of the action reaches its scripts by a variable, and they read no other."""
    action = data(ACTION / "action.yml")
    given = {name: value for step in steps(action) for name, value in step.get("env", {}).items()}
    read_by_scripts = set(re.findall(r"\bACTION_[A-Z_]+", "".join(each.read_text() for each in ACTION.glob("*.sh"))))

    assert read_by_scripts == given.keys()
    wanted = {f"${{{{ inputs.{name} }}}}" for name in action["inputs"] if name not in {"python", "cache"}}
    assert wanted == set(given.values()) - {"${{ steps.python.outputs.python-path }}"}
    written = set(re.findall(r"\boutput ([a-z-]+) ", "".join(each.read_text() for each in ACTION.glob("*.sh"))))
    assert written == action["outputs"].keys()


def test_bodies_are_kept_between_runs() -> None:
    """The action keeps what the scripts keep, and no more: by command, place and workspace, also of failed runs."""
    (taken, kept) = (step for step in steps(data(ACTION / "action.yml")) if "/cache/" in step.get("uses", ""))
    where = "${{ runner.temp }}/rulesync-cache"

    assert {f"{where}/bodies"} == {taken["with"]["path"], kept["with"]["path"]}
    assert 'RULESYNC_CACHE_DIR="$RUNNER_TEMP/rulesync-cache"' in (ACTION / "common.sh").read_text()
    assert taken["with"]["key"] == kept["with"]["key"]
    assert taken["with"]["key"].startswith(taken["with"]["restore-keys"])
    for name in ("command", "directory", "workspace"):
        assert f"/${{{{ inputs.{name} }}}}/" in taken["with"]["restore-keys"]
    assert "always()" in kept["if"]
    for step in (taken, kept):
        assert "inputs.cache == 'true'" in step["if"]
        assert step["continue-on-error"] is True


# Elsewhere


@pytest.fixture
def clone(stage: Stage) -> Stage:
    """A stage whose repository has an origin, one rule more than the app, and main checked out."""
    stage.rule("save")
    stage.commit()
    origin = stage.temp / "origin.git"
    stage.git("clone", "-q", "--bare", ".", str(origin))
    stage.git("remote", "add", "origin", str(origin))
    return stage


def shell(stage: Stage, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command as a job of some CI does."""
    given = {
        **without_ours(),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SEQUENCE_API_KEY": stage.box.key,
        "RULESYNC_BASE_URL": f"{stage.app}/api/v1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        **environment,
    }
    return subprocess.run(command, cwd=stage.root, env=given, capture_output=True, text=True, check=False)


def anywhere(stage: Stage, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return shell(stage, "/bin/sh", str(ROOT / "examples" / "ci.sh"), *arguments, **environment)


def test_the_script_for_any_ci(clone: Stage) -> None:
    """One script plans, applies what was reviewed at the tip, and finds drift; what is no tip is not applied."""
    offline = anywhere(clone, "plan", SEQUENCE_API_KEY="")
    plan = anywhere(clone, "plan", BASE="HEAD~1")
    digest = re.findall(r"^Digest: (\w+)$", plan.stdout, re.MULTILINE)[0]
    other = anywhere(clone, "apply", PLAN_DIGEST="d" * 64)
    unplanned = anywhere(clone, "apply", BRANCH="none")
    done = anywhere(clone, "apply", PLAN_DIGEST=digest, BASE="HEAD~1")
    quiet = anywhere(clone, "apply")
    clone.commit("not pushed")
    old = anywhere(clone, "apply")
    clone.box.edit(clone.managed()["save"]["id"], nickname="Somebody was here")
    drift = anywhere(clone, "drift")

    codes = [each.returncode for each in (offline, plan, other, done, quiet, old, drift, anywhere(clone))]
    assert [0, 0, 4, 0, 0, 4, 2, 64] == codes
    assert 0 != unplanned.returncode
    assert "valid: 1 rule" in offline.stdout
    assert "not the tip of main" in old.stderr
    assert ["POST"] == clone.writes()
    assert {"plan.json", "plan.html", "report.json", "report.html", "drift.json", "drift.html"} == {
        file.name for file in (clone.root / "reports").iterdir()
    }


def gitlab(stage: Stage, job: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run the script of a job of the example as GitLab does: all its lines in one shell, up to the first failure."""
    script = "\n".join(["set -e", *data(ROOT / "examples" / "gitlab-ci.yml")[job]["script"]])
    now, before = stage.git("rev-parse", "HEAD"), stage.git("rev-parse", "HEAD~1")
    given = {"CI_DEFAULT_BRANCH": "main", "CI_COMMIT_SHA": now, "CI_COMMIT_BEFORE_SHA": before}
    return shell(stage, "/bin/sh", "-c", script, **{**given, **variables})


def test_gitlab(clone: Stage) -> None:
    """The jobs for GitLab validate, plan, count, apply the tip, and find drift."""
    base = clone.git("rev-parse", "HEAD~1")
    validated = gitlab(clone, "validate")
    planned = gitlab(clone, "plan", CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    old = gitlab(clone, "apply", CI_COMMIT_SHA=base)
    other = gitlab(clone, "apply", PLAN_DIGEST="d" * 64)
    done = gitlab(clone, "apply", CI_COMMIT_BEFORE_SHA=NOTHING)
    clone.box.edit(clone.managed()["save"]["id"], nickname="Somebody was here")

    assert [0, 0, 4, 4, 0, 2] == [
        each.returncode for each in (validated, planned, old, other, done, gitlab(clone, "drift"))
    ]
    assert '{"create": 1, "update": 0, "delete": 0}\n' == (clone.root / "counts.json").read_text()
    assert ["POST"] == clone.writes()


def test_the_hook(stage: Stage) -> None:
    """The hook for pre-commit validates without a key, whatever files it is run for."""
    (hook,) = data(ROOT / ".pre-commit-hooks.yaml")
    words = shlex.split(hook["entry"])
    stage.rule("save")
    good = shell(stage, *words, SEQUENCE_API_KEY="")
    stage.rule("save", text="nickname: [\n")
    bad = shell(stage, *words, SEQUENCE_API_KEY="")

    assert ([0, 3], False) == ([good.returncode, bad.returncode], hook["pass_filenames"])
    for file in ("rulesync.yaml", "rules/a.yml", "rules/b/c.json"):
        assert re.search(hook["files"], file)


def test_gitlab_installs_this_very_release() -> None:
    """What gets the key there is the release that the example came with, not whatever is newest that day."""
    (install,) = (
        line for line in data(ROOT / "examples" / "gitlab-ci.yml")["default"]["before_script"] if "pip" in line
    )
    assert install.endswith(f"sequence-rulesync=={__version__}")
