"""The journal: every request to the API in the order of arrival, for tests and for the curious; never a key."""

import json
from datetime import datetime

from rulesync.sandbox import keys
from rulesync.sandbox.exchange import Request, Response, decode
from rulesync.sandbox.identifiers import stamp
from rulesync.sandbox.store import Store


def begin(store: Store, request: Request, request_id: str, now: datetime) -> int:
    """Note that a request arrived, as yet without an answer (`status` null), and return its number."""
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
        },
    }
    (number,) = store.rows("INSERT INTO journal (entry) VALUES (?) RETURNING n", json.dumps(entry))[0]
    return int(str(number))


def finish(store: Store, number: int, response: Response, error: str | None = None) -> None:
    """Note how the request was answered; `error` is the traceback of a bug of the sandbox."""
    statement = "UPDATE journal SET status = ?, replayed = ?, error = ? WHERE n = ?"
    store.rows(statement, response.status, response.replayed, error, number)


def entries(store: Store) -> list[dict[str, object]]:
    """All requests, oldest first.

    Each has n, method, path, query, status (null: not answered), request_id, idempotency_key, replayed, key_hint, body,
    at (UTC), of the headers `authorization` (its scheme only) and `user_agent`, and after a bug of ours `error`.
    """
    found = store.rows("SELECT n, status, replayed, error, entry FROM journal ORDER BY n")
    return [
        {"n": n, "status": status, "replayed": bool(replayed), **json.loads(str(entry))}
        | ({"error": error} if error else {})
        for n, status, replayed, error, entry in found
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
