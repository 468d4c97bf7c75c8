import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from rulesync.sandbox import Sandbox
from tests.api.judge import SCHEMES, Judge, judge

RENT, CARD, INVEST = "rule_01HRNT0001", "rule_01HCRD0002", "rule_01HINV0003"
SAVINGS = "acc_01HSAV9999"
LARGE = b" " * (1024 * 1024 + 1)
IDS = {"/rules": RENT, "/accounts": SAVINGS}
QUERIES = {"/rule-executions": {"rule_id": RENT}}
# A value that each parameter cannot have, where one can be wrong.
WRONG = {"first": "0", "page": "0", "pageSize": "101", "type": "house", "state": "SOLD", "status": "on", "from": "now"}
SNOWBALL = {"trigger": {"type": "MANUAL", "account_id": SAVINGS}, "steps": [{"actions": [{"type": "snowball"}]}]}


def body() -> dict[str, Any]:
    found: dict[str, Any] = judge("v1").document["components"]["examples"]["AutoSaveBody"]["value"]
    return found


class Caller:
    """Asks a fresh sandbox for one operation in many ways, and keeps each answer with the operation."""

    def __init__(self, box: Sandbox, api: httpx.Client, operation: tuple[str, str]) -> None:
        self.box, self.api = box, api
        self.method, self.path = operation
        self.answers: list[httpx.Response] = []

    def target(self) -> str:
        """The path with ids of things that are there."""
        first = next((each for prefix, each in IDS.items() if self.path.startswith(prefix)), "")
        runs = self.box.run(RENT) if self.path.count("executions") and self.path.endswith("{}") else ""
        if self.path.startswith("/rule-executions"):
            first = runs
        return self.path.replace("{}", first, 1).replace("{}", runs)

    def ask(self, path: str | None = None, **more: Any) -> httpx.Response:  # noqa: ANN401  # as httpx takes them
        """Ask and keep the answer; `more` is in the place of what asks rightly."""
        sent: dict[str, Any] = {"params": QUERIES.get(self.path)}
        if self.method in {"POST", "PUT"} and not self.path.endswith("trigger"):
            sent["json"] = body()
        if "content" in more:
            sent.pop("json", None)
        self.answers.append(self.api.request(self.method, path or self.target(), **{**sent, **more}))
        return self.answers[-1]

    def key(self, scopes: dict[str, object]) -> dict[str, str]:
        """Return the header of a key with these scopes."""
        scheme = self.api.headers["Authorization"].partition(" ")[0]
        return {"Authorization": f"{scheme} {self.box.add_key(scopes)}"}


def ask_in_every_way(caller: Caller, held: Judge) -> None:
    """Come to an answer in every way there is: right and wrong, on purpose and by a fault."""
    query = QUERIES.get(caller.path, {})
    caller.ask()
    caller.ask(headers={"Authorization": "ApiKey nobody"})
    caller.ask(headers=caller.key({}))
    caller.ask(headers=caller.key({"READ_RULES": [INVEST], "READ_ACCOUNTS": [], "READ_RULE_EXECUTIONS": []}))
    caller.ask(content=LARGE)
    caller.ask(caller.path.replace("{}", "nobody"))
    for name, value in WRONG.items():
        caller.ask(params={**query, name: value})
    for key, content in (("", b"{}"), ("k", b"{}"), ("k", b'{"a": 1}')):
        caller.ask(headers={"Idempotency-Key": key}, content=content)
    caller.box.faults.add("error-before-processing", form="json")
    caller.ask()
    caller.box.faults.add("rate-limited", seconds=1)
    caller.ask()
    if caller.method != "GET":
        caller.box.faults.add("in-flight")
        caller.ask()
    if held is judge("platform"):
        for rule in (INVEST, caller.box.create_in_app({**SNOWBALL, "status": "enabled"})):
            caller.ask(caller.path.replace("{}", rule, 1).replace("{}", "nobody"))
    caller.box.quirks.become({"create_answers_200": True, "delete_answers_200": True, "rules_page_size": 2})
    caller.ask(caller.target().replace(RENT, CARD))
    caller.ask(params={**query, "first": WRONG["first"]})


def test_every_answer(dialect: str, held: Judge, connect: Callable[[Sandbox, str], httpx.Client]) -> None:
    """Every answer that any operation can give is as described, and every described status was given."""
    wrong, given = [], set()
    for operation in sorted(held.operations()):
        with Sandbox(requests_per_minute=None) as box:
            caller = Caller(box, connect(box, dialect), operation)
            ask_in_every_way(caller, held)
            for answer in caller.answers:
                wrong += [f"{operation} {answer.status_code}: {said}" for said in held.said_of(answer)]
                given.add((*operation, str(answer.status_code)))
    described = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path), status)
        for path, item in held.document["paths"].items()
        for method in item.keys() - {"parameters"}
        for status in item[method]["responses"]
    }
    assert [] == wrong
    assert described == given


def test_the_limit_itself(held: Judge, dialect: str, connect: Callable[[Sandbox, str], httpx.Client]) -> None:
    """What the limit of requests answers is as described."""
    with Sandbox(requests_per_minute=1) as box:
        api = connect(box, dialect)
        answers = [api.get("/rules"), api.get("/rules")]
        assert [200, 429] == [answer.status_code for answer in answers]
        assert [] == [said for answer in answers for said in held.said_of(answer)]


@pytest.mark.parametrize(
    "quirks",
    [
        {"no_request_ids": True},
        {"own_request_ids": True},
        {"no_updated_at_in_list": True},
        {"status_in_answers": "enabled"},
        {"lists_deleted_rules": True, "newest_first": True, "no_node_names": True},
    ],
)
def test_what_stays_as_described(
    box: Sandbox, held: Judge, api: httpx.Client, dialect: str, quirks: dict[str, object]
) -> None:
    """A server that differs where the documents leave it open still answers as described."""
    box.delete(INVEST)
    box.quirks.become(quirks)
    answers = [api.get("/rules"), api.get(f"/rules/{RENT}"), api.get("/accounts"), api.get("/rules/nobody")]
    if dialect == "v1":
        answers.append(api.post("/rules", json=body()))
    expected = [] if (dialect, "no_updated_at_in_list") != ("platform", next(iter(quirks))) else ["updatedAt"]
    said = [reason for answer in answers for reason in held.said_of(answer)]
    assert len(expected) == len(said)
    assert all(name in reason for name, reason in zip(expected, said, strict=True))


@pytest.mark.parametrize("quirk", ["no_has_next_page", "no_nulls"])
def test_what_departs_from_the_description(box: Sandbox, quirk: str) -> None:
    """A quirk against the description is seen by its judge."""
    box.quirks.become({quirk: True})
    with httpx.Client(transport=httpx.WSGITransport(app=box.wsgi), base_url="http://127.0.0.1/platform/v1") as caller:
        answer = caller.get("/rules", headers={"Authorization": f"{SCHEMES['platform']} {box.key}"})
    assert judge("platform").said_of(answer)
