"""The journal: every request to the API in the order of arrival, for tests and for the curious; never a key."""

import json
from dataclasses import dataclass
from datetime import datetime

from rulesync.sandbox import keys
from rulesync.sandbox.exchange import Request, Response, decode
from rulesync.sandbox.identifiers import stamp
from rulesync.sandbox.store import Store


@dataclass(frozen=True)
class Note:
    """Where a request is noted; by its entry too, since after `clear` another request may have the number."""

    number: int
    entry: str


def begin(store: Store, request: Request, request_id: str, now: datetime) -> Note:
    """Note that a request arrived, as yet without an answer (`status` null)."""
    entry = {
        "method": request.method,
        "path": request.path,
        "query": dict(request.query),
        "request_id": request_id,
        "idempotency_key": request.headers.get("idempotency-key"),
        "key_hint": keys.hint(request),
        "body": _body(request),
        "at": stamp(now),
        "headers": {
            "authorization": request.header("authorization").partition(" ")[0] or None,
            "user_agent": request.headers.get("user-agent"),
            **({"called_reason": reason} if (reason := request.headers.get("x-called-reason")) else {}),
        },
    }
    text = json.dumps(entry)
    (number,) = store.rows("INSERT INTO journal (entry, committed) VALUES (?, FALSE) RETURNING n", text)[0]
    return Note(int(str(number)), text)


def commit(store: Store, note: Note) -> None:
    """Note that the request took effect; to be called in the transaction of its effect, so that it is never untrue."""
    store.rows("UPDATE journal SET committed = TRUE WHERE n = ? AND entry = ?", note.number, note.entry)


def finish(store: Store, note: Note, response: Response, fault: str | None = None, error: str | None = None) -> None:
    """Note how the request was answered, if anything was sent.

    `fault` names the kinds of faults that it met, `error` is the traceback of a bug of the sandbox.
    """
    statement = "UPDATE journal SET status = ?, replayed = ?, fault = ?, error = ? WHERE n = ? AND entry = ?"
    status = response.status if response.is_sent else None
    store.rows(statement, status, response.replayed, fault, error, note.number, note.entry)


def entries(store: Store) -> list[dict[str, object]]:
    """All requests, oldest first.

    Each has n, method, path, query, status (null: not answered), request_id, idempotency_key, replayed, key_hint, body,
    at (UTC), of the headers `authorization` (its scheme only), `user_agent` and, where it was sent, `called_reason`
    (`x-called-reason`), and `committed`: whether this very request took effect (null in a state of before this was
    noted). One that met or felt faults has `fault`, their kinds; one that hit a bug of ours has `error`.
    """
    found = store.rows("SELECT n, status, replayed, committed, fault, error, entry FROM journal ORDER BY n")
    return [
        {"n": n, "status": status, "replayed": bool(replayed), **json.loads(str(entry))}
        | {"committed": None if committed is None else bool(committed)}
        | ({"fault": fault} if fault else {})
        | ({"error": error} if error else {})
        for n, status, replayed, committed, fault, error, entry in found
    ]


def clear(store: Store) -> None:
    """Forget all requests; numbers start again at 1."""
    store.rows("DELETE FROM journal")


def _body(request: Request) -> object:
    """The body as JSON where it is JSON, else as text, and None where there is none."""
    try:
        return decode(request.body)
    except ValueError:
        return request.body.decode("utf-8", "replace") or None
