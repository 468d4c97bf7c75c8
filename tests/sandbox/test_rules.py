import copy
from collections.abc import Callable
from typing import Any

import httpx

from rulesync.sandbox import Sandbox

Body = dict[str, Any]


def make(api: httpx.Client, body: Body) -> Body:
    answer = api.post("/rules", json=body)
    assert answer.status_code == 201, answer.text
    made: Body = answer.json()["data"]
    return made


def filled(body: Body) -> list[Body]:
    steps: list[Body] = copy.deepcopy(body["steps"])
    for step in steps:
        for action in step["actions"]:
            action["is_direct_deposit"] = False
    return steps


def test_create(api: httpx.Client, body: Body) -> None:
    """A created rule is what was asked, disabled, dated now, with the flags that were left out filled in."""
    made = make(api, body)
    expected = {
        "id": made["id"],
        "nickname": body["nickname"],
        "description": body["description"],
        "status": "disabled",
        "trigger": body["trigger"],
        "steps": filled(body),
        "created_at": "2026-10-14T12:00:00Z",
        "updated_at": "2026-10-14T12:00:00Z",
    }
    assert expected == made
    assert made["id"].startswith("rule_")
    assert expected == api.get(f"/rules/{made['id']}").json()["data"]


def test_absent_stays_absent(api: httpx.Client, body: Body) -> None:
    """What a rule does not have is absent, whether the request left it out or said null."""
    body["nickname"] = None
    del body["description"]
    body["steps"][0]["conditions"] = None
    action = body["steps"][0]["actions"][0]
    action |= {"limit": None, "ach_description": None, "up_to_enabled": None}
    made = make(api, body)
    assert {"id", "status", "trigger", "steps", "created_at", "updated_at"} == made.keys()
    assert {"actions"} == made["steps"][0].keys()
    assert {*action, "is_direct_deposit"} - {"limit", "ach_description"} == made["steps"][0]["actions"][0].keys()
    assert made["steps"][0]["actions"][0]["up_to_enabled"] is False


def test_replace_is_whole(api: httpx.Client, body: Body, advance: Callable[..., None]) -> None:
    """A replacement clears what it leaves out and moves `updated_at` alone."""
    made = make(api, body)
    advance(minutes=5)
    replaced = api.put(f"/rules/{made['id']}", json={name: body[name] for name in ("status", "trigger", "steps")})
    expected = {name: value for name, value in made.items() if name not in {"nickname", "description"}}
    assert expected | {"updated_at": "2026-10-14T12:05:00Z"} == replaced.json()["data"]
    assert replaced.status_code == 200


def test_replace_disables(api: httpx.Client, box: Sandbox, body: Body, advance: Callable[..., None]) -> None:
    """A replacement disables an enabled rule, even when it changes nothing else."""
    made = make(api, body)
    assert box.activate(made["id"])["status"] == "enabled"
    advance(seconds=1)
    replaced = api.put(f"/rules/{made['id']}", json=body).json()["data"]
    assert made | {"updated_at": "2026-10-14T12:00:01Z"} == replaced
    assert [replaced] == [rule for rule in box.rules() if rule["id"] == made["id"]]


def test_delete_is_soft_and_final(api: httpx.Client, box: Sandbox, body: Body) -> None:
    """A deleted rule answers 404 to everything and is in no list."""
    rule_id = make(api, body)["id"]
    answer = api.delete(f"/rules/{rule_id}")
    assert (answer.status_code, answer.content) == (204, b"")
    later = [api.get(f"/rules/{rule_id}"), api.put(f"/rules/{rule_id}", json=body), api.delete(f"/rules/{rule_id}")]
    assert [each.status_code for each in later] == [404] * 3
    assert later[0].json()["error"]["code"] == "resource_not_found"
    assert rule_id not in {rule["id"] for rule in box.rules()}
    assert rule_id not in {rule["id"] for rule in api.get("/rules").json()["data"]}


def test_executions_outlive_their_rule(api: httpx.Client) -> None:
    """A deleted rule stays in the system, and so do its runs."""
    before = api.get("/rule-executions", params={"rule_id": "rule_01HRNT0001"}).json()["data"]
    api.delete("/rules/rule_01HRNT0001")
    assert before == api.get("/rule-executions", params={"rule_id": "rule_01HRNT0001"}).json()["data"]


def test_list_item(api: httpx.Client) -> None:
    """A list item has the trigger type and the main source with its name, but no trigger and no steps."""
    items = api.get("/rules").json()["data"]
    assert {
        "id": "rule_01HRNT0001",
        "nickname": "Rent to the landlord's account",
        "description": items[0]["description"],
        "status": "enabled",
        "trigger_type": "ON_FUNDS_TRANSFERRED",
        "source": {"id": "acc_01HRNT2222", "type": "pod", "name": "Rent"},
        "created_at": "2026-07-16T12:00:00Z",
        "updated_at": "2026-07-16T12:00:00Z",
    } == items[0]
    assert "description" not in items[1]


def test_list_by_source(api: httpx.Client, body: Body) -> None:
    """`source_id` keeps the rules that draw on one account: the trigger's, or else that of the first action."""
    body["trigger"] = {"type": "SCHEDULED", "schedule_type": "MONTHLY", "start_date": "2026-11-01T09:00:00Z"}
    body["steps"][0].pop("conditions")
    made = make(api, body)
    listed = api.get("/rules", params={"source_id": "acc_01HABC4567"}).json()["data"]
    assert [made["id"]] == [rule["id"] for rule in listed]
    assert listed[0]["source"] == {"id": "acc_01HABC4567", "type": "income_source", "name": "Checking"}
    assert api.get("/rules", params={"source_id": "acc_nobody"}).json()["data"] == []


def test_list_pages_only_on_demand(api: httpx.Client, box: Sandbox) -> None:
    """The list is one array without `page_info`, unless the sandbox is told to page it."""
    everything = api.get("/rules", params={"first": "1"}).json()
    assert {"request_id", "data"} == everything.keys()
    assert box.rules_page_size is None
    box.rules_page_size = 2
    first = api.get("/rules").json()
    second = api.get("/rules", params={"after": first["page_info"]["end_cursor"]}).json()
    assert everything["data"] == first["data"] + second["data"]
    assert [page["page_info"]["has_next_page"] for page in (first, second)] == [True, False]
    assert len(api.get("/rules", params={"first": "1"}).json()["data"]) == 1


def test_pages_hold_their_place(api: httpx.Client, box: Sandbox) -> None:
    """A cursor leads on from its place also when the rule that it stood for is gone."""
    box.rules_page_size = 2
    first = api.get("/rules").json()
    box.delete(first["data"][1]["id"])
    second = api.get("/rules", params={"after": first["page_info"]["end_cursor"]}).json()["data"]
    assert [rule["id"] for rule in second] == ["rule_01HINV0003"]


def test_organisations_are_separate(box: Sandbox, client: Callable[[str], httpx.Client], body: Body) -> None:
    """One organisation sees nothing of another, not even that it is there."""
    mine, theirs = client(box.key), client(box.add_organisation("Neighbours", household=True))
    rule_id = make(theirs, body)["id"]
    assert mine.get(f"/rules/{rule_id}").status_code == 404
    assert mine.put(f"/rules/{rule_id}", json=body).status_code == 404
    assert mine.delete(f"/rules/{rule_id}").status_code == 404
    assert set() == {rule["id"] for rule in mine.get("/rules").json()["data"]} & {
        rule["id"] for rule in theirs.get("/rules").json()["data"]
    }
    run = theirs.get("/rule-executions", params={"rule_id": str(box.rules("Neighbours")[0]["id"])}).json()["data"][0]
    assert mine.get(f"/rule-executions/{run['id']}").status_code == 404
    assert box.accounts("Neighbours") == box.accounts()


def test_an_empty_organisation(box: Sandbox, client: Callable[[str], httpx.Client]) -> None:
    """A new organisation is empty, and asking for it again gives its key again."""
    key = box.add_organisation("Empty")
    assert key == box.add_organisation("Empty")
    empty = client(key)
    assert [empty.get(path).json()["data"] for path in ("/rules", "/accounts")] == [[], []]
    assert box.rules("Empty") == []
