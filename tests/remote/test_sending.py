import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync import __version__
from rulesync.errors import ConfigError
from rulesync.remote import Client, client
from rulesync.wire import v1
from tests.clocks import FakeClock

URL = "https://api.test/api/v1"
KEY = "sk_0123456789"
Handler = Callable[[httpx.Request], httpx.Response]


@contextmanager
def opened(answer: Handler, url: str = URL, key: str = KEY) -> Iterator[Client]:
    """Yield a client of a server that answers so."""
    transport = httpx.MockTransport(answer)
    with client(url, key, v1, per_minute=10_000, transport=transport, clock=FakeClock().clock) as connection:
        yield connection


def sent(url: str = URL, key: str = KEY, method: str = "GET", **more: object) -> httpx.Request:
    """Return what arrives of a request."""
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    with opened(handle, url, key) as connection:
        connection.send(connection.build_request(method, "/rules", **more))  # type: ignore[arg-type]  # as they are given
    return seen[0]


def test_every_request_says_who_asks() -> None:
    """Each request carries the key, the version, an id of its own, and asks for no cached answer."""
    requests = [sent(key=f" {KEY}\n"), sent(method="POST", headers={"Idempotency-Key": "k"}, content=b"{}")]

    assert [f"ApiKey {KEY}"] * 2 == [request.headers["Authorization"] for request in requests]
    assert {f"rulesync/{__version__}"} == {request.headers["User-Agent"] for request in requests}
    assert {"no-cache"} == {request.headers["Cache-Control"] for request in requests}
    assert 2 == len({request.headers["X-Request-ID"] for request in requests})
    assert "k" == requests[1].headers["Idempotency-Key"]


@pytest.mark.parametrize("url", [URL, f"{URL}/"])
def test_paths_are_below_the_address(url: str) -> None:
    """A path is appended to the address, whether that ends in a slash or not; a query is what was asked for."""
    asked = sent(url, query={"cursor": "a&b=ä"})

    assert ("/api/v1/rules", {"cursor": "a&b=ä"}) == (asked.url.path, dict(asked.url.params))
    assert "" == sent(url, query={}).url.query.decode()


@given(st.text(min_size=1))
def test_a_query_cannot_lead_elsewhere(word: str) -> None:
    """Whatever a server says that the next page is called, the request goes to the same path of the same host."""
    with client(URL, KEY, v1, per_minute=100) as connection:
        try:
            asked = connection.build_request("GET", "/rules", query={"cursor": word}).url
        except (httpx.InvalidURL, UnicodeEncodeError):
            return
    assert ("api.test", b"/api/v1/rules") == (asked.host, asked.raw_path.partition(b"?")[0])


def test_times_are_those_of_the_client_or_of_the_request() -> None:
    """A request has the client's times, and another silence where it asks for that."""
    times = [request.extensions["timeout"]["read"] for request in (sent(), sent(silence=5.0))]

    assert [30.0, 5.0] == times


def test_extensions_come_through() -> None:
    """What the transports look for is with the request."""
    assert 1 == sent(extensions={"attempts": 1}).extensions["attempts"]


def test_answers_may_be_compressed() -> None:
    """A server may send less than it says."""

    def handle(request: httpx.Request) -> httpx.Response:
        assert "gzip" in request.headers["Accept-Encoding"]
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=gzip.compress(b"{}"))

    with opened(handle) as connection:
        assert b"{}" == connection.send(connection.build_request("GET", "/rules")).content


def test_no_cookie_is_kept() -> None:
    """What a server gives to be shown again is not."""
    seen: list[httpx.Headers] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return httpx.Response(200, headers={"Set-Cookie": "a=b"})

    with opened(handle) as connection:
        for _ in range(2):
            connection.send(connection.build_request("GET", "/rules"))
    assert [None, None] == [headers.get("Cookie") for headers in seen]


def test_nothing_of_the_environment_leads_the_key_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies that the environment names are not used."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_server(("127.0.0.1", 0)) as proxy:
        for name in ("HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with client(url, KEY, v1, per_minute=100) as connection:
            assert 200 == connection.send(connection.build_request("GET", "/rules")).status_code


@pytest.mark.parametrize("key", ["", "  ", "two words", "ключ", "a\nb", "a\x00"])
def test_a_key_that_cannot_be_sent_is_refused_without_being_shown(key: str) -> None:
    """A key with spaces or letters beyond ASCII is a mistake of configuration, said without the key."""
    with pytest.raises(ConfigError) as caught:
        client(URL, key, v1, per_minute=100)
    assert caught.value.message == "the API key is empty, or holds characters that no key has"


@pytest.mark.parametrize("url", ["", "api.test", "ftp://api.test", "https://", "https://a:b@api.test", "https://x:y"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """An address without http, without host, or with a password in it is a mistake of configuration."""
    with pytest.raises(ConfigError):
        client(url, KEY, v1, per_minute=100)
