"""What can happen to a request between the client and the API: a transport that loses, breaks and refuses."""

from collections.abc import Callable, Mapping
from enum import StrEnum

import httpx


class Fault(StrEnum):
    REFUSED = "the connection is refused"
    BEFORE = "the connection closes before the request is processed"
    AFTER = "the connection closes after the request was processed, before the answer"
    BROKEN = "the server answers 502 with HTML, having done nothing"
    BROKEN_AFTER = "the server answers 500, having done it"
    LIMITED = "the server answers 429 and wants a pause"
    PRETENDED = "the server answers 204, having done nothing"
    DEAD_BEFORE = "the client dies before the request is sent"
    DEAD_AFTER = "the client dies after the request was processed"
    BUSY = "the server answers 409: the first request with this key is still running"


class Faulty(httpx.BaseTransport):
    """A wire on which the n-th request, counted from 0, meets a fault."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner = inner
        self.faults: Mapping[int, Fault] = {}
        self.meanwhile: dict[int, Callable[[], object]] = {}
        self.seen = 0

    def break_at(self, faults: Mapping[int, Fault]) -> None:
        """Let the requests from now on meet these faults."""
        self.faults, self.seen = faults, 0

    def before(self, request: int, act: Callable[[], object]) -> None:
        """Let somebody act right before a request, counted from now on."""
        self.seen = 0
        self.meanwhile = {request: act}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry a request, or not."""
        act = self.meanwhile.pop(self.seen, None)
        if act:
            act()
        fault = self.faults.get(self.seen)
        self.seen += 1
        if fault is None or (fault is Fault.BUSY and request.method == "GET"):
            return self.inner.handle_request(request)
        if fault in _PROCESSED:
            self.inner.handle_request(request).read()
        return _end(fault, request)


_PROCESSED = {Fault.AFTER, Fault.BROKEN_AFTER, Fault.DEAD_AFTER}


def _end(fault: Fault, request: httpx.Request) -> httpx.Response:
    """Return what the client gets, or raise what it sees."""
    match fault:
        case Fault.REFUSED:
            raise httpx.ConnectError("refused", request=request)
        case Fault.BEFORE | Fault.AFTER:
            raise httpx.ReadError("closed", request=request)
        case Fault.DEAD_BEFORE | Fault.DEAD_AFTER:
            raise SystemExit
        case _:
            return _ANSWERS[fault]()


_ANSWERS = {
    Fault.BROKEN: lambda: httpx.Response(502, html="<h1>Bad Gateway</h1>"),
    Fault.BROKEN_AFTER: lambda: httpx.Response(500, json={"error": {"code": "unexpected_error", "message": "oops"}}),
    Fault.LIMITED: lambda: httpx.Response(429, headers={"Retry-After": "2"}, json={"error": {"code": "slow_down"}}),
    Fault.PRETENDED: lambda: httpx.Response(204),
    Fault.BUSY: lambda: httpx.Response(409, json={"error": {"code": "request_in_progress", "message": "wait"}}),
}
