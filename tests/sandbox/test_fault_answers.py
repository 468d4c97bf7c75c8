from collections.abc import Callable
from typing import Any

import httpx
import pytest

from rulesync.sandbox import ConnectionDropped, Sandbox

Post = Callable[..., httpx.Response]
INVEST = "/rules/rule_01HINV0003"


def noted(box: Sandbox) -> list[tuple[object, object, object]]:
    """Status, whether it took effect, and the fault, of each request."""
    return [(entry["status"], entry["committed"], entry.get("fault")) for entry in box.log()]


@pytest.mark.parametrize(
    ("kind", "how", "count"),
    [
        ("connection-refused", "refused", 3),
        ("closed-before-processing", "closed", 3),
        ("closed-after-commit", "closed", 4),
    ],
)
def test_no_answer(post: Post, box: Sandbox, kind: str, how: str, count: int) -> None:
    """A connection that ends is an exception over WSGI; the log tells what took effect, and a retry works."""
    box.faults.add(kind)
    with pytest.raises(ConnectionDropped) as caught:
        post()
    assert (how, count) == (caught.value.how, len(box.rules()))
    assert noted(box) == [(None, count == 4, kind)]
    assert post().status_code == 201
    assert len(box.rules()) == 4
    assert noted(box)[1] == (201, count == 3, None)


def test_an_answer_cut_in_half(post: Post, box: Sandbox) -> None:
    """Over WSGI a cut answer is half a body, then the exception."""
    box.faults.add("answer-cut")
    with pytest.raises(ConnectionDropped) as caught:
        post()
    assert (caught.value.how, noted(box)) == ("cut", [(201, True, "answer-cut")])


def test_a_cut_answer_without_a_body(api: httpx.Client, box: Sandbox) -> None:
    """An answer without a body is not sent at all."""
    box.faults.add("answer-cut")
    with pytest.raises(ConnectionDropped) as caught:
        api.delete(INVEST)
    assert (caught.value.how, noted(box)) == ("closed", [(None, True, "answer-cut")])


def test_delays(api: httpx.Client, post: Post, box: Sandbox) -> None:
    """A write is dated before the delay of its answer, and after the delay or the length of its processing."""
    for kind, second in (("answer-delayed", 0), ("processing-delayed", 20), ("processing-slow", 30)):
        box.faults.add(kind, seconds=10)
        made = post(kind).json()["data"]
        assert made["updated_at"] == f"2026-10-14T12:00:{second:02}Z"
    box.faults.add("processing-slow", seconds=1)
    assert api.get("/rules").status_code == 200


def test_a_key_in_flight(post: Post, body: dict[str, Any]) -> None:
    """While processing is slow the same key is answered 409, and afterwards with the first answer."""
    seen: list[httpx.Response] = []
    with Sandbox(sleep=lambda _: seen.append(ask())) as box:

        def ask() -> httpx.Response:
            headers = {"Authorization": f"ApiKey {box.key}", "Idempotency-Key": "k"}
            with httpx.Client(transport=httpx.WSGITransport(app=box.wsgi), base_url="http://localhost") as caller:
                return caller.post("/api/v1/rules", json=body, headers=headers)

        box.faults.add("processing-slow")
        answers = [ask(), ask()]
        assert [answer.status_code for answer in (*seen, *answers)] == [409, 201, 201]
        assert answers[0].content == answers[1].content
    assert post().status_code == 201


def test_a_request_that_arrives_later(api: httpx.Client, post: Post, box: Sandbox) -> None:
    """The caller gives up, looks and sees nothing, and the server commits afterwards."""
    box.faults.add("arrives-later")
    with pytest.raises(ConnectionDropped, match="given up"):
        post()
    assert noted(box) == [(None, False, "arrives-later")]
    assert [len(api.get("/rules").json()["data"]) for _ in range(2)] == [3, 4]
    assert noted(box)[0] == (None, True, "arrives-later")
    post()
    assert [entry["replayed"] for entry in box.log()] == [False, False, False, True]


def test_a_request_that_is_overtaken_by_its_own_retry(api: httpx.Client, post: Post, box: Sandbox) -> None:
    """A retry that overtakes the first request takes effect, and the first one then gets its answer again."""
    box.faults.add("arrives-later")
    with pytest.raises(ConnectionDropped):
        post()
    assert post().status_code == 201
    assert len(api.get("/rules").json()["data"]) == 4
    assert noted(box)[:2] == [(None, False, "arrives-later"), (201, True, None)]


def test_a_request_that_arrives_after_seconds(
    api: httpx.Client, post: Post, box: Sandbox, advance: Callable[..., None]
) -> None:
    """Seconds are those of the sandbox's clock, and what arrives is dated by it."""
    box.faults.add("arrives-later", seconds=30)
    with pytest.raises(ConnectionDropped):
        post()
    advance(seconds=29)
    assert len(api.get("/rules").json()["data"]) == 3
    advance(seconds=1)
    assert api.get("/rules").json()["data"][-1]["created_at"] == "2026-10-14T12:00:30Z"


def test_a_late_request_after_the_log_was_cleared(api: httpx.Client, post: Post, box: Sandbox) -> None:
    """A request that arrives when the log has forgotten it does not write into the entry of another one."""
    box.faults.add("arrives-later", requests=2)
    with pytest.raises(ConnectionDropped):
        post()
    box.clear_log()
    for _ in range(3):
        api.get("/rules")
    assert (noted(box), len(box.rules())) == ([(200, False, None)] * 3, 4)


@pytest.mark.parametrize(
    ("options", "status", "header"),
    [
        ({}, 429, "1"),
        ({"seconds": 30}, 429, "30"),
        ({"seconds": 30, "retry_after": "date"}, 429, "Wed, 14 Oct 2026 12:00:30 GMT"),
        ({"retry_after": "none", "status": 503}, 503, None),
    ],
)
def test_try_again_later(post: Post, box: Sandbox, options: dict[str, Any], status: int, header: str | None) -> None:
    """A limit tells when to try again in seconds, as a date, or not at all, and nothing is processed."""
    box.faults.add("rate-limited", **options)
    answer = post()
    assert (status, header) == (answer.status_code, answer.headers.get("Retry-After"))
    assert set(answer.json()) == {"request_id", "error"}
    assert noted(box) == [(status, False, "rate-limited")]
    assert post().status_code == 201


@pytest.mark.parametrize(
    ("form", "kind"), [("html", "text/html"), ("json", "application/json"), ("empty", "text/plain")]
)
@pytest.mark.parametrize("status", [500, 502, 503, 200])
def test_errors(post: Post, box: Sandbox, form: str, kind: str, status: int) -> None:
    """An error of any status comes before the effect or after it, as a page, as JSON or as nothing."""
    for fault, is_committed in (("error-before-processing", False), ("error-after-commit", True)):
        box.faults.add(fault, status=status, form=form)
        answer = post()
        assert (status, kind) == (answer.status_code, answer.headers["Content-Type"].partition(";")[0])
        assert (form != "empty") == bool(answer.content)
        assert noted(box)[-1] == (status, is_committed, fault)
    assert post().status_code == 201
    assert [entry["replayed"] for entry in box.log()] == [False, False, True]


def test_an_error_on_purpose(post: Post, box: Sandbox) -> None:
    """An error in JSON has the API's shape and code, and the caller's request id."""
    box.faults.add("error-after-commit", status=401, form="json")
    error = post().json()
    assert error["error"] == {"code": "unauthorized", "message": "Unauthorized (on purpose)"}
    assert error["request_id"] == box.log()[0]["request_id"]


def test_in_flight_on_purpose(api: httpx.Client, post: Post, box: Sandbox) -> None:
    """409 happens to writes alone, and nothing is processed or kept."""
    box.faults.add("in-flight")
    assert api.get("/rules").status_code == 200
    answers = [post(), post()]
    assert [answer.status_code for answer in answers] == [409, 201]
    assert answers[0].json()["error"]["code"] == "request_in_progress"


@pytest.mark.parametrize(
    ("status", "code"), [(403, "forbidden"), (404, "resource_not_found"), (503, "unexpected_error")]
)
def test_a_rule_that_cannot_be_read(api: httpx.Client, box: Sandbox, status: int, code: str) -> None:
    """A rule's body is refused, while the list shows it and others can be read."""
    box.faults.add("rule-unreadable", path=INVEST, times=None, status=status)
    answer = api.get(INVEST)
    assert (status, code) == (answer.status_code, answer.json()["error"]["code"])
    assert "rule_01HINV0003" in [rule["id"] for rule in api.get("/rules").json()["data"]]
    assert api.get("/rules/rule_01HRNT0001").status_code == 200


def test_a_refusal_that_is_kept(post: Post, box: Sandbox) -> None:
    """A refusal is the key's first answer: it comes again, request id and all, until another key is used."""
    box.faults.add("refusal-kept")
    answers = [post(), post(), post("other")]
    assert [answer.status_code for answer in answers] == [400, 400, 201]
    assert answers[0].content == answers[1].content
    assert answers[1].json()["request_id"] != answers[1].headers["X-Request-ID"]
    assert noted(box) == [(400, False, "refusal-kept"), (400, False, None), (201, True, None)]


@pytest.mark.parametrize("effect", [False, True])
def test_an_error_that_is_kept(post: Post, box: Sandbox, *, effect: bool) -> None:
    """A 500 is the key's first answer and comes again, whether or not the write took effect."""
    box.faults.add("error-kept", effect=effect)
    answers = [post(), post()]
    assert [answer.status_code for answer in answers] == [500, 500]
    assert answers[0].content == answers[1].content
    assert noted(box) == [(500, effect, "error-kept"), (500, False, None)]
    assert len(box.rules()) == 3 + effect
    assert box.log()[1]["replayed"] is True


def test_an_error_without_a_key_is_not_kept(api: httpx.Client, box: Sandbox, body: dict[str, Any]) -> None:
    """Where there is no key nothing is kept."""
    box.faults.add("error-kept", status=503)
    assert [api.post("/rules", json=body).status_code for _ in range(2)] == [503, 201]
