"""The descriptions in `docs/api` as judges of what is sent and answered, by a library that knows neither side."""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import yaml

if TYPE_CHECKING:  # it takes long to import, and whoever collects the tests needs what can be asked alone
    from openapi_core import OpenAPI
    from openapi_core.testing import MockRequest, MockResponse

DIRECTORY = Path(__file__).parents[2] / "docs" / "api"
SCHEMES = {"v1": "ApiKey", "platform": "Bearer"}
_HOST = "http://127.0.0.1:8787"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Judge:
    """One description: `base` is the path of the API, `document` what the file says."""

    base: str
    document: dict[str, Any]

    @cached_property
    def openapi(self) -> "OpenAPI":
        """What the library makes of the document, which is held against its own specification."""
        from openapi_core import OpenAPI

        return OpenAPI.from_dict(self.document)

    def operations(self) -> set[tuple[str, str]]:
        """Every method and path, with `{}` for each id."""
        return {
            (method.upper(), re.sub(r"\{\w+\}", "{}", path))
            for path, item in self.document["paths"].items()
            for method in item
            if method in _METHODS
        }

    def operation(self, method: str, path: str) -> tuple[str, str]:
        """Return the operation of a method and a path, or both as they are where there is none."""
        below = path.removeprefix(self.base)
        for each, pattern in sorted(self.operations()):
            if each == method and re.fullmatch(re.escape(pattern).replace(r"\{\}", "[^/]+"), below):
                return each, pattern
        return method, path

    def said_of(self, answer: httpx.Response) -> list[str]:
        """Return what is wrong with an answer; one to what is not offered must be 404 in plain text."""
        request = answer.request
        if self.operation(request.method, request.url.path) not in self.operations():
            right = (404, "text/plain") == (answer.status_code, answer.headers["Content-Type"].partition(";")[0])
            return [] if right else [f"{answer.status_code} to what is not offered"]
        return _reasons(lambda: self.openapi.validate_response(_request(request), _response(answer)))

    def said_of_request(self, request: httpx.Request) -> list[str]:
        """Return what is wrong with a request: parameters that nobody describes too."""
        known = self._parameters(*self.operation(request.method, request.url.path))
        return [
            *(f"the parameter {name} is not described" for name in request.url.params if name not in known),
            *_reasons(lambda: self.openapi.validate_request(_request(request))),
        ]

    def _parameters(self, method: str, operation: str) -> set[str]:
        for path, item in self.document["paths"].items():
            if re.sub(r"\{\w+\}", "{}", path) == operation and method.lower() in item:
                found = [*item.get("parameters", []), *item[method.lower()].get("parameters", [])]
                return {str(self.resolved(each)["name"]) for each in found}
        return set()

    def resolved(self, value: dict[str, Any]) -> dict[str, Any]:
        """Return what a reference within the document points at, or the value itself."""
        if "$ref" not in value:
            return value
        found: Any = self.document
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return dict(found)


@cache
def judge(name: str) -> Judge:
    """Return the judge of a dialect, `v1` or `platform`."""
    document = yaml.load((DIRECTORY / f"{name}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    base = document["servers"][1]["url"].removeprefix(_HOST)
    return Judge(base, document)


def _reasons(validate: Any) -> list[str]:  # noqa: ANN401  # whatever is called
    from openapi_core.exceptions import OpenAPIError

    try:
        validate()
    except OpenAPIError as error:
        cause = error.__cause__ or error
        return [f"{error}: {getattr(cause, 'schema_errors', cause)}"]
    return []


def _request(request: httpx.Request) -> "MockRequest":
    from openapi_core.testing import MockRequest

    return MockRequest(
        _HOST,
        request.method.lower(),
        request.url.path,
        args=dict(request.url.params),
        headers=dict(request.headers),
        data=request.content or None,
        content_type=request.headers.get("Content-Type", "application/json"),
    )


def _response(answer: httpx.Response) -> "MockResponse":
    from openapi_core.testing import MockResponse

    return MockResponse(
        data=answer.content,
        status_code=answer.status_code,
        headers=dict(answer.headers),
        content_type=answer.headers.get("Content-Type", "application/json"),
    )
