"""The API on loopback for the benchmark: answers made beforehand, no rate limit, requests counted on arrival.

`python -m bench.server DIR` serves the rules of a directory as if they had been applied, and prints its address.
`GET /requests` tells how many requests came since it was asked last.
"""

import json
import socket
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rulesync import source
from rulesync.accounts import AccountBook
from rulesync.config import load
from rulesync.ownership import Marker, digest
from rulesync.ruleset import DesiredRule
from rulesync.wire import DIALECTS

_PAGE = 100
_MADE = "2026-01-05T09:00:00Z"
_LISTED = {
    "v1": ("id", "nickname", "description", "status", "created_at", "updated_at"),
    "platform": ("id", "name", "description", "status", "createdAt", "updatedAt"),
}


def answers(directory: Path) -> dict[str, bytes]:
    """Return the answer to each path that is served, in both dialects: the rules as Git has them, all of them live."""
    config = load(directory, None, None)
    rules, _ = source.resolve(source.load(config.root, config.rules), AccountBook(config.accounts), date(2026, 1, 5))
    found: dict[str, bytes] = {}
    for name in DIALECTS:
        bodies = {f"rule_{index:05}": _body(rule, f"rule_{index:05}", name) for index, rule in enumerate(rules)}
        rows = [{field: body[field] for field in _LISTED[name]} for body in bodies.values()]
        found |= {f"/{name}/rules/{rule_id}": _answer(body) for rule_id, body in bodies.items()}
        found |= _pages(rows) if name == "platform" else {f"/{name}/rules": _answer(rows)}
        found |= {f"/{name}/accounts": _answer([])}
    return found


def _body(rule: DesiredRule, rule_id: str, dialect: str) -> Mapping[str, object]:
    """Return a rule as the API would answer it, with its marker."""
    body = dict(DIALECTS[dialect].encode(rule.rule))
    body["description"] = f"{body.get('description') or ''}\n{Marker('bench', rule.key, digest(rule.rule))}".strip()
    made, changed = ("created_at", "updated_at") if dialect == "v1" else ("createdAt", "updatedAt")
    return {"id": rule_id, made: _MADE, changed: _MADE, **body, "status": "enabled" if dialect == "v1" else "ENABLED"}


def _pages(rows: list[dict[str, object]]) -> dict[str, bytes]:
    """Return the list as the platform gives it, in pages that are asked for by number."""
    pages = {}
    for start in range(0, len(rows) or 1, _PAGE):
        number, more = start // _PAGE + 1, start + _PAGE < len(rows)
        items = [{**row, "isSupported": True, "deletedAt": None} for row in rows[start : start + _PAGE]]
        pagination = {"page": number, "pageSize": _PAGE, "hasNextPage": more}
        pages[f"/platform/rules?page={number}"] = _answer({"items": items, "pagination": pagination})
    return pages


def _answer(data: object) -> bytes:
    return json.dumps({"data": data}, separators=(",", ":"), ensure_ascii=False).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, found: Mapping[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.found = found
        self.came = 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        if self.path == "/requests":
            body, self.server.came = str(self.server.came).encode(), 0
        else:
            self.server.came += 1
            body = self.server.found.get(self._asked(), b"")
        head = f"HTTP/1.1 {200 if body else 404} OK\r\nDate: {_now()}\r\nContent-Type: application/json\r\n"
        self.wfile.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def _asked(self) -> str:
        """Return what an address asks for: pages are told apart by their number alone."""
        path, _, query = self.path.partition("?")
        asked = dict(part.partition("=")[::2] for part in query.split("&"))
        numbered = path == "/platform/rules"
        return f"{path}?page={asked.get('page', '1')}" if numbered else path

    def log_message(self, *args: object) -> None:
        """Say nothing: requests are counted, not told."""


def _now() -> str:
    return datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")


def main() -> None:
    """Serve until somebody ends it."""
    with _Server(answers(Path(sys.argv[1]))) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
