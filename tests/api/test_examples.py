from collections.abc import Callable
from typing import Any

import httpx
import pytest

from rulesync.rule import opaque_parts
from rulesync.sandbox import Sandbox
from rulesync.wire import DIALECTS
from tests.api.judge import judge

RULES = ("AutoSave", "Payday", "Debts", "MonthEnd")
SERVER_FIELDS = {"id", "created_at", "updated_at", "createdAt", "updatedAt"}


def example(dialect: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = judge(dialect).document["components"]["examples"][name]["value"]["data"]
    return found


def without_server(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in SERVER_FIELDS}


@pytest.mark.parametrize("name", RULES)
def test_both_say_the_same_rule(name: str) -> None:
    """An example means the same rule in both dialects, wholly understood, with its times and its id."""
    v1, platform = (DIALECTS[dialect].actual(example(dialect, name)) for dialect in ("v1", "platform"))
    assert v1 == platform
    assert ((), ()) == (v1.extras, tuple(opaque_parts(v1.rule)))


@pytest.mark.parametrize("name", RULES)
def test_an_example_and_back(name: str, dialect: str) -> None:
    """An example that is read and written again says the same, and what is written fits the description of v1."""
    read = DIALECTS[dialect].decode(example(dialect, name))
    written = DIALECTS[dialect].encode(read.rule)
    assert read == DIALECTS[dialect].decode(written)
    body = DIALECTS["v1"].encode(read.rule)
    request = httpx.Request("POST", "http://127.0.0.1/api/v1/rules", json=body, headers={"Authorization": "ApiKey x"})
    assert [] == judge("v1").said_of_request(request)


@pytest.mark.parametrize("name", RULES)
def test_the_sandbox_says_the_examples(
    name: str, box: Sandbox, connect: Callable[[Sandbox, str], httpx.Client]
) -> None:
    """What is made in v1 from an example is shown as that example in both dialects, but for what a server gives."""
    asked = without_server(example("v1", name))
    made = connect(box, "v1").post("/rules", json=asked)
    assert 201 == made.status_code, made.text
    for dialect in ("v1", "platform"):
        shown = connect(box, dialect).get(f"/rules/{made.json()['data']['id']}").json()["data"]
        assert without_server(example(dialect, name)) == without_server(shown)


@pytest.mark.parametrize("quirk", ["nulls_in_v1", "no_nulls", "no_node_names"])
@pytest.mark.parametrize("name", RULES)
def test_absent_or_null(name: str, quirk: str, box: Sandbox, connect: Callable[[Sandbox, str], httpx.Client]) -> None:
    """A rule means the same whether a server says null or nothing, and whether it names accounts, in both dialects."""
    made = connect(box, "v1").post("/rules", json=without_server(example("v1", name))).json()["data"]
    read = DIALECTS["v1"].actual(made)
    box.quirks.become({quirk: True})
    for dialect in ("v1", "platform"):
        shown = connect(box, dialect).get(f"/rules/{made['id']}").json()["data"]
        assert read == DIALECTS[dialect].actual(shown)


@pytest.mark.parametrize(
    ("part", "kinds"),
    [
        ("Trigger", ["FundsTrigger", "ManualTrigger", "ScheduledTrigger"]),
        (
            "Action",
            ["FixedAmount", "Percentage", "TopUp", "RoundDown", "LiabilityPayment", "PercentageOfLiability"],
        ),
    ],
)
def test_every_kind_has_an_example(part: str, kinds: list[str]) -> None:
    """The examples hold every kind of trigger, and of action, that is described."""
    schemas = judge("v1").document["components"]["schemas"]
    types = [schemas[kind]["properties"]["type"] for kind in kinds]
    described = {name for each in types for name in each.get("enum", [each.get("const")])}
    bodies = [example("v1", name) for name in RULES]
    actions = [action["type"] for body in bodies for step in body["steps"] for action in step["actions"]]
    assert [f"#/components/schemas/{kind}" for kind in kinds] == [each["$ref"] for each in schemas[part]["oneOf"]]
    assert described == set(actions if part == "Action" else [body["trigger"]["type"] for body in bodies])
