"""The one way of an API request to its answer: find, authenticate, limit, permit, answer once, note.

Law: an effect, the answer kept for its idempotency key, and the note in the log that it took effect are one
transaction; 401, 403, 409 and 429 are never kept, unless a fault keeps them.
"""

import dataclasses
import re
import secrets
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from rulesync.sandbox import calls, exchange, fault_answers, fault_kinds, idempotency, journal, keys
from rulesync.sandbox.dialects import Dialect
from rulesync.sandbox.exchange import Refusal, Request, Response
from rulesync.sandbox.fault import Met
from rulesync.sandbox.faults import Faults
from rulesync.sandbox.identifiers import http_date, identifier
from rulesync.sandbox.limits import Buckets
from rulesync.sandbox.quirks import Quirks
from rulesync.sandbox.store import Store

_NEVER_KEPT = (401, 403, 409, 429)
# What may come back in a header and a body: printable, without spaces, of a length that a person would choose.
_REQUEST_ID = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True)
class _Visit:
    """One request from its arrival to its answer; `told` is the request id that the answer tells, if any."""

    request: Request
    dialect: Dialect
    told: str | None
    note: journal.Note
    arrived: datetime
    met: Met

    def refuse(self, refused: Refusal) -> Response:
        """The refusal as the dialect spells it."""
        return self.dialect.refusal(self.told, refused)


class Api:
    """The API of one sandbox; `sleep` lets the seconds pass that a fault asks for."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        requests_per_minute: int | None,
        faults: Faults,
        quirks: Quirks,
        sleep: Callable[[float], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._buckets = Buckets(requests_per_minute)
        self._in_flight = idempotency.InFlight()
        self._faults = faults
        self._quirks = quirks
        self._sleep = sleep

    def answer(self, request: Request, dialect: Dialect) -> Response:
        """The answer to one request, refusals and our own bugs (500) included, dated; v1 echoes request ids."""
        arrived = self._clock()
        for arrive in self._faults.arrivals(arrived):
            arrive()
        request_id = self._request_id(request, dialect, arrived)
        told = None if self._quirks.no_request_ids else request_id
        note = journal.begin(self._store, request, request_id, arrived)
        visit = _Visit(request, dialect, told, note, arrived, self._faults.meet(request))
        later = visit.met.find("arrives-later")
        if later is None:
            response = self._visited(visit)
        else:
            self._faults.postpone(later, arrived, partial(self._visited, visit))
            response = fault_answers.given_up(later, Response(0), visit.refuse)
            journal.finish(self._store, note, response, visit.met.said())
        ids = {} if told is None or not dialect.echoes else {"X-Request-ID": told}
        return dataclasses.replace(response, headers={**response.headers, **ids, "Date": http_date(self._clock())})

    def _visited(self, visit: _Visit) -> Response:
        """The answer to a request that the faults which it meets have had their way with, noted in the log."""
        self._wait(visit.met, "processing-delayed")
        error = None
        try:
            response = self._early(visit) or self._process(visit)
        except Refusal as refused:
            response = visit.refuse(refused)
        except Exception:  # noqa: BLE001  # a bug of ours must answer like one of theirs
            error = traceback.format_exc()
            response = visit.refuse(Refusal(500, "unexpected_error", "the sandbox has a bug, see its log"))
        for fault in visit.met.faults:
            late = fault_kinds.KINDS[fault.kind].late
            response = response if late is None else late(fault, response, visit.refuse)
        journal.finish(self._store, visit.note, response, visit.met.said(), error)
        self._wait(visit.met, "answer-delayed")
        return response

    def _early(self, visit: _Visit) -> Response | None:
        """The answer of a fault that lets nothing be processed."""
        for fault in visit.met.faults:
            early = fault_kinds.KINDS[fault.kind].early
            if early is not None:
                return early(fault, visit.refuse, self._clock())
        return None

    def _wait(self, met: Met, kind: str) -> None:
        fault = met.find(kind)
        if fault is not None:
            self._sleep(fault.seconds())

    def _process(self, visit: _Visit) -> Response:
        request = visit.request
        path = request.path.removeprefix(visit.dialect.base)
        found = calls.find(visit.dialect.routes, request.method, path)
        if found is None:
            return exchange.not_offered(request)
        route, target, part = found
        exchange.check_size(request)
        grant = keys.authenticate(self._store, request, visit.dialect.scheme)
        self._buckets.take(grant.secret, visit.arrived)
        route.permit(grant, request, target)
        call = calls.Call(
            store=self._store,
            request=request,
            request_id=visit.told,
            note=visit.note,
            grant=grant,
            target=target,
            part=part,
            now=visit.arrived,
            quirks=self._quirks,
            met=visit.met,
            lags=self._faults.lags,
            refuse=visit.refuse,
        )
        key = idempotency.key_of(request, visit.dialect.idempotency_key) if route.is_write else None
        return self._act(route, call) if key is None else self._act_once(route, call, key)

    def _act(self, route: calls.Route, call: calls.Call) -> Response:
        self._wait(call.met, "processing-slow")
        with self._store.transaction():
            return _done(route, dataclasses.replace(call, now=self._clock()))

    def _act_once(self, route: calls.Route, call: calls.Call, key: str) -> Response:
        """The answer kept under the key, or else what the call does now, kept together with its effect."""
        kept = idempotency.recall(self._store, call, key)
        if kept is not None:
            return kept
        with self._in_flight.claim(call.organisation, key):
            self._wait(call.met, "processing-slow")
            call = dataclasses.replace(call, now=self._clock())
            with self._store.transaction():
                # Again, since another process may have answered between the first look and this transaction.
                kept = idempotency.recall(self._store, call, key)
                if kept is not None:
                    return kept
                response = _settled(route, call)
                idempotency.keep(self._store, call, key, response)
                return response

    def _request_id(self, request: Request, dialect: Dialect, now: datetime) -> str:
        own = identifier("req", now, secrets.token_bytes())
        if not dialect.echoes:
            return own.replace("_", "-")
        asked = "" if self._quirks.own_request_ids else request.header("x-request-id")
        return asked if _REQUEST_ID.fullmatch(asked) else own


def _settled(route: calls.Route, call: calls.Call) -> Response:
    """What the call does, or its refusal by validation (400, 404), which comes before any effect."""
    try:
        return _done(route, call)
    except Refusal as refused:
        if refused.status in _NEVER_KEPT:
            raise
        return call.refuse(refused)


def _done(route: calls.Route, call: calls.Call) -> Response:
    """What the call does, its effect noted in the log, or what a fault makes its first answer; may refuse."""
    first = call.met.find("refusal-kept", "error-kept")
    if first is not None and not first.options.get("effect"):
        return fault_answers.error(first.integer("status"), call.refuse)
    response = route.act(call)
    if route.is_write:
        journal.commit(call.store, call.note)
    return response if first is None else fault_answers.error(first.integer("status"), call.refuse)
