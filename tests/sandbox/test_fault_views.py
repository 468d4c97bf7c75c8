from collections.abc import Callable
from typing import Any

import httpx
import pytest

from rulesync.sandbox import Sandbox

Post = Callable[..., httpx.Response]
INVEST = "/rules/rule_01HINV0003"
TERMS = [({}, 1), ({"requests": 2}, 2), ({"requests": 0}, 0), ({"seconds": 3}, 3)]


def names(api: httpx.Client, **query: str | int) -> list[str]:
    """Return the nicknames that one list shows."""
    return [rule["nickname"] for rule in api.get("/rules", params=query).json()["data"]]


@pytest.mark.parametrize(("term", "count"), TERMS)
def test_lists_that_lag(
    api: httpx.Client,
    post: Post,
    box: Sandbox,
    body: dict[str, Any],
    advance: Callable[..., None],
    *,
    term: dict[str, int],
    count: int,
) -> None:
    """The next lists are as before the write: without what was made, with what was deleted, and with the old row."""
    box.faults.add("list-lags", times=3, **term)  # type: ignore[arg-type]
    before = names(api)
    post()
    for asked, after in (
        (lambda: None, [*before, "Auto-save on deposit"]),
        (lambda: api.put(INVEST, json=body), [*before[:2], "Auto-save on deposit", "Auto-save on deposit"]),
        (lambda: api.delete(INVEST), [*before[:2], "Auto-save on deposit"]),
    ):
        asked()
        box.clear_log()
        for _ in range(count):
            assert before == names(api)
            advance(seconds=1)
        assert [entry.get("fault") for entry in box.log()] == ["list-lags"] * count
        assert after == names(api)
        assert box.log()[-1].get("fault") is None
        before = after


def test_pages_of_a_list_that_lags(api: httpx.Client, post: Post, box: Sandbox) -> None:
    """The pages of one list lag together, and count as one list."""
    box.rules_page_size = 2
    box.faults.add("list-lags")
    post()
    shown = []
    for _ in range(2):
        first = api.get("/rules").json()
        rest = api.get("/rules", params={"after": first["page_info"]["end_cursor"]}).json()
        shown.append(len(first["data"] + rest["data"]))
    assert shown == [3, 4]


def test_two_writes_that_lag(api: httpx.Client, post: Post, box: Sandbox, body: dict[str, Any]) -> None:
    """A list behind two writes of one rule shows it as before the first, then as before the second."""
    box.faults.add("list-lags")
    box.faults.add("list-lags", nth=2, requests=2)
    made = post().json()["data"]["id"]
    api.put(f"/rules/{made}", json={**body, "nickname": "Other"})
    assert [names(api)[3:] for _ in range(3)] == [[], ["Auto-save on deposit"], ["Other"]]


def test_a_household_sees_its_own(box: Sandbox, client: Callable[[str], httpx.Client], post: Post) -> None:
    """A view that lags is that of one organisation; the list of another shows and counts nothing of it."""
    other = client(box.add_organisation("Neighbours"))
    box.faults.add("list-lags")
    box.faults.add("get-lags", method="DELETE")
    post()
    made = box.rules()[-1]["id"]
    assert names(other) == []
    assert [len(names(client(box.key))) for _ in range(2)] == [3, 4]
    client(box.key).delete(f"/rules/{made}")
    answers = [each.get(f"/rules/{made}").status_code for each in (other, client(box.key), client(box.key))]
    assert answers == [404, 200, 404]


@pytest.mark.parametrize(("term", "count"), TERMS)
def test_reads_that_lag(
    api: httpx.Client,
    post: Post,
    box: Sandbox,
    body: dict[str, Any],
    advance: Callable[..., None],
    *,
    term: dict[str, int],
    count: int,
) -> None:
    """The next reads are as before the write: 404 for what was made, the old body, 200 for what was deleted."""
    box.faults.add("get-lags", times=3, **term)  # type: ignore[arg-type]
    path = f"/rules/{post().json()['data']['id']}"
    before = None
    for asked, after in (
        (lambda: None, "Auto-save on deposit"),
        (lambda: api.put(path, json={**body, "nickname": "Other"}), "Other"),
        (lambda: api.delete(path), None),
    ):
        asked()
        for _ in range(count):
            seen = api.get(path).json()
            assert before == seen.get("data", {}).get("nickname")
            assert box.log()[-1]["fault"] == "get-lags"
            assert len(names(api)) == len(box.rules())
            advance(seconds=1)
        assert after == api.get(path).json().get("data", {}).get("nickname")
        before = after


def test_a_write_does_not_lag(api: httpx.Client, post: Post, box: Sandbox, body: dict[str, Any]) -> None:
    """A write acts on what is stored, whatever the views show."""
    box.faults.add("get-lags", seconds=60)
    path = f"/rules/{post().json()['data']['id']}"
    assert [api.get(path).status_code, api.put(path, json=body).status_code] == [404, 200]


def test_what_did_not_happen_does_not_lag(api: httpx.Client, post: Post, box: Sandbox) -> None:
    """A write that was refused, or repeated, leaves no view behind."""
    post()
    box.faults.add("get-lags", times=2)
    assert post(status="on").status_code == 400
    path = f"/rules/{post().json()['data']['id']}"
    assert api.get(path).status_code == 200


def test_a_list_that_loses_a_rule(api: httpx.Client, box: Sandbox) -> None:
    """A list lacks the newest rule, or the one that is named, and the next list has it again."""
    whole = names(api)
    box.faults.add("list-loses-rule", nth=2, rule=None)
    assert [names(api) for _ in range(3)] == [whole, whole[:2], whole]
    assert [entry.get("fault") for entry in box.log()][1:] == [None, "list-loses-rule", None]
    box.faults.add("list-loses-rule", rule="rule_01HRNT0001", times=None)
    assert names(api) == whole[1:]


def test_an_empty_list_loses_nothing(box: Sandbox, client: Callable[[str], httpx.Client]) -> None:
    """Where there are no rules none is lost."""
    box.faults.add("list-loses-rule")
    assert names(client(box.add_organisation("Neighbours"))) == []


@pytest.mark.parametrize(("by", "expected"), [(1, [0, 2]), (-1, [0, 0, 1, 2]), (-9, [0, 0, 1, 2]), (9, [0])])
def test_a_list_that_shifts(api: httpx.Client, box: Sandbox, by: int, expected: list[int]) -> None:
    """Between two pages rules are left out, or come twice."""
    whole = names(api)
    box.rules_page_size = 1
    box.faults.add("list-shifts", by=by)
    found: list[str] = []
    page: dict[str, Any] = {"has_next_page": True, "end_cursor": None}
    while page["has_next_page"]:
        after = {"after": page["end_cursor"]} if found else {}
        answer = api.get("/rules", params=after).json()
        found += [rule["nickname"] for rule in answer["data"]]
        page = answer["page_info"]
    assert [whole[index] for index in expected] == found
    assert [entry.get("fault") for entry in box.log()][1:3] == [None, "list-shifts"]


def test_a_deleted_rule_that_answers(api: httpx.Client, box: Sandbox) -> None:
    """A deleted rule is read as if it were there; the list does not have it, and a second delete finds nothing."""
    box.faults.add("deleted-rule-answers", times=None)
    body = api.get(INVEST).json()["data"]
    assert api.delete(INVEST).status_code == 204
    assert body == api.get(INVEST).json()["data"]
    assert (len(names(api)), api.delete(INVEST).status_code) == (2, 404)
    assert api.get("/rules/rule_of_nobody").status_code == 404
