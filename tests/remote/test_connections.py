"""Servers on real sockets that never end an answer: what is done about them."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from rulesync.clock import SYSTEM_CLOCK
from rulesync.errors import NetworkError, StoppedError
from rulesync.patience import Patience
from rulesync.remote import Connections, Writer, client
from rulesync.remote.connections import lasting
from rulesync.remote.transport import Bounded, Whole
from rulesync.wire import v1

KEY = "sk_0123456789"
LARGE = b" " * 64 * 1024 * 1024  # bytes; more than sockets take by themselves
CERTIFICATE = Path(__file__).with_name("nobody.pem")  # of 127.0.0.1, with a key that opens nothing
Talk = Callable[[socket.socket, threading.Event], None]


def silent(_connection: socket.socket, over: threading.Event) -> None:
    """Take the request and never answer."""
    over.wait(30)


def deaf(connection: socket.socket, over: threading.Event) -> None:
    """Read nothing more of what is sent."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    over.wait(30)


def prompt(connection: socket.socket, _over: threading.Event) -> None:
    """Answer."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


def late(connection: socket.socket, over: threading.Event) -> None:
    """Answer after a while."""
    over.wait(0.6)
    prompt(connection, over)


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
def server(talk: Talk, *, secure: bool = False) -> Iterator[str]:
    """Yield the address of a server that reads each request and then talks like this."""
    keys = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    keys.load_cert_chain(CERTIFICATE)
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def converse(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            spoken = keys.wrap_socket(connection, server_side=True) if secure else connection
            with spoken:
                spoken.recv(65536)
                talk(spoken, over)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=converse, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"{'https' if secure else 'http'}://127.0.0.1:{listener.getsockname()[1]}/api/v1"
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


def bounded(patience: Patience | None = None, **times: float) -> Bounded:
    """Return connections whose attempts end in time; they believe the servers here."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_verify_locations(CERTIFICATE)
    return Bounded(Whole(Connections(context), clock=SYSTEM_CLOCK), patience or Patience(SYSTEM_CLOCK), **times)


def ask(transport: httpx.BaseTransport, url: str, method: str = "GET", content: bytes = b"") -> int:
    return transport.handle_request(httpx.Request(method, url, content=content)).status_code


def asked_to_stop(after: float) -> Patience:
    """Return the patience of a run that somebody asks to stop after so many seconds."""
    asked, patience = threading.Event(), Patience(SYSTEM_CLOCK)
    patience.heed(asked.is_set)
    threading.Timer(after, asked.set).start()
    return patience


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("talk", [silent, dripping_head, dripping_body])
def test_every_attempt_ends(talk: Talk, method: str, *, secure: bool) -> None:
    """An attempt has an end of its own, of any method and whatever keeps it; it is then as one that timed out."""
    ends = pytest.raises(httpx.ReadTimeout)
    with server(talk, secure=secure) as url, closing(bounded(longest=0.3)) as transport, ends:
        ask(transport, url, method)


@pytest.mark.parametrize("secure", [False, True])
def test_an_answer_that_comes_late_is_read(*, secure: bool) -> None:
    """An answer that takes longer than one piece of a wait is read all the same, in the open and in secret."""
    with server(late, secure=secure) as url, closing(bounded()) as transport:
        assert 200 == ask(transport, url, "POST", LARGE[:1_000_000])


@pytest.mark.parametrize("secure", [False, True])
def test_a_server_that_takes_nothing(*, secure: bool) -> None:
    """What a server does not take in time is given up."""
    with (
        server(deaf, secure=secure) as url,
        closing(bounded(longest=0.3)) as transport,
        pytest.raises(httpx.WriteTimeout),
    ):
        transport.handle_request(httpx.Request("POST", url, content=LARGE))


def test_a_handshake_that_never_ends() -> None:
    """A server that takes the connection and never shows a certificate is given up, and saw nothing of a request."""
    with server(silent) as url:
        connections = Connections(httpx.create_ssl_context(trust_env=False))
        transport = Bounded(connections, Patience(SYSTEM_CLOCK), longest=0.2)
        with closing(transport), pytest.raises(httpx.ConnectTimeout):
            ask(transport, url.replace("http", "https"))


def test_a_read_ends_with_the_run_and_a_write_does_not() -> None:
    """A GET has no more time than the run; a write is waited for, since it may have arrived."""
    with server(late) as url, closing(bounded(Patience(SYSTEM_CLOCK, 0.1))) as transport:
        with pytest.raises(httpx.ReadTimeout):
            ask(transport, url)
        assert 200 == ask(transport, url, "POST")


def test_a_read_ends_when_somebody_asks_to_stop() -> None:
    """A GET that is not answered does not keep a run that is asked to stop; a write is waited for."""
    with server(silent) as url, closing(bounded(asked_to_stop(0.1))) as transport, pytest.raises(httpx.ReadTimeout):
        ask(transport, url)
    with server(late) as url, closing(bounded(asked_to_stop(0.1))) as transport:
        assert 200 == ask(transport, url, "POST")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_run_that_is_cut_off_waits_for_nothing(method: str) -> None:
    """Where asking the run raises, as a second ^C does on threads, even a write is waited for no longer."""

    def cut() -> bool:
        raise KeyboardInterrupt

    patience = Patience(SYSTEM_CLOCK)
    patience.heed(cut)
    with server(silent) as url, closing(bounded(patience)) as transport, pytest.raises(KeyboardInterrupt):
        ask(transport, url, method)


def test_what_is_said_of_the_time_holds_for_one_attempt() -> None:
    """What was left of one attempt means nothing to what comes after it on this thread."""
    with server(late) as url, closing(Connections(None)) as connections:
        with pytest.raises(httpx.ReadTimeout), lasting(iter([9.0, 9.0, 0.1, 0.0]).__next__):
            ask(connections, url)
        assert 200 == ask(connections, url)


def test_a_connection_is_used_again() -> None:
    """Whoever asks one thing after the other does so over one connection, without a thread for each."""
    threads: set[threading.Thread] = set()
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener, closing(bounded()) as transport:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                while asked := connection.recv(65536):
                    heard.append(asked)
                    prompt(connection, threading.Event())

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/rules"
        before = ask(transport, url)
        threads = set(threading.enumerate())
        after = [ask(transport, url) for _ in range(3)]
        assert set(threading.enumerate()) <= threads

    assert [200] * 4 == [before, *after]
    assert 4 == len(heard)
