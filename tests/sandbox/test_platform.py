from collections.abc import Callable
from typing import Any

import httpx
import pytest

from rulesync.sandbox import Quirks, Sandbox

Connect = Callable[[str], httpx.Client]
RENT, CARD, INVEST = "rule_01HRNT0001", "rule_01HCRD0002", "rule_01HINV0003"
SAVINGS = {"id": "acc_01HSAV9999", "type": "pod"}
VISA = {"id": "acc_01HCRD6666", "type": "external_account"}
SNOWBALL = {"trigger": {"type": "MANUAL", "account_id": SAVINGS["id"]}, "steps": [{"actions": [{"type": "snowball"}]}]}


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def items(answer: httpx.Response) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer.json()["data"]["items"]
    return found


def ids(answer: httpx.Response) -> list[str]:
    return [item["id"] for item in items(answer)]


def test_a_rule_in_both_dialects(box: Sandbox, api: httpx.Client, platform: httpx.Client, body: dict[str, Any]) -> None:
    """A rule made in v1 is shown in camel case, upper-case kinds, with nodes named and null where nothing is."""
    made = api.post("/rules", json=body).json()["data"]
    shown = platform.get(f"/rules/{made['id']}").json()["data"]
    checking = {"id": "acc_01HABC4567", "type": "INCOME_SOURCE", "name": "Checking"}
    same = {"groupIndex": 0, "upToEnabled": False, "isDirectDeposit": False, "limit": None, "achDescription": None}
    assert {
        "id": made["id"],
        "name": body["nickname"],
        "description": body["description"],
        "status": "DISABLED",
        "trigger": {"type": "ON_FUNDS_TRANSFERRED", "accountId": "acc_01HABC4567"},
        "steps": [
            {
                "conditions": {
                    "condition": {
                        "fact": "BALANCE",
                        "operator": "GREATER_THAN",
                        "value": 50000,
                        "valueFact": None,
                        "params": None,
                    }
                },
                "actions": [
                    {
                        "type": "PERCENTAGE",
                        "source": checking,
                        "destination": {"id": "acc_01HSAV9999", "type": "POD", "name": "Savings"},
                        **same,
                        "percentageValue": 20,
                        "percentageTarget": "INCOMING_AMOUNT",
                    },
                    {
                        "type": "FIXED",
                        "source": checking,
                        "destination": {"id": "acc_01HRNY5555", "type": "POD", "name": "Rainy Day"},
                        **same,
                        "groupIndex": 1,
                        "upToEnabled": True,
                        "amountInCents": 5000,
                    },
                ],
            }
        ],
        "createdAt": made["created_at"],
        "updatedAt": made["updated_at"],
        "deletedAt": None,
    } == shown
    assert box.rules()[-1] == made


def test_trees_top_ups_and_schedules(box: Sandbox, platform: httpx.Client) -> None:
    """Every leaf of a tree has all five keys, every top-up all four targets, a schedule its account, be it null."""
    leaf = {"fact": "DATE", "operator": "EQUALS", "value_fact": "LAST_DAY_OF_MONTH"}
    scoped = {"fact": "BALANCE", "operator": "LESS_THAN", "value": 1, "params": {"account_id": SAVINGS["id"]}}
    tree = {"any": [{"condition": leaf}, {"all": [{"condition": scoped}]}]}
    top_up = {"type": "top_up", "source": SAVINGS, "destination": VISA, "current_balance_account": VISA}
    trigger = {"type": "SCHEDULED", "schedule_type": "MONTHLY", "start_date": "2026-11-01T09:00:00Z"}
    made = box.create_in_app({"trigger": trigger, "steps": [{"conditions": tree, "actions": [top_up]}]})
    shown = platform.get(f"/rules/{made}").json()["data"]
    (step,) = shown["steps"]
    first, (second,) = step["conditions"]["any"][0]["condition"], step["conditions"]["any"][1]["all"]
    expected = {"fact": "DATE", "operator": "EQUALS", "value": None, "valueFact": "LAST_DAY_OF_MONTH", "params": None}
    assert expected == first
    assert {"accountId": SAVINGS["id"]} == second["condition"]["params"]
    assert {
        "amountInCents": None,
        "nextPaymentMinimumAccount": None,
        "currentBalanceAccount": {"id": VISA["id"], "type": "EXTERNAL_ACCOUNT", "name": "Visa Card"},
        "lastStatementBalanceAccount": None,
    }.items() <= step["actions"][0].items()
    assert {
        "type": "SCHEDULED",
        "accountId": None,
        "scheduleType": "MONTHLY",
        "startDate": "2026-11-01T09:00:00Z",
    } == shown["trigger"]


def test_names_that_nobody_knows(box: Sandbox, platform: httpx.Client) -> None:
    """A node of an account that is deleted or unknown has the name null."""
    unknown = {"id": "acc_nobody", "type": "pod"}
    action = {"type": "fixed_amount", "source": SAVINGS, "destination": unknown, "amount_in_cents": 100}
    made = box.create_in_app({"trigger": SNOWBALL["trigger"], "steps": [{"actions": [action]}]})

    def names() -> list[str | None]:
        (shown,) = platform.get(f"/rules/{made}").json()["data"]["steps"][0]["actions"]
        return [shown["source"]["name"], shown["destination"]["name"]]

    assert ["Savings", None] == names()
    box.delete_account(SAVINGS["id"])
    assert [None, None] == names()


def test_pieces_that_are_no_pieces(box: Sandbox, platform: httpx.Client) -> None:
    """What people put where a node or a field belongs is shown as it is, its names in camel case."""
    action = {"type": "fixed_amount", "source": "anywhere", "destination": {"id": 1, "type": 2}, "is_instant_ach": 1}
    rule = {"trigger": SNOWBALL["trigger"], "steps": [{"actions": [action]}], "test_mode_enabled": True}
    shown = platform.get(f"/rules/{box.create_in_app(rule)}").json()["data"]
    (found,) = shown["steps"][0]["actions"]
    assert {"source": "anywhere", "isInstantAch": 1}.items() <= found.items()
    assert {"id": 1, "type": 2, "name": None} == found["destination"]
    assert shown["testModeEnabled"] is True


LEAF = {"condition": {"fact": "BALANCE", "operator": "EQUALS", "value": 1}}
FIXED = {"type": "fixed_amount", "source": SAVINGS, "destination": VISA, "amount_in_cents": 100}


@pytest.mark.parametrize(
    "rule",
    [
        {"trigger": {"type": "REMOTE_API"}},
        {"trigger": None},
        {"trigger": {"type": "SCHEDULED", "schedule_type": "YEARLY", "start_date": "2026-11-01T09:00:00Z"}},
        {"trigger": {"type": "MANUAL", "cron": "0 9 * * *"}},
        {"steps": []},
        {"steps": "all of it"},
        {"steps": ["once"]},
        {"steps": [{"actions": []}]},
        {"steps": [{"actions": ["move"]}]},
        SNOWBALL,
        {"steps": [{"conditions": {"condition": {"fact": "NAME", "operator": "CONTAINS"}}, "actions": [FIXED]}]},
        {"steps": [{"conditions": {"none": [LEAF]}, "actions": [FIXED]}]},
        {"steps": [{"conditions": {"all": []}, "actions": [FIXED]}]},
        {"steps": [{"conditions": {"condition": {**LEAF["condition"], "value_fact": "MOOD"}}, "actions": [FIXED]}]},
        {"steps": [{"conditions": {"any": [LEAF, {"condition": 1}]}, "actions": [FIXED]}]},
        {"steps": [{"conditions": {"condition": {**LEAF["condition"], "value_fact_params": {}}}, "actions": [FIXED]}]},
    ],
)
def test_what_the_api_cannot_express(
    box: Sandbox, platform: httpx.Client, api: httpx.Client, rule: dict[str, Any]
) -> None:
    """A rule that holds what no dialect documents is listed as unsupported and not shown; v1 shows it as it is."""
    whole = {"trigger": SNOWBALL["trigger"], "steps": [{"actions": [FIXED]}], "status": "enabled", **rule}
    made = box.create_in_app(whole)
    assert items(platform.get("/rules"))[-1]["isSupported"] is False
    assert (403, "INVALID_RULE") == code(platform.get(f"/rules/{made}"))
    assert (403, "INVALID_RULE") == code(platform.post(f"/rules/{made}/trigger"))
    assert api.get(f"/rules/{made}").status_code == 200


def test_quirks_of_the_platform(box: Sandbox, platform: httpx.Client) -> None:
    """By switches the platform leaves out what it should show, orders otherwise, and lists what is deleted."""
    box.delete(INVEST)
    assert ([RENT, CARD], 404) == (ids(platform.get("/rules")), platform.get(f"/rules/{INVEST}").status_code)
    box.quirks.lists_deleted_rules = True
    assert [None, None, "2026-10-14T12:00:00Z"] == [item["deletedAt"] for item in items(platform.get("/rules"))]
    box.quirks.newest_first = True
    assert [INVEST, CARD, RENT] == ids(platform.get("/rules"))
    box.quirks.no_has_next_page = True
    assert {"page": 1, "pageSize": 10} == platform.get("/rules").json()["data"]["pagination"]
    box.quirks.no_node_names = True
    source = platform.get(f"/rules/{RENT}").json()["data"]["steps"][0]["actions"][0]["source"]
    assert {"id": "acc_01HRNT2222", "type": "POD", "name": None} == source
    box.quirks.no_nulls = True
    for path in ("/rules", f"/rules/{RENT}", "/accounts", f"/rules/{RENT}/executions"):
        assert "null" not in platform.get(path).text
    box.quirks.no_updated_at_in_list = box.quirks.no_status_in_list = True
    assert {"id", "name", "description", "isSupported", "createdAt"} == items(platform.get("/rules"))[-1].keys()
    box.quirks.no_request_ids = True
    assert "requestId" not in platform.get("/rules").json()
    assert "requestId" not in platform.get("/rules/nobody").json()
    assert Quirks() != box.quirks


def test_accounts(box: Sandbox, platform: httpx.Client) -> None:
    """Accounts are listed by type and state; deleted ones are hidden unless asked for, and still there by id."""
    box.delete_account(SAVINGS["id"])
    assert SAVINGS["id"] not in ids(platform.get("/accounts?pageSize=100"))
    every = platform.get("/accounts", params={"state": "ALL", "type": "POD"})
    assert {"POD"} == {item["type"] for item in items(every)}
    found = next(item for item in items(every) if item["id"] == SAVINGS["id"])
    assert "2026-10-14T12:00:00Z" == found["deletedAt"]
    assert found.items() <= platform.get(f"/accounts/{SAVINGS['id']}").json()["data"].items()
    assert (404, "ACCOUNT_NOT_FOUND") == code(platform.get("/accounts/nobody"))
    for wrong in ({"state": "DELETED"}, {"type": "pod"}):
        assert (400, "INVALID_PARAMETERS") == code(platform.get("/accounts", params=wrong))


def test_an_account(platform: httpx.Client) -> None:
    """An account has its balance with all its fields, and numbers as long as real ones unless it is outside."""
    pod = platform.get(f"/accounts/{SAVINGS['id']}").json()["data"]
    visa = platform.get(f"/accounts/{VISA['id']}").json()["data"]
    assert (9, 12) == (len(pod["routingNumber"]), len(pod["bankAccountNumber"]))
    assert [None, None] == [visa["routingNumber"], visa["bankAccountNumber"]]
    assert pod["balance"].keys() == visa["balance"].keys()
    assert (127634, 3500) == (visa["balance"]["balanceInCents"], visa["balance"]["nextPaymentMinimumInCents"])


def test_runs(box: Sandbox, platform: httpx.Client) -> None:
    """The runs of a rule are listed below it, newest first, and each has its place below its own rule alone."""
    listed = items(platform.get(f"/rules/{RENT}/executions"))
    assert ["EXECUTED", "FAILED"] == [run["status"] for run in listed]
    assert listed[0] == platform.get(f"/rules/{RENT}/executions/{listed[0]['id']}").json()["data"]
    assert {"type": "ON_FUNDS_TRANSFERRED", "amountInCents": 185000} == listed[0]["triggerDetails"]
    (card, *_) = items(platform.get(f"/rules/{CARD}/executions"))
    assert {"type", "scheduledTime"} == card["triggerDetails"].keys()
    for path in (f"/rules/{RENT}/executions/{card['id']}", f"/rules/{RENT}/executions/nobody"):
        assert (404, "RULE_EXECUTION_NOT_FOUND") == code(platform.get(path))
    assert (404, "RULE_NOT_FOUND") == code(platform.get("/rules/nobody/executions"))
    box.delete(RENT)
    assert 2 == len(items(platform.get(f"/rules/{RENT}/executions")))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 2),
        ({"status": "FAILED"}, 1),
        ({"triggerType": "SCHEDULED"}, 0),
        ({"executionMode": "SIMULATION"}, 0),
        ({"executionMode": "ALL"}, 2),
        ({"from": "2026-09-16T00:00:00Z"}, 1),
        ({"to": "2026-09-16T00:00:00+00:00"}, 1),
        ({"pageSize": "1", "page": "3"}, 0),
    ],
)
def test_runs_by_query(platform: httpx.Client, query: dict[str, str], count: int) -> None:
    """Runs are filtered by status, trigger, mode and time, both bounds included."""
    assert count == len(items(platform.get(f"/rules/{RENT}/executions", params=query)))


@pytest.mark.parametrize(
    "query",
    [
        {"status": "failed"},
        {"triggerType": "manual"},
        {"executionMode": "DRY"},
        {"from": "2026-09-16"},
        {"to": "0001-01-01T00:00:00+14:00"},
        {"page": "0"},
        {"page": "1.0"},
        {"page": "9" * 5000},
        {"pageSize": "101"},
        {"pageSize": ""},
    ],
)
def test_queries_that_make_no_sense(platform: httpx.Client, query: dict[str, str]) -> None:
    """A query that makes no sense is refused, naming the parameter."""
    answer = platform.get(f"/rules/{RENT}/executions", params=query)
    assert (400, "INVALID_PARAMETERS") == code(answer)
    assert next(iter(query)) == answer.json()["error"]["message"].partition(":")[0]


def test_pages(box: Sandbox, platform: httpx.Client) -> None:
    """Pages have ten rules unless told, say whether more follow, and are empty beyond the end."""
    made = [box.create_in_app(SNOWBALL) for _ in range(9)]
    first, second, beyond = (platform.get("/rules", params={"page": page}) for page in ("1", "2", "3"))
    assert ([RENT, CARD, INVEST, *made[:7]], made[7:], []) == (ids(first), ids(second), ids(beyond))
    assert {"page": 1, "pageSize": 10, "hasNextPage": True} == first.json()["data"]["pagination"]
    assert {"page": 2, "pageSize": 10, "hasNextPage": False} == second.json()["data"]["pagination"]
    assert 12 == len(ids(platform.get("/rules?pageSize=100")))
    assert [INVEST, *made] == ids(platform.get("/rules", params={"sourceId": SAVINGS["id"]}))
    box.faults.add("list-shifts", by=-1)
    assert [made[6], *made[7:]] == ids(platform.get("/rules?page=2"))
    assert "list-shifts" == box.log()[-1]["fault"]


def test_permissions(box: Sandbox, live: Connect) -> None:
    """A permission for some ids lists these alone and refuses the others; without it everything is refused."""
    some = live(box.add_key({"READ_RULES": [RENT], "READ_ACCOUNTS": [VISA["id"]], "TRIGGER_RULES": [INVEST]}))
    assert ([RENT], [VISA["id"]]) == (ids(some.get("/rules")), ids(some.get("/accounts")))
    allowed = [f"/rules/{RENT}", f"/rules/{RENT}/executions", f"/accounts/{VISA['id']}"]
    assert {200} == {some.get(path).status_code for path in allowed}
    refused = [f"/rules/{CARD}", f"/rules/{CARD}/executions", "/rules/nobody", f"/accounts/{SAVINGS['id']}"]
    assert {(403, "ACCESS_DENIED")} == {code(some.get(path)) for path in refused}
    assert (403, "ACCESS_DENIED") == code(some.post(f"/rules/{RENT}/trigger"))
    box.quirks.lists_unreadable_rules = True
    assert [RENT, CARD, INVEST] == ids(some.get("/rules"))
    assert (403, "ACCESS_DENIED") == code(some.get(f"/rules/{CARD}"))
    none = live(box.add_key({"LIST_RULES": "*", "LIST_ACCOUNTS": "*"}))
    assert {(403, "ACCESS_DENIED")} == {code(none.get(path)) for path in ("/rules", "/accounts", f"/rules/{RENT}")}


@pytest.mark.parametrize("header", [None, "ApiKey {key}", "Bearer sk_sandbox_wrong", "Bearer", "{key}"])
def test_no_key(box: Sandbox, platform: httpx.Client, header: str | None) -> None:
    """Without a key in the scheme `Bearer` everything is 401, with a request id beside the error."""
    del platform.headers["Authorization"]
    answer = platform.get("/rules", headers={} if header is None else {"Authorization": header.format(key=box.key)})
    assert (401, "UNAUTHORIZED") == code(answer)
    assert {"requestId", "error"} == answer.json().keys()


def test_request_ids_and_reasons(box: Sandbox, platform: httpx.Client) -> None:
    """The server names each request itself, in the body alone, and notes why it was called."""
    answer = platform.get("/rules", headers={"X-Request-ID": "mine", "X-Called-Reason": "a plan"})
    assert answer.json()["requestId"] == box.log()[-1]["request_id"]
    assert answer.json()["requestId"].startswith("req-")
    assert "X-Request-ID" not in answer.headers
    said = {"called_reason": "a plan", "authorization": "Bearer", "user_agent": answer.request.headers["User-Agent"]}
    assert said == box.log()[-1]["headers"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/rules"),
        ("PUT", f"/rules/{RENT}"),
        ("PATCH", f"/rules/{RENT}"),
        ("DELETE", f"/rules/{RENT}"),
        ("GET", f"/rules/{RENT}/trigger"),
        ("GET", "/rule-executions"),
        ("GET", "/transfers"),
        ("GET", ""),
    ],
)
def test_what_is_not_offered(platform: httpx.Client, method: str, path: str) -> None:
    """Everything that would write a rule, and all else that is not offered, is 404 in plain text."""
    answer = platform.request(method, f"http://127.0.0.1/platform/v1{path}")
    assert (404, "text/plain; charset=utf-8") == (answer.status_code, answer.headers["Content-Type"])
    assert f"Route {method}:/platform/v1{path} not found" == answer.text


def test_one_budget(clock: Callable[[], Any]) -> None:
    """The dialects share one budget of requests for each key."""
    with Sandbox(clock=clock, requests_per_minute=2) as box:
        transport = httpx.WSGITransport(app=box.wsgi)
        with httpx.Client(transport=transport, base_url="http://127.0.0.1") as caller:
            v1 = {"Authorization": f"ApiKey {box.key}"}
            platform = {"Authorization": f"Bearer {box.key}"}
            assert 200 == caller.get("/api/v1/rules", headers=v1).status_code
            assert 200 == caller.get("/platform/v1/rules", headers=platform).status_code
            refused = caller.get("/platform/v1/rules", headers=platform)
            assert (429, "RATE_LIMIT_EXCEEDED") == code(refused)
            assert "30" == refused.headers["Retry-After"]


def test_lags_and_deleted_rules(box: Sandbox, api: httpx.Client, platform: httpx.Client) -> None:
    """Views that lag behind a write lag behind in both dialects, and a deleted rule may still answer."""
    box.faults.add("list-lags")
    box.faults.add("get-lags")
    assert 204 == api.delete(f"/rules/{INVEST}").status_code
    assert [RENT, CARD, INVEST] == ids(platform.get("/rules"))
    assert 200 == platform.get(f"/rules/{INVEST}").status_code
    assert ([RENT, CARD], 404) == (ids(platform.get("/rules")), platform.get(f"/rules/{INVEST}").status_code)
    box.faults.add("deleted-rule-answers")
    assert "2026-10-14T12:00:00Z" == platform.get(f"/rules/{INVEST}").json()["data"]["deletedAt"]
    box.faults.add("list-loses-rule", rule=RENT)
    assert [CARD] == ids(platform.get("/rules"))


@pytest.mark.parametrize(
    ("status", "expected"),
    [(403, "ACCESS_DENIED"), (404, "RULE_NOT_FOUND"), (409, "RULE_EXECUTION_IN_PROGRESS"), (500, "UNEXPECTED_ERROR")],
)
def test_faults_speak_the_dialect(box: Sandbox, platform: httpx.Client, status: int, expected: str) -> None:
    """An error on purpose is spelled in the dialect of whoever meets it."""
    box.faults.add("rule-unreadable", status=status)
    assert 200 == platform.get(f"/rules/{RENT}/executions").status_code
    assert (status, expected) == code(platform.get(f"/rules/{RENT}"))
