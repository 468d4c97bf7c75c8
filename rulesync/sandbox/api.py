"""The one way of an API request to its answer: find, authenticate, limit, permit, answer once, note.

Law: an effect and the answer kept for its idempotency key are one transaction; 401, 403, 409 and 429 are never kept.
"""

import dataclasses
import re
import secrets
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime

from rulesync.sandbox import exchange, idempotency, journal, keys, v1, v1_calls
from rulesync.sandbox.exchange import Refusal, Request, Response
from rulesync.sandbox.identifiers import identifier
from rulesync.sandbox.limits import Buckets
from rulesync.sandbox.store import Store

# What may come back in a header and a body: printable, without spaces, of a length that a person would choose.
_REQUEST_ID = re.compile(r"[!-~]{1,200}")


class Api:
    """The API of one sandbox; `rules_page_size` None means that the list of rules has no pages."""

    def __init__(self, store: Store, clock: Callable[[], datetime], requests_per_minute: int | None) -> None:
        self.rules_page_size: int | None = None
        self._store = store
        self._clock = clock
        self._buckets = Buckets(requests_per_minute)
        self._in_flight = idempotency.InFlight()

    def answer(self, request: Request) -> Response:
        """The answer to one request, refusals and our own bugs (500) included, with `X-Request-ID` and `Date`."""
        arrived = self._clock()
        request_id = _request_id(request, arrived)
        number = journal.begin(self._store, request, request_id, arrived)
        error = None
        try:
            response = self._process(request, request_id, arrived)
        except Refusal as refused:
            response = v1.refusal(request_id, refused)
        except Exception:  # noqa: BLE001  # a bug of ours must answer like one of theirs
            error = traceback.format_exc()
            response = v1.refusal(request_id, Refusal(500, "unexpected_error", "the sandbox has a bug, see its log"))
        journal.finish(self._store, number, response, error)
        headers = {**response.headers, "X-Request-ID": request_id, "Date": http_date(self._clock())}
        return dataclasses.replace(response, headers=headers)

    def _process(self, request: Request, request_id: str, arrived: datetime) -> Response:
        found = v1_calls.find(request)
        if found is None:
            return v1.not_offered(request)
        route, target = found
        exchange.check_size(request)
        grant = keys.authenticate(self._store, request)
        self._buckets.take(grant.secret, arrived)
        route.permit(grant, request, target)
        call = v1_calls.Call(self._store, request, request_id, grant, target, arrived, self.rules_page_size)
        key = idempotency.key_of(request) if route.is_write else None
        return self._act(route, call) if key is None else self._act_once(route, call, key)

    def _act(self, route: v1_calls.Route, call: v1_calls.Call) -> Response:
        with self._store.transaction():
            return route.act(dataclasses.replace(call, now=self._clock()))

    def _act_once(self, route: v1_calls.Route, call: v1_calls.Call, key: str) -> Response:
        """The answer kept under the key, or else what the call does now, kept together with its effect."""
        kept = idempotency.recall(self._store, call, key)
        if kept is not None:
            return kept
        with self._in_flight.claim(call.organisation, key):
            call = dataclasses.replace(call, now=self._clock())
            with self._store.transaction():
                # Again, since another process may have answered between the first look and this transaction.
                kept = idempotency.recall(self._store, call, key)
                if kept is not None:
                    return kept
                response = _settled(route, call)
                idempotency.keep(self._store, call, key, response)
                return response


def http_date(at: datetime) -> str:
    """The instant as the `Date` header spells it."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def _settled(route: v1_calls.Route, call: v1_calls.Call) -> Response:
    """What the call does, or its refusal by validation (400, 404), which comes before any effect."""
    try:
        return route.act(call)
    except Refusal as refused:
        return v1.refusal(call.request_id, refused)


def _request_id(request: Request, now: datetime) -> str:
    asked = request.header("x-request-id")
    return asked if _REQUEST_ID.fullmatch(asked) else identifier("req", now, secrets.token_bytes())
