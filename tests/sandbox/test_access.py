from collections.abc import Callable
from typing import Any

import httpx
import pytest

from rulesync.sandbox import Sandbox

Connect = Callable[[str], httpx.Client]
RENT = "rule_01HRNT0001"


@pytest.mark.parametrize("header", [None, "", "ApiKey", "ApiKey sk_sandbox_wrong", "Bearer {key}", "{key}"])
def test_no_key(box: Sandbox, api: httpx.Client, header: str | None) -> None:
    """Without a key that somebody was given, in the scheme `ApiKey`, everything is 401."""
    del api.headers["Authorization"]
    headers = {} if header is None else {"Authorization": header.format(key=box.key)}
    answer = api.get("/rules", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized")
    assert {"request_id", "error"} == answer.json().keys()


CALLS = [
    ("LIST_RULES", "GET", "/rules"),
    ("READ_RULES", "GET", f"/rules/{RENT}"),
    ("WRITE_RULES", "POST", "/rules"),
    ("WRITE_RULES", "PUT", f"/rules/{RENT}"),
    ("WRITE_RULES", "DELETE", f"/rules/{RENT}"),
    ("LIST_ACCOUNTS", "GET", "/accounts"),
    ("READ_ACCOUNTS", "GET", "/accounts/acc_01HABC4567"),
    ("READ_RULE_EXECUTIONS", "GET", f"/rule-executions?rule_id={RENT}"),
    ("READ_RULE_EXECUTIONS", "GET", "/rule-executions/rex_1"),
]


@pytest.mark.parametrize(("scope", "method", "path"), CALLS)
def test_each_call_needs_its_scope(box: Sandbox, client: Connect, scope: str, method: str, path: str) -> None:
    """A key without the scope is refused by its name (403); the scope alone is enough to pass."""
    others = {name: "*" for name, *_ in CALLS if name != scope}
    refused = client(box.add_key(others)).request(method, path)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
    assert f"the key lacks the scope {scope}" == refused.json()["error"]["message"]
    assert client(box.add_key({scope: "*"})).request(method, path).status_code != 403


def test_listed_resources(box: Sandbox, client: Connect, body: dict[str, Any]) -> None:
    """A scope for listed ids covers these alone, and no rule that does not exist yet."""
    scopes = {"READ_RULES": [RENT], "READ_ACCOUNTS": [], "WRITE_RULES": [RENT], "READ_RULE_EXECUTIONS": [RENT]}
    key = client(box.add_key(scopes))
    other = "rule_01HCRD0002"
    run = client(box.key).get("/rule-executions", params={"rule_id": other}).json()["data"][0]["id"]
    own_run = client(box.key).get("/rule-executions", params={"rule_id": RENT}).json()["data"][0]["id"]
    answers = {
        200: [
            key.get(f"/rules/{RENT}"),
            key.put(f"/rules/{RENT}", json=body),
            key.get(f"/rule-executions?rule_id={RENT}"),
            key.get(f"/rule-executions/{own_run}"),
        ],
        403: [
            key.get(f"/rules/{other}"),
            key.get("/rules/rule_nobody"),
            key.get("/accounts/acc_01HABC4567"),
            key.put(f"/rules/{other}", json=body),
            key.delete(f"/rules/{other}"),
            key.post("/rules", json=body),
            key.get(f"/rule-executions?rule_id={other}"),
            key.get(f"/rule-executions/{run}"),
        ],
        400: [key.get("/rule-executions")],
    }
    assert {status: [status] * len(each) for status, each in answers.items()} == {
        status: [answer.status_code for answer in each] for status, each in answers.items()
    }
    assert f"the key's scope READ_RULES does not cover `{other}`" == answers[403][0].json()["error"]["message"]
    assert "a rule that does not exist yet" in answers[403][5].json()["error"]["message"]


def test_keys_over_http(box: Sandbox, person: httpx.Client, client: Connect) -> None:
    """Tests get keys of any cut over HTTP, for any organisation."""
    box.add_organisation("Neighbours")
    for more, expected in (({}, 3), ({"organisation": "Neighbours"}, 0)):
        made = person.post("/sandbox/keys", json={"scopes": {"LIST_RULES": "*"}, **more})
        assert made.status_code == 201
        assert expected == len(client(made.json()["key"]).get("/rules").json()["data"])


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ({}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"scopes": {"EVERYTHING": "*"}}, "scopes.EVERYTHING"),
        ({"scopes": {"READ_RULES": RENT}}, "scopes"),
        ({"scopes": {"READ_RULES": [1]}}, "scopes"),
        ({"scopes": {}, "organisation": "Nobody"}, "organisation"),
    ],
)
def test_keys_that_make_no_sense(person: httpx.Client, asked: object, place: str) -> None:
    """A key that makes no sense is refused, naming the place."""
    answer = person.post("/sandbox/keys", json=asked)
    assert (400, place) == (answer.status_code, answer.json()["error"]["message"].partition(":")[0])


def test_unknown_scope_or_organisation(box: Sandbox) -> None:
    """A scope or an organisation that does not exist is a mistake of the test that asks for it."""
    with pytest.raises(ValueError, match="`EVERYTHING` is no scope"):
        box.add_key({"EVERYTHING": "*"})
    with pytest.raises(ValueError, match="no organisation `Nobody`"):
        box.rules("Nobody")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", f"/rules/{RENT}"),
        ("DELETE", "/rules"),
        ("POST", f"/rules/{RENT}/trigger"),
        ("GET", "/rules/"),
        ("GET", "/transfers"),
        ("OPTIONS", "/rules"),
    ],
)
def test_what_is_not_offered(api: httpx.Client, method: str, path: str) -> None:
    """A method that a path does not have is 404 in plain text, with or without a key."""
    answer = api.request(method, path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert f"Route {method}:/api/v1{path} not found" == answer.text
    assert "X-Request-ID" in answer.headers


def test_request_ids(api: httpx.Client) -> None:
    """A request id that is sent comes back in header and body; else, or if it cannot stand in one, it is made."""
    sent = api.get("/rules", headers={"X-Request-ID": "req_mine-1"})
    assert (sent.headers["X-Request-ID"], sent.json()["request_id"]) == ("req_mine-1", "req_mine-1")
    refused = api.get("/rules/rule_nobody", headers={"X-Request-ID": "req_mine-2"})
    assert (refused.headers["X-Request-ID"], refused.json()["request_id"]) == ("req_mine-2", "req_mine-2")
    for unfit in (None, "", "two words", "x" * 201):
        made = api.get("/rules", headers={} if unfit is None else {"X-Request-ID": unfit})
        assert made.headers["X-Request-ID"] == made.json()["request_id"]
        assert made.json()["request_id"].startswith("req_01")


def test_date(api: httpx.Client, person: httpx.Client, advance: Callable[..., None]) -> None:
    """Every answer bears the time of the sandbox's clock."""
    advance(days=1)
    answers = [api.get("/rules"), api.get("/nothing"), api.get("/rules/rule_nobody"), person.get("/")]
    assert {"Thu, 15 Oct 2026 12:00:00 GMT"} == {answer.headers["Date"] for answer in answers}


def test_rate_limit(clock: Callable[[], Any], advance: Callable[..., None]) -> None:
    """A key has a bucket of requests that fills evenly; an empty one is 429 with the seconds to wait."""
    with Sandbox(clock=clock, requests_per_minute=30) as box:
        other = box.add_key({"LIST_RULES": "*"})
        with httpx.Client(transport=httpx.WSGITransport(app=box.wsgi), base_url="http://127.0.0.1/api/v1") as caller:

            def ask(key: str) -> httpx.Response:
                return caller.get("/rules", headers={"Authorization": f"ApiKey {key}"})

            assert [ask(box.key).status_code for _ in range(30)] == [200] * 30
            refused = ask(box.key)
            assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
            assert refused.json()["error"]["code"] == "rate_limit_exceeded"
            assert ask(other).status_code == 200
            advance(seconds=1.5)
            assert (ask(box.key).status_code, ask(box.key).headers["Retry-After"]) == (429, "1")
            advance(seconds=0.5)
            assert [ask(box.key).status_code for _ in range(2)] == [200, 429]
            advance(seconds=-30)
            assert ask(box.key).status_code == 429
            advance(hours=1)
            assert [ask(box.key).status_code for _ in range(31)] == [200] * 30 + [429]
