import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from rulesync.clock import SYSTEM_CLOCK
from rulesync.patience import Patience
from rulesync.remote import Reader, client
from rulesync.runs import History, RunStatus
from rulesync.sandbox import Sandbox
from rulesync.wire import v1
from tests.clocks import FakeClock
from tests.remote.test_connections import KEY, Talk, dripping_body, dripping_head, server, silent

URL = "https://api.test/api/v1"
IDS = [f"rule_{number}" for number in range(20)]


@contextmanager
def reader(
    answer: Callable[[httpx.Request], httpx.Response] | httpx.BaseTransport, key: str = KEY, parallel: int = 4
) -> Iterator[Reader]:
    transport = answer if isinstance(answer, httpx.BaseTransport) else httpx.MockTransport(answer)
    with client(URL, key, v1, per_minute=10_000, transport=transport, clock=FakeClock().clock) as connection:
        yield Reader(connection, v1, parallel=parallel)


def row(rule_id: object = "rule_0", status: object = "executed", at: object = "2026-11-27T09:00:00Z") -> dict[str, Any]:
    return {"id": "rex_1", "rule_id": rule_id, "status": status, "created_at": at, "trigger_type": "scheduled"}


def page(*rows: object, **info: object) -> httpx.Response:
    return httpx.Response(200, json={"data": list(rows), "page_info": info})


def refusal(status: int, code: str, message: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": message}})


def read(answer: httpx.Response) -> History:
    """Return what a rule is believed to have done where the API answers this."""
    with reader(lambda _: httpx.Response(answer.status_code, content=answer.content)) as found:
        return found.executions(["rule_0"])["rule_0"]


def test_what_the_sandbox_tells() -> None:
    """Runs come newest first, each rule's own, by one request for each rule."""
    with Sandbox() as box, reader(httpx.WSGITransport(app=box.wsgi), box.key) as found:
        ids = [str(rule["id"]) for rule in box.rules()]
        box.run(ids[0], status="in_progress")
        box.clear_log()

        histories = found.executions(ids)

        assert ids == list(histories)
        assert {entry["path"] for entry in box.log()} == {"/api/v1/rule-executions"}
        assert len(box.log()) == len(ids)
        newest = histories[ids[0]].runs[0]
        assert (ids[0], RunStatus.IN_PROGRESS, "manual") == (newest.rule_id, newest.status, newest.trigger)
        assert [False] * len(ids) == [history.more for history in histories.values()]


def test_a_key_without_the_scope() -> None:
    """What the key may not read is said by the name of the scope, and is nobody's error."""
    with Sandbox() as box:
        rule_id = str(box.rules()[0]["id"])
        key = box.add_key({"LIST_RULES": "*", "READ_RULES": "*"})
        with reader(httpx.WSGITransport(app=box.wsgi), key) as found:
            assert found.executions([rule_id])[rule_id] == History(
                unknown="the key lacks the scope `READ_RULE_EXECUTIONS`"
            )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(404, text="Route not found"), "the API answered 404"),
        (httpx.Response(503), "the API answered 503"),
        (refusal(404, "resource_not_found", "not here"), "the API answered 404: resource_not_found: not here"),
        (refusal(404, "resource_not_found", "no `rule_0` here"), "the API answered 404: resource_not_found"),
        (refusal(429, "rate_limit", "too fast"), "the API answered 429: rate_limit: too fast"),
        (refusal(500, "internal_error", f"at {KEY}"), "the API answered 500: internal_error: at ***"),
        (httpx.Response(429, headers={"Retry-After": "60"}), "the API answered 429"),
        (httpx.Response(302, headers={"Location": "https://elsewhere.test/"}), "the API answered 302"),
        (httpx.Response(200, text="<html>"), "the API sent what makes no sense"),
        (httpx.Response(200, json={"data": {}}), "the API sent what makes no sense"),
        (httpx.Response(200, content=b"[" * 100_000), "the API sent what makes no sense"),
        (httpx.Response(200, content=b" " * 2_000_000), "the API sent more than any sensible answer"),
        (page(row("rule_other")), "the API sent nothing about this rule"),
        (page(1, "x", None, {}, [], row(status=None, at=None)), "the API sent nothing about this rule"),
    ],
)
def test_what_is_no_history(answer: httpx.Response, expected: str) -> None:
    """Whatever is no list of this rule's runs is said, and taken for nothing else."""
    assert History(unknown=expected) == read(answer)


@pytest.mark.parametrize(
    ("answer", "statuses", "more"),
    [
        (page(), [], False),
        (page(row(), has_next_page=True, end_cursor="x"), ["executed"], True),
        (page(row(), has_next_page=True), ["executed"], True),
        (page(row(), row("rule_other"), 7), ["executed"], True),
        (page(row(None, "IN_PROGRESS", None)), ["in_progress"], False),
        (page(row(status="exploded"), row(status=7)), ["unknown", "unknown"], False),
        (page(row(at="9999-12-31T23:59:59Z"), row(at="never")), ["executed", "executed"], False),
        (page(*[row()] * 500), ["executed"] * 500, False),
    ],
)
def test_what_is_a_history(answer: httpx.Response, statuses: list[str], *, more: bool) -> None:
    """What can be read is; other rules' runs and rows that are none are left out, and counted as more."""
    found = read(answer)
    assert (statuses, more, None) == ([run.status.value for run in found.runs], found.more, found.unknown)


def test_pages_without_end() -> None:
    """However many pages the API says there are, each rule costs one request."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return page(row(request.url.params["rule_id"]), has_next_page=True, end_cursor=str(len(seen)))

    with reader(answer) as found:
        assert all(history.more for history in found.executions(IDS).values())
    assert sorted(IDS) == sorted(request.url.params["rule_id"] for request in seen)
    assert {("GET", "100")} == {(request.method, request.url.params["first"]) for request in seen}


@pytest.mark.parametrize("failure", [httpx.Response(429), httpx.ReadTimeout("slow"), httpx.ConnectError("down")])
def test_an_api_that_wants_to_be_left_alone(failure: httpx.Response | Exception) -> None:
    """Where one answer does not come, or says 429, no further rule is asked about; nothing is tried twice."""
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        if isinstance(failure, Exception):
            raise failure
        return httpx.Response(failure.status_code)

    with reader(answer, parallel=2) as found:
        histories = found.executions(IDS)
    assert len(histories) == len(IDS)
    assert all(history.unknown for history in histories.values())
    assert len(seen) <= 2


def test_an_id_that_is_no_part_of_an_address() -> None:
    """An id that could lead elsewhere is not asked about."""
    with reader(lambda _: page()) as found:
        assert found.executions(["../keys"])["../keys"].unknown == "its id cannot be part of an address"


@pytest.mark.parametrize("talk", [silent, dripping_head, dripping_body])
def test_a_server_that_never_ends(talk: Talk) -> None:
    """A run whose time is up is not held up by an answer that never ends."""
    begun = time.monotonic()
    with server(talk) as url, client(url, KEY, v1, per_minute=1000, patience=Patience(SYSTEM_CLOCK, 1)) as connection:
        found = Reader(connection, v1).executions(IDS)
    assert all(history.unknown for history in found.values())
    assert time.monotonic() - begun < 5
