import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from rulesync.sandbox import Refusal, Sandbox

Body = dict[str, Any]
RENT = "rule_01HRNT0001"
INVEST = "rule_01HINV0003"
BROWSER = {"Accept": "text/html,application/xhtml+xml", "Origin": "http://127.0.0.1"}


def test_a_form_without_a_browser(person: httpx.Client) -> None:
    """A form post is one by its type too, whoever sends it."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert person.post(f"/app/rules/{INVEST}/activate", headers=form).status_code == 303
    deleted = person.post(f"/app/rules/{INVEST}/delete", headers=form)
    assert (deleted.status_code, deleted.headers["Location"]) == (303, "/")
    edited = person.post(f"/app/rules/{RENT}/edit", data={"nickname": "Rent"})
    assert edited.status_code == 303
    assert "<h1>Rent</h1>" in person.get(edited.headers["Location"]).text
    assert (
        person.post(f"/app/rules/{RENT}/edit", headers=form, content='{"nickname": "Rent2"}').json()["nickname"]
        == "Rent2"
    )


def test_edit(api: httpx.Client, person: httpx.Client, advance: Callable[..., None], body: Body) -> None:
    """An edit in the app keeps the status, dates the rule, and turns line ends of the description into spaces."""
    rule_id = api.post("/rules", json=body).json()["data"]["id"]
    before = person.post(f"/app/rules/{rule_id}/activate").json()
    advance(minutes=1)
    steps = [{"actions": [{"type": "avalanche", "pace": None}]}]
    after = person.post(f"/app/rules/{rule_id}/edit", json={"nickname": None, "steps": steps}).json()
    flags = {"up_to_enabled": False, "is_direct_deposit": False}
    assert {
        **{name: value for name, value in before.items() if name != "nickname"},
        "description": "Saves 20% of every incoming deposit [rulesync:household/auto-save@1abcdef01234]",
        "steps": [{"actions": [{"type": "avalanche", "pace": None, **flags}]}],
        "updated_at": "2026-10-14T12:01:00Z",
    } == after
    assert after == api.get(f"/rules/{rule_id}").json()["data"]


@pytest.mark.parametrize("fields", [{"status": "enabled"}, {"nickname": 1}, {"description": []}])
def test_what_cannot_be_edited(person: httpx.Client, fields: Body) -> None:
    """Status is no field of the form, and names are text."""
    assert person.post(f"/app/rules/{RENT}/edit", json=fields).status_code == 400


def test_activate_and_pause(box: Sandbox, advance: Callable[..., None]) -> None:
    """Switching a rule dates it; switching it to what it is does nothing."""
    states = []
    for switch in (box.pause, box.pause, box.activate, box.activate):
        advance(seconds=1)
        rule = switch(RENT)
        states.append((rule["status"], str(rule["updated_at"])[-3:]))
    assert states == [("disabled", "01Z"), ("disabled", "01Z"), ("enabled", "03Z"), ("enabled", "03Z")]


def test_delete(box: Sandbox, person: httpx.Client, api: httpx.Client) -> None:
    """A rule deleted in the app is gone, for people too."""
    assert person.post(f"/app/rules/{RENT}/delete").json()["id"] == RENT
    box.delete(INVEST)
    assert [rule["id"] for rule in box.rules()] == ["rule_01HCRD0002"]
    assert api.get(f"/rules/{RENT}").status_code == 404
    assert [
        person.post(f"/app/rules/{RENT}/{verb}").status_code for verb in ("activate", "pause", "delete", "edit")
    ] == [404] * 4
    assert person.get(f"/map/rules/{RENT}").status_code == 404
    with pytest.raises(Refusal, match="does not exist"):
        box.activate(RENT)


def test_the_app_may_hold_anything(person: httpx.Client, api: httpx.Client) -> None:
    """A rule made in the app may hold kinds and fields that the API does not document; they are served as they are."""
    rule = {
        "nickname": "Pay debts",
        "status": "enabled",
        "trigger": {"type": "REMOTE_API", "endpoint": "https://example.com", "cron": None},
        "steps": [{"note": "x", "actions": [{"type": "snowball", "accounts": ["acc_1"], "is_direct_deposit": True}]}],
        "priority": 3,
        "test_mode": None,
    }
    made = person.post("/app/rules", json=rule).json()
    flags = {"is_direct_deposit": True, "up_to_enabled": False}
    actions = [{"type": "snowball", "accounts": ["acc_1"], **flags}]
    at = "2026-10-14T12:00:00Z"
    dates = {"id": made["id"], "created_at": at, "updated_at": at}
    assert {**rule, **dates, "steps": [{"note": "x", "actions": actions}]} == made
    assert made == api.get(f"/rules/{made['id']}").json()["data"]
    item = api.get("/rules").json()["data"][-1]
    assert {"nickname": "Pay debts", "status": "enabled", "trigger_type": "REMOTE_API", **dates} == item


def test_a_replacement_forgets_what_only_the_app_knew(box: Sandbox, api: httpx.Client, body: Body) -> None:
    """A replacement through the API clears the fields that only the app knew."""
    rule_id = box.create_in_app({**body, "status": "disabled", "priority": 3})
    assert "priority" not in api.put(f"/rules/{rule_id}", json=body).json()["data"]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"trigger": {}}, "steps"),
        ({"steps": []}, "trigger"),
        ({"trigger": {}, "steps": [], "id": RENT}, "id"),
        ({"trigger": {}, "steps": [], "id": "no/slash"}, "id"),
        ({"trigger": {}, "steps": [], "status": "on"}, "status"),
        ([], "body"),
    ],
)
def test_rules_that_even_the_app_refuses(person: httpx.Client, fields: Body, place: str) -> None:
    """A rule has a trigger, steps, a status, and an id that is free."""
    answer = person.post("/app/rules", json=fields)
    assert (400, place) == (answer.status_code, answer.json()["error"]["message"].partition(":")[0])


def test_open_account(person: httpx.Client, box: Sandbox, api: httpx.Client) -> None:
    """An account opened in the app can be what its type can, and has what it is given."""
    kinds: list[tuple[Body, tuple[bool, bool]]] = [
        ({"type": "pod"}, (True, True)),
        ({"type": "income_source"}, (True, False)),
        ({"type": "external_account", "external_account_type": "DEPOSITORY"}, (True, True)),
        ({"type": "external_account", "external_account_type": "LIABILITY"}, (False, True)),
        ({"type": "external_account", "external_account_type": "INVESTMENT"}, (False, True)),
        ({"type": "pod", "can_be_source": False, "can_be_destination": False}, (False, False)),
    ]
    for fields, roles in kinds:
        answer = person.post("/app/accounts", json={"name": "New", "balance_in_cents": 123, **fields})
        account = answer.json()
        assert (201, roles) == (answer.status_code, (account["can_be_source"], account["can_be_destination"]))
        assert account == api.get(f"/accounts/{account['id']}").json()["data"] == box.accounts()[-1]
        assert account["balance"]["balance_in_cents"] == 123
    assert box.open_account({"id": "acc_own", "name": "Own", "type": "pod"}) == "acc_own"


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "pod"},
        {"name": "New", "type": "POD"},
        {"name": "New", "type": "external_account"},
        {"name": "New", "type": "pod", "id": "acc_01HABC4567"},
        {"name": "New", "type": "pod", "balance_in_cents": 1.5},
        {"name": "New", "type": "pod", "colour": "red"},
    ],
)
def test_accounts_that_are_refused(person: httpx.Client, fields: Body) -> None:
    """An account has a name, a type that exists, and an id that is free."""
    assert person.post("/app/accounts", json=fields).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nothing"), ("POST", "/nothing"), ("PUT", "/"), ("POST", "/app/rules/x/trigger")]
)
def test_what_the_app_does_not_have(person: httpx.Client, method: str, path: str) -> None:
    """What the app does not have is 404."""
    assert person.request(method, path).status_code == 404


def test_refusals_suit_the_caller(person: httpx.Client) -> None:
    """A browser gets a refusal as a page, others as JSON; a body that is too large is 413."""
    refused = "/map/rules/rule_nobody"
    assert person.get(refused).json()["error"]["code"] == "resource_not_found"
    assert "<h1>This cannot be done</h1>" in person.get(refused, headers=BROWSER).text
    assert person.post("/app/rules", content=b" " * (1024 * 1024 + 1)).status_code == 413


def test_edit_by_hand(box: Sandbox) -> None:
    """Tests edit as people do."""
    edited = box.edit(RENT, nickname="Rent", trigger={"type": "MANUAL"})
    assert (edited["nickname"], edited["trigger"], edited["status"]) == ("Rent", {"type": "MANUAL"}, "enabled")
    assert edited == box.rules()[0]


def test_a_bug_is_shown(tmp_path: Path) -> None:
    """When the sandbox itself fails a person reads why, and nothing has changed."""
    fail = "CREATE TRIGGER full BEFORE UPDATE ON rules BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    with Sandbox(tmp_path / "state") as box, contextlib.closing(sqlite3.connect(tmp_path / "state")) as disk:
        disk.execute(fail)
        with httpx.Client(transport=httpx.WSGITransport(app=box.wsgi), base_url="http://127.0.0.1") as person:
            answer = person.post(f"/app/rules/{INVEST}/activate")
        assert answer.status_code == 500
        assert "the disk is full" in answer.json()["error"]["message"]
        assert box.rules()[2]["status"] == "disabled"


def test_an_account_that_is_deleted(box: Sandbox, person: httpx.Client, api: httpx.Client) -> None:
    """An account that somebody deletes is gone, once, and rules that name it stay as they are."""
    savings = "acc_01HSAV9999"
    before = box.rules()
    assert (200, savings) == ((gone := person.post(f"/app/accounts/{savings}/delete")).status_code, gone.json()["id"])
    assert api.get(f"/accounts/{savings}").status_code == 404
    assert savings not in [account["id"] for account in api.get("/accounts").json()["data"]]
    assert person.post(f"/app/accounts/{savings}/delete").status_code == 404
    assert before == box.rules()
