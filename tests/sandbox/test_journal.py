from typing import Any

import httpx

from rulesync.sandbox import Sandbox

Body = dict[str, Any]


def test_log(api: httpx.Client, box: Sandbox, person: httpx.Client, body: Body) -> None:
    """The log has every API request in order, with what matters, and never a key."""
    api.get("/rules", params={"source_id": "acc_1"}, headers={"X-Request-ID": "req_1"})
    headers = {"X-Request-ID": "req_2", "Idempotency-Key": "k", "User-Agent": "test/1"}
    api.post("/rules", json=body, headers=headers)
    api.post("/rules", content="{", headers={"X-Request-ID": "req_3"})
    person.get("/api/v1/nothing", headers={"X-Request-ID": "req_4", "User-Agent": ""})
    person.get("/")
    common = {
        "replayed": False,
        "committed": False,
        "at": "2026-10-14T12:00:00Z",
        "key_hint": f"…{box.key[-4:]}",
        "idempotency_key": None,
    }
    agent = api.headers["User-Agent"]
    post = {"method": "POST", "path": "/api/v1/rules", "query": {}}
    expected = [
        {
            **common,
            "n": 1,
            "method": "GET",
            "path": "/api/v1/rules",
            "query": {"source_id": "acc_1"},
            "status": 200,
            "request_id": "req_1",
            "body": None,
            "headers": {"authorization": "ApiKey", "user_agent": agent},
        },
        {
            **common,
            **post,
            "n": 2,
            "status": 201,
            "committed": True,
            "request_id": "req_2",
            "idempotency_key": "k",
            "body": body,
            "headers": {"authorization": "ApiKey", "user_agent": "test/1"},
        },
        {
            **common,
            **post,
            "n": 3,
            "status": 400,
            "request_id": "req_3",
            "body": "{",
            "headers": {"authorization": "ApiKey", "user_agent": agent},
        },
        {
            **common,
            "n": 4,
            "method": "GET",
            "path": "/api/v1/nothing",
            "query": {},
            "status": 404,
            "key_hint": None,
            "request_id": "req_4",
            "body": None,
            "headers": {"authorization": None, "user_agent": ""},
        },
    ]
    assert expected == box.log() == person.get("/sandbox/log").json()
    assert box.key not in str(box.log())
    box.clear_log()
    assert box.log() == []
