"""What tests and the curious reach for beside the product: the log, keys of any cut, faults and quirks."""

from collections.abc import Callable

from rulesync.sandbox import exchange, journal, keys, shape
from rulesync.sandbox.exchange import Request, Response, json_response
from rulesync.sandbox.faults import Faults
from rulesync.sandbox.quirks import Quirks
from rulesync.sandbox.store import Store


class Inspection:
    """The endpoints under `/sandbox/`; `organisation` is the one that keys are for unless they say otherwise."""

    def __init__(self, store: Store, organisation: int, faults: Faults, quirks: Quirks) -> None:
        self._store = store
        self._organisation = organisation
        self._faults = faults
        self._quirks = quirks

    def answer(self, request: Request) -> Response:
        """What the endpoint says; 404 in plain text where there is none."""
        calls: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "/sandbox/log"): self._log,
            ("POST", "/sandbox/keys"): self._add_key,
            ("GET", "/sandbox/faults"): self._list_faults,
            ("POST", "/sandbox/faults"): self._add_fault,
            ("DELETE", "/sandbox/faults"): self._clear_faults,
            ("GET", "/sandbox/quirks"): self._show_quirks,
            ("PUT", "/sandbox/quirks"): self._set_quirks,
        }
        call = calls.get((request.method, request.path), exchange.not_offered)
        return call(request)

    def _log(self, _request: Request) -> Response:
        """All API requests, as a JSON array."""
        return json_response(200, journal.entries(self._store))

    def _add_key(self, request: Request) -> Response:
        """A key for `{"scopes": {"LIST_RULES": "*", …}, "organisation": optional name}`, as `{"key": …}` (201)."""
        body = shape.fields("", request.json_object(), ("scopes",), ("organisation",))
        organisation: int | None = self._organisation
        if "organisation" in body:
            organisation = self._store.organisation(shape.text("organisation", body["organisation"]))
        if organisation is None:
            shape.refuse("organisation", f"{shape.shown(body['organisation'])} does not exist")
        scopes = shape.fields("scopes", body["scopes"], (), keys.SCOPES)
        try:
            return json_response(201, {"key": keys.new_key(self._store, organisation, scopes)})
        except ValueError as error:
            shape.refuse("scopes", str(error))

    def _list_faults(self, _request: Request) -> Response:
        """The faults that are set with their counts, and every kind with its sentence."""
        return json_response(200, {"faults": self._faults.documents(), "kinds": self._faults.kinds()})

    def _add_fault(self, request: Request) -> Response:
        """The fault that the parameters of `Faults.add` describe, set; as `{"id": …}` (201)."""
        return json_response(201, {"id": self._faults.set(request.json_object())})

    def _clear_faults(self, _request: Request) -> Response:
        """No faults, and nothing left behind by any (204)."""
        self._faults.clear()
        return Response(204)

    def _show_quirks(self, _request: Request) -> Response:
        """All quirks by name."""
        return json_response(200, self._quirks.document())

    def _set_quirks(self, request: Request) -> Response:
        """The quirks as the body says, all others as at the start; a full replacement, as everywhere here."""
        self._quirks.become(request.json_object())
        return json_response(200, self._quirks.document())
