"""A repository of rules, its app and its GitHub, all on this machine; and the very scripts that workflows run there."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rulesync.cli.main import run
from rulesync.config import without_ours
from rulesync.sandbox import Sandbox, serve
from tests.github.hub import REPOSITORY, TOKEN, Hub, serve_hub

ACTION = Path(__file__).parents[2] / ".github" / "actions" / "rulesync"
CONFIG = """\
scope: household
accounts:
  checking: {id: acc_01HABC4567, type: income_source}
  savings: {id: acc_01HSAV9999, type: pod}
  fun: {id: acc_01HFUN8888, type: pod}
checks: {never-drained: off, two-deposit-rules: off}
"""
RULE = """\
nickname: NICKNAME
description: Saves a share of every deposit
trigger: {type: ON_FUNDS_TRANSFERRED, account: checking}
steps:
  - actions:
      - type: percentage
        percentage_value: PERCENT
        percentage_target: INCOMING_AMOUNT
        source: checking
        destination: savings
"""


@dataclass(frozen=True)
class Run:
    """How a script ended, and everything that it left for the runner."""

    code: int
    log: str
    summary: str
    outputs: Mapping[str, str]
    files: Path

    @property
    def annotations(self) -> list[str]:
        """The lines that the runner takes for commands."""
        return [line for line in self.log.splitlines() if line.startswith("::")]

    def json(self, name: str) -> Any:  # noqa: ANN401 - any JSON
        """Return what one of its files holds."""
        return json.loads((self.files / name).read_text())


@dataclass
class Stage:
    """A repository with `main` checked out, an app without rules in it, and a GitHub that knows the repository."""

    root: Path
    box: Sandbox
    hub: Hub
    app: str
    temp: Path
    directory: str = "."
    commands: str = str(Path(sys.executable).parent)
    environment: dict[str, str] = field(default_factory=dict)
    runs: int = 0
    kept: Path | None = None

    # Git

    def git(self, *arguments: str) -> str:
        """Run Git in the repository."""
        command = ["git", "-C", str(self.root), "-c", "user.name=ann", "-c", "user.email=ann@example.org", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=_clean()).stdout.strip()

    def rule(self, key: str, percent: object = 20, text: str = RULE) -> None:
        """Write a rule file."""
        file = self.root / self.directory / "rules" / f"{key}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("NICKNAME", key).replace("PERCENT", str(percent)))

    def commit(self, words: str = "change a rule") -> str:
        """Commit everything and return the commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", words)
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str = "topic") -> None:
        """Check a new branch of main out."""
        self.git("checkout", "-q", "-b", name, "main")

    def push(self) -> tuple[str, str]:
        """Let GitHub know what main is at; return the commit before and the one now."""
        before, now = self.hub.branches.get("main", "0" * 40), self.git("rev-parse", "main")
        self.hub.branches["main"] = now
        return before, now

    # What GitHub does

    def plan_pull(self, number: int = 7, *, fork: str | None = None, base: str = "main", **environment: str) -> Run:
        """Open or update a pull request of what is checked out, and run its workflow on the merge of it with main."""
        head = self.git("rev-parse", "HEAD")
        pull = self.hub.open_pull(number, head, base, fork=fork)
        pull["base"]["sha"] = self.git("rev-parse", "main")
        self.git("checkout", "-q", "--detach", "main")
        self.git("merge", "-q", "--no-ff", "-m", "merge for the run", head)
        event = {"action": "synchronize", "number": number, "pull_request": pull, "repository": pull["base"]["repo"]}
        merged = self.git("rev-parse", "HEAD")
        ref = f"refs/pull/{number}/merge"
        run = self.run("plan", "pull_request", event, sha=merged, ref=ref, **environment)
        self.git("checkout", "-q", head)
        return run

    def merge(self, number: int = 7, how: str = "merge") -> tuple[str, str]:
        """Merge a pull request by one of GitHub's buttons; return main's commit before and the one now."""
        head = str(self.hub.pulls[number]["head"]["sha"])
        self.git("checkout", "-q", "main")
        if how == "squash":
            self.git("merge", "-q", "--squash", head)
            self.git("commit", "-q", "-m", f"squashed (#{number})")
        elif how == "rebase":
            self.git("cherry-pick", "--allow-empty", f"main..{head}")
            self.git("commit", "-q", "--amend", "--no-edit", "--reset-author")
        else:
            self.git("merge", "-q", "--no-ff", "-m", f"merge #{number}", head)
        before, now = self.push()
        self.hub.merge(number, now)
        return before, now

    def apply_push(self, before: str, now: str, **environment: str) -> Run:
        """Run the workflow of a push to main."""
        self.git("checkout", "-q", now)
        event = {"before": before, "after": now, "forced": False, "repository": _repo()}
        run = self.run("apply", "push", event, sha=now, ref="refs/heads/main", **environment)
        self.git("checkout", "-q", "main")
        return run

    def by_hand(self, command: str, **environment: str) -> Run:
        """Run a workflow that somebody started by hand, or the clock."""
        self.git("checkout", "-q", "main")
        event = {"inputs": {}, "repository": _repo()}
        sha = self.git("rev-parse", "main")
        return self.run(command, "workflow_dispatch", event, sha=sha, ref="refs/heads/main", **environment)

    def run(self, command: str, name: str, event: object, *, sha: str, ref: str, **environment: str) -> Run:
        """Run the script of a step, as the action's own `run:` line does."""
        self.runs += 1
        temp = self.temp / str(self.runs)
        temp.mkdir(parents=True)
        files = {each: temp / each for each in ("event.json", "summary", "output")}
        bodies = temp / "rulesync-cache" / "bodies"
        if self.kept:  # as actions/cache/restore does
            shutil.copytree(self.kept, bodies)
        files["event.json"].write_text(json.dumps(event))
        given = {
            "PATH": f"{self.commands}:{os.environ['PATH']}",
            "RUNNER_TEMP": str(temp),
            "GITHUB_ACTION_PATH": str(ACTION),
            "GITHUB_API_URL": self.hub.url,
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(files["event.json"]),
            "GITHUB_SHA": sha,
            "GITHUB_REF": ref,
            "GITHUB_RUN_ID": "4711",
            "GITHUB_ACTOR": "ann",
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "GITHUB_OUTPUT": str(files["output"]),
            "RULESYNC_BASE_URL": f"{self.app}/api/v1",
            "ACTION_COMMAND": command,
            "ACTION_DIRECTORY": self.directory,
            "ACTION_KEYS": f"SEQUENCE_API_KEY={self.box.key}\n",
            "ACTION_TOKEN": TOKEN,
            "NO_COLOR": "1",
        }
        done = subprocess.run(
            ["/bin/bash", "-c", '"$GITHUB_ACTION_PATH/run.sh"'],
            cwd=self.root,
            env={**_clean(), **given, **self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.kept = bodies if bodies.exists() else self.kept
        told = files["output"].read_text() if files["output"].exists() else ""
        summary = files["summary"].read_text() if files["summary"].exists() else ""
        outputs = dict(line.split("=", 1) for line in told.splitlines())
        return Run(done.returncode, done.stdout, summary, outputs, temp / "rulesync")

    # What people do

    def apply(self, patched: pytest.MonkeyPatch) -> None:
        """Apply what is checked out, as a person would at her desk; this takes no process of its own."""
        with patched.context() as here:
            here.setenv("RULESYNC_BASE_URL", f"{self.app}/api/v1")
            here.setenv("SEQUENCE_API_KEY", self.box.key)
            assert 0 == run(["-C", str(self.root / self.directory), "apply", "--auto-approve"])

    def managed(self) -> dict[str, dict[str, Any]]:
        """Return the rules that were made from here, by key."""
        found: dict[str, dict[str, Any]] = {}
        for rule in self.box.rules():
            _, marker, rest = str(rule.get("description")).partition("[rulesync:household/")
            if marker:
                found[rest.split("@")[0]] = dict(rule)
        return found

    def writes(self) -> list[str]:
        """Return the methods of what the API received besides looks."""
        return [str(each["method"]) for each in self.box.log() if each["method"] != "GET"]


def _repo() -> dict[str, str]:
    return {"full_name": REPOSITORY, "default_branch": "main"}


def _clean() -> dict[str, str]:
    """Return an environment without anything of ours, of GitHub or of the Git that runs these tests."""
    kept = {
        name: value for name, value in without_ours().items() if not name.startswith(("GIT_", "GITHUB_", "ACTION_"))
    }
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@contextmanager
def a_stage(root: Path, directory: str = ".") -> Iterator[Stage]:
    """Set a stage: the first commit of main has no rules, and was pushed."""
    with Sandbox(requests_per_minute=10_000) as box, serve(box) as server, serve_hub() as hub:
        repository = root / "repository"
        (repository / directory).mkdir(parents=True)
        stage = Stage(repository, box, hub, server.url, root / "runner", directory)
        stage.git("init", "-q", "-b", "main")
        (repository / directory / "rulesync.yaml").write_text(CONFIG)
        (repository / directory / "rules").mkdir()
        (repository / directory / "rules" / "_none.yaml").write_text("")
        stage.commit("begin")
        stage.push()
        yield stage
