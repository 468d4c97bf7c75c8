"""Connections on which every wait ends in time, whatever the server does: hides, is silent, or lets bytes drip.

Law: while an attempt goes on, each wait asks how many seconds are `left` for it, and is cut into pieces so short that a
request to stop is noticed. A socket waits on the caller's thread. Only what no socket can cut short (looking up a host,
the handshake of a secure connection) has a thread of its own, once a connection.
"""

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from ssl import SSLContext
from threading import Event

import httpcore
import httpx

from rulesync.clock import SYSTEM_CLOCK
from rulesync.remote.parallel import within

_PIECE = 0.5  # seconds, after which is asked again how many are left
_IDLE = 5.0  # seconds; what idles for longer may be half closed, and a write that is lost there is in doubt
_LEFT: ContextVar[Callable[[], float]] = ContextVar("left", default=lambda: inf)


@contextmanager
def lasting(left: Callable[[], float]) -> Iterator[None]:
    """Let what is sent and read on this thread go on while this says that there are seconds left; it may raise."""
    before = _LEFT.set(left)
    try:
        yield
    finally:
        _LEFT.reset(before)


class Connections(httpx.BaseTransport):
    """Connections that are kept for the next request, as many as are wanted at once.

    `context` tells whom to believe, None where nothing is to be secret.
    """

    def __init__(self, context: SSLContext | None) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=None,
            keepalive_expiry=_IDLE,
            network_backend=_Backend(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer, of which no more than the head was read."""
        url = request.url
        address = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        sent = httpcore.Request(
            request.method,
            address,
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _spoken():
            answer = self._pool.handle_request(sent)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    def close(self) -> None:
        """Close them."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _spoken():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Backend(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        options = tuple(socket_options or ())
        return _Stream(_elsewhere(lambda: self._inner.connect_tcp(host, port, timeout, local_address, options)))


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        for seconds in _pieces(timeout):
            try:
                return self._inner.read(max_bytes, seconds)
            except httpcore.ReadTimeout:
                continue
        raise httpcore.ReadTimeout

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        connection = self._inner.get_extra_info("socket")
        rest = memoryview(buffer)
        while rest:
            rest = rest[_sent(connection, rest, timeout) :]

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(_elsewhere(lambda: self._inner.start_tls(ssl_context, server_hostname, timeout)))

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


def _sent(connection: socket.socket, rest: memoryview, timeout: float | None) -> int:
    """Return how many bytes a socket took, as soon as it takes any."""
    for seconds in _pieces(timeout):
        connection.settimeout(seconds)
        try:
            return connection.send(rest)
        except TimeoutError:
            continue
        except OSError as error:
            raise httpcore.WriteError(error) from error
    raise httpcore.WriteTimeout


def _pieces(timeout: float | None) -> Iterator[float]:
    """Yield the seconds of one wait after the other, until nothing is left of the attempt, or of the timeout."""
    end = inf if timeout is None else SYSTEM_CLOCK.monotonic() + timeout
    while (seconds := min(_LEFT.get()(), end - SYSTEM_CLOCK.monotonic())) > 0:
        yield min(seconds, _PIECE)


def _elsewhere(connect: Callable[[], httpcore.NetworkStream]) -> httpcore.NetworkStream:
    """Return the stream that is made on another thread while there is time for it; one that comes late is closed."""
    made: list[httpcore.NetworkStream] = []
    given_up = Event()

    def work() -> httpcore.NetworkStream:
        made.append(connect())
        if given_up.is_set():
            made[0].close()
        return made[0]

    try:
        return within(work, _LEFT.get())
    except BaseException as ended:
        given_up.set()
        for late in made:
            late.close()
        if isinstance(ended, TimeoutError):
            raise httpcore.ConnectTimeout from None
        raise


@contextmanager
def _spoken() -> Iterator[None]:
    """Raise what httpcore raises as that exception of httpx which has the same name."""
    try:
        yield
    except _FAILURES as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error


_FAILURES = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)
