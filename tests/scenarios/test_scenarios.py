"""Situations told by files: rules, what people did in the app, and everything that rulesync says then."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from rulesync import apply, config, drift
from rulesync.apply import Terms
from rulesync.cli.planning import Planned, make_plan
from rulesync.clock import Clock
from rulesync.lookback import Looking
from rulesync.plan import Options
from rulesync.planfile.drifting import drift_json
from rulesync.planjson import PlanJson
from rulesync.remote import Writer, client
from rulesync.render import json as render_json
from rulesync.render import terminal
from rulesync.sandbox import Sandbox
from rulesync.wire import v1

HERE = Path(__file__).parent
SCENARIOS = sorted(path.parent for path in HERE.glob("*/rulesync.yaml"))
BASE = "http://127.0.0.1/api/v1"
OUTPUTS: dict[str, Callable[[PlanJson], str]] = {
    "plan.txt": lambda plan: terminal.plan(plan, color=False, next_command="rulesync apply"),
    "plan.json": render_json.plan,
}


class Day:
    """A clock that begins on a Sunday in November and moves by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 9, tzinfo=UTC)
        self.clock = Clock(now=lambda: self.now, monotonic=self._seconds, sleep=self.pass_by)

    def _seconds(self) -> float:
        return self.now.timestamp()

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@contextmanager
def stage(folder: Path) -> Iterator[Callable[..., Planned]]:
    """Bring the API to where the scenario begins, and give out what makes a plan."""
    day = Day()
    with Sandbox(clock=day.clock.now, requests_per_minute=None) as box:
        wire = httpx.WSGITransport(app=box.wsgi)
        with client(BASE, box.key, v1, per_minute=10**6, transport=wire, clock=day.clock) as connection:
            writer = Writer(connection, v1)

            def plan(rules: str = "rules", *, prune: bool = False, status: bool = False) -> Planned:
                environment = {"SEQUENCE_API_KEY": box.key, "RULESYNC_BASE_URL": BASE}
                found = config.load(folder, environ=environment)
                assert found.rules == "rules"
                wish = Options(prune=prune, allow_in_progress=status)
                return make_plan(replace(found, rules=rules), writer, wish, looking=Looking(every=status))

            if (folder / "applied").is_dir():
                before = plan("applied")
                terms = Terms(before.plan.scope, before.context.endpoint, v1, day.clock, approved=True)
                apply.run(before.plan, writer, terms)
                day.pass_by(86400)
            for step in json.loads((folder / "app.json").read_text()) if (folder / "app.json").exists() else ():
                act(box, step)
                day.pass_by(60)
            yield plan


def drifted(planned: Planned) -> PlanJson:
    """Return what drifted, as the command tells it."""
    found = drift.find(planned.plan, planned.seen.refresh, drift.Terms(planned.context.timestamp))
    return drift_json(planned.plan, found, planned.context)


def act(box: Sandbox, step: dict[str, Any]) -> None:
    """Do what a person did: `{"activate": NICKNAME}`, `{"edit": NICKNAME, "to": {…}}`, `{"delete": NICKNAME}`.

    Rules run on their own: `{"run": NICKNAME, "to": {…}}` says how such a run came out.
    """
    ((verb, what),) = [(name, value) for name, value in step.items() if name != "to"]
    if verb == "make":
        box.create_in_app(what)
        return
    (rule,) = [rule for rule in box.rules() if rule.get("nickname") == what]
    if verb in {"edit", "run"}:
        getattr(box, verb)(str(rule["id"]), **step.get("to", {}))
    else:
        getattr(box, verb)(str(rule["id"]))


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda path: path.name)
def test_a_scenario(folder: Path) -> None:
    """What rulesync says in this situation is what stands in the folder."""
    with stage(folder) as plan:
        made = plan(prune=(folder / "prune").exists())
        planned = replace(made, context=replace(made.context, commit=None))  # every commit has another
        told = {name: render(planned.json()) for name, render in OUTPUTS.items()}
        told["status.txt"] = terminal.status(plan(status=True).json(), color=False)
        told["drift.txt"] = terminal.drift(drifted(planned), color=False)
    if os.environ.get("UPDATE_GOLDEN"):
        for name, text in told.items():
            (folder / name).write_text(text, encoding="utf-8")
    for name, text in told.items():
        assert (folder / name).read_text(encoding="utf-8") == text


def test_there_are_scenarios() -> None:
    """A folder without a configuration is not passed over in silence."""
    folders = {path for path in HERE.iterdir() if path.is_dir() and not path.name.startswith("__")}

    assert folders == set(SCENARIOS)
