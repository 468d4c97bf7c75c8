import contextlib
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from rulesync.sandbox import Sandbox

Body = dict[str, Any]
KEY = {"Idempotency-Key": "11111111-2222-4333-8444-555555555555"}


def connect(box: Sandbox) -> httpx.Client:
    headers = {"Authorization": f"ApiKey {box.key}"}
    return httpx.Client(
        transport=httpx.WSGITransport(app=box.wsgi), base_url="http://127.0.0.1/api/v1", headers=headers
    )


def test_a_replay_acts_once(api: httpx.Client, box: Sandbox, body: Body, advance: Callable[..., None]) -> None:
    """The same request under the same key gets the first answer again and does nothing."""
    first = api.post("/rules", json=body, headers={**KEY, "X-Request-ID": "req_1"})
    advance(hours=23, minutes=59)
    again = api.post("/rules", json=body, headers={**KEY, "X-Request-ID": "req_2"})
    assert (201, first.content) == (again.status_code, again.content)
    assert (again.json()["request_id"], again.headers["X-Request-ID"]) == ("req_1", "req_2")
    assert len(box.rules()) == 4
    assert [entry["replayed"] for entry in box.log()] == [False, True]


def test_a_key_is_forgotten(api: httpx.Client, body: Body, advance: Callable[..., None]) -> None:
    """After 24 hours a key starts a new operation, which is kept in its turn."""
    ids = []
    for hours in (0, 24, 23):
        advance(hours=hours)
        ids.append(api.post("/rules", json=body, headers=KEY).json()["data"]["id"])
    assert ids[0] != ids[1] == ids[2]


def test_replaying_a_replacement_does_not_pause(api: httpx.Client, box: Sandbox, body: Body) -> None:
    """A replayed replacement answers as before, even when a person has enabled the rule meanwhile."""
    first = api.put("/rules/rule_01HRNT0001", json=body, headers=KEY)
    box.activate("rule_01HRNT0001")
    again = api.put("/rules/rule_01HRNT0001", json=body, headers=KEY)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert box.rules()[0]["status"] == "enabled"


def test_replaying_a_delete(api: httpx.Client) -> None:
    """A replayed delete is 204 again, not 404."""
    assert [api.delete("/rules/rule_01HRNT0001", headers=KEY).status_code for _ in range(2)] == [204, 204]
    assert api.delete("/rules/rule_01HRNT0001").status_code == 404


def test_another_request_under_the_key(api: httpx.Client, box: Sandbox, body: Body) -> None:
    """A key that was used with another method, path or body is refused, and nothing happens."""
    api.post("/rules", json=body, headers=KEY)
    before = box.rules()
    others = [
        api.post("/rules", json={**body, "nickname": "Another"}, headers=KEY),
        api.put(f"/rules/{before[3]['id']}", json=body, headers=KEY),
        api.delete(f"/rules/{before[3]['id']}", headers=KEY),
    ]
    expected = [(400, "idempotency_key_mismatch")] * 3
    assert expected == [(other.status_code, other.json()["error"]["code"]) for other in others]
    assert before == box.rules()


def test_refusals_are_replayed(api: httpx.Client, body: Body, person: httpx.Client) -> None:
    """A refusal by validation is an answer like any other: it is replayed even when its cause is gone."""
    body["trigger"]["account_id"] = "acc_new"
    calls: list[Callable[[], httpx.Response]] = [
        lambda: api.post("/rules", json=body, headers=KEY),
        lambda: api.put("/rules/rule_new", json=body, headers={"Idempotency-Key": "2"}),
        lambda: api.post("/rules", content="{", headers={"Idempotency-Key": "3"}),
    ]
    first = [call() for call in calls]
    assert [answer.status_code for answer in first] == [400, 404, 400]
    person.post("/app/accounts", json={"id": "acc_new", "name": "New", "type": "pod"})
    person.post("/app/rules", json={**body, "id": "rule_new"})
    assert [answer.content for answer in first] == [call().content for call in calls]


def test_what_is_not_kept(clock: Callable[[], Any], body: Body, advance: Callable[..., None]) -> None:
    """401, 403 and 429 are not kept: the same request under the same key acts once it may."""
    with Sandbox(clock=clock, requests_per_minute=1) as box, connect(box) as caller:

        def ask(key: str) -> int:
            headers = {**KEY, "Authorization": f"ApiKey {key}"}
            return caller.post("/rules", json=body, headers=headers).status_code

        assert [ask("wrong"), ask(box.add_key({"LIST_RULES": "*"}))] == [401, 403]
        assert caller.delete("/rules/x").status_code == 404
        assert ask(box.key) == 429
        advance(minutes=1)
        assert ask(box.key) == 201


def test_keys_are_the_organisation_s(box: Sandbox, client: Callable[[str], httpx.Client], body: Body) -> None:
    """Two API keys of one organisation share idempotency keys; two organisations do not."""
    mine, same = client(box.key), client(box.add_key({"WRITE_RULES": "*"}))
    other = client(box.add_organisation("Neighbours", household=True))
    ids = [each.post("/rules", json=body, headers=KEY).json()["data"]["id"] for each in (mine, same, other)]
    assert ids[0] == ids[1] != ids[2]


def test_an_empty_key(api: httpx.Client, body: Body) -> None:
    """An empty key is a mistake, not the absence of one."""
    message = api.post("/rules", json=body, headers={"Idempotency-Key": " "}).json()["error"]["message"]
    assert message == "Idempotency-Key: must not be empty"


def test_reads_take_no_key(api: httpx.Client) -> None:
    """A read under an idempotency key is a read."""
    assert [api.get(path, headers=KEY).status_code for path in ("/rules", "/accounts")] == [200, 200]


class SlowClock:
    """A clock that holds up whoever looks at it the second time, until it is let go."""

    def __init__(self) -> None:
        self.looks = 0
        self.is_held = threading.Event()
        self.go = threading.Event()

    def __call__(self) -> datetime:
        """Always the same instant, sooner or later."""
        if threading.current_thread().name == "slow":
            self.looks += 1
            if self.looks == 2:
                self.is_held.set()
                assert self.go.wait(10)
        return datetime(2026, 10, 14, 12, tzinfo=UTC)


def test_in_flight(body: Body) -> None:
    """While the first request under a key still runs another one is refused (409), and nothing of that is kept."""
    clock = SlowClock()
    answers: list[httpx.Response] = []
    with Sandbox(clock=clock) as box:

        def ask() -> None:
            with connect(box) as caller:
                answers.append(caller.post("/rules", json=body, headers=KEY))

        slow = threading.Thread(target=ask, name="slow")
        slow.start()
        assert clock.is_held.wait(10)
        ask()
        clock.go.set()
        slow.join()
        ask()
        assert [answer.status_code for answer in answers] == [409, 201, 201]
        assert answers[0].json()["error"]["code"] == "request_in_progress"
        assert answers[1].content == answers[2].content
        assert len(box.rules()) == 4


def test_two_processes(tmp_path: Path, body: Body) -> None:
    """Two sandboxes on one state file, as two processes would be, act once for one key."""
    clock = SlowClock()
    answers: list[httpx.Response] = []
    with Sandbox(tmp_path / "state", clock=clock) as one, Sandbox(tmp_path / "state", clock=clock) as other:

        def ask(box: Sandbox) -> None:
            with connect(box) as caller:
                answers.append(caller.post("/rules", json=body, headers=KEY))

        slow = threading.Thread(target=ask, args=(one,), name="slow")
        slow.start()
        assert clock.is_held.wait(10)
        ask(other)
        clock.go.set()
        slow.join()
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].content == answers[1].content
        assert (len(one.rules()), len(other.rules())) == (4, 4)


def test_an_effect_and_its_answer_are_one(tmp_path: Path, body: Body) -> None:
    """When the answer cannot be kept the effect does not happen either; the bug is a 500 whose trace is in the log."""
    fail = "CREATE TRIGGER full BEFORE INSERT ON answers BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    state = tmp_path / "state"
    with Sandbox(state) as box, contextlib.closing(sqlite3.connect(state)) as disk, connect(box) as caller:
        disk.execute(fail)
        answer = caller.post("/rules", json=body, headers=KEY)
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "unexpected_error")
        assert len(box.rules()) == 3
        assert "the disk is full" in str(box.log()[-1]["error"])
        disk.execute("DROP TRIGGER full")
        assert caller.post("/rules", json=body, headers=KEY).status_code == 201
