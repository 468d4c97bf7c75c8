"""`rulesync demo`: the whole story on a sandbox, by the very commands that a user would type."""

import http.client
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click

from rulesync.cli.output import show
from rulesync.config import without_ours
from rulesync.errors import ConfigError, RulesyncError
from rulesync.sandbox import Sandbox, serve

_BUSY = 6000  # requests a minute; the story is told by many short runs, and nobody wants to watch them wait


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where the story plays: a copy of the example rules, and the sandbox, as the environment names it."""

    directory: Path
    port: int
    environment: Mapping[str, str]

    def run(self, *arguments: str, expect: int = 0) -> None:
        """Run a command as a user would, and stop the story if it ends in another way than it should."""
        show(f"$ rulesync {' '.join(arguments)}")
        done = subprocess.run(
            [sys.executable, "-m", "rulesync", *arguments],
            cwd=self.directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        show(_indented(done.stdout))
        show(f"  (exit {done.returncode})")
        show("")
        if done.returncode != expect:
            raise RulesyncError(f"`rulesync {arguments[0]}` ended with {done.returncode}, and {expect} was expected")

    def in_the_app(self, path: str, change: Mapping[str, object] | None = None) -> None:
        """Do what a person does in the app: press a button, or edit a rule."""
        app = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            app.request("POST", path, json.dumps(change or {}), {"Content-Type": "application/json"})
            answer = app.getresponse()
            answer.read()
        finally:
            app.close()
        if answer.status >= http.client.BAD_REQUEST:
            raise RulesyncError(f"the sandbox's app answered {answer.status} to `{path}`")

    def in_git(self, file: str, before: str, after: str) -> None:
        """Change a rule file, as a commit would."""
        path = self.directory / "rules" / file
        path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


@click.command(short_help="Show the whole story on a sandbox, in half a minute.")
def command() -> int:
    """Plan and apply the example rules on a sandbox, enable one and edit another in the app, and see the drift.

    Nothing leaves this machine, and nothing stays on it.
    """
    with (
        tempfile.TemporaryDirectory(prefix="rulesync-demo-") as temporary,
        closing(Sandbox(requests_per_minute=_BUSY)) as box,
        serve(box) as server,
    ):
        directory = Path(temporary) / "household"
        shutil.copytree(_examples(), directory)
        environment = _environment(server.url, box.key)
        _tell(_Stage(directory, server.server_port, environment), box)
    return 0


def _tell(stage: _Stage, box: Sandbox) -> None:
    """Tell the story; what goes on is said before each step."""
    _say("A household keeps the rules of its money in files. Are they sound? No key and no network are needed to know.")
    stage.run("validate")
    _say("What would they change in Sequence? Three rules were made there by hand: they are counted, never touched.")
    stage.run("plan", "--out", "plan.json")
    _say("Somebody looked that plan over. Carry out exactly that; every rule arrives switched off.")
    stage.run("apply", "plan.json")
    rules = {rule["nickname"]: rule for rule in box.rules()}
    save, taxes = rules["Auto-save on deposit"], rules["Put taxes aside"]
    _say("A person follows the link of `Auto-save on deposit`, looks at the rule, and presses Activate.")
    stage.in_the_app(f"/app/rules/{save['id']}/activate")
    stage.run("status")
    _say("Later, somebody lowers the taxes to 10 % in the app, and tells nobody. The nightly drift check does: exit 2.")
    stage.in_the_app(f"/app/rules/{taxes['id']}/edit", {"steps": _lowered(taxes["steps"])})
    stage.run("drift", expect=2)
    _say("Meanwhile a commit raises the saving from 20 to 25 %. That switches a live rule off, and the plan says so.")
    stage.in_git("auto-save.yaml", "percentage_value: 20", "percentage_value: 25")
    stage.run("plan")
    _say("An unattended apply writes what Git changed, and leaves alone what the app changed: nobody approved that.")
    stage.run("apply", "--auto-approve", expect=5)
    _say("The household decides that Git is right.")
    stage.run("apply", "--auto-approve", "--overwrite-app-changes")
    _say("Git and Sequence agree. What is left is for people: each link below is one press of a button.")
    stage.run("plan")


def _lowered(steps: object) -> object:
    """Return the steps with the taxes at 10 %."""
    text = json.dumps(steps)
    return json.loads(text.replace('"percentage_value": 20', '"percentage_value": 10'))


def _say(sentence: str) -> None:
    show(click.style(f"# {sentence}", bold=True))


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.rstrip().splitlines())


def _environment(url: str, key: str) -> dict[str, str]:
    """Return the environment that points a run at the sandbox, and at nothing else."""
    ours = {"RULESYNC_BASE_URL": f"{url}/api/v1", "SEQUENCE_API_KEY": key, "NO_COLOR": "1", "COLUMNS": "110"}
    return {**without_ours(), **ours}


def _examples() -> Path:
    """Return the example rules: beside the package where it is installed, in the repository otherwise.

    Raises:
        ConfigError: neither is there.
    """
    package = Path(__file__).parents[1]
    for directory in (package / "examples", package.parent / "examples"):
        if (directory / "rulesync.yaml").is_file():
            return directory
    raise ConfigError("the example rules are not part of this installation", help="install rulesync again")
