import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import openapi_spec_validator
import pytest

from rulesync.sandbox import dialects
from tests.api.judge import Judge

SERVED = {"v1": dialects.V1, "platform": dialects.PLATFORM}
RENT = "rule_01HRNT0001"


def test_each_is_openapi(held: Judge) -> None:
    """Each file is OpenAPI 3.1 by the judgement of OpenAPI's own schema."""
    openapi_spec_validator.validate(held.document)
    assert held.document["openapi"].startswith("3.1.")


def test_what_is_served(held: Judge, dialect: str) -> None:
    """Described is exactly what the sandbox serves, where it serves it."""
    routes = SERVED[dialect].routes
    assert {(route.method, re.sub(r"\{\w+\}", "{}", route.path)) for route in routes} == held.operations()
    assert SERVED[dialect].base == held.base


def nodes(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  # any part of a document
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from nodes(each)
    elif isinstance(value, list):
        for each in value:
            yield from nodes(each)


def test_how_sure_it_is(held: Judge, dialect: str) -> None:
    """Each operation says whether it is live; a confidence is one of the three letters, and only v1 needs them."""
    operations = [item[method] for item in held.document["paths"].values() for method in item if method != "parameters"]
    states = {"v1": {"announced", "documented"}, "platform": {"live"}}
    assert states[dialect] == {operation["x-state"] for operation in operations}
    letters = {each["x-confidence"] for each in nodes(held.document) if "x-confidence" in each}
    assert {"v1": {"S", "M", "L"}, "platform": set()}[dialect] == letters


def examples(held: Judge) -> Iterator[tuple[str, str, str | None, Any]]:
    """Every example where it is used: method, path, the status that it answers (none: a body that is sent), value."""
    for path, item in held.document["paths"].items():
        for method in item.keys() - {"parameters"}:
            operation = item[method]
            places = [(None, held.resolved(operation.get("requestBody", {})))]
            places += [(status, held.resolved(answer)) for status, answer in operation["responses"].items()]
            for status, place in places:
                for example in place.get("content", {}).get("application/json", {}).get("examples", {}).values():
                    yield method, path, status, held.resolved(example)["value"]


def test_examples(held: Judge, dialect: str) -> None:
    """Every example is valid where it stands, and every one stands somewhere."""
    used = []
    for method, path, status, value in examples(held):
        url = f"http://127.0.0.1{held.base}{re.sub(r'{.*?}', 'x', path)}"
        query = {"rule_id": "x"} if path == "/rule-executions" else {}
        headers = {"Authorization": "Bearer x"}
        if status is None:
            assert [] == held.said_of_request(httpx.Request(method.upper(), url, json=value, headers=headers))
        else:
            request = httpx.Request(method.upper(), url, params=query, headers=headers)
            assert [] == held.said_of(httpx.Response(int(status), json=value, request=request))
        used.append(value)
    written = [example["value"] for example in held.document["components"]["examples"].values()]
    assert [] == [value for value in written if value not in used]
    assert {"v1": 7, "platform": 8}[dialect] <= len(written)


def changes(answer: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """Wrong versions of a rule's answer."""
    text = json.dumps(answer)
    yield "another name", json.loads(text.replace('"trigger"', '"triggers"'))
    yield "another case", json.loads(text.replace('"fixed_amount"', '"FIXED_AMOUNT"').replace('"FIXED"', '"fixed"'))
    yield "one more field", {**answer, "data": {**answer["data"], "priority": 1}}
    yield "an amount as text", json.loads(re.sub(r'("amount\w*": )(\d+)', r'\1"\2"', text))
    yield "no instant", json.loads(re.sub(r'("created\w*": )"[^"]*"', r'\1"yesterday"', text))
    yield "no data", {name: value for name, value in answer.items() if name != "data"}
    yield "a list", [answer]


def test_judges_judge(held: Judge, api: httpx.Client) -> None:
    """A judge sees each wrong name, case, kind, field, status and code."""
    answer = api.get(f"/rules/{RENT}")
    assert [] == held.said_of(answer)
    for what, value in changes(answer.json()):
        assert held.said_of(httpx.Response(200, json=value, request=answer.request)), what
    for status in (201, 404, 418):
        assert held.said_of(httpx.Response(status, json=answer.json(), request=answer.request))
    refused = api.get("/rules/nobody")
    assert held.said_of(httpx.Response(403, json=refused.json(), request=refused.request))
    elsewhere = api.get("/transfers")
    assert [] == held.said_of(elsewhere)
    assert held.said_of(httpx.Response(200, json={}, request=elsewhere.request))


@pytest.mark.parametrize("query", [{"colour": "red"}, {"page": "0"}, {"first": "101"}])
def test_judges_judge_requests(held: Judge, api: httpx.Client, query: dict[str, str]) -> None:
    """A judge sees a parameter that nobody described, and one out of its range; and a missing key."""
    assert held.said_of_request(api.build_request("GET", "/rules", params=query))
    assert [] == held.said_of_request(api.build_request("GET", "/rules"))
    del api.headers["Authorization"]
    assert held.said_of_request(api.build_request("GET", "/rules"))
