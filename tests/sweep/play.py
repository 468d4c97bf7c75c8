"""Plays a schedule in one process: the sandbox keeps, clients forget, and everything that happens is noted."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from random import Random
from typing import Self

import httpx

from rulesync import apply
from rulesync.apply import Terms
from rulesync.errors import ApiError, NetworkError
from rulesync.intent import Endpoint
from rulesync.plan import Options, Plan, build, wanted
from rulesync.remote import Writer, client
from rulesync.sandbox import ConnectionDropped, Sandbox
from rulesync.sandbox.exchange import Ending
from rulesync.wire import v1
from tests.builders import SCOPE, desired
from tests.strategies import ACCOUNTS
from tests.sweep.evidence import Evidence, Json, Ran, Rules, Sent
from tests.sweep.schedule import Act, Commit, Death, Deed, Moment, Run, Schedule
from tests.sweep.stage import Stage

BASE = "http://127.0.0.1/api/v1"


class DiedError(BaseException):
    """The client is gone; nothing of it may run on."""


class Town:
    """One organisation on a stage, and the notes of everything that happens there."""

    def __init__(self, schedule: Schedule) -> None:
        self.random = Random(schedule.seed)
        self.stage = Stage(self.random)
        self.box = Sandbox(clock=self.stage.now, requests_per_minute=None, household=False, sleep=self.stage.sleep)
        for account in ACCOUNTS[:2]:
            opened = {"id": account.id, "name": account.id, "type": account.type, "can_be_source": True}
            self.box.open_account({**opened, "can_be_destination": True})
        self.seen = Evidence(schedule)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.box.close()

    def held(self) -> Rules:
        """Return what the server holds, by id."""
        return {str(rule["id"]): rule for rule in self.box.rules()}

    def note(self, rules: Rules) -> None:
        """Note what the server holds, if it is something else than before."""
        if not self.seen.states or self.seen.states[-1][1] != rules:
            self.seen.states.append((self.stage.time, rules))

    def tell(self, text: str) -> None:
        """Note what happened, for whoever reads a violation."""
        self.seen.told.append(f"{self.stage.time:9.2f}  {text}")


class Wire(httpx.BaseTransport):
    """The way of one client to the server, on which time passes, and on which the client may die."""

    def __init__(self, town: Town, run: int, death: Death | None) -> None:
        self._inner = httpx.WSGITransport(app=town.box.wsgi)
        self._town, self._run, self._death = town, run, death
        self.count = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry a request to the server and its answer back."""
        town, number = self._town, self.count
        self.count += 1
        self._die(number, Moment.BEFORE)
        town.stage.sleep(town.random.uniform(0.01, 0.2))
        held = town.held()
        body = json.loads(request.content) if request.content else None
        key = request.headers.get("Idempotency-Key")
        sent = Sent(self._run, town.stage.time, request.method, request.url.path, key, body, held)
        town.seen.sent.append(sent)
        try:
            response = self._inner.handle_request(request)
            response.read()
        except ConnectionDropped as dropped:
            town.tell(f"run {self._run}: {request.method} {request.url.path} {key or ''} -> {dropped}")
            raise _FAILURES[dropped.how](str(dropped), request=request) from None
        finally:
            sent.left = town.held()
            town.note(sent.left)
        self._die(number, Moment.AFTER)
        town.stage.sleep(town.random.uniform(0.01, 0.2))
        sent.status, sent.answer = response.status_code, _json(response)
        town.tell(f"run {self._run}: {request.method} {request.url.path} {key or ''} -> {sent.status}")
        self._die(number, Moment.ANSWERED)
        return response

    def _die(self, number: int, moment: Moment) -> None:
        if self._death == Death(number, moment):
            self._town.tell(f"run {self._run} dies at its request {number}, {moment.value}")
            raise DiedError


_FAILURES = {
    Ending.REFUSED: httpx.ConnectError,
    Ending.CLOSED: httpx.RemoteProtocolError,
    Ending.GIVEN_UP: httpx.ReadTimeout,
    Ending.CUT: httpx.RemoteProtocolError,
}


def _json(response: httpx.Response) -> object:
    try:
        return response.json()
    except ValueError:
        return None


def play(schedule: Schedule) -> Evidence:
    """Return what is seen when a schedule is played, and after it the last commit is applied undisturbed."""
    with Town(schedule) as town:
        _run(town, Run(commit=0), town.stage.time)
        for key in schedule.enabled:
            _do(town, "enable", key)
        town.stage.sleep(schedule.aged)
        town.box.quirks.become(schedule.quirks)
        for act in schedule.acts:
            _act(town, act)
        last = schedule.acts[-1].runs[-1]
        _run(town, Run(commit=last.commit, thinks=1), town.stage.time)
        town.seen.still = not _plan(_reader(town), schedule.commits[last.commit], prune=True).writes
        for sent, entry in zip(town.seen.sent, town.box.log(), strict=False):
            sent.entry = entry
        return town.seen


def _act(town: Town, act: Act) -> None:
    begun = town.stage.time
    for fault in act.faults:
        town.box.faults.set(fault)
    people = [_later(town, deed) for deed in act.deeds]
    town.stage.play(*(partial(_enter, town, run, begun) for run in act.runs), *people)
    for fault in town.box.faults.documents():
        if fault["met"]:
            town.tell(f"met {fault['met']} times: {fault['kind']} {fault['method'] or ''}")
    town.stage.sleep(40)
    for _ in range(4):  # whatever is still on its way arrives before the requests of somebody else
        with suppress(ApiError, NetworkError):
            _reader(town).listing()
    town.box.faults.clear()
    town.note(town.held())
    town.stage.sleep(act.then)


def _enter(town: Town, run: Run, begun: float, _: object) -> None:
    _run(town, run, begun)


def _later(town: Town, deed: Deed) -> Callable[[object], object]:
    def part(_: object) -> None:
        town.stage.sleep(deed.at)
        _do(town, deed.kind, deed.key)

    return part


def _run(town: Town, run: Run, begun: float) -> None:
    """Plan and apply as the command does, and note how it ended."""
    town.stage.sleep(begun + run.begins - town.stage.time)
    number = len(town.seen.ran)
    commit = town.seen.schedule.commits[run.commit]
    ran = Ran(run, commit, town.stage.time)
    town.seen.ran.append(ran)
    wire = Wire(town, number, run.death)
    clock = town.stage.clock(run.skew)
    town.tell(f"run {number} begins: commit {run.commit}, approved {run.approved}, prune {run.prune}")
    http = client(BASE, town.box.key, v1, per_minute=10**6, transport=wire, clock=clock, random=town.random)
    writer = Writer(http, v1, parallel=1)
    try:
        plan = _plan(writer, commit, prune=run.prune)
        ran.plan, ran.planned = plan, len(town.seen.sent)
        planned_at = writer.server_time
        town.tell(f"run {number} plans: {', '.join(f'{c.operation} {c.key}' for c in plan.writes) or 'nothing'}")
        if plan.errored or plan.forbidden:
            ran.how = "refused"
            return
        town.stage.sleep(run.thinks)
        terms = Terms(
            SCOPE,
            Endpoint(BASE, None),
            v1,
            clock,
            approved=run.approved,
            planned_at=planned_at,
            stop=lambda: run.interrupted_at is not None and wire.count > run.interrupted_at,
            jitter=town.random.random,
        )
        ran.report = apply.run(plan, writer, terms)
        ran.how = "reported"
    except DiedError:
        return
    except (ApiError, NetworkError) as problem:
        ran.how = f"could not run: {problem.message}"
    finally:
        ran.ended = town.stage.time
        _tell_end(town, number, ran)
        http.close()


def _tell_end(town: Town, number: int, ran: Ran) -> None:
    outcomes = ran.report.outcomes if ran.report else ()
    said = "; ".join(f"{o.change.operation} {o.change.key} {o.result} {o.error or ''}" for o in outcomes)
    found = [f"{each.check}: {each.message}" for each in (ran.plan.findings if ran.plan else ())]
    town.tell(f"run {number} {ran.how}. {said} {found or ''}")


def _plan(writer: Writer, commit: Commit, *, prune: bool) -> Plan:
    asked = [desired(key, rule) for key, rule in commit.items()]
    refresh = writer.refresh(lambda listed: wanted(asked, listed, SCOPE))
    return build(asked, refresh, SCOPE, Options(prune=prune))


def _reader(town: Town) -> Writer:
    http = client(BASE, town.box.key, v1, per_minute=10**6, transport=Wire(town, -1, None), clock=town.stage.clock())
    return Writer(http, v1, parallel=1)


def _do(town: Town, kind: str, key: str) -> None:
    """Do something in the app to the rule that bears a key's marker, if there is one."""
    found = [rule for rule in town.box.rules() if f"[rulesync:{SCOPE}/{key}@" in str(rule["description"])]
    if not found:
        return
    _DEEDS[kind](town, str(found[0]["id"]), found[0])
    town.seen.deeds.append((town.stage.time, kind, str(found[0]["id"])))
    town.tell(f"somebody: {kind} {key} ({found[0]['id']})")
    town.note(town.held())


def _edit(town: Town, rule_id: str, rule: Json) -> None:
    town.box.edit(rule_id, nickname=f"{rule['nickname']}, edited")


def _edit_amount(town: Town, rule_id: str, rule: Json) -> None:
    town.box.edit(rule_id, steps=json.loads(json.dumps(rule["steps"]).replace("000", "777", 1)))


def _undo(town: Town, rule_id: str, rule: Json) -> None:
    """Bring back by hand what the rule held before, its marker line apart."""
    before = [rules[rule_id] for _, rules in town.seen.states if rule_id in rules]
    older: Mapping[str, object] = next((each for each in reversed(before) if each["steps"] != rule["steps"]), rule)
    town.box.edit(rule_id, steps=older["steps"])


def _unmark(town: Town, rule_id: str, _: Json) -> None:
    town.box.edit(rule_id, description="written anew by hand")


def _look_alike(town: Town, _: str, rule: Json) -> None:
    town.box.create_in_app({**rule, "id": None, "description": "made by hand"})


_DEEDS: Mapping[str, Callable[[Town, str, Json], object]] = {
    "edit": _edit,
    "edit amount": _edit_amount,
    "enable": lambda town, rule_id, _: town.box.activate(rule_id),
    "pause": lambda town, rule_id, _: town.box.pause(rule_id),
    "delete": lambda town, rule_id, _: town.box.delete(rule_id),
    "undo": _undo,
    "unmark": _unmark,
    "look-alike": _look_alike,
}
