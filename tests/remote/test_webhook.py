import logging
import socket

import httpx
import pytest

from rulesync.errors import ApiError, NetworkError, RulesyncError
from rulesync.remote import post
from tests.remote.test_connections import dripping_head, server, silent

URL = "https://hooks.example.org/services/T0SECRET/B0SECRET?token=t0t0t0t0"


def answering(status: int, seen: list[httpx.Request]) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status, headers={"Location": "https://evil.example/"}, content=b"x" * 1000)

    return httpx.MockTransport(answer)


def test_what_is_sent() -> None:
    """One POST of JSON goes out, as it was given, with no key and no cookie."""
    seen: list[httpx.Request] = []

    post(URL, '{"text": "ä"}', transport=answering(200, seen))

    (request,) = seen
    assert ("POST", URL, '{"text": "ä"}'.encode()) == (request.method, str(request.url), request.content)
    assert "application/json; charset=utf-8" == request.headers["Content-Type"]
    assert not {"authorization", "cookie"} & set(request.headers)


@pytest.mark.parametrize(
    ("status", "words"), [(302, "a redirect, which is never followed"), (404, "404"), (503, "503")]
)
def test_what_is_not_taken(status: int, words: str) -> None:
    """A refusal, a failure and a redirect are said by the host alone, and nothing is sent again."""
    seen: list[httpx.Request] = []

    with pytest.raises(ApiError) as raised:
        post(URL, "{}", transport=answering(status, seen))

    assert 1 == len(seen)
    assert words in raised.value.message
    assert "`hooks.example.org`" in raised.value.message
    assert "SECRET" not in raised.value.message


def test_the_address_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """What the HTTP library logs does not show the address."""
    with caplog.at_level(logging.DEBUG):
        post(URL, "{}", transport=answering(200, []))

    assert "HTTP Request: POST" in caplog.text
    assert "SECRET" not in caplog.text
    assert "t0t0t0t0" not in caplog.text


@pytest.mark.parametrize("talk", [silent, dripping_head])
def test_a_server_that_never_answers(talk: object) -> None:
    """A webhook that keeps silent, or never ends its answer, holds nobody up."""
    with server(talk) as address, pytest.raises(NetworkError) as raised:  # type: ignore[arg-type]  # as it is handed on
        post(f"{address}/services/T0SECRET", "{}", longest=0.3)

    assert "the webhook at `127.0.0.1` did not answer in time" == raised.value.message


def test_nobody_is_there() -> None:
    """Where nobody listens, that is said by the host alone."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(NetworkError) as raised:
        post(f"http://127.0.0.1:{port}/services/T0SECRET", "{}")

    assert "the webhook: `127.0.0.1` refused the connection" == raised.value.message


@pytest.mark.parametrize(
    "url", ["https://[::1/SECRET", "https://xn--a\u00fc.example/SECRET", "x", "", "https://a..b/SECRET"]
)
def test_addresses_that_are_none(url: str) -> None:
    """Whatever the address, what comes out is an error of ours, without it."""
    with pytest.raises(RulesyncError) as raised:
        post(url, "{}", longest=5)

    assert "SECRET" not in raised.value.message
