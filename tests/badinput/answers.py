"""What must hold for any answer of the server: it is understood or refused, and proves nothing by itself.

Whoever only looks writes nothing, and no write counts as done because somebody said so.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import httpx

from rulesync.cli.lately import look_back
from rulesync.errors import RulesyncError
from rulesync.lookback import Looking
from rulesync.plan import Options, Plan, build, wanted
from rulesync.planfile.writing import plan_json
from rulesync.remote import Client, Reader, Writer, client
from rulesync.render import terminal
from rulesync.report import Result
from rulesync.sandbox import Sandbox
from rulesync.wire import v1
from tests.badinput.holding import hold, in_time, is_a_sentence
from tests.builders import SCOPE, a_rule, desired
from tests.clocks import NOON, FakeClock
from tests.planfile.test_writing import CONTEXT
from tests.world import World

URL = "https://api.test/api/v1"
KEY = "sk_0123456789"
MOST_REQUESTS = 2_500


@dataclass(frozen=True)
class Case:
    """An answer, and to which call it is given; `processed` tells whether a write that it answers was carried out."""

    at: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    processed: bool = False

    @property
    def content(self) -> bytes:
        """The case as bytes, to be kept and given again: a line of JSON, then the body."""
        head = {"at": self.at, "status": self.status, "headers": self.headers, "processed": self.processed}
        return json.dumps(head).encode() + b"\n" + self.body

    @classmethod
    def of(cls, content: bytes) -> "Case":
        """Return the case that some bytes are."""
        head, _, body = content.partition(b"\n")
        value: Any = json.loads(head)
        headers = tuple((name, text) for name, text in value["headers"])
        return cls(value["at"], value["status"], headers, body, value["processed"])

    def answer(self) -> httpx.Response:
        """Return the answer as it comes from the wire; a header's text stands for its bytes in Latin-1."""
        headers = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in self.headers]
        return httpx.Response(self.status, headers=headers, stream=httpx.ByteStream(self.body))


with Sandbox(clock=lambda: NOON) as _box:
    RULES: tuple[dict[str, Any], ...] = tuple(json.loads(json.dumps(_box.rules())))
LIST = {"request_id": "req_1", "data": RULES}
RULE = {"request_id": "req_1", "data": RULES[0]}
ACCOUNTS = {"request_id": "req_1", "data": [{"id": "acc_1", "name": "Checking", "type": "pod"}]}
RUN = {"id": "rex_1", "rule_id": RULES[0]["id"], "status": "executed", "created_at": "2026-03-02T09:00:00Z"}
RUNS = {"request_id": "req_1", "data": [RUN], "page_info": {"has_next_page": False, "end_cursor": "x"}}
VALID = {"list": LIST, "accounts": ACCOUNTS, "rule": RULE, "runs": RUNS}


class Server(httpx.BaseTransport):
    """Gives one call the answer of a case and all others sensible ones, and notes the methods of all."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.methods: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        self.methods.append(request.method)
        hold("the number of requests is bounded", when=len(self.methods) <= MOST_REQUESTS)
        last = request.url.path.rpartition("/")[2]
        at = {"rules": "list", "accounts": "accounts", "rule-executions": "runs"}.get(last, "rule")
        if request.method != "GET" or self.case.at in {at, "all"}:
            return self.case.answer()
        if at == "rule":
            found = [rule for rule in RULES if rule["id"] == last]
            return httpx.Response(200, json={"data": found[0]}) if found else httpx.Response(404)
        return httpx.Response(200, json=VALID[at])


def any_answer(content: bytes) -> None:
    """Any answer to any call is a result or an error of ours, and whoever only looks writes nothing."""
    server = Server(Case.of(content))
    with in_time(), _client(server) as connection:
        writer = Writer(connection, v1, parallel=2)
        wishes = [desired("save", a_rule()), desired("tax", a_rule(7), pin=RULES[0]["id"])]
        _sensible(writer.listing)
        _sensible(writer.accounts)
        _sensible(lambda: writer.look(RULES[0]["id"]))
        refresh = _sensible(lambda: writer.refresh(lambda listed: wanted(wishes, listed, SCOPE)))
        if refresh is not None:
            made = build(wishes, refresh, SCOPE, Options(prune=True))
            terminal.plan(plan_json(made, CONTEXT), color=False).encode()
            _runs(made, writer)
        hold("a look is no write", when=set(server.methods) <= {"GET"})
        sent = len(server.methods)
        _sensible(lambda: writer.create({}, idempotency_key="k"))
        _sensible(lambda: writer.replace("rule_1", {}, idempotency_key="k"))
        _sensible(lambda: writer.delete("rule_1", idempotency_key="k"))
        hold("a write is sent once", when=server.methods[sent:] == ["POST", "PUT", "DELETE"])


def _runs(made: Plan, reader: Reader) -> None:
    """Whatever is told of runs, the plan is the same but for what is said of them, within the budget."""
    looked = look_back(made, reader, Looking(2, every=True), allowed=False)
    hold("runs change nothing that would be done", when=looked.plan.changes == made.changes)
    hold("no more requests than allowed", when=looked.reads <= 2)
    context = replace(CONTEXT, runs=looked.runs)
    terminal.plan(plan_json(looked.plan, context), color=False).encode()
    terminal.status(plan_json(looked.plan, context), color=False).encode()


def _client(server: httpx.BaseTransport) -> Client:
    return client(URL, KEY, v1, per_minute=10**6, transport=server, clock=FakeClock().clock, random=Random(1))


def _sensible(call: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the call returns
    try:
        return call()
    except RulesyncError as problem:
        is_a_sentence(problem)
        hold("the key is in no error", when=KEY not in repr(vars(problem)))
        return None


class Garbler(httpx.BaseTransport):
    """A wire on which GETs are honest, and every write gets the answer of a case, carried out or not."""

    def __init__(self, inner: httpx.BaseTransport, case: Case) -> None:
        self.inner = inner
        self.case = case

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        if request.method == "GET":
            return self.inner.handle_request(request)
        if self.case.processed:
            self.inner.handle_request(request).read()
        return self.case.answer()


def any_answer_to_a_write(content: bytes) -> None:
    """Whatever is answered to a write, it is done only if the API shows it, and nothing is live."""
    case = Case.of(content)
    with in_time(), World() as world:
        world.apply({"change": a_rule(1, nickname="Change"), "drop": a_rule(2, nickname="Drop")})
        dropped = world.id_of("drop")
        wishes = {"change": a_rule(3, nickname="Change"), "make": a_rule(4, nickname="Make")}
        plan = world.plan(wishes, prune=True)
        world.later()
        world.wire.inner = Garbler(world.wire.inner, case)
        report = world.carry_out(plan)
        held = {str(rule["nickname"]): rule for rule in world.box.rules()}
    done = {each.change.key for each in report.outcomes if each.result is Result.DONE}
    hold(
        "every change has an outcome", when={each.change.key for each in report.outcomes} == {"change", "make", "drop"}
    )
    hold("a create is done only if it is there", when="make" not in done or "Make" in held)
    hold("an update is done only if it shows", when="change" not in done or _cents(held["Change"]) == 3)
    hold("a delete is done only if it is gone", when="drop" not in done or dropped not in _ids(held))
    hold("nothing is live", when=all(rule["status"] == "disabled" for rule in held.values()))


def _cents(rule: dict[str, Any]) -> int:
    cents: int = rule["steps"][0]["actions"][0]["amount_in_cents"]
    return cents


def _ids(rules: dict[str, dict[str, Any]]) -> set[str]:
    return {rule["id"] for rule in rules.values()}
