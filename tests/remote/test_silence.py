"""Servers on real sockets that never end an answer: what a client does about them."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from rulesync.clock import SYSTEM_CLOCK
from rulesync.errors import NetworkError, StoppedError
from rulesync.patience import Patience
from rulesync.remote import Writer, client
from rulesync.wire import v1

KEY = "sk_0123456789"
Talk = Callable[[socket.socket, threading.Event], None]


def silent(_connection: socket.socket, over: threading.Event) -> None:
    """Take the request and never answer."""
    over.wait(30)


def dripping_head(connection: socket.socket, over: threading.Event) -> None:
    """Send a header that never ends."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not over.wait(0.02):
        connection.sendall(b"x")


def dripping_body(connection: socket.socket, over: threading.Event) -> None:
    """Send a body that never ends."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not over.wait(0.02):
        connection.sendall(b"1\r\n \r\n")


@contextmanager
def server(talk: Talk) -> Iterator[str]:
    """Yield the address of a server that reads each request and then talks like this."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def converse(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            talk(connection, over)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=converse, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api/v1"
    finally:
        over.set()
        listener.close()


@pytest.mark.parametrize("talk", [silent, dripping_head, dripping_body])
def test_a_read_ends_with_the_run(talk: Talk) -> None:
    """A server that does not end its answer cannot hold a run beyond its time, and writes end in theirs."""
    begun = time.monotonic()
    with (
        server(talk) as url,
        client(url, KEY, v1, per_minute=1000, longest=0.5, patience=Patience(SYSTEM_CLOCK, 1)) as connection,
    ):
        writer = Writer(connection, v1)
        with pytest.raises(NetworkError, match="did not answer in time") as lost:
            writer.create({}, idempotency_key="k")
        assert lost.value.reached
        with pytest.raises(StoppedError, match="the time for this run"):
            writer.listing()

    assert time.monotonic() - begun < 5


def test_a_silent_server() -> None:
    """A server that says nothing for as long as it may is one that did not answer in time."""
    with (
        server(silent) as url,
        client(url, KEY, v1, per_minute=1000, timeout=0.2) as connection,
        pytest.raises(NetworkError, match="did not answer in time"),
    ):
        Writer(connection, v1).delete("rule_1", idempotency_key="k")


@pytest.mark.parametrize("talk", [silent, dripping_body])
def test_a_request_may_have_less_time(talk: Talk) -> None:
    """A request that is not worth a wait ends in its own time, whatever the run has left."""
    begun = time.monotonic()
    with server(talk) as url, client(url, KEY, v1, per_minute=1000) as connection:
        request = connection.build_request("GET", "/rules", extensions={"attempts": 1, "longest": 0.3})
        with pytest.raises(httpx.ReadTimeout):
            connection.send(request)

    assert time.monotonic() - begun < 5
