"""Reading whole, pacing and retrying, as httpx transports that know nothing of rules.

Laws: a write is sent at most once; no more requests go out than the rate allows, whichever thread sends them.
"""

import socket
import ssl
from collections.abc import Callable, Iterator
from random import Random
from threading import Lock
from uuid import UUID

import httpx

from rulesync.clock import SYSTEM_CLOCK, Clock, http_date, retry_after
from rulesync.errors import NetworkError
from rulesync.patience import Patience
from rulesync.remote.budget import Budget, Turn
from rulesync.remote.connections import lasting

LARGEST_ANSWER = 32 * 1024 * 1024  # bytes, after decompression
LONGEST_ANSWER = 120.0  # seconds from the first byte of a body to its last
LONGEST_ATTEMPT = 150.0  # seconds from looking up the host to the last byte of the answer
LONGEST_WAIT = 60.0  # seconds; the API counts requests by the minute, so that no longer wait can be of use
_SAID_FROM = 1.0  # seconds; a shorter wait is not worth a line
_FIRST_WAIT = 0.5
_LONGEST_BACK_OFF = 8.0
_SAFE_TO_REPEAT = frozenset({"GET", "HEAD"})
_HOP = frozenset({b"content-encoding", b"content-length", b"transfer-encoding", b"set-cookie", b"set-cookie2"})

Waiting = Callable[[float, str], None]
"""Told of a wait: its seconds, and why, as the end of a sentence."""


class TooLargeError(httpx.RequestError):
    """The answer is larger than any sensible one."""


class Whole(httpx.BaseTransport):
    """Reads each answer to its end, so that one that is cut off fails here, where it can be tried again.

    A request with the extension `largest` takes no more bytes than that.
    """

    def __init__(self, inner: httpx.BaseTransport, *, clock: Clock, largest: int = LARGEST_ANSWER) -> None:
        self._inner = inner
        self._clock = clock
        self._largest = largest

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer with its body in memory, decompressed."""
        response = self._inner.handle_request(request)
        try:
            largest = min(self._largest, request.extensions.get("largest", self._largest))
            body = b"".join(self._chunks(response, largest))
        finally:
            response.close()
        headers = [(name, value) for name, value in response.headers.raw if name.lower() not in _HOP]
        return httpx.Response(response.status_code, headers=headers, content=body, extensions=response.extensions)

    def _chunks(self, response: httpx.Response, largest: int) -> Iterator[bytes]:
        size, begun = 0, self._clock.monotonic()
        if "," in response.headers.get("Content-Encoding", ""):
            raise TooLargeError("packed more than once, which multiplies what it may grow to")
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > largest:
                raise TooLargeError(f"more than {largest} bytes")
            if self._clock.monotonic() - begun > LONGEST_ANSWER:
                raise httpx.ReadTimeout("the answer trickles")
            yield chunk

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class Bounded(httpx.BaseTransport):
    """Ends each attempt in time, whatever the server does: hides, is silent, or sends a byte now and then.

    A GET has at most what is left of the run, and ends if somebody asks the run to stop; a write has its whole time,
    since it may have arrived. A request with the extension `longest` has no more seconds than that.
    """

    def __init__(self, inner: httpx.BaseTransport, patience: Patience, *, longest: float = LONGEST_ATTEMPT) -> None:
        self._inner = inner
        self._patience = patience
        self._longest = longest

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer, if it is there in time."""
        end = SYSTEM_CLOCK.monotonic() + min(self._longest, float(request.extensions.get("longest", self._longest)))
        safe = request.method in _SAFE_TO_REPEAT

        def left() -> float:
            seconds, of_the_run = end - SYSTEM_CLOCK.monotonic(), self._patience.left  # it may raise: all is cut off
            return min(seconds, of_the_run) if safe else seconds

        with lasting(left):
            return self._inner.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class Pacing(httpx.BaseTransport):
    """Lets requests through as a budget has turns for them, whichever thread sends them.

    A request with the extension `before_write` waits for the turn of the next write as well, so that no wait comes
    between a look and the write that it is for. After a 429 nothing goes out until its `Retry-After` is over (capped at
    `LONGEST_WAIT`), and the burst is spent. Nothing goes out after the end of the run. `waiting` is told of each wait
    of a second or more, from the thread that waits.
    """

    def __init__(  # each is a thing that a caller may want otherwise
        self,
        inner: httpx.BaseTransport,
        budget: Budget,
        *,
        clock: Clock,
        waiting: Waiting | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._inner = inner
        self._budget = budget
        self._patience = patience or Patience(clock)
        self._clock = clock
        self._waiting = waiting
        self._lock = Lock()
        self._is_kept = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer to the request, sent when it is its turn.

        Raises:
            StoppedError: the run ends before; nothing was sent.
        """
        while not (turn := self._take_turn(request)):
            pass  # a 429 came in while it waited, so that this turn is void
        try:
            response = self._inner.handle_request(request)
        finally:
            self._budget.arrived(turn)
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            with self._lock:
                self._is_kept = False
                self._budget.hold(_asked_to_wait(response, self._clock) or _SAID_FROM)
        return response

    def _take_turn(self, request: httpx.Request) -> Turn | None:
        """Wait for the next free turn, and return it if it still stands."""
        with self._lock:
            kept, turns = self._is_kept, self._turns(request)
            turn = self._budget.reserve(turns, kept=kept)
        try:
            _wait(turn.seconds, "for the rate limit", self._patience, self._waiting)
        except BaseException:
            with self._lock:
                self._is_kept = False
                self._budget.give_back(turns, turn)
            raise
        return turn if self._budget.stands(turn) else None

    def _turns(self, request: httpx.Request) -> int:
        """Return how many turns a request takes: with that of the write after it, or none if that was taken before."""
        kept = self._is_kept
        if request.method not in _SAFE_TO_REPEAT:
            self._is_kept = False
            return 0 if kept else 1
        if not request.extensions.get("before_write") or self._budget.per_minute < 2:  # noqa: PLR2004 - room for one
            return 1
        self._is_kept = True
        return 1 if kept else 2

    def close(self) -> None:
        """Close what it wraps."""
        self._inner.close()


class Retrying(httpx.BaseTransport):
    """Gives each attempt an `X-Request-ID` of its own, and a GET up to `attempts` of them; a write has one.

    Tried again are network errors, 429 and 5xx, after a jittered back-off of 0.5 s that doubles up to 8 s, and no
    sooner than `Retry-After` says (capped at `LONGEST_WAIT`). `random` makes the jitter and the ids. A request may ask
    for fewer, by the extension `attempts`.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport,
        *,
        clock: Clock,
        random: Random,
        attempts: int = 5,
        waiting: Waiting | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._inner = inner
        self._clock = clock
        self._patience = patience or Patience(clock)
        self._random = random
        self._attempts = attempts
        self._waiting = waiting

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the first answer that is not worth another attempt, or the last one.

        Raises:
            StoppedError: the run ends before there can be one.
        """
        most = request.extensions.get("attempts", self._attempts)
        attempts = most if request.method in _SAFE_TO_REPEAT else 1
        for attempt in range(1, attempts):
            got = self._try(request)
            asked = None
            if isinstance(got, httpx.Response):
                if not _is_passing(got):
                    return got
                got.close()
                asked = _asked_to_wait(got, self._clock)
            why = f"before trying again: {_what_happened(got, request)}"
            _wait(max(asked or 0.0, self._back_off(attempt)), why, self._patience, self._waiting)
        return self._attempt(request)

    def _try(self, request: httpx.Request) -> httpx.Response | httpx.RequestError:
        """Return the answer to one attempt, or how the network failed if that may pass."""
        try:
            return self._attempt(request)
        except (httpx.TransportError, httpx.DecodingError) as error:
            if _is_final(error):
                raise
            return error

    def _attempt(self, request: httpx.Request) -> httpx.Response:
        request.headers["X-Request-ID"] = str(UUID(int=self._random.getrandbits(128), version=4))
        try:
            return self._inner.handle_request(request)
        except httpx.TimeoutException:
            if request.method in _SAFE_TO_REPEAT:
                self._patience.check()  # it was the run's own end that it met
            raise

    def _back_off(self, attempt: int) -> float:
        longest = min(_LONGEST_BACK_OFF, _FIRST_WAIT * 2.0 ** (attempt - 1))
        return longest * (0.5 + self._random.random() / 2)

    def close(self) -> None:
        """Close what it wraps."""
        self._inner.close()


def network_error(error: httpx.RequestError, host: str) -> NetworkError:
    """Return what happened as a sentence that names the host and nothing of the request.

    Its `reached` is False only where no connection was made, so that the server cannot have seen anything.
    """
    causes = tuple(_causes(error))
    known = (words for cause, words in _BY_CAUSE.items() if any(isinstance(each, cause) for each in causes))
    sentence, advice = next(known, ("the connection to {host} failed", None))
    return NetworkError(sentence.format(host=f"`{host}`"), help=advice, reached=not isinstance(error, _NEVER_LEFT))


_OURS = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_LOOK = "check the network, and `api.base_url` in rulesync.yaml"
_TLS = "check the clock of this machine, and whether something on the network intercepts connections"
_BY_CAUSE: dict[type[BaseException], tuple[str, str | None]] = {
    socket.gaierror: ("the host {host} could not be found", _LOOK),
    ConnectionRefusedError: ("{host} refused the connection", _LOOK),
    ssl.SSLCertVerificationError: ("the certificate of {host} cannot be trusted", _TLS),
    ssl.SSLError: ("no secure connection to {host} could be made", _TLS),
    httpx.ConnectTimeout: ("{host} did not take the connection in time", _LOOK),
    httpx.TimeoutException: ("{host} did not answer in time", None),
    httpx.ConnectError: ("no connection to {host} could be made", _LOOK),
    httpx.DecodingError: ("the answer of {host} arrived damaged", None),
    TooLargeError: ("the answer of {host} is larger than any sensible one", None),
    httpx.RemoteProtocolError: ("{host} ended the connection before its answer was complete", None),
    httpx.NetworkError: ("the connection to {host} broke off", None),
}


def _what_happened(got: httpx.Response | httpx.RequestError, request: httpx.Request) -> str:
    if isinstance(got, httpx.RequestError):
        return network_error(got, request.url.netloc.decode()).message
    return f"the API answered {got.status_code}"


def _is_passing(response: httpx.Response) -> bool:
    return response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error


def _is_final(error: httpx.RequestError) -> bool:
    """Tell whether another attempt would fail alike: nothing that we send is legal, or the certificate is wrong."""
    return isinstance(error, _OURS) or any(isinstance(each, ssl.SSLCertVerificationError) for each in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what led to it, the nearest first."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _asked_to_wait(response: httpx.Response, clock: Clock) -> float | None:
    now = http_date(response.headers.get("Date")) or clock.now()
    seconds = retry_after(response.headers.get("Retry-After"), now)
    return min(seconds, LONGEST_WAIT) if seconds is not None else None


def _wait(seconds: float, why: str, patience: Patience, waiting: Waiting | None) -> None:
    patience.check(seconds, why)
    if waiting and seconds >= _SAID_FROM:
        waiting(seconds, why)
    patience.sleep(seconds, why)
