"""A small household on a real HTTP server, and the command line run against it."""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rulesync.cli import options
from rulesync.cli.main import run
from rulesync.clock import SYSTEM_CLOCK, Clock
from rulesync.sandbox import Sandbox, serve
from rulesync.sandbox.store import Snapshot

FAST = 60
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
class Done:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """Return what was printed, as JSON."""
        return json.loads(self.out)


@dataclass
class Hands:
    """The hands of the API's clock, so far ahead of ours."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """Return the time in UTC."""
        return datetime.now(UTC) + self.ahead


@dataclass(frozen=True)
class Picture:
    """A household as it was at a moment: its files, its app, the key and the address of that, and its clock."""

    files: Mapping[Path, str]
    app: Snapshot
    key: str
    url: str
    ahead: timedelta


class Household:
    """A directory of rules, a sandbox on a socket, and the command line between them."""

    def __init__(self, root: Path, box: Sandbox, url: str, capsys: pytest.CaptureFixture[str], hands: "Hands") -> None:
        self.root, self.box, self.url, self._capsys, self._hands = root, box, url, capsys, hands
        self.config(CONFIG)

    def prepared(self, prepare: "Callable[[Household], None]") -> "Household":
        """Return this household, prepared; what was prepared before in this process is as it was then, and quicker."""
        if prepare not in _PICTURES:
            prepare(self)
            files = {file.relative_to(self.root): file.read_text() for file in self.root.rglob("*") if file.is_file()}
            _PICTURES[prepare] = Picture(files, self.box.snapshot(), self.box.key, self.url, self._hands.ahead)
            return self
        then = _PICTURES[prepare]
        for name, text in then.files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text.replace(then.url, self.url))
        self.box.restore(then.app)
        self.box.key, self._hands.ahead = then.key, then.ahead
        os.environ["SEQUENCE_API_KEY"] = then.key  # the fixture takes it back
        return self

    def later(self, minutes: float) -> None:
        """Let time pass for the API, which is what counts for whatever must settle."""
        self._hands.ahead += timedelta(minutes=minutes)

    def config(self, text: str) -> None:
        """Write rulesync.yaml."""
        (self.root / "rulesync.yaml").write_text(text)

    def rule(self, key: str, percent: object = 20, text: str = RULE, nickname: str | None = None) -> None:
        """Write a rule file."""
        file = self.root / "rules" / f"{key}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("NICKNAME", nickname or key).replace("PERCENT", str(percent)))

    def run(self, *arguments: str) -> Done:
        """Run a command line in this directory."""
        self._capsys.readouterr()
        code = run(["-C", str(self.root), *arguments])
        captured = self._capsys.readouterr()
        return Done(code, captured.out, captured.err)

    def apply(self) -> Done:
        """Apply everything, unattended, and expect it to work."""
        done = self.run("apply", "--auto-approve")
        assert done.code == 0, done
        return done

    def id_of(self, key: str) -> str:
        """Return the id of the rule that bears a key's marker."""
        (found,) = [
            str(r["id"]) for r in self.box.rules() if f"[rulesync:household/{key}@" in str(r.get("description"))
        ]
        return found

    def writes(self) -> list[dict[str, Any]]:
        """Return what the API received besides GETs, in order."""
        return [each for each in self.box.log() if each["method"] != "GET"]

    def percent(self, key: str, value: int) -> None:
        """Have somebody edit a rule's percentage in the app."""
        body = next(rule for rule in self.box.rules() if rule["id"] == self.id_of(key))
        steps: Any = body["steps"]
        steps[0]["actions"][0]["percentage_value"] = value
        self.box.edit(self.id_of(key), steps=steps)


_PICTURES: dict[Callable[[Household], None], Picture] = {}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a minute of a run pass in a second."""
    fast = Clock(SYSTEM_CLOCK.now, lambda: time.monotonic() * FAST, lambda seconds: time.sleep(seconds / FAST))
    monkeypatch.setattr(options, "SYSTEM_CLOCK", fast)


@pytest.fixture
def household(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Household]:
    """An organisation with the sandbox's accounts and three rules made by hand, and an empty directory of rules."""
    hands = Hands()
    with Sandbox(requests_per_minute=10_000, clock=hands.now) as box, serve(box) as server:
        monkeypatch.setenv("RULESYNC_BASE_URL", f"{server.url}/api/v1")
        monkeypatch.setenv("SEQUENCE_API_KEY", box.key)
        monkeypatch.setenv("NO_COLOR", "1")
        yield Household(tmp_path, box, server.url, capsys, hands)
