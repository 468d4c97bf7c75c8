"""The scripts of the action as such: which command, which workspaces, which key, and what is installed."""

import json
import os
import re
import shutil
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.actions.stage import ACTION, Run, Stage

SCRIPTS = sorted(ACTION.glob("*.sh"))
FIRM = """\
workspaces:
  firm:
    scope: firm
    api: {key_env: SEQUENCE_FIRM_KEY}
    accounts: {checking: acc_1}
"""


def listed(stage: Stage, **environment: str) -> Run:
    return stage.run("list", "push", {}, sha="", ref="refs/heads/main", **environment)


def with_firm(stage: Stage) -> None:
    file = stage.root / "rulesync.yaml"
    file.write_text(file.read_text() + FIRM)
    stage.commit()


def test_one_job_for_each_workspace(stage: Stage) -> None:
    """The matrix has a job for each workspace, with its name and the name of its key, on one line."""
    with_firm(stage)

    every, one = listed(stage), listed(stage, ACTION_WORKSPACES="firm")

    jobs = json.loads(every.outputs["matrix"])["include"]
    assert [("", "SEQUENCE_API_KEY"), ("firm", "SEQUENCE_FIRM_KEY")] == [
        (job["workspace"], job["key_env"]) for job in jobs
    ]
    assert ["firm"] == [job["workspace"] for job in json.loads(one.outputs["matrix"])["include"]]


def test_a_name_is_no_pattern(stage: Stage) -> None:
    """What is named is a workspace, also where files would fit it."""
    run = listed(stage, ACTION_WORKSPACES="rule*")

    assert (1, True) == (run.code, "no workspace `rule*`" in run.log)


def test_more_than_a_matrix_takes(stage: Stage) -> None:
    """Workspaces that would have to share a job, and so a key, are refused."""
    file = stage.root / "rulesync.yaml"
    several = (f"  w{each}: {{scope: s{each}, api: {{key_env: SEQUENCE_{each}}}}}\n" for each in range(300))
    file.write_text(file.read_text() + "workspaces:\n" + "".join(several))

    run = listed(stage)

    assert (1, {}) == (run.code, run.outputs)
    assert "more workspaces than one matrix takes" in run.annotations[-1]


def test_a_key_is_found_by_its_name(stage: Stage) -> None:
    """A workspace is tried with the key of its own name and no other, wherever that stands among the keys."""
    with_firm(stage)
    keys = f"SEQUENCE_API_KEY={stage.box.key}\n\nSEQUENCE_BOOKS_KEY=sk_books\n"
    given = {"ACTION_WORKSPACE": "firm", "ACTION_KEY_ENV": "SEQUENCE_FIRM_KEY"}
    before = len(stage.box.log())

    without = stage.by_hand("drift", ACTION_KEYS=keys, **given)
    firm = stage.box.add_organisation("Firm")
    found = stage.by_hand("drift", ACTION_KEYS=f"{keys}SEQUENCE_FIRM_KEY={firm}\n", **given)

    assert (1, True) == (without.code, "SEQUENCE_FIRM_KEY is not set" in without.log)
    assert (0, True) == (found.code, len(stage.box.log()) > before)


@pytest.mark.parametrize("line", ["NAME=KEY", "  NAME=KEY  ", "NAME=KEY\r"], ids=["plain", "indented", "of Windows"])
@pytest.mark.parametrize("key", ["sk_1=", "sk_1==", "=sk_1", "sk=1"])
def test_a_key_is_taken_whole(stage: Stage, line: str, key: str) -> None:
    """A key is what stands after the first `=` to the end of its line, also where it ends with one itself."""
    keys = line.replace("NAME=KEY", f"SEQUENCE_API_KEY={key}")

    run = stage.by_hand("drift", ACTION_KEYS=f"{keys}\n", GITHUB_ACTIONS="true")

    assert [f"::add-mask::{key}"] == [each for each in run.annotations if "mask" in each]


@pytest.mark.parametrize("name", ["PATH", "SEQUENCE_X; id", "GITHUB_TOKEN"])
def test_a_key_takes_no_other_place(stage: Stage, name: str) -> None:
    """A key is put into no variable but one of a key."""
    run = stage.by_hand("drift", ACTION_KEY_ENV=name, ACTION_KEYS=f"{name}=/tmp\n")

    assert (64, True) == (run.code, "begins with SEQUENCE_" in run.log)


def test_an_unknown_command(stage: Stage) -> None:
    """A command that the action has not is refused by name."""
    run = stage.run("destroy", "push", {}, sha="", ref="refs/heads/main")

    assert (64, True) == (run.code, "list, plan, apply and drift" in run.log)


def test_scripts_can_be_run() -> None:
    """Each script ends at the first failure, and is one that a runner may start."""
    assert ["apply.sh", "common.sh", "drift.sh", "install.sh", "list.sh", "plan.sh", "run.sh"] == [
        script.name for script in SCRIPTS
    ]
    for script in SCRIPTS:
        is_read = script.name == "common.sh"
        assert is_read or "\nset -euo pipefail\n" in script.read_text()
        assert is_read or script.stat().st_mode & stat.S_IXUSR


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_scripts_are_sound(script: Path) -> None:
    """Bash reads each script, and nothing in it is an expression of a workflow; shellcheck has no word, where it is."""
    assert "${{" not in script.read_text()
    subprocess.run(["/bin/bash", "-n", script], check=True)
    if shellcheck := shutil.which("shellcheck"):
        subprocess.run([shellcheck, "-x", "-P", ACTION, script], check=True)


def test_what_is_installed() -> None:
    """The libraries are pinned by hashes, and they are all that the project names, and what builds it."""
    project = tomllib.loads((ACTION.parents[2] / "pyproject.toml").read_text())
    named = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    pinned = (ACTION / "requirements.txt").read_text()

    wanted = {re.split(r"[<>=]", each)[0].lower() for each in named}
    assert wanted <= {each.lower() for each in re.findall(r"^([A-Za-z0-9-]+)==", pinned, re.MULTILINE)}
    blocks = re.split(r"\n(?=\S)", pinned.strip())
    assert [] == [block.split()[0] for block in blocks if "--hash=sha256:" not in block]


def test_an_install(tmp_path: Path) -> None:
    """What was installed once for a job is not installed again."""
    program = tmp_path / "rulesync-venv" / "bin" / "rulesync"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    environment = {**os.environ, "RUNNER_TEMP": str(tmp_path), "ACTION_PYTHON": "/no/such/python"}

    done = subprocess.run([ACTION / "install.sh"], env=environment, capture_output=True, check=False)

    assert 0 == done.returncode
