"""One exchange over HTTP as two values, Request and Response, and their way out of and into WSGI."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

LARGEST_BODY = 1024 * 1024
_DEEPEST = 100
JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"


class Refusal(Exception):  # noqa: N818  # a refusal is an answer, not an error of the sandbox
    """An answer that says no: HTTP status, the API's code, and a sentence for people."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


@dataclass(frozen=True)
class Request:
    """What was asked: header names are lower case, the path is decoded, `body` is empty when it was too large."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    is_too_large: bool = False

    def header(self, name: str) -> str:
        """The header's value, or nothing."""
        return self.headers.get(name, "")

    def json(self) -> object:
        """The body as JSON; refuses what is not (400)."""
        try:
            return decode(self.body)
        except ValueError as error:
            raise Refusal(400, "invalid_parameters", f"body: {error}") from error

    def json_object(self) -> dict[str, object]:
        """The body as a JSON object; an empty body is an empty one; refuses anything else (400)."""
        value = self.json() if self.body else {}
        if not isinstance(value, dict):
            raise Refusal(400, "invalid_parameters", "body: must be a JSON object")
        return value


class Ending(StrEnum):
    """What becomes of an answer on its way: it arrives whole unless a fault says otherwise."""

    WHOLE = "whole"
    CUT = "cut"
    CLOSED = "closed"
    REFUSED = "refused"
    GIVEN_UP = "given up"


class ConnectionDropped(Exception):  # noqa: N818  # what happens to a caller, not an error of the sandbox
    """What the WSGI application raises when a fault demands that no answer, or no whole one, is given.

    Our socket server turns it into a connection that ends; another transport may turn it into what its callers know.
    `how` is `refused` (reset, nothing was processed), `closed` (before or after processing: the caller cannot know),
    `cut` (raised by the body, after its first half) or `given up` (the caller waited in vain).
    """

    def __init__(self, how: Ending) -> None:
        super().__init__(f"the connection ends: {how.value} on purpose")
        self.how = how


@dataclass(frozen=True)
class Response:
    """What is answered; `replayed` says that an earlier answer was repeated without acting.

    With an `ending` that is neither whole nor cut nothing of it is sent.
    """

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    replayed: bool = False
    ending: Ending = Ending.WHOLE

    @property
    def is_sent(self) -> bool:
        """Whether any of it is sent."""
        return self.ending in {Ending.WHOLE, Ending.CUT}


def check_size(request: Request) -> None:
    """Refuses (413) a body that was too large to be read."""
    if request.is_too_large:
        raise Refusal(413, "payload_too_large", f"body: must not be larger than {LARGEST_BODY} bytes")


def decode(body: bytes) -> object:
    """The value that the bytes spell as strict JSON in UTF-8; raises ValueError with a sentence for people."""
    try:
        value: object = json.loads(body, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise ValueError("is not valid JSON in UTF-8") from error
    if _depth(value) > _DEEPEST:
        raise ValueError(f"is nested deeper than {_DEEPEST} levels")
    return value


def not_offered(request: Request) -> Response:
    """A method that the path does not have: 404 in plain text, as the live API says of itself."""
    return Response(404, f"Route {request.method}:{request.path} not found".encode(), TEXT)


def json_response(status: int, value: object) -> Response:
    """A value as JSON."""
    return Response(status, json.dumps(value, ensure_ascii=False).encode())


def read(environ: "WSGIEnvironment") -> Request:
    """The request that a WSGI environment describes."""
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in {"CONTENT_TYPE", "CONTENT_LENGTH"}
    }
    length = _length(environ)
    return Request(
        method=str(environ["REQUEST_METHOD"]),
        path=str(environ.get("PATH_INFO", "")).encode("latin-1", "replace").decode("utf-8", "replace"),
        query=dict(parse_qsl(str(environ.get("QUERY_STRING", "")), keep_blank_values=True, errors="replace")),
        headers=headers,
        body=environ["wsgi.input"].read(length) if length <= LARGEST_BODY else b"",
        is_too_large=length > LARGEST_BODY,
    )


def write(response: Response, start_response: "StartResponse") -> Iterable[bytes]:
    """The response as WSGI hands it to a server; raises ConnectionDropped where its ending demands that."""
    if not response.is_sent:
        raise ConnectionDropped(response.ending)
    headers = list(response.headers.items())
    if response.status != HTTPStatus.NO_CONTENT:
        headers += [("Content-Type", response.content_type), ("Content-Length", str(len(response.body)))]
    start_response(f"{response.status} {HTTPStatus(response.status).phrase}", headers)
    return [response.body] if response.ending == Ending.WHOLE else _half(response.body)


def _half(body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    raise ConnectionDropped(Ending.CUT)


def _length(environ: "WSGIEnvironment") -> int:
    announced = str(environ.get("CONTENT_LENGTH") or "0")
    return int(announced) if announced.isdecimal() else 0


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [child for item in level for child in _children(item)]
    return depth


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
