"""Idempotency: the first answer to a key is kept for 24 hours beside its effect, and repeated without acting.

The reference gives v1 the header, the 24 hours and the replay; what it leaves open follows the live API: another
request under the same key is refused (400), unless a quirk says otherwise, and so is one whose first call still runs
(409).
"""

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

from rulesync.sandbox.exchange import Refusal, Request, Response
from rulesync.sandbox.quirks import Quirks
from rulesync.sandbox.store import Store

_KEPT_SECONDS = 24 * 60 * 60


class Call(Protocol):
    """What must be known of a call to answer it once."""

    @property
    def organisation(self) -> int:
        """Whose keys are looked at."""

    @property
    def request(self) -> Request:
        """What was asked."""

    @property
    def now(self) -> datetime:
        """When it is acted on."""

    @property
    def quirks(self) -> Quirks:
        """How the server behaves."""


class InFlight:
    """The keys whose first request is being worked on in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: set[tuple[int, str]] = set()

    @contextmanager
    def claim(self, organisation: int, key: str) -> Iterator[None]:
        """Hold the key for the block; refuses (409) when somebody else holds it."""
        name = (organisation, key)
        with self._lock:
            if name in self._keys:
                raise Refusal(409, "request_in_progress", "the first request with this idempotency key still runs")
            self._keys.add(name)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(name)


def key_of(request: Request, form: re.Pattern[str]) -> str | None:
    """The request's idempotency key; refuses an empty one, and one of another form than the dialect's (400)."""
    if "idempotency-key" not in request.headers:
        return None
    key = request.header("idempotency-key").strip()
    if not key:
        raise Refusal(400, "invalid_parameters", "Idempotency-Key: must not be empty")
    if not form.fullmatch(key):
        raise Refusal(400, "invalid_parameters", f"Idempotency-Key: must fit {form.pattern}")
    return key


def recall(store: Store, call: Call, key: str) -> Response | None:
    """The answer kept under the key, None when there is none; refuses (400) if it was given to another request."""
    found = store.rows(
        "SELECT fingerprint, status, body FROM answers WHERE organisation = ? AND key = ? AND answered_at > ?",
        call.organisation,
        key,
        call.now.timestamp() - _KEPT_SECONDS,
    )
    if not found:
        return None
    fingerprint, status, body = found[0]
    if fingerprint != _fingerprint(call.request) and not call.quirks.replays_on_mismatch:
        message = "this idempotency key was used in the last 24 hours with another method, path or body"
        raise Refusal(400, "idempotency_key_mismatch", message)
    return Response(int(str(status)), body if isinstance(body, bytes) else b"", replayed=True)


def keep(store: Store, call: Call, key: str, response: Response) -> None:
    """Keep the answer for 24 hours; to be called in the transaction of its effect."""
    store.rows(
        "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)",
        call.organisation,
        key,
        _fingerprint(call.request),
        response.status,
        response.body,
        call.now.timestamp(),
    )


def _fingerprint(request: Request) -> str:
    """Two requests are the same only byte by byte: the reference does not say, and a repeat has no cause to differ."""
    return hashlib.sha256(b"\n".join([request.method.encode(), request.path.encode(), request.body])).hexdigest()
