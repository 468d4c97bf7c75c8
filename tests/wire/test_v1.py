import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.ownership import Marker, join
from rulesync.rule import Opaque, Rule, opaque_parts
from rulesync.ruleset import Extra
from rulesync.runs import Run, RunStatus
from rulesync.wire import DIALECTS, v1
from rulesync.wire.decode import UnknownShapeError
from tests.strategies import rules

DOCUMENTED_REQUEST: dict[str, Any] = {
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
                    "type": "fixed_amount",
                    "source": {"id": "acc_01HABC4567", "type": "income_source"},
                    "destination": {"id": "acc_01HRNY5555", "type": "pod"},
                    "amount_in_cents": 5000,
                    "group_index": 0,
                    "up_to_enabled": True,
                }
            ]
        },
    ],
}


def documented_response() -> dict[str, Any]:
    """What the API answers to the documented request: ids, times, and a default filled in."""
    body = deepcopy(DOCUMENTED_REQUEST)
    for step in body["steps"]:
        for action in step["actions"]:
            action["is_direct_deposit"] = False
    times = {"created_at": "2025-01-15T10:30:00Z", "updated_at": "2025-01-15T10:30:00Z"}
    return {"id": "rule_01HXYZ", **body, **times}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(rules(opaque=True))
def test_encode_then_decode(rule: Rule) -> None:
    """What is encoded and sent through JSON decodes to the same rule, and nothing in it is unknown."""
    decoded = v1.decode(json.loads(json.dumps(v1.encode(rule))))

    assert (rule, ()) == (decoded.rule, decoded.extras)


def test_the_documented_request_round_trips() -> None:
    """The documented body comes back exactly as it was written."""
    assert v1.encode(v1.decode(DOCUMENTED_REQUEST).rule) == DOCUMENTED_REQUEST


def test_the_documented_response_is_the_request() -> None:
    """What the server fills in is no difference."""
    assert v1.decode(DOCUMENTED_REQUEST) == v1.decode(documented_response())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("steps", 0, "actions", 0, "limit"), None),
        (("steps", 0, "actions", 0, "ach_description"), None),
        (("steps", 0, "actions", 0, "is_direct_deposit"), False),
        (("steps", 0, "actions", 0, "percentage_value"), 20.0),
        (("steps", 0, "conditions", "condition", "value"), 50000.0),
        (("steps", 0, "conditions", "condition", "value_fact"), None),
        (("steps", 0, "conditions", "condition", "params"), None),
        (("steps", 0, "actions", 0, "source", "name"), "Checking"),
        (("steps", 1, "conditions"), None),
        (("steps", 0, "future"), None),
        (("description",), "  Saves 20% of\n every incoming   deposit "),
        (("deleted_at",), None),
        (("is_supported",), True),
    ],
)
def test_no_phantom_difference(path: tuple[str | int, ...], value: object) -> None:
    """Absent, null and default are one thing, and so are two spellings of a number."""
    body = deepcopy(DOCUMENTED_REQUEST)
    _set(body, path, value)

    assert v1.decode(DOCUMENTED_REQUEST) == v1.decode(body)


@pytest.mark.parametrize(
    "start", ["2027-01-01T14:00:00Z", "2027-01-01T14:00:00.000Z", "2027-01-01T15:00:00+01:00", "2027-01-01T14:00:00"]
)
def test_instants(start: str) -> None:
    """A date with milliseconds, with another offset or without one is the same instant."""
    trigger = {"type": "SCHEDULED", "schedule_type": "MONTHLY", "start_date": start, "account_id": None}

    again: Any = v1.encode(v1.decode({**DOCUMENTED_REQUEST, "trigger": trigger}).rule)

    assert again["trigger"]["start_date"] == "2027-01-01T14:00:00Z"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("trigger",), {"type": "REMOTE_API", "endpoint": "https://example.org"}),
        (("trigger", "account_id"), 7),
        (("steps", 0), {"loop": True}),
        (("steps", 0, "actions", 0), {"type": "snowball", "limit": None}),
        (("steps", 0, "actions", 0, "percentage_target"), "WHATEVER"),
        (("steps", 0, "actions", 0, "percentage_value"), "20"),
        (("steps", 0, "actions", 0, "source"), None),
        (("steps", 1, "actions", 0, "amount_in_cents"), 50.5),
        (("steps", 1, "actions", 0, "amount_in_cents"), True),
        (("steps", 0, "conditions", "condition", "fact"), "WEATHER"),
        (("steps", 0, "conditions"), {"not": {"condition": {}}}),
        (("steps", 0, "conditions", "all"), []),
    ],
)
def test_unknown_kinds_survive(path: tuple[str | int, ...], value: object) -> None:
    """A piece of an unknown kind is kept whole, and sent back as it was read."""
    body = deepcopy(DOCUMENTED_REQUEST)
    _set(body, path, value)

    decoded = v1.decode(body)

    assert list(opaque_parts(decoded.rule))
    assert body == v1.encode(decoded.rule, decoded.extras)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (("priority",), "priority"),
        (("trigger", "timezone"), "trigger.timezone"),
        (("steps", 0, "label"), "steps[0].label"),
        (("steps", 0, "conditions", "label"), "steps[0].conditions.label"),
        (("steps", 0, "conditions", "condition", "unit"), "steps[0].conditions.condition.unit"),
        (("steps", 1, "actions", 0, "is_instant"), "steps[1].actions[0].is_instant"),
        (("steps", 1, "actions", 0, "destination", "bank"), "steps[1].actions[0].destination.bank"),
    ],
)
def test_unknown_fields_survive(path: tuple[str | int, ...], shown: str) -> None:
    """A field that is not known is no difference, is named with its place, and is sent back as it was read."""
    body = deepcopy(DOCUMENTED_REQUEST)
    _set(body, path, {"x": [1]})

    decoded = v1.decode(body)

    assert v1.decode(DOCUMENTED_REQUEST).rule == decoded.rule
    assert (Extra(path, '{"x":[1]}'),) == decoded.extras
    assert shown == str(decoded.extras[0])
    assert body == v1.encode(decoded.rule, decoded.extras)


def test_an_object_of_nothing_but_unknown_fields_survives() -> None:
    """An object that says nothing known is sent back with what it says all the same."""
    body = deepcopy(DOCUMENTED_REQUEST)
    _set(body, ("steps", 0, "conditions", "condition", "params"), {"unit": "cents"})

    decoded = v1.decode(body)

    assert ["steps[0].conditions.condition.params.unit"] == [str(extra) for extra in decoded.extras]
    assert body == v1.encode(decoded.rule, decoded.extras)


@given(st.sampled_from([None, {}, 7]) | JSON)
def test_the_balance_of_anything(balance: object) -> None:
    """A balance is whole cents, or not known."""
    cents = v1.balance({"id": "acc_1", "balance": balance})

    assert cents is None or type(cents) is int


@given(JSON | st.dictionaries(st.sampled_from([*DOCUMENTED_REQUEST, "id", "page_info", "data", "error"]), JSON))
def test_any_json(value: object) -> None:
    """Whatever a server sends is understood, or refused as no rule; nothing else happens."""
    for read in (v1.decode, v1.actual, v1.listed, v1.account, v1.rows, v1.run_rows, lambda one: v1.next_page(one, {})):
        try:
            read(value)
        except UnknownShapeError:
            continue
    v1.refusal(value)
    v1.request_id(value)
    v1.is_deleted(value)


@given(st.data())
def test_a_rule_with_any_piece_replaced(data: st.DataObject) -> None:
    """A known body with any JSON in any place decodes, and encodes to a body that decodes to the same."""
    body = deepcopy(DOCUMENTED_REQUEST)
    paths = sorted(_paths(body), key=str)
    _set(body, data.draw(st.sampled_from(paths)), data.draw(JSON))
    try:
        decoded = v1.decode(body)
    except UnknownShapeError:
        return

    assert decoded == v1.decode(json.loads(json.dumps(v1.encode(decoded.rule, decoded.extras))))


def test_deep_nesting_is_kept_and_bounded() -> None:
    """A tree deeper than any sensible one is kept whole instead of exhausting the stack."""
    tree: dict[str, Any] = {"condition": {"fact": "BALANCE", "operator": "EQUALS", "value": 1}}
    for _ in range(300):
        tree = {"all": [tree]}
    body = deepcopy(DOCUMENTED_REQUEST)
    body["steps"][0]["conditions"] = tree

    decoded = v1.decode(body)

    assert any(isinstance(part, Opaque) for part in opaque_parts(decoded.rule))
    assert body == v1.encode(decoded.rule, decoded.extras)


def test_an_actual_rule() -> None:
    """An answer gives the rule without its marker, the marker, and times in one spelling."""
    marker = Marker("household", "auto-save", "1" + "a" * 11)
    body = {**documented_response(), "description": join("Saves 20% of every incoming deposit", marker)}
    body["updated_at"] = "2025-01-15T10:30:00.000+00:00"

    actual = v1.actual(body)

    assert v1.decode(DOCUMENTED_REQUEST).rule == actual.rule
    assert (marker, "2025-01-15T10:30:00Z") == (actual.marker, actual.updated_at)


def test_pages() -> None:
    """The next page is asked for only where the answer says that there is one."""
    assert v1.next_page({"data": []}, {}) is None
    assert v1.next_page({"data": [], "page_info": {"has_next_page": False, "end_cursor": "c"}}, {}) is None
    assert v1.next_page({"page_info": {"has_next_page": True, "end_cursor": "c"}}, {}) == {"first": "100", "after": "c"}
    assert v1.next_page({"page_info": {"has_next_page": None}}, {}) is None
    for info in ({"has_next_page": True}, {"has_next_page": "true", "end_cursor": "c"}, {"has_next_page": 0}):
        with pytest.raises(UnknownShapeError):
            v1.next_page({"page_info": info}, {})


def test_the_table_of_dialects() -> None:
    """A dialect stands in the table under its own name."""
    assert {name: name for name in DIALECTS} == {name: dialect.name for name, dialect in DIALECTS.items()}


def _set(body: object, path: tuple[str | int, ...], value: object) -> None:
    place: Any = body
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value


def _paths(body: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the paths of everything in a piece of JSON, at any depth."""
    entries: Any = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    found = [((*path, key), value) for key, value in entries]
    return [place for place, _ in found] + [each for place, value in found for each in _paths(value, place)]


def test_where_runs_are() -> None:
    """The newest page of a rule's runs is asked for by the rule's id, as large as a page may be."""
    assert v1.executions("rule_1") == ("/rule-executions", {"rule_id": "rule_1", "first": "100"})


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            {
                "rule_id": "rule_1",
                "status": "executed",
                "created_at": "2026-11-27T09:00:00Z",
                "trigger_type": "scheduled",
            },
            Run("rule_1", datetime(2026, 11, 27, 9, tzinfo=UTC), RunStatus.EXECUTED, "scheduled"),
        ),
        ({"status": "IN_PROGRESS", "trigger_type": "MANUAL"}, Run(None, None, RunStatus.IN_PROGRESS, "manual")),
        ({"status": "settled", "rule_id": 7, "trigger_type": []}, Run(None, None, RunStatus.UNKNOWN)),
        (
            {"created_at": "2026-11-27T10:00:00+01:00"},
            Run(None, datetime(2026, 11, 27, 9, tzinfo=UTC), RunStatus.UNKNOWN),
        ),
    ],
)
def test_a_run(row: dict[str, Any], expected: Run) -> None:
    """A run is read as far as it can be; what is not understood is unknown, and never a result."""
    assert expected == v1.execution(row)


@pytest.mark.parametrize("row", [None, [], "x", {}, {"id": "rex_1"}, {"status": 1, "created_at": "soon"}])
def test_what_is_no_run(row: object) -> None:
    """What has neither a status nor a time is no run."""
    with pytest.raises(UnknownShapeError):
        v1.execution(row)
