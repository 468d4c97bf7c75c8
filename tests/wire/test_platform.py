import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.config.loading import DIALECTS as BASES
from rulesync.rule import Opaque, Rule, opaque_parts
from rulesync.ruleset import Extra
from rulesync.runs import Run, RunStatus
from rulesync.wire import DIALECTS, platform, v1
from rulesync.wire.decode import UnknownShapeError
from tests.strategies import rules

FIRST = platform.first_page
EVERY_FIELD = {"source", "destination", "groupIndex", "upToEnabled", "isDirectDeposit", "limit", "achDescription"}


def account(account_id: str, kind: str, name: str | None = None) -> dict[str, object]:
    return {"id": account_id, "type": kind, "name": name}


def action(kind: str, **more: object) -> dict[str, Any]:
    """Return an action as the platform answers it: every common field is there."""
    return {
        "type": kind,
        "source": account("acc_01HABC4567", "INCOME_SOURCE"),
        "destination": account("acc_01HSAV9999", "POD", "Savings"),
        "groupIndex": 0,
        "upToEnabled": False,
        "isDirectDeposit": False,
        "limit": None,
        "achDescription": None,
        **more,
    }


ANSWER: dict[str, Any] = {
    "id": "0b7d9f3e-0000-4000-8000-000000000001",
    "name": "Auto-save on deposit",
    "description": "Saves 20% of every incoming deposit",
    "status": "ENABLED",
    "trigger": {"type": "ON_FUNDS_TRANSFERRED", "accountId": "acc_01HABC4567"},
    "steps": [
        {
            "conditions": {
                "condition": {
                    "fact": "BALANCE",
                    "operator": "GREATER_THAN",
                    "value": 50000,
                    "valueFact": None,
                    "params": {"accountId": None},
                }
            },
            "actions": [action("PERCENTAGE", percentageValue=20.0, percentageTarget="INCOMING_AMOUNT")],
        },
        {
            "conditions": None,
            "actions": [
                action(
                    "FIXED", amountInCents=5000, upToEnabled=True, limit={"period": "PER_MONTH", "amountInCents": 20000}
                ),
                action("ROUND_DOWN", amountInCents=100, groupIndex=1, achDescription="RENT"),
                action(
                    "TOP_UP",
                    amountInCents=None,
                    nextPaymentMinimumAccount=None,
                    currentBalanceAccount=account("acc_visa", "EXTERNAL_ACCOUNT"),
                    lastStatementBalanceAccount=None,
                    groupIndex=2,
                    isDirectDeposit=True,
                ),
                action("TOTAL_AMOUNT_DUE", groupIndex=3),
            ],
        },
    ],
    "createdAt": "2025-01-15T10:30:00.000Z",
    "updatedAt": "2025-01-15T10:30:00.000Z",
    "deletedAt": None,
}
SAME_IN_V1: dict[str, Any] = {
    "nickname": "Auto-save on deposit",
    "description": "Saves 20% of every incoming deposit",
    "status": "enabled",
    "trigger": {"type": "ON_FUNDS_TRANSFERRED", "account_id": "acc_01HABC4567"},
    "steps": [
        {
            "conditions": {"condition": {"fact": "BALANCE", "operator": "GREATER_THAN", "value": 50000}},
            "actions": [
                {
                    "type": "percentage",
                    "source": {"id": "acc_01HABC4567", "type": "income_source"},
                    "destination": {"id": "acc_01HSAV9999", "type": "pod"},
                    "percentage_value": 20,
                    "percentage_target": "INCOMING_AMOUNT",
                    "group_index": 0,
                    "up_to_enabled": False,
                }
            ],
        },
        {
            "actions": [
                {
                    "type": kind,
                    "source": {"id": "acc_01HABC4567", "type": "income_source"},
                    "destination": {"id": "acc_01HSAV9999", "type": "pod"},
                    "group_index": group,
                    "up_to_enabled": group == 0,
                    **more,
                }
                for group, (kind, more) in enumerate(
                    [
                        (
                            "fixed_amount",
                            {"amount_in_cents": 5000, "limit": {"period": "PER_MONTH", "amount_in_cents": 20000}},
                        ),
                        ("round_down", {"amount_in_cents": 100, "ach_description": "RENT"}),
                        (
                            "top_up",
                            {
                                "current_balance_account": {"id": "acc_visa", "type": "external_account"},
                                "is_direct_deposit": True,
                            },
                        ),
                        ("total_amount_due", {}),
                    ]
                )
            ]
        },
    ],
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def page(items: list[object], **pagination: object) -> dict[str, object]:
    return {"requestId": "req-1", "data": {"items": items, "pagination": pagination}}


def test_it_is_in_the_table() -> None:
    """Every dialect that rulesync.yaml may name is spoken, at the address that it names."""
    assert dict(BASES) == {name: dialect.base_url for name, dialect in DIALECTS.items()}
    assert list(DIALECTS) == [dialect.name for dialect in DIALECTS.values()]
    assert "Bearer sk_1" == platform.authorization("sk_1")


@given(rules(opaque=True))
def test_encode_then_decode(rule: Rule) -> None:
    """What is encoded and sent through JSON decodes to the same rule, and nothing in it is unknown."""
    decoded = platform.decode(json.loads(json.dumps(platform.encode(rule))))

    assert (rule, ()) == (decoded.rule, decoded.extras)


@given(rules(opaque=True))
def test_both_dialects_say_the_same_rule(rule: Rule) -> None:
    """A rule goes through one dialect and then the other without a difference."""
    there = v1.decode(v1.encode(platform.decode(platform.encode(rule)).rule))

    assert v1.decode(v1.encode(rule)) == there


def test_the_documented_shapes_are_one_rule() -> None:
    """The platform's answer, with its nulls, names and upper case, is the rule that v1 says in its own way."""
    assert v1.decode(SAME_IN_V1) == platform.decode(ANSWER)


def test_a_body_leaves_nothing_out() -> None:
    """Every field that an action, a condition or a rule may have is sent, as null where there is nothing to say."""
    body: Any = platform.encode(platform.decode({**ANSWER, "name": None, "description": None}).rule)
    first, others = body["steps"][0], body["steps"][1]["actions"]

    assert {"name", "description", "status", "trigger", "steps"} == set(body)
    assert {"fact", "operator", "value", "valueFact", "params"} == set(first["conditions"]["condition"])
    assert all(set(each) >= EVERY_FIELD for each in [*first["actions"], *others])
    assert {"id": "acc_01HSAV9999", "type": "POD"} == others[0]["destination"]
    targets = {"nextPaymentMinimumAccount", "currentBalanceAccount", "lastStatementBalanceAccount", "amountInCents"}
    assert {"type", *targets} == set(others[2]) - EVERY_FIELD
    assert body["steps"][1]["conditions"] is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("steps", 1, "actions", 0, "isDirectDeposit"), None),
        (("steps", 0, "actions", 0, "percentageValue"), 20),
        (("steps", 0, "conditions", "condition", "params"), None),
        (("steps", 0, "actions", 0, "source", "name"), "Checking"),
        (("steps", 0, "future"), None),
        (("description",), "  Saves 20% of\n every incoming   deposit "),
        (("isSupported",), True),
        (("trigger", "scheduleType"), None),
    ],
)
def test_no_phantom_difference(path: tuple[str | int, ...], value: object) -> None:
    """Absent, null and default are one thing, and so are two spellings of a number."""
    body = deepcopy(ANSWER)
    _set(body, path, value)

    assert platform.decode(ANSWER) == platform.decode(body)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("trigger",), {"type": "REMOTE_API", "endpoint": "https://example.org"}),
        (("steps", 0), {"loop": True}),
        (("steps", 0, "actions", 0), {"type": "SNOWBALL", "limit": None}),
        (("steps", 0, "actions", 0, "type"), "FIXED_AMOUNT"),
        (("steps", 0, "actions", 0, "percentageTarget"), "WHATEVER"),
        (("steps", 0, "conditions", "condition", "operator"), "CONTAINS"),
    ],
)
def test_unknown_kinds_survive(path: tuple[str | int, ...], value: object) -> None:
    """A piece of an unknown kind is kept whole, and said again as it was read."""
    body = deepcopy(ANSWER)
    _set(body, path, value)
    decoded = platform.decode(body)

    assert any(isinstance(part, Opaque) for part in opaque_parts(decoded.rule))
    assert decoded == platform.decode(json.loads(json.dumps(platform.encode(decoded.rule, decoded.extras))))


def test_unknown_fields_survive() -> None:
    """A field that is not known is said again where it stood, and has v1's names around it for whoever reads a plan."""
    body = deepcopy(ANSWER)
    body["testModeEnabled"] = True
    body["steps"][0]["conditions"]["condition"]["params"]["currency"] = "USD"
    body["steps"][1]["actions"][2]["currentBalanceAccount"]["mask"] = "1234"
    decoded = platform.decode(body)

    condition = ("steps", 0, "conditions", "condition", "params", "currency")
    inner = ("steps", 1, "actions", 2, "current_balance_account", "mask")
    assert {Extra(("testModeEnabled",), "true"), Extra(condition, '"USD"'), Extra(inner, '"1234"')} == set(
        decoded.extras
    )
    assert decoded == platform.decode(platform.encode(decoded.rule, decoded.extras))
    told: Any = v1.encode(decoded.rule, decoded.extras)
    assert "1234" == told["steps"][1]["actions"][2]["current_balance_account"]["mask"]
    assert "Other" != v1.encode(decoded.rule, (Extra(("nickname",), '"Other"'),))["nickname"]


@given(st.data())
def test_a_rule_with_any_piece_replaced(data: st.DataObject) -> None:
    """A known body with any JSON in any place decodes, and encodes to a body that decodes to the same."""
    body = deepcopy(ANSWER)
    _set(body, data.draw(st.sampled_from(sorted(_paths(body), key=str))), data.draw(JSON))
    try:
        decoded = platform.decode(body)
    except UnknownShapeError:
        return

    assert decoded == platform.decode(json.loads(json.dumps(platform.encode(decoded.rule, decoded.extras))))


@given(JSON | st.dictionaries(st.sampled_from([*ANSWER, "pagination", "items", "data", "error"]), JSON))
def test_any_json(value: object) -> None:
    """Whatever a server sends is understood, or refused as what it cannot be; nothing else happens."""
    reads = (platform.decode, platform.actual, platform.listed, platform.account, platform.rows, platform.run_rows)
    for read in (*reads, platform.execution, lambda one: platform.next_page(one, FIRST)):
        try:
            read(value)
            read({"data": value})
        except UnknownShapeError:
            continue
    platform.refusal(value)
    platform.request_id(value)
    platform.is_deleted(value)


def test_pages() -> None:
    """The answer says whether there is another page, or how full a page is; where it says neither, there may be one."""
    full: list[object] = [{"id": str(number)} for number in range(100)]
    second = {**FIRST, "page": "2"}

    assert second == platform.next_page(page(full, page=1, pageSize=100, hasNextPage=True), FIRST)
    assert platform.next_page(page(full, hasNextPage=False), FIRST) is None
    assert second == platform.next_page(page(full[:50], pageSize=50), FIRST)
    assert platform.next_page(page(full[:99], pageSize=100), FIRST) is None
    assert [second, second] == [platform.next_page(page(full[:some]), FIRST) for some in (1, 100)]
    assert second == platform.next_page(page(full[:1], pageSize=True), FIRST)
    assert platform.next_page({"data": {"items": []}}, FIRST) is None
    assert {**platform.first_accounts, "page": "2"} == platform.next_page(page(full), platform.first_accounts)


def test_a_page_that_cannot_be_it() -> None:
    """Another page than was asked for, and an empty one that is not the last, make no sense."""
    with pytest.raises(UnknownShapeError, match="page 1, and page 2"):
        platform.next_page(page([{"id": "r"}], page=1, hasNextPage=True), {**FIRST, "page": "2"})
    with pytest.raises(UnknownShapeError, match="empty"):
        platform.next_page(page([], hasNextPage=True), FIRST)


@pytest.mark.parametrize("code", [None, "NOT_FOUND", "ACCOUNT_NOT_FOUND"])
def test_only_one_answer_says_that_a_rule_is_missing(code: str | None) -> None:
    """A 404 without a code, or with another, is no word of the API about a rule."""
    assert not platform.is_missing(code)
    assert platform.is_missing("RULE_NOT_FOUND")


def test_runs() -> None:
    """A run says what set it off in its details, and a simulation is none."""
    row = {
        "id": "x",
        "ruleId": "r",
        "status": "PARTIAL",
        "createdAt": "2027-01-01T14:00:00.123Z",
        "executionMode": "LIVE",
        "triggerDetails": {"type": "SEQUENCE_API", "amountInCents": None},
    }
    at = datetime(2027, 1, 1, 14, 0, 0, 123000, UTC)

    assert Run("r", at, RunStatus.PARTIAL, "sequence_api") == platform.execution(row)
    assert Run(None, None, RunStatus.UNKNOWN) == platform.execution({"status": "EXPLODED", "triggerDetails": None})
    assert [row] == platform.run_rows(page([row, {**row, "executionMode": "SIMULATION"}]))
    assert "/rules/r/executions" == platform.executions("r")[0]
    with pytest.raises(UnknownShapeError):
        platform.execution({"id": "x"})


def _set(body: Any, path: tuple[str | int, ...], value: object) -> None:  # noqa: ANN401  # any JSON
    for part in path[:-1]:
        body = body[part]
    body[path[-1]] = value


def _paths(body: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner: list[tuple[str | int, object]] = []
    if isinstance(body, dict):
        inner = list(body.items())
    elif isinstance(body, list):
        inner = list(enumerate(body))
    return [each for key, value in inner for each in ((*at, key), *_paths(value, (*at, key)))]
