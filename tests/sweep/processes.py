"""Schedules of real processes: the installed command, killed with SIGKILL at a request, and run again."""

import atexit
import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from rulesync import config
from rulesync.cli.main import run
from rulesync.cli.planning import make_context
from rulesync.idempotency import key
from rulesync.intent import intent
from rulesync.planfile import reading
from rulesync.sandbox import ConnectionDropped, Sandbox, serve
from rulesync.sandbox.exchange import Ending
from tests.sweep.judge import Verdict
from tests.sweep.schedule import Death, Moment

REQUESTS = 46  # of the apply that is killed; a few more than it sends
KEPT, UPDATED, DELETED, CREATED = range(4), range(4, 12), range(12, 18), range(18, 26)
_CONFIG = """\
scope: house
limits: {max_deletes: 10}
api: {requests_per_minute: 100000}
accounts:
  checking: {id: acc_01HABC4567, type: income_source}
  savings: {id: acc_01HSAV9999, type: pod}
"""
_RULE = """\
nickname: rule NUMBER
description: KIND
trigger: {type: ON_FUNDS_TRANSFERRED, account: checking}
steps:
  - actions: [{type: fixed_amount, amount: $NUMBER.00, source: checking, destination: savings}]
"""


@dataclass
class Knife:
    """Stands before the sandbox and kills the client at a request, counted from 0."""

    serve: Callable[..., Iterable[bytes]]
    victim: "subprocess.Popen[bytes] | None" = None
    death: Death | None = None
    count: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:  # noqa: ANN401  # as WSGI has it
        """Answer a request, unless its sender is dead by then."""
        with self.lock:
            number, self.count = self.count, self.count + 1
        self._kill(number, Moment.BEFORE)
        answer = list(self.serve(environ, start_response))
        self._kill(number, Moment.AFTER)
        if self.death == Death(number, Moment.ANSWERED):
            threading.Timer(0.0005, self._end).start()
        return answer

    def _kill(self, number: int, moment: Moment) -> None:
        if self.death == Death(number, moment):
            self._end()
            raise ConnectionDropped(Ending.CLOSED)

    def _end(self) -> None:
        if self.victim:
            self.victim.send_signal(signal.SIGKILL)


class House:
    """A sandbox on a socket and the files of two commits; the state before and the plan to the second are kept."""

    def __init__(self, root: Path, box: Sandbox, knife: Knife, url: str) -> None:
        self.root, self.box, self.knife = root, box, knife
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")},
            "RULESYNC_BASE_URL": f"{url}/api/v1",
            "SEQUENCE_API_KEY": box.key,
        }
        (root / "rulesync.yaml").write_text(_CONFIG)
        (root / "rules").mkdir()
        self._commit(dict.fromkeys((*KEPT, *UPDATED, *DELETED), "as it was"))
        code, said = self.here("apply", "--auto-approve")
        assert code == 0, said
        self._commit({**dict.fromkeys(KEPT, "as it was"), **dict.fromkeys((*UPDATED, *CREATED), "changed")})
        self.plan = self.plan_to("plan.json")
        self.before = box.snapshot()

    def _commit(self, kinds: Mapping[int, str]) -> None:
        for file in (self.root / "rules").iterdir():
            file.unlink()
        for number, kind in kinds.items():
            text = _RULE.replace("NUMBER", str(100 + number)).replace("KIND", kind)
            (self.root / "rules" / f"r{number:02}.yaml").write_text(text)

    def here(self, *arguments: str) -> tuple[int, str]:
        """Run the command in this very process, which is quicker, and return its exit code and what it said."""
        said = io.StringIO()
        kept = {name: os.environ.get(name) for name in self.environment}
        os.environ.update(self.environment)
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                return run(["-C", str(self.root), *arguments]), said.getvalue()
        finally:
            for name, value in kept.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})

    def plan_to(self, name: str) -> tuple[str, set[str]]:
        """Save a plan and return its file, and the idempotency keys that it shows, in every generation."""
        file = self.root / name
        code, said = self.here("plan", "--prune", "--out", str(file))
        assert code == 0, said
        context = make_context(config.load(self.root, environ=self.environment), datetime.now(UTC))
        plan = reading.load(file.read_text(), "house", context).plan
        intents = [intent(change, "house", context.endpoint, context.dialect) for change in plan.writes]
        return str(file), {key(each, generation) for each in intents if each for generation in range(21)}

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start the command."""
        command = [sys.executable, "-m", "rulesync", "-C", str(self.root), *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment)

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run the command to its end and return its exit code and what it said."""
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=120)
        return process.returncode, (out + err).decode()

    def kill(self, death: Death, *arguments: str) -> int:
        """Run the command and kill it at a request; return its exit code, which is negative if that came to pass."""
        self.knife.count, self.knife.death = 0, death
        with self.start(*arguments) as process:
            self.knife.victim = process
            process.communicate(timeout=120)
        self.knife.death = None
        return process.returncode


@contextmanager
def house() -> Iterator[House]:
    """Give out a house for as long as the block runs."""
    ago = [timedelta(hours=1)]  # the rules are old enough for nothing to be waited for when one is made again

    def clock() -> datetime:
        return datetime.now(UTC) - ago[0]

    with tempfile.TemporaryDirectory() as root, Sandbox(requests_per_minute=None, clock=clock) as box:
        knife = Knife(box.wsgi)
        with serve(box) as server:
            server.application = knife
            home = House(Path(root), box, knife, server.url)
            ago.clear()
            ago.append(timedelta())
            yield home


@cache
def _own() -> House:
    """Return the house of this process, which is kept until it ends."""
    kept = contextlib.ExitStack()
    atexit.register(kept.close)
    return kept.enter_context(house())


def boundaries() -> list[Death]:
    """Return every moment of the apply at which its client can die."""
    return [Death(number, moment) for number in range(REQUESTS) for moment in Moment]


def tried(number: int, *, sparing: bool = False) -> Verdict:
    """Return the verdict on one schedule of processes: at first one for each boundary, then by chance.

    Where it is `sparing`, the last run, which nobody kills and which finds nothing but files, is in this very process.
    """
    first = number % 10**6
    random = Random(number)
    single = boundaries()
    if first < len(single):
        return judge(_own(), [single[first]], None, sparing=sparing)
    deaths = [random.choice(single) for _ in range(random.choice((1, 2, 2, 3)))]
    return judge(_own(), deaths, random, sparing=sparing)


def judge(home: House, deaths: list[Death], people: Random | None, *, sparing: bool) -> Verdict:
    """Kill the command at each of these, let people act in between, run it to its end, and judge what is there."""
    verdict = Verdict(counts=Counter({"schedules": 1}))
    home.box.restore(home.before)
    home.box.clear_log()
    plan, shown = home.plan
    for death in deaths:
        verdict.counts["processes killed"] += home.kill(death, "apply", plan) < 0
        if people:
            _act(home.box, people)
            verdict.counts["deeds"] += 1
        plan, keys = home.plan_to("again.json")
        shown = shown | keys
    code, said = (home.here if sparing else home.run)("apply", plan)
    verdict.counts["processes"] += len(deaths) + (not sparing)
    log = [each for each in home.box.log() if each["method"] != "GET"]
    verdict.counts["writes"] += sum(bool(each["committed"]) for each in log)
    if code:
        verdict.wrong.append(f"unended: the last apply ended with {code}: {said[-1000:]}")
    verdict.wrong += [f"unshown: write {each['n']}" for each in log if each["idempotency_key"] not in shown]
    verdict.wrong += _differences(home)
    if verdict.wrong:
        verdict.wrong.append(f"deaths: {deaths}")
    return verdict


def _act(box: Sandbox, people: Random) -> None:
    """Have somebody do something to a rule that was there before; only what is wanted as it was is deleted.

    Other content under the key of a create would have to be waited for, half a minute in real time.
    """
    deed = people.choice((box.activate, box.pause, box.delete, lambda rule_id: _edit(box, rule_id)))
    among = KEPT if deed == box.delete else (*KEPT, *UPDATED)
    names = {f"rule {100 + number}" for number in among}
    deed(people.choice([str(rule["id"]) for rule in box.rules() if rule.get("nickname") in names]))


def _edit(box: Sandbox, rule_id: str) -> None:
    """Edit the amount of a rule."""
    (rule,) = (each for each in box.rules() if each["id"] == rule_id)
    box.edit(rule_id, steps=json.loads(json.dumps(rule["steps"]).replace("00", "07", 1)))


def _differences(home: House) -> Iterator[str]:
    """Yield how what the API holds differs from the second commit."""
    managed = [rule for rule in home.box.rules() if "[rulesync:house/" in str(rule.get("description"))]
    names = Counter(str(rule["nickname"]) for rule in managed)
    wanted = Counter(f"rule {100 + number}" for number in (*KEPT, *UPDATED, *CREATED))
    if names != wanted:
        yield f"lost: {wanted - names} are missing, {names - wanted} are too many"
    changed = {f"rule {100 + number}" for number in (*UPDATED, *CREATED)}
    for rule in managed:
        kind = "changed" if rule["nickname"] in changed else "as it was"
        if not str(rule["description"]).startswith(kind):
            yield f"lost: {rule['nickname']} is not as wanted: {rule['description']!r}"
    code, said = home.here("plan", "--prune", "--detailed-exitcode")
    if code:
        yield f"unended: the plan after it ended with {code}: {said[-1000:]}"
