import itertools
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from rulesync.sandbox import Sandbox
from tests.api.judge import SCHEMES, judge

CONFORMANCE = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
IDS = st.sampled_from(["rule_01HRNT0001", "rule_01HCRD0002", "acc_01HCRD6666", "nobody"])
same = settings(
    max_examples=20,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)
OPERATIONS = [(name, *each) for name in ("v1", "platform") for each in sorted(judge(name).operations())]


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("name", "method", "path"), OPERATIONS)
def test_whatever_is_asked(name: str, method: str, path: str, mode: GenerationMode) -> None:
    """Whatever is asked, in the described way or against it, the answer is as described, and never a bug of ours."""
    with Sandbox(requests_per_minute=None) as box:
        described = schemathesis.openapi.from_dict(judge(name).document)
        described.app = box.wsgi
        described.config.update(base_url=f"http://127.0.0.1{judge(name).base}")
        pattern = next(each for each in described if re.sub(r"\{\w+\}", "{}", each) == path)
        headers = {"Authorization": f"{SCHEMES[name]} {box.key}"}
        before = box.snapshot()

        @same
        @given(case=described[pattern][method].as_strategy(generation_mode=mode), target=IDS)
        def ask(case: schemathesis.Case[Any], target: str) -> None:
            box.restore(before)
            if "id" in case.path_parameters and mode is GenerationMode.POSITIVE:
                case.path_parameters["id"] = target
            case.validate_response(case.call(headers=headers), checks=CONFORMANCE)

        ask()


def values(parameter: dict[str, Any], document: Callable[[dict[str, Any]], dict[str, Any]]) -> st.SearchStrategy[str]:
    """Values for a parameter of a query, about as many that it can have as others."""
    schema = document(parameter["schema"])
    right: st.SearchStrategy[str] = st.sampled_from([str(each) for each in schema.get("enum", ["1", "2"])])
    if schema.get("format") == "date-time":
        right = st.datetimes().map(lambda at: f"{at.isoformat(timespec='seconds')}Z")
    if schema["type"] == "integer":
        right = st.integers(-2, 102).map(str)
    others = st.sampled_from(["", "1.0", "-1", "0", "enabled", "POD", "EXECUTED", "all", "2026-10-01", "9" * 25])
    return right if parameter["name"] in {"after", "rule_id"} else right | others | st.text("aZ-./?", max_size=3)


LISTS = [
    ("v1", "/accounts"),
    ("v1", "/rule-executions"),
    ("platform", "/rules"),
    ("platform", "/accounts"),
    ("platform", "/rules/{id}/executions"),
]


@pytest.mark.parametrize(("name", "path"), LISTS)
def test_strict_as_described(name: str, path: str) -> None:
    """A list refuses exactly the queries that its description calls wrong."""
    held = judge(name)
    described = [held.resolved(each) for each in held.document["paths"][path]["get"]["parameters"]]
    query = st.fixed_dictionaries(
        {}, optional={each["name"]: values(each, held.resolved) for each in described if each["in"] == "query"}
    )
    target = f"http://127.0.0.1{held.base}{path.replace('{id}', 'rule_01HRNT0001')}"
    with Sandbox(requests_per_minute=None) as box, httpx.Client(transport=httpx.WSGITransport(app=box.wsgi)) as api:
        headers = {"Authorization": f"{SCHEMES[name]} {box.key}"}

        @settings(same, max_examples=80)
        @given(query=query)
        def ask(query: dict[str, str]) -> None:
            asked = {each: value for each, value in query.items() if each != "after"}
            answer = api.get(target, params=asked, headers=headers)
            assert (400 if held.said_of_request(answer.request) else 200) == answer.status_code, answer.text
            assert [] == held.said_of(answer)

        ask()


@pytest.mark.parametrize(("name", "path"), [("v1", "/rule-executions"), ("platform", "/rules/{id}/executions")])
def test_pages_of_any_size(name: str, path: str) -> None:
    """Pages of any size hold each item once, in the order of one large page."""
    held = judge(name)
    target = f"http://127.0.0.1{held.base}{path.replace('{id}', 'rule_01HCRD0002')}"
    with Sandbox(requests_per_minute=None) as box, httpx.Client(transport=httpx.WSGITransport(app=box.wsgi)) as api:
        headers = {"Authorization": f"{SCHEMES[name]} {box.key}"}

        def walk(size: int) -> list[str]:
            found: list[str] = []
            query = {"rule_id": "rule_01HCRD0002", "first": str(size)} if name == "v1" else {"pageSize": str(size)}
            for page in itertools.count(1):
                answer = api.get(target, params=query, headers=headers).json()
                rows = answer["data"] if name == "v1" else answer["data"]["items"]
                found += [row["id"] for row in rows]
                more = answer["page_info"] if name == "v1" else answer["data"]["pagination"]
                if not more.get("has_next_page", more.get("hasNextPage")):
                    return found
                query |= {"after": more["end_cursor"]} if name == "v1" else {"page": str(page + 1)}
            raise AssertionError

        whole = walk(100)
        assert [whole] * 5 == [walk(size) for size in range(1, 6)]
        assert 4 == len(whole)
