from collections.abc import Callable, Iterable
from typing import Any

import httpx

from rulesync.sandbox import Sandbox

Body = dict[str, Any]


def names(accounts: Iterable[Body]) -> dict[str, str]:
    return {account["id"]: account["name"] for account in accounts}


def test_accounts(box: Sandbox) -> None:
    """The household has the accounts that examples refer to, by their exact ids."""
    expected = {
        "acc_01HABC4567": ("Checking", "income_source", None, True, False),
        "acc_01HSAV9999": ("Savings", "pod", None, True, True),
        "acc_01HRNY5555": ("Rainy Day", "pod", None, True, True),
        "acc_01HTAX3333": ("Taxes", "pod", None, True, True),
        "acc_01HRNT2222": ("Rent", "pod", None, True, True),
        "acc_01HBIL7777": ("Bills", "pod", None, True, True),
        "acc_01HFUN8888": ("Fun", "pod", None, True, True),
        "acc_01HBNK1111": ("First Federal Checking", "external_account", "DEPOSITORY", True, True),
        "acc_01HCRD6666": ("Visa Card", "external_account", "LIABILITY", False, True),
        "acc_01HLON4444": ("Car Loan", "external_account", "LIABILITY", False, True),
        "acc_01HINV0000": ("Brokerage", "external_account", "INVESTMENT", False, True),
    }
    fields = ("name", "type", "external_account_type", "can_be_source", "can_be_destination")
    assert expected == {account["id"]: tuple(account.get(name) for name in fields) for account in box.accounts()}
    assert {"Alex Rivera"} == {account["beneficiary_name"] for account in box.accounts()}


def test_account_list_has_no_balance(api: httpx.Client, box: Sandbox) -> None:
    """The list of accounts shows no balances, the detail does, in cents, and a liability says what is due."""
    listed = api.get("/accounts").json()["data"]
    assert [
        {name: value for name, value in account.items() if name != "balance"} for account in box.accounts()
    ] == listed
    assert "external_account_type" not in listed[0]
    card = api.get("/accounts/acc_01HCRD6666").json()["data"]
    assert box.accounts()[8] == card
    assert (card["balance"]["balance_in_cents"], card["balance"]["next_payment_minimum_in_cents"]) == (127634, 3500)


def test_accounts_by_type(api: httpx.Client) -> None:
    """`type` keeps the accounts of one type, and must be one."""
    assert names(api.get("/accounts?type=income_source").json()["data"]) == {"acc_01HABC4567": "Checking"}
    assert tuple(len(api.get(f"/accounts?type={kind}").json()["data"]) for kind in ("pod", "external_account")) == (
        6,
        4,
    )
    assert api.get("/accounts?type=POD").status_code == 400
    assert api.get("/accounts/acc_nobody").status_code == 404


def test_its_rules_are_rules(api: httpx.Client, box: Sandbox) -> None:
    """The household's rules are such as the API itself would take."""
    for rule in box.rules():
        sent = {name: value for name, value in rule.items() if name not in {"id", "created_at", "updated_at"}}
        made = api.post("/rules", json=sent)
        assert (201, sent["steps"]) == (made.status_code, made.json()["data"]["steps"])
    assert [rule["status"] for rule in box.rules()][:3] == ["enabled", "enabled", "disabled"]


def executions(api: httpx.Client, **query: str) -> list[Body]:
    answer = api.get("/rule-executions", params={"rule_id": "rule_01HCRD0002", **query})
    found: list[Body] = answer.json()["data"]
    return found


def test_executions(api: httpx.Client) -> None:
    """A rule's runs come newest first, and their filters keep what they name, both ends included."""
    assert [run["status"] for run in executions(api)] == ["executed", "executed", "partial", "executed"]
    dates = [run["created_at"] for run in executions(api)]
    assert dates == ["2026-10-09T09:00:00Z", "2026-10-02T09:00:00Z", "2026-09-25T09:00:00Z", "2026-09-18T09:00:00Z"]
    assert dates[1:3] == [run["created_at"] for run in executions(api, **{"from": dates[2], "to": dates[1]})]
    assert dates[:1] == [run["created_at"] for run in executions(api, **{"from": "2026-10-02T09:00:00.5+00:00"})]
    assert dates[2:3] == [run["created_at"] for run in executions(api, status="partial")]
    assert executions(api, trigger_type="manual") == []
    assert dates == [run["created_at"] for run in executions(api, trigger_type="scheduled")]
    assert executions(api, rule_id="rule_nobody") == []


def test_execution_pages(api: httpx.Client) -> None:
    """Pages of runs follow their cursors from the newest to the oldest."""
    seen: list[Body] = []
    query = {"rule_id": "rule_01HCRD0002", "first": "3"}
    while True:
        page = api.get("/rule-executions", params=query).json()
        seen += page["data"]
        if not page["page_info"]["has_next_page"]:
            break
        query["after"] = page["page_info"]["end_cursor"]
    assert executions(api) == seen
    query["after"] = page["page_info"]["end_cursor"]
    beyond = api.get("/rule-executions", params=query).json()
    assert (beyond["data"], beyond["page_info"]) == ([], {"has_next_page": False, "end_cursor": None})


def test_execution_detail(api: httpx.Client) -> None:
    """The detail of a run adds what triggered it and what became of its transfers."""
    item = executions(api, status="partial")[0]
    detail = api.get(f"/rule-executions/{item['id']}").json()["data"]
    assert item == {name: detail[name] for name in item}
    assert {"type": "scheduled", "scheduled_time": item["created_at"]} == detail["trigger_details"]
    assert tuple(detail[f"transfers_{name}"] for name in ("attempted", "completed", "failed")) == (2, 1, 1)
    assert detail["error_message"].startswith("INSUFFICIENT_FUNDS")
    assert api.get("/rule-executions/rex_nobody").status_code == 404


def test_bad_execution_queries(api: httpx.Client) -> None:
    """A filter that cannot be read is refused under its name."""
    known = {"rule_id": "rule_01HCRD0002"}
    queries: list[tuple[str, dict[str, str]]] = [
        ("rule_id", {}),
        ("rule_id", {"rule_id": ""}),
        ("status", {**known, "status": "EXECUTED"}),
        ("trigger_type", {**known, "trigger_type": "SCHEDULED"}),
        ("from", {**known, "from": "2026-10-01"}),
        ("to", {**known, "to": "yesterday"}),
        ("first", {**known, "first": "0"}),
        ("first", {**known, "first": "101"}),
        ("first", {**known, "first": "many"}),
        ("after", {**known, "after": "cursor_x"}),
        ("after", {**known, "after": "é"}),
        ("after", {**known, "after": "cursor_WzE"}),
        ("after", {**known, "after": "cursor_W3t9XQ"}),
    ]
    for name, query in queries:
        answer = api.get("/rule-executions", params=query)
        assert (answer.status_code, answer.json()["error"]["message"].startswith(f"{name}: ")) == (400, True)


def test_one_clock_one_household(clock: Callable[[], Any]) -> None:
    """Under one clock every household is the same, ids included; without one the sandbox is empty."""
    with Sandbox(clock=clock) as one, Sandbox(clock=clock) as other, Sandbox(household=False) as empty:
        assert one.rules() == other.rules()
        assert one.accounts() == other.accounts()
        assert one.key != other.key
        assert (empty.rules(), empty.accounts()) == ([], [])
