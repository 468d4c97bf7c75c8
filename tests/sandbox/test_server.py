import http.client
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from rulesync.sandbox import Sandbox, Server, serve


@pytest.fixture
def server(box: Sandbox) -> Iterator[Server]:
    with serve(box) as running:
        yield running


def talk(server: Server, *requests: bytes) -> bytes:
    """All that the server says to raw bytes on one connection, until it hangs up."""
    heard = b""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=5) as connection:
        for request in requests:
            connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        while more := connection.recv(65536):
            heard += more
    return heard


def test_over_the_wire(server: Server, box: Sandbox, body: dict[str, Any]) -> None:
    """The whole way of a rule over real HTTP: made, replayed, shown, activated by a form, replaced, deleted."""
    headers = {"Authorization": f"ApiKey {box.key}", "Idempotency-Key": "1"}
    with httpx.Client(base_url=f"{server.url}/api/v1", headers=headers) as api:
        made = api.post("/rules", json=body)
        assert made.content == api.post("/rules", json=body).content
        rule_id = made.json()["data"]["id"]
        page = f"{server.url}/map/rules/{rule_id}?action=activateRule"
        assert "Activate" in httpx.get(page).text
        browser = {"Accept": "text/html", "Origin": server.url}
        after = httpx.post(f"{server.url}/app/rules/{rule_id}/activate", headers=browser, follow_redirects=True)
        assert "Enabled" in after.text
        api.headers["Idempotency-Key"] = "2"
        assert api.put(f"/rules/{rule_id}", json=body).json()["data"]["status"] == "disabled"
        api.headers["Idempotency-Key"] = "3"
        gone = api.delete(f"/rules/{rule_id}")
        assert (gone.status_code, gone.headers.get("Content-Length")) == (204, None)
        assert api.get(f"/rules/{rule_id}").status_code == 404


def test_connections_are_kept(server: Server, box: Sandbox) -> None:
    """One connection carries many requests, answers without a body and refusals among them."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    key = {"Authorization": f"ApiKey {box.key}"}
    connection.connect()
    first = connection.sock
    for method, path, expected in (
        ("GET", "/api/v1/rules", 200),
        ("DELETE", "/api/v1/rules/rule_01HRNT0001", 204),
        ("HEAD", "/api/v1/rules", 404),
        ("POST", "/api/v1/rules", 400),
        ("PATCH", "/api/v1/rules", 404),
        ("GET", "/", 200),
    ):
        connection.request(method, path, body=b"{}" if method == "POST" else None, headers=key)
        answer = connection.getresponse()
        answer.read()
        assert (expected, first) == (answer.status, connection.sock)
    connection.close()


def test_the_clock_dates_everything(server: Server) -> None:
    """Over the wire too there is one `Date`, from the sandbox's clock, and no word of the server's software."""
    answer = httpx.get(server.url)
    assert answer.headers.get_list("Date") == ["Wed, 14 Oct 2026 12:00:00 GMT"]
    assert "Server" not in answer.headers


def test_a_large_body(server: Server, box: Sandbox) -> None:
    """A body that is too large is read away, so that its sender reads the 413, and the connection ends."""
    headers = {"Authorization": f"ApiKey {box.key}"}
    answer = httpx.post(f"{server.url}/api/v1/rules", content=b" " * (3 * 1024 * 1024), headers=headers)
    assert (answer.status_code, answer.headers["Connection"]) == (413, "close")
    assert box.log()[-1]["status"] == 413


def test_a_body_of_unknown_length(server: Server) -> None:
    """A body whose length nobody can trust is refused, and the connection ends."""
    start = b"POST /api/v1/rules HTTP/1.1\r\nHost: localhost\r\n"
    for header in (b"Transfer-Encoding: chunked", b"Content-Length: many", b"Content-Length: 1\r\nContent-Length: 2"):
        assert talk(server, start + header + b"\r\n\r\n").startswith(b"HTTP/1.1 411 ")


def test_half_a_request(server: Server, box: Sandbox) -> None:
    """A request whose body never comes whole is not acted on, large or small."""
    start = f"POST /api/v1/rules HTTP/1.1\r\nHost: localhost\r\nAuthorization: ApiKey {box.key}\r\nContent-Length: "
    for length in (b"10", b"9999999"):
        assert talk(server, start.encode() + length + b"\r\n\r\n", b"{") == b""
    assert box.log() == []


def test_header_names_cannot_pass_for_others(server: Server) -> None:
    """A header with an underscore is not taken for the one with a hyphen."""
    answer = httpx.get(f"{server.url}/api/v1/rules", headers={"X_Request_ID": "forged"})
    assert answer.headers["X-Request-ID"] != "forged"


def test_nothing_is_printed(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither requests nor rubbish nor connections that break make the server print."""
    httpx.get(server.url)
    talk(server, b"rubbish\r\n\r\n")
    with socket.create_connection(("127.0.0.1", server.server_port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    httpx.get(server.url)
    assert tuple(capfd.readouterr()) == ("", "")


def test_many_clients(server: Server, box: Sandbox) -> None:
    """Fifty clients at once are all answered."""

    def ask(_: int) -> int:
        return httpx.get(f"{server.url}/api/v1/rules", headers={"Authorization": f"ApiKey {box.key}"}).status_code

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(ask, range(50))) == [200] * 50


def test_the_end(box: Sandbox) -> None:
    """When the block ends the port is closed, idle connections are over, and no thread is left."""
    before = threading.active_count()
    with serve(box) as server, httpx.Client(base_url=server.url) as idle:
        idle.get("/")
        url = server.url
    assert before == threading.active_count()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_a_port_of_choice(box: Sandbox) -> None:
    """The port can be chosen; one that is taken is an OSError."""
    with serve(box) as server:
        with pytest.raises(OSError, match="in use"), serve(box, server.server_port):
            pass
        port = server.server_port
    with serve(box, port) as again:
        assert f"http://127.0.0.1:{port}" == again.url
