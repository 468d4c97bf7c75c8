import copy
from typing import Any

import httpx
import pytest

from rulesync.sandbox import Sandbox

Body = dict[str, Any]
SAVINGS = {"id": "acc_01HSAV9999", "type": "pod"}
CARD = {"id": "acc_01HCRD6666", "type": "external_account"}
BROKERAGE = {"id": "acc_01HINV0000", "type": "external_account"}
LEAF = {"fact": "BALANCE", "operator": "GREATER_THAN", "value": 1}
SCHEDULE = {"type": "SCHEDULED", "schedule_type": "WEEKLY", "start_date": "2026-11-01T09:00:00Z"}
REMOVE = object()


def changed(body: Body, path: str, value: object) -> Body:
    """The body with the value at the path, like `steps.0.actions.1.type`."""
    result = copy.deepcopy(body)
    *parents, last = [int(part) if part.isdecimal() else part for part in path.split(".")]
    here: Any = result
    for part in parents:
        here = here[part]
    if value is REMOVE:
        del here[last]
    else:
        here[last] = value
    return result


def action(body: Body, **fields: object) -> Body:
    """The body with one action alone, made of the fields."""
    common = {"source": body["steps"][0]["actions"][0]["source"], "destination": SAVINGS, "group_index": 0}
    return changed(body, "steps.0.actions", [{**common, **fields}])


A0 = "steps.0.actions.0"
REFUSED = [
    ("status", REMOVE, "status", "is required"),
    ("status", None, "status", "is required"),
    ("status", "ENABLED", "status", "must be one of enabled, disabled"),
    ("nickname", 7, "nickname", "must be a string"),
    ("description", ["x" * 100], "description", "must be a string"),
    ("labels", {}, "labels", "is not a field here"),
    ("id", "rule_1", "id", "is not a field here"),
    ("trigger", REMOVE, "trigger", "is required"),
    ("trigger", "MANUAL", "trigger", "must be an object"),
    ("trigger", {}, "trigger.type", "is required"),
    ("trigger.type", "manual", "trigger.type", "must be one of"),
    ("trigger.account_id", REMOVE, "trigger.account_id", "is required"),
    ("trigger.account_id", "acc_nobody", "trigger.account_id", '`"acc_nobody"` does not exist'),
    ("trigger.account_id", "acc_01HCRD6666", "trigger.account_id", "cannot be a source"),
    ("trigger.start_date", "2026-11-01T09:00:00Z", "trigger.start_date", "is not a field here"),
    ("trigger", {"type": "SCHEDULED", "schedule_type": "WEEKLY"}, "trigger.start_date", "is required"),
    ("trigger", {**SCHEDULE, "schedule_type": "YEARLY"}, "trigger.schedule_type", "must be one of"),
    ("trigger", {**SCHEDULE, "start_date": "2026-11-01T09:00:00"}, "trigger.start_date", "with its offset"),
    ("trigger", {**SCHEDULE, "start_date": "soon"}, "trigger.start_date", "with its offset"),
    ("trigger", SCHEDULE, "steps[0].conditions.condition.params", "is required for BALANCE"),
    ("steps", {}, "steps", "must be a list"),
    ("steps", [], "steps", "must not be empty"),
    ("steps.0", [], "steps[0]", "must be an object"),
    ("steps.0.actions", REMOVE, "steps[0].actions", "is required"),
    ("steps.0.actions", [], "steps[0].actions", "must not be empty"),
    ("steps.0.name", "x", "steps[0].name", "is not a field here"),
    ("steps.0.conditions", {}, "steps[0].conditions", "exactly one of condition, any, all"),
    ("steps.0.conditions", {"any": []}, "steps[0].conditions.any", "must not be empty"),
    ("steps.0.conditions.all", [{"condition": LEAF}], "steps[0].conditions", "exactly one of condition, any, all"),
    ("steps.0.conditions", {"all": [{"condition": LEAF}, {}]}, "steps[0].conditions.all[1]", "exactly one"),
    ("steps.0.conditions.condition.fact", "LAST_DAY_OF_MONTH", "steps[0].conditions.condition.fact", "one of"),
    ("steps.0.conditions.condition.operator", "CONTAINS", "steps[0].conditions.condition.operator", "one of"),
    ("steps.0.conditions.condition.value", None, "steps[0].conditions.condition", "exactly one of value, value_fact"),
    ("steps.0.conditions.condition.value", "50", "steps[0].conditions.condition.value", "must be a number"),
    ("steps.0.conditions.condition.value", True, "steps[0].conditions.condition.value", "must be a number"),
    ("steps.0.conditions.condition.value_fact", "BALANCE", "steps[0].conditions.condition", "exactly one of value"),
    (
        "steps.0.conditions.condition",
        {"fact": "DATE", "operator": "EQUALS", "value": 32},
        "steps[0].conditions.condition.value",
        "must be a whole number from 1 to 31",
    ),
    (
        "steps.0.conditions.condition",
        {"fact": "DATE", "operator": "EQUALS", "value_fact": "LAST_YEAR"},
        "steps[0].conditions.condition.value_fact",
        "must be one of",
    ),
    (
        "steps.0.conditions.condition.params",
        {"account_id": "acc_nobody"},
        "steps[0].conditions.condition.params.account_id",
        "does not exist",
    ),
    (f"{A0}.type", REMOVE, "steps[0].actions[0].type", "is required"),
    (f"{A0}.type", "fixed", "steps[0].actions[0].type", "must be one of"),
    (f"{A0}.type", ["percentage"], "steps[0].actions[0].type", "must be one of"),
    (f"{A0}.source", REMOVE, "steps[0].actions[0].source", "is required"),
    (f"{A0}.source.name", "Checking", "steps[0].actions[0].source.name", "is not a field here"),
    (f"{A0}.source.type", "pod", "steps[0].actions[0].source.type", "is of type income_source"),
    (f"{A0}.source.type", "INCOME_SOURCE", "steps[0].actions[0].source.type", "must be one of"),
    (f"{A0}.source", CARD, "steps[0].actions[0].source.id", "cannot be a source"),
    (f"{A0}.source", BROKERAGE, "steps[0].actions[0].source.id", "cannot be a source"),
    ("steps.0.actions.1.destination.id", "acc_x", "steps[0].actions[1].destination.id", "does not exist"),
    ("steps.0.actions.1.destination.id", 7, "steps[0].actions[1].destination.id", "must be a string"),
    (
        f"{A0}.destination",
        {"id": "acc_01HABC4567", "type": "income_source"},
        "steps[0].actions[0].destination.id",
        "cannot be a destination",
    ),
    (f"{A0}.group_index", REMOVE, "steps[0].actions[0].group_index", "is required"),
    (f"{A0}.group_index", -1, "steps[0].actions[0].group_index", "whole number of at least 0"),
    (f"{A0}.group_index", 0.0, "steps[0].actions[0].group_index", "whole number"),
    (f"{A0}.group_index", False, "steps[0].actions[0].group_index", "whole number"),
    (f"{A0}.up_to_enabled", "no", "steps[0].actions[0].up_to_enabled", "must be true or false"),
    (f"{A0}.is_direct_deposit", 1, "steps[0].actions[0].is_direct_deposit", "must be true or false"),
    (f"{A0}.ach_description", 1, "steps[0].actions[0].ach_description", "must be a string"),
    (f"{A0}.percentage_value", REMOVE, "steps[0].actions[0].percentage_value", "is required"),
    (f"{A0}.percentage_value", 100.5, "steps[0].actions[0].percentage_value", "must be from 0 to 100"),
    (f"{A0}.percentage_value", -1, "steps[0].actions[0].percentage_value", "must be from 0 to 100"),
    (f"{A0}.percentage_target", "BALANCE", "steps[0].actions[0].percentage_target", "must be one of"),
    (f"{A0}.amount_in_cents", 5, "steps[0].actions[0].amount_in_cents", "is not a field here"),
    ("steps.0.actions.1.amount_in_cents", 0, "steps[0].actions[1].amount_in_cents", "at least 1"),
    ("steps.0.actions.1.amount_in_cents", 50.5, "steps[0].actions[1].amount_in_cents", "whole number"),
    (f"{A0}.limit", {"period": "PER_DAY", "amount_in_cents": 1}, "steps[0].actions[0].limit.period", "one of"),
    (f"{A0}.limit", {"period": "PER_WEEK", "amount_in_cents": -1}, "steps[0].actions[0].limit.amount_in_cents", "0"),
    (f"{A0}.limit", {"period": "PER_WEEK"}, "steps[0].actions[0].limit.amount_in_cents", "is required"),
]


@pytest.mark.parametrize(("path", "value", "place", "words"), REFUSED)
def test_a_refusal_names_the_place(  # noqa: PLR0917  # the columns of the table above
    api: httpx.Client, box: Sandbox, body: Body, path: str, value: object, place: str, words: str
) -> None:
    """A body that is wrong is refused with the place of what is wrong, and changes nothing."""
    before = box.rules()
    answer = api.post("/rules", json=changed(body, path, value))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_parameters")
    message = answer.json()["error"]["message"]
    assert message.startswith(f"{place}: ")
    assert words in message
    assert before == box.rules()


def test_a_replacement_is_checked_alike(api: httpx.Client, box: Sandbox, body: Body) -> None:
    """A replacement that is wrong is refused too, and the rule stays as it was, enabled."""
    before = box.rules()
    answer = api.put("/rules/rule_01HRNT0001", json=changed(body, "steps", []))
    assert answer.json()["error"]["message"] == "steps: must not be empty"
    assert before == box.rules()


ACTIONS: list[Body] = [
    {"type": "fixed_amount", "amount_in_cents": 1},
    {"type": "percentage", "percentage_value": 33.3, "percentage_target": "SOURCE_ACCOUNT"},
    {"type": "percentage", "percentage_value": 0, "percentage_target": "INCOMING_AMOUNT"},
    {"type": "top_up", "amount_in_cents": 0},
    {"type": "top_up", "next_payment_minimum_account": CARD},
    {"type": "top_up", "current_balance_account": CARD},
    {"type": "top_up", "last_statement_balance_account": CARD},
    {"type": "round_down", "amount_in_cents": 1},
    {"type": "next_payment_minimum", "destination": CARD},
    {"type": "total_amount_due", "destination": CARD},
    {"type": "last_statement_balance", "destination": CARD},
    {"type": "percentage_liability_balance", "percentage_value": 100, "destination": CARD},
    {"type": "fixed_amount", "amount_in_cents": 5, "limit": {"period": "PER_YEAR", "amount_in_cents": 0}},
    {"type": "fixed_amount", "amount_in_cents": 5, "ach_description": "Rent", "is_direct_deposit": True},
    {"type": "fixed_amount", "amount_in_cents": 5, "destination": BROKERAGE},
]


@pytest.mark.parametrize("fields", ACTIONS)
def test_every_kind_of_action_is_taken(api: httpx.Client, body: Body, fields: Body) -> None:
    """All eight kinds of action come back as they were sent, with their flags filled in."""
    sent = action(body, **fields)
    answer = api.post("/rules", json=sent)
    expected = {"up_to_enabled": False, "is_direct_deposit": False, **sent["steps"][0]["actions"][0]}
    assert [expected] == answer.json()["data"]["steps"][0]["actions"]


@pytest.mark.parametrize("kind", ["next_payment_minimum", "total_amount_due", "last_statement_balance"])
def test_a_liability_is_needed(api: httpx.Client, body: Body, kind: str) -> None:
    """What pays a liability needs one as its destination."""
    message = api.post("/rules", json=action(body, type=kind)).json()["error"]["message"]
    assert (
        f"steps[0].actions[0].destination.id: account `acc_01HSAV9999` is no liability, which {kind} needs" == message
    )


@pytest.mark.parametrize("targets", [{}, {"amount_in_cents": 1, "current_balance_account": CARD}])
def test_a_top_up_has_one_target(api: httpx.Client, body: Body, targets: Body) -> None:
    """A top-up has exactly one of its four targets."""
    message = api.post("/rules", json=action(body, type="top_up", **targets)).json()["error"]["message"]
    assert message.startswith("steps[0].actions[0]: must hold exactly one of amount_in_cents, ")


def test_a_top_up_by_an_account_checks_it(api: httpx.Client, body: Body) -> None:
    """The account that a top-up looks at must exist and be of its type."""
    nobody = {"id": "acc_nobody", "type": "pod"}
    message = api.post("/rules", json=action(body, type="top_up", current_balance_account=nobody)).json()["error"]
    assert message["message"] == 'steps[0].actions[0].current_balance_account.id: account `"acc_nobody"` does not exist'


def test_one_beneficiary(api: httpx.Client, person: httpx.Client, body: Body) -> None:
    """Source and destination belong to one beneficiary, as far as both are known."""
    for account_id, beneficiary in (("acc_firm", "Rivera Ltd"), ("acc_open", None)):
        account = {"id": account_id, "name": "Pod", "type": "pod", "beneficiary_name": beneficiary}
        assert person.post("/app/accounts", json=account).status_code == 201
    to = {"type": "fixed_amount", "amount_in_cents": 100}
    firm = api.post("/rules", json=action(body, **to, destination={"id": "acc_firm", "type": "pod"}))
    assert "belongs to another beneficiary" in firm.json()["error"]["message"]
    assert api.post("/rules", json=action(body, **to, destination={"id": "acc_open", "type": "pod"})).status_code == 201


TRIGGERS: list[Body] = [
    {"type": "MANUAL", "account_id": "acc_01HABC4567"},
    {**SCHEDULE, "account_id": "acc_01HABC4567"},
    {**SCHEDULE, "schedule_type": "BI_WEEKLY", "start_date": "2026-11-01T09:00:00.000+02:00", "account_id": None},
]


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_every_kind_of_trigger_is_taken(api: httpx.Client, body: Body, trigger: Body) -> None:
    """All three kinds of trigger come back as they were sent; a schedule may have an account or none."""
    del body["steps"][0]["conditions"]
    answer = api.post("/rules", json={**body, "trigger": trigger})
    assert {name: value for name, value in trigger.items() if value} == answer.json()["data"]["trigger"]


def test_every_shape_of_condition_is_taken(api: httpx.Client, body: Body) -> None:
    """Trees of conditions come back as they were sent, without their nulls."""
    date = {"fact": "DATE", "operator": "EQUALS", "value": 31}
    due = {"fact": "BALANCE", "operator": "LESS_THAN", "value_fact": "NEXT_PAYMENT_MINIMUM_AMOUNT"}
    amount = {"fact": "TRANSFER_AMOUNT", "operator": "NOT_EQUALS", "value": 99.5}
    other = {**due, "params": {"account_id": "acc_01HCRD6666"}}

    def tree(**more: object) -> Body:
        dates = {"any": [{"condition": {**date, **more}}, {"condition": due}]}
        return {"all": [dates, {"condition": amount}, {"condition": other}]}

    body["steps"][0]["conditions"] = tree(value_fact=None, params=None)
    assert tree() == api.post("/rules", json=body).json()["data"]["steps"][0]["conditions"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b'{"status": NaN}',
        b'{"status": 1e999}',
        b'{"nickname": "\\ud800"}',
        b"[" * 5000,
        b"9" * 5000,
    ],
)
def test_a_body_that_is_no_json(api: httpx.Client, content: bytes) -> None:
    """A body that is no JSON in UTF-8 is refused as one, and noted in the log as the text that it is."""
    answer = api.post("/rules", content=content)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "body: is not valid JSON in UTF-8")


@pytest.mark.parametrize("content", ["[]", "null", '"rule"', "7"])
def test_a_body_that_is_no_object(api: httpx.Client, content: str) -> None:
    """A body of JSON that is no object is refused."""
    message = api.post("/rules", content=content).json()["error"]["message"]
    assert message == f"body: must be an object, not `{content}`"


def test_a_body_that_is_too_deep(api: httpx.Client) -> None:
    """A body nested without end is refused before anything descends into it."""
    message = api.post("/rules", content="[" * 200 + "]" * 200).json()["error"]["message"]
    assert message == "body: is nested deeper than 100 levels"


def test_a_body_that_is_too_large(api: httpx.Client) -> None:
    """A body of more than a mebibyte is refused (413) unread."""
    answer = api.post("/rules", content=b" " * (1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "payload_too_large")
