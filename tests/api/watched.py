"""A server under the eyes of judges: every request that reaches it, and every answer, is held to its description."""

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import httpx

from tests.api.judge import Judge

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class Watched:
    """A WSGI application that is watched; `said` is what was wrong, `seen` each method and path of the API."""

    def __init__(self, application: "WSGIApplication", judges: Iterable[Judge]) -> None:
        self._application = application
        self._judges = tuple(judges)
        self.said: list[str] = []
        self.seen: set[tuple[str, str]] = set()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer as the application does."""
        body = environ["wsgi.input"].read(int(str(environ.get("CONTENT_LENGTH") or "0")))
        environ["wsgi.input"] = io.BytesIO(body)
        head: list[Any] = []

        def begin(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:  # noqa: ANN401  # as in WSGI
            head[:] = [int(status.partition(" ")[0]), headers]
            return start_response(status, headers, *more)

        content = b"".join(self._application(environ, begin))
        request = _request(environ, body)
        answer = httpx.Response(head[0], headers=head[1], content=content, request=request)
        for judge in self._judges:
            if request.url.path.startswith(f"{judge.base}/"):
                said = [*judge.said_of_request(request), *judge.said_of(answer)]
                self.said += [f"{request.method} {request.url.path} {head[0]}: {each}" for each in said]
                self.seen |= {judge.operation(request.method, request.url.path)}
        return [content]


def _request(environ: "WSGIEnvironment", body: bytes) -> httpx.Request:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-"): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or (name == "CONTENT_TYPE" and value)
    }
    url = f"http://127.0.0.1{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"
    return httpx.Request(str(environ["REQUEST_METHOD"]), url, headers=headers, content=body)
