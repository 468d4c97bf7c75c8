"""What tests and the curious may look at beside the product: the log of API requests, and keys of any cut."""

from rulesync.sandbox import journal, keys, shape
from rulesync.sandbox.exchange import Request, Response, json_response
from rulesync.sandbox.store import Store


class Inspection:
    """The endpoints under `/sandbox/`; `organisation` is the one that keys are for unless they say otherwise."""

    def __init__(self, store: Store, organisation: int) -> None:
        self._store = store
        self._organisation = organisation

    def log(self) -> Response:
        """All API requests, as a JSON array."""
        return json_response(200, journal.entries(self._store))

    def add_key(self, request: Request) -> Response:
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
