"""The app over HTTP, played by a person with a browser: pages, their forms, and the same verbs as JSON; no API key.

Law: only this machine is answered. The `Host` must be a loopback name, so that no web site can point its own name
here, and a form that comes from another origin is refused, by the `Origin` or what else the browser tells of it.
"""

import ipaddress
import re
import traceback
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

from rulesync.sandbox import app_pages, exchange, shape, v1
from rulesync.sandbox.app_calls import People
from rulesync.sandbox.exchange import HTML, TEXT, Refusal, Request, Response, json_response
from rulesync.sandbox.inspection import Inspection
from rulesync.sandbox.records import Account, Rule
from rulesync.sandbox.store import Store

_FORM = "application/x-www-form-urlencoded"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
_RULE_PAGE = re.compile(r"/map/rules/([^/]+)")
_RUN = re.compile(r"/app/rules/([^/]+)/run")
_END_OF_RUN = re.compile(r"/app/executions/([^/]+)/end")
_END_OF_ACCOUNT = re.compile(r"/app/accounts/([^/]+)/delete")
_RULE_VERB = re.compile(r"/app/rules/([^/]+)/(activate|pause|edit|delete)")


class App:
    """Everything outside the API; `organisation` is whose rules and accounts are made."""

    def __init__(self, store: Store, people: People, inspection: Inspection, organisation: int) -> None:
        self._store = store
        self._people = people
        self._inspection = inspection
        self._organisation = organisation

    def answer(self, request: Request) -> Response:
        """The page, the JSON, or the refusal: a page for a browser, `error` with code and message for others."""
        try:
            _check_is_local(request)
            return self._answer(request)
        except Refusal as refused:
            return _refused(request, refused)
        except Exception:  # noqa: BLE001  # a bug of ours is shown to the only person who can see it
            return _refused(request, Refusal(500, "unexpected_error", traceback.format_exc()))

    def _answer(self, request: Request) -> Response:
        if request.path.startswith("/sandbox/"):
            return self._inspection.answer(request)
        if request.method == "GET":
            return self._get(request)
        if request.method == "POST":
            return self._post(request)
        return exchange.not_offered(request)

    def _get(self, request: Request) -> Response:
        if request.path == "/":
            return _page(200, app_pages.overview(self._households()))
        if match := _RULE_PAGE.fullmatch(request.path):
            organisation, rule = self._people.rule(match[1])
            return _page(200, app_pages.rule_page(rule, self._store.accounts(organisation)))
        return exchange.not_offered(request)

    def _households(self) -> list[tuple[str, list[Rule], dict[str, Account]]]:
        return [
            (name, self._store.rules(number), self._store.accounts(number))
            for number, name in self._store.organisations().items()
        ]

    def _post(self, request: Request) -> Response:
        if match := _RULE_VERB.fullmatch(request.path):
            return self._act(request, match[1], match[2])
        if match := _RUN.fullmatch(request.path):
            return json_response(
                201, v1.execution(self._people.run(match[1], _fields(request) if request.body else {}))
            )
        if match := _END_OF_RUN.fullmatch(request.path):
            ended = self._people.end_run(match[1], _fields(request) if request.body else {})
            return json_response(200, v1.execution(ended))
        if match := _END_OF_ACCOUNT.fullmatch(request.path):
            return json_response(200, v1.account(self._people.delete_account(self._organisation, match[1])))
        calls: dict[str, Callable[[Request], Response]] = {
            "/app/rules": self._create,
            "/app/accounts": self._open_account,
        }
        call = calls.get(request.path)
        return call(request) if call else exchange.not_offered(request)

    def _act(self, request: Request, rule_id: str, verb: str) -> Response:
        if verb == "edit":
            rule = self._people.edit(rule_id, _fields(request))
        else:
            verbs = {"activate": self._people.activate, "pause": self._people.pause, "delete": self._people.delete}
            rule = verbs[verb](rule_id)
        if _is_from_page(request):
            location = "/" if verb == "delete" else f"/map/rules/{rule.id}"
            return Response(303, content_type=TEXT, headers={"Location": location})
        return json_response(200, v1.rule(rule))

    def _create(self, request: Request) -> Response:
        return json_response(201, v1.rule(self._people.create(self._organisation, request.json_object())))

    def _open_account(self, request: Request) -> Response:
        return json_response(201, v1.account(self._people.open_account(self._organisation, request.json_object())))


def _check_is_local(request: Request) -> None:
    host = request.header("host")
    if not _is_loopback(host):
        raise Refusal(403, "forbidden", f"the sandbox answers to loopback names only, not to {shape.shown(host)}")
    origin = request.headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        raise Refusal(403, "forbidden", f"the request comes from another site, {shape.shown(origin)}")
    if request.method != "GET" and request.header("sec-fetch-site") in {"cross-site", "same-site"}:
        raise Refusal(403, "forbidden", "the request comes from another site")
    exchange.check_size(request)


def _is_loopback(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _fields(request: Request) -> dict[str, object]:
    """The fields of a form, or of a JSON object whatever type it is sent as, as `curl -d` does."""
    if _is_form(request) and not request.body.lstrip().startswith(b"{"):
        return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    return request.json_object()


def _is_from_page(request: Request) -> bool:
    is_json = request.body.lstrip().startswith(b"{")
    return not is_json and (_is_form(request) or "text/html" in request.header("accept"))


def _is_form(request: Request) -> bool:
    return request.header("content-type").partition(";")[0].strip().lower() == _FORM


def _page(status: int, html: str) -> Response:
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    headers["X-Content-Type-Options"] = "nosniff"
    return Response(status, html.encode("utf-8", "replace"), HTML, headers)


def _refused(request: Request, refused: Refusal) -> Response:
    if "text/html" in request.header("accept"):
        return _page(refused.status, app_pages.message_page("This cannot be done", refused.message))
    body = {"error": {"code": refused.code, "message": refused.message}}
    return json_response(refused.status, body)
