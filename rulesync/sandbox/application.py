"""The WSGI application: the API under `/api/v1` and `/platform/v1`, the app and the inspection everywhere else."""

import dataclasses
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from rulesync.sandbox import dialects, exchange
from rulesync.sandbox.api import Api
from rulesync.sandbox.app import App
from rulesync.sandbox.identifiers import http_date

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


class Application:
    """One callable for any WSGI server; it keeps nothing between requests that is not in the store or the API."""

    def __init__(self, api: Api, app: App, clock: Callable[[], datetime]) -> None:
        self._api = api
        self._app = app
        self._clock = clock

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request, dated by the sandbox's clock; raises ConnectionDropped where a fault demands that."""
        request = exchange.read(environ)
        dialect = dialects.of(request.path)
        if dialect is not None:
            response = self._api.answer(request, dialect)
        else:
            response = self._app.answer(request)
            dated = {**response.headers, "Date": http_date(self._clock())}
            response = dataclasses.replace(response, headers=dated)
        return exchange.write(response, start_response)
