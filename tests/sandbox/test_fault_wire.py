"""Faults of the wire against a real socket, set over HTTP as from outside the process."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from rulesync.sandbox import Sandbox, Server, serve

SHORT = 0.15
Set = Callable[..., None]


class Held:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.has_begun = threading.Event()
        self.end = threading.Event()

    def __call__(self, _: float) -> None:
        """Begin, and wait for the end."""
        self.has_begun.set()
        assert self.end.wait(10)


@pytest.fixture
def held() -> Iterator[Held]:
    seconds = Held()
    yield seconds
    seconds.end.set()


@pytest.fixture
def real(held: Held) -> Iterator[Sandbox]:
    with Sandbox(requests_per_minute=None, sleep=held) as box:
        yield box


@pytest.fixture
def server(real: Sandbox) -> Iterator[Server]:
    with serve(real) as running:
        yield running


@pytest.fixture
def wire(server: Server, real: Sandbox) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"ApiKey {real.key}", "Idempotency-Key": "k"}
    with httpx.Client(base_url=f"{server.url}/api/v1", headers=headers) as client:
        yield client


@pytest.fixture
def add(server: Server) -> Set:
    def post(kind: str, **settings: object) -> None:
        assert httpx.post(f"{server.url}/sandbox/faults", json={"kind": kind, **settings}).status_code == 201

    return post


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it holds within five seconds."""
    end = time.monotonic() + 5
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


@pytest.mark.parametrize(
    ("kind", "error", "words", "count"),
    [
        ("connection-refused", httpx.ReadError, "reset by peer", 3),
        ("closed-before-processing", httpx.RemoteProtocolError, "without sending a response", 3),
        ("closed-after-commit", httpx.RemoteProtocolError, "without sending a response", 4),
        ("arrives-later", httpx.RemoteProtocolError, "without sending a response", 3),
        ("answer-cut", httpx.RemoteProtocolError, "peer closed connection without sending complete", 4),
    ],
)
def test_a_connection_that_ends(  # noqa: PLR0913  # a row of the table
    wire: httpx.Client,
    real: Sandbox,
    add: Set,
    body: dict[str, Any],
    *,
    kind: str,
    error: type[Exception],
    words: str,
    count: int,
) -> None:
    """What ends a connection is what a client knows from the world, on a kept connection too, and a retry works."""
    for _ in range(2):
        assert wire.get("/rules").status_code == 200
    add(kind, method="POST")
    with pytest.raises(error, match=words):
        wire.post("/rules", json=body)
    assert count == len(real.rules())
    assert real.log()[-1]["fault"] == kind
    assert wire.post("/rules", json=body).status_code == 201
    assert len(real.rules()) == 4


def test_half_an_answer(server: Server, real: Sandbox, add: Set) -> None:
    """A cut answer announces its whole length and sends the first half of it."""
    add("answer-cut")
    request = f"GET /api/v1/rules HTTP/1.1\r\nHost: localhost\r\nAuthorization: ApiKey {real.key}\r\n\r\n"
    heard = b""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=5) as connection:
        connection.sendall(request.encode())
        while more := connection.recv(65536):
            heard += more
    head, _, sent = heard.partition(b"\r\n\r\n")
    whole = httpx.get(f"{server.url}/api/v1/rules", headers={"Authorization": f"ApiKey {real.key}"}).content
    assert f"Content-Length: {len(whole)}".encode() in head
    assert len(sent) == len(whole) // 2


@pytest.mark.parametrize(("kind", "count"), [("answer-delayed", 4), ("processing-delayed", 3), ("processing-slow", 3)])
def test_a_delay(
    wire: httpx.Client, real: Sandbox, held: Held, add: Set, body: dict[str, Any], *, kind: str, count: int
) -> None:
    """The client gives up; the write has taken effect by then or does afterwards, and the log tells."""
    add(kind)
    with pytest.raises(httpx.ReadTimeout):
        wire.post("/rules", json=body, timeout=httpx.Timeout(5, read=0.05))
    assert held.has_begun.wait(10)
    assert (count, count == 4) == (len(real.rules()), real.log()[0]["committed"])
    held.end.set()
    assert eventually(lambda: real.log()[0]["committed"] is True and real.log()[0]["status"] == 201)
    assert len(real.rules()) == 4
    again = wire.post("/rules", json=body)
    assert (again.status_code, real.log()[-1]["replayed"]) == (201, True)


def test_nobody_else_waits(wire: httpx.Client, held: Held, add: Set) -> None:
    """While one answer is delayed others are given; whoever waits gets theirs."""
    add("answer-delayed", path="/accounts")
    slow: list[int] = []
    thread = threading.Thread(target=lambda: slow.append(wire.get("/accounts").status_code))
    thread.start()
    assert held.has_begun.wait(10)
    assert (wire.get("/rules").status_code, slow) == (200, [])
    held.end.set()
    thread.join()
    assert slow == [200]


def test_seconds_pass() -> None:
    """Unless it is told otherwise, the sandbox really waits."""
    with Sandbox() as box, serve(box) as server:
        box.faults.add("processing-delayed", seconds=SHORT)
        start = time.monotonic()
        assert httpx.get(f"{server.url}/api/v1/rules").status_code == 401
        assert time.monotonic() - start >= SHORT


def test_a_real_409(wire: httpx.Client, held: Held, add: Set, body: dict[str, Any]) -> None:
    """While the first request under a key is worked on the second one is refused (409)."""
    add("processing-slow")
    first: list[int] = []
    thread = threading.Thread(target=lambda: first.append(wire.post("/rules", json=body).status_code))
    thread.start()
    assert held.has_begun.wait(10)
    assert wire.post("/rules", json=body).status_code == 409
    held.end.set()
    thread.join()
    assert first == [201]


def test_answers_over_the_wire(wire: httpx.Client, add: Set, body: dict[str, Any]) -> None:
    """Limits and errors come over the wire as they come over WSGI, and the connection is kept."""
    add("rate-limited", retry_after="date")
    add("error-before-processing", status=502)
    add("error-after-commit", status=500)
    answers = [wire.post("/rules", json=body) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [429, 502, 500, 201]
    assert answers[0].headers["Retry-After"].endswith(" GMT")
    assert "<h1>502 Bad Gateway</h1>" in answers[1].text


def test_quirks_over_the_wire(server: Server, wire: httpx.Client, body: dict[str, Any]) -> None:
    """Quirks are put and shown over the wire."""
    quirks = httpx.put(
        f"{server.url}/sandbox/quirks", json={"delete_answers_200": True, "own_request_ids": True}
    ).json()
    assert quirks == httpx.get(f"{server.url}/sandbox/quirks").json()
    made = wire.post("/rules", json=body, headers={"X-Request-ID": "mine"})
    assert made.json()["request_id"] == made.headers["X-Request-ID"] != "mine"
    rule_id = made.json()["data"]["id"]
    gone = wire.delete(f"/rules/{rule_id}", headers={"Idempotency-Key": "2"})
    assert (gone.status_code, gone.json()["data"]) == (200, {"id": rule_id})
