"""A stand-in for GitHub's REST API on this machine, written from its public documentation: one repository.

https://docs.github.com/en/rest: issues, comments, pull requests, references, pages, limits, refusals.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

REPOSITORY = "acme/money"
TOKEN = "ghs_workflow0123456789"
BOT = {"login": "github-actions[bot]", "id": 41898282, "type": "Bot"}
LONGEST_BODY = 65_536

Row = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    status: int
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """What the next request of a method answers instead, or after it was carried out (`late`)."""

    method: str
    answer: Answer
    late: bool = False


def person(login: str) -> Row:
    return {"login": login, "id": sum(login.encode()), "type": "User"}


class Hub:
    """The state of the repository, and what was asked of it."""

    def __init__(self) -> None:
        self.url = ""
        self.pulls: dict[int, Row] = {}
        self.issues: list[Row] = []
        self.comments: dict[int, list[Row]] = {}
        self.branches: dict[str, str] = {}
        self.rights = {"pull-requests": "write", "issues": "write", "contents": "read"}
        self.faults: list[Fault] = []
        self.asked: list[tuple[str, str]] = []
        self.limit = LONGEST_BODY
        self._ids = iter(range(1_000, 100_000))
        self._lock = threading.Lock()

    # What people do

    def open_pull(self, number: int, head: str, base: str = "main", fork: str | None = None) -> Row:
        """Open a pull request, as the event and the API tell it."""
        repo = {"full_name": REPOSITORY, "default_branch": "main"}
        self.pulls[number] = {
            "number": number,
            "state": "open",
            "merged_at": None,
            "merge_commit_sha": "e" * 40,
            "user": person("ann"),
            "head": {"sha": head, "ref": "topic", "repo": {"full_name": fork or REPOSITORY}},
            "base": {"sha": "0" * 39 + "1", "ref": base, "repo": repo},
        }
        return self.pulls[number]

    def merge(self, number: int, commit: str) -> None:
        """Merge a pull request, by whichever button, so that the base branch is at a commit."""
        self.pulls[number] |= {"state": "closed", "merged_at": "2026-11-27T08:00:00Z", "merge_commit_sha": commit}
        self.branches[self.pulls[number]["base"]["ref"]] = commit

    def comment(self, number: int, user: Row, body: str) -> Row:
        """Write a comment as somebody."""
        row = {"id": next(self._ids), "user": user, "body": body}
        self.comments.setdefault(number, []).append(row)
        return row

    def open_issue(self, user: Row, title: str, body: str) -> Row:
        """Open an issue as somebody."""
        row = {
            "id": next(self._ids),
            "number": len(self.issues) + 101,
            "user": user,
            "title": title,
            "body": body,
            "state": "open",
            "state_reason": None,
        }
        self.issues.append(row)
        return row

    def bodies(self, number: int) -> list[str]:
        """Return the texts of the comments on a pull request."""
        return [str(row["body"]) for row in self.comments.get(number, [])]

    def writes(self) -> list[tuple[str, str]]:
        """Return the requests that were no looks."""
        return [each for each in self.asked if each[0] != "GET"]

    # What the API answers

    def answer(self, method: str, target: str, token: str, body: Row) -> Answer:
        """Answer one request."""
        parts = urlsplit(target)
        with self._lock:
            self.asked.append((method, parts.path.removeprefix(f"/repos/{REPOSITORY}/")))
            fault = next((each for each in self.faults if each.method == method), None)
            if fault:
                self.faults.remove(fault)
            if fault and not fault.late:
                return fault.answer
            found = self._answer(method, unquote(parts.path), dict(parse_qsl(parts.query)), token, body)
            return fault.answer if fault else found

    def _answer(self, method: str, path: str, query: dict[str, str], token: str, body: Row) -> Answer:
        if token != f"Bearer {TOKEN}":
            return refusal(401, "Bad credentials")
        prefix = f"/repos/{REPOSITORY}/"
        if not path.startswith(prefix):
            return refusal(404, "Not Found")
        where = path.removeprefix(prefix)
        for pattern, verb, name in _ROUTES:
            match = re.fullmatch(pattern, where)
            if match and verb == method:
                answer: Answer = getattr(self, name)(*match.groups(), query=query, body=body)
                return answer
        return refusal(404, "Not Found")

    def _may(self, *rights: str) -> bool:
        return any(self.rights.get(right) == "write" for right in rights)

    def _list_comments(self, number: str, query: dict[str, str], body: Row) -> Answer:
        return page(self.comments.get(int(number), []), query)

    def _add_comment(self, number: str, query: dict[str, str], body: Row) -> Answer:
        if not self._may("pull-requests", "issues"):
            return refusal(403, "Resource not accessible by integration")
        if len(body["body"]) > self.limit:
            return refusal(422, "Validation Failed")
        return Answer(201, self.comment(int(number), BOT, body["body"]))

    def _edit_comment(self, identifier: str, query: dict[str, str], body: Row) -> Answer:
        if not self._may("pull-requests", "issues"):
            return refusal(403, "Resource not accessible by integration")
        for row in (row for rows in self.comments.values() for row in rows):
            if row["id"] == int(identifier):
                row["body"] = body["body"]
                return Answer(200, row)
        return refusal(404, "Not Found")

    def _list_issues(self, query: dict[str, str], body: Row) -> Answer:
        pulls = [{**pull, "pull_request": {}, "title": "", "body": ""} for pull in self.pulls.values()]
        state, creator = query.get("state", "open"), query.get("creator")
        rows = [
            row
            for row in [*reversed(self.issues), *pulls]
            if state in {"all", row["state"]} and creator in {None, row["user"]["login"]}
        ]
        return page(rows, query)

    def _open_issue(self, query: dict[str, str], body: Row) -> Answer:
        if "issues" not in self.rights:
            return refusal(410, "Issues are disabled for this repo")
        if not self._may("issues"):
            return refusal(403, "Resource not accessible by integration")
        return Answer(201, self.open_issue(BOT, body["title"], body["body"]))

    def _edit_issue(self, number: str, query: dict[str, str], body: Row) -> Answer:
        if not self._may("issues"):
            return refusal(403, "Resource not accessible by integration")
        for row in self.issues:
            if row["number"] == int(number):
                row.update(body)
                return Answer(200, row)
        return refusal(404, "Not Found")

    def _pull(self, number: str, query: dict[str, str], body: Row) -> Answer:
        pull = self.pulls.get(int(number))
        return Answer(200, pull) if pull else refusal(404, "Not Found")

    def _pulls_of(self, commit: str, query: dict[str, str], body: Row) -> Answer:
        rows = [pull for pull in self.pulls.values() if commit in {pull["merge_commit_sha"], pull["head"]["sha"]}]
        return page(rows, query)

    def _ref(self, branch: str, query: dict[str, str], body: Row) -> Answer:
        commit = self.branches.get(branch)
        told = {"ref": f"refs/heads/{branch}", "object": {"type": "commit", "sha": commit}}
        return Answer(200, told) if commit else refusal(404, "Not Found")


_ROUTES = (
    (r"issues/(\d+)/comments", "GET", "_list_comments"),
    (r"issues/(\d+)/comments", "POST", "_add_comment"),
    (r"issues/comments/(\d+)", "PATCH", "_edit_comment"),
    (r"issues", "GET", "_list_issues"),
    (r"issues", "POST", "_open_issue"),
    (r"issues/(\d+)", "PATCH", "_edit_issue"),
    (r"pulls/(\d+)", "GET", "_pull"),
    (r"commits/([0-9a-f]{40})/pulls", "GET", "_pulls_of"),
    (r"git/ref/heads/(.+)", "GET", "_ref"),
)


def refusal(status: int, message: str, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"message": message, "documentation_url": "https://docs.github.com/rest"}, named)


def page(rows: list[Row], query: dict[str, str]) -> Answer:
    size, number = min(int(query.get("per_page", "30")), 100), int(query.get("page", "1"))
    return Answer(200, rows[size * (number - 1) : size * number])


@contextmanager
def serve_hub() -> Iterator[Hub]:
    """Serve a repository for as long as the block runs."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def exchange(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            token = self.headers.get("Authorization", "")
            answer = hub.answer(self.command, self.path, token, json.loads(sent) if sent else {})
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_DELETE = exchange  # noqa: N815 - looked up by name

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
