import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from rulesync.sandbox import Quirks, Refusal, Sandbox

Post = Callable[..., httpx.Response]
INVEST = "rule_01HINV0003"


def test_a_key_with_another_body(post: Post, box: Sandbox) -> None:
    """A key used with another body is refused, or, by the switch, answered with its first answer; nothing is done."""
    first = post()
    assert post(nickname="Other").status_code == 400
    box.quirks.replays_on_mismatch = True
    again = post(nickname="Other")
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert (len(box.rules()), box.log()[-1]["replayed"]) == (4, True)


def test_request_ids_of_the_server(api: httpx.Client, box: Sandbox) -> None:
    """A server with its own request ids never echoes ours, and the log has its own."""
    box.quirks.own_request_ids = True
    for path in ("/rules", "/rules/nobody"):
        answer = api.get(path, headers={"X-Request-ID": "mine"})
        ids = {answer.headers["X-Request-ID"], answer.json()["request_id"], box.log()[-1]["request_id"]}
        assert len(ids) == 1
        assert "mine" not in ids


def test_no_request_ids(api: httpx.Client, post: Post, box: Sandbox) -> None:
    """Answers and refusals without a request id have one neither in the body nor in a header."""
    box.quirks.no_request_ids = True
    for answer in (api.get("/rules"), api.get("/rules/nobody"), post(), post(status="on")):
        assert "request_id" not in answer.json()
        assert "X-Request-ID" not in answer.headers


def test_the_status_of_the_example(api: httpx.Client, post: Post, box: Sandbox, body: dict[str, Any]) -> None:
    """By the switch the answers to writes say `enabled`, as in the vendor's example, while the rule is disabled."""
    box.quirks.status_in_answers = "enabled"
    made = post().json()["data"]
    put = api.put(f"/rules/{made['id']}", json=body).json()["data"]
    assert [made["status"], put["status"], box.rules()[-1]["status"]] == ["enabled", "enabled", "disabled"]
    assert api.get(f"/rules/{made['id']}").json()["data"]["status"] == "disabled"


def test_rows_without_fields(api: httpx.Client, box: Sandbox) -> None:
    """Rows of the list lack `updated_at`, or `status`, and nothing else; bodies have both."""
    whole = set(api.get("/rules").json()["data"][0])
    box.quirks.no_updated_at_in_list = True
    assert whole - {"updated_at"} == set(api.get("/rules").json()["data"][0])
    box.quirks.no_status_in_list = True
    assert whole - {"updated_at", "status"} == set(api.get("/rules").json()["data"][0])
    assert {"updated_at", "status"} <= set(api.get(f"/rules/{INVEST}").json()["data"])


def test_statuses_of_success(api: httpx.Client, post: Post, box: Sandbox) -> None:
    """A create is answered 200, a delete 200 with JSON, and a delete that is repeated says the same again."""
    box.quirks.create_answers_200 = box.quirks.delete_answers_200 = True
    made = post()
    assert (made.status_code, len(box.rules())) == (200, 4)
    path = f"/rules/{made.json()['data']['id']}"
    gone = [api.delete(path, headers={"Idempotency-Key": "2"}) for _ in range(2)]
    assert [answer.status_code for answer in gone] == [200, 200]
    assert gone[0].json() == gone[1].json()
    assert [entry["committed"] for entry in box.log()] == [True, True, False]


def test_a_switch_that_leaves_no_date(box: Sandbox, advance: Callable[..., None]) -> None:
    """By the switch enabling and pausing leave `updated_at` as it was; an edit moves it all the same."""
    before = box.rules()[2]
    box.quirks.app_leaves_updated_at = True
    advance(seconds=5)
    assert box.activate(INVEST) == {**before, "status": "enabled"}
    assert box.pause(INVEST) == before == box.rules()[2]
    assert box.edit(INVEST, nickname="Other")["updated_at"] == "2026-10-14T12:00:05Z"
    box.quirks.app_leaves_updated_at = False
    advance(seconds=5)
    assert box.activate(INVEST)["updated_at"] == "2026-10-14T12:00:10Z"


def test_quirks_over_http(api: httpx.Client, person: httpx.Client, box: Sandbox) -> None:
    """What is put is the whole of the quirks: what it does not name is as at the start."""
    box.quirks.own_request_ids = True
    put = person.put("/sandbox/quirks", json={"rules_page_size": 1, "status_in_answers": "enabled"})
    assert put.json() == person.get("/sandbox/quirks").json() == box.quirks.document()
    assert box.quirks == Quirks(rules_page_size=1, status_in_answers="enabled")
    assert len(api.get("/rules").json()["data"]) == 1
    assert person.put("/sandbox/quirks", json={}).json() == Quirks().document()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("own_request_ids", 1, "own_request_ids: must be true or false, not `1`"),
        ("own_request_ids", None, "own_request_ids: must be true or false, not `null`"),
        ("status_in_answers", "disabled", 'status_in_answers: must be one of enabled, not `"disabled"`'),
        ("rules_page_size", 0, "rules_page_size: must be a whole number of at least 1, not `0`"),
        ("colour", True, "colour: is no quirk; there are replays_on_mismatch, own_request_ids, "),
    ],
)
def test_what_is_no_quirk(person: httpx.Client, box: Sandbox, name: str, value: object, message: str) -> None:
    """A value or a name that is none is refused, and nothing of the request is taken over."""
    answer = person.put("/sandbox/quirks", json={"create_answers_200": True, name: value})
    assert (answer.status_code, answer.json()["error"]["message"][: len(message)]) == (400, message)
    assert box.quirks == Quirks()
    with pytest.raises((Refusal, AttributeError)):
        setattr(box.quirks, name, value)


def test_nulls(api: httpx.Client, post: Post, box: Sandbox) -> None:
    """By the switch a rule has null for what is unused, all the way down, and is else the same."""
    made = post().json()["data"]
    box.quirks.nulls_in_v1 = True
    shown = api.get(f"/rules/{made['id']}").json()["data"]
    step, before = shown["steps"][0], made["steps"][0]
    assert {**before["conditions"]["condition"], "value_fact": None, "params": None} == step["conditions"]["condition"]
    assert [{**action, "limit": None, "ach_description": None} for action in before["actions"]] == step["actions"]
    assert made == {**shown, "steps": made["steps"]}
    bare = api.get(f"/rules/{INVEST}").json()["data"]
    box.edit(INVEST, description=None, steps=[{"actions": bare["steps"][0]["actions"]}])
    emptied = api.get(f"/rules/{INVEST}").json()["data"]
    assert (None, None) == (emptied["description"], emptied["steps"][0]["conditions"])


def test_every_quirk_has_its_row() -> None:
    """Every quirk has a row in the documentation."""
    page = (Path(__file__).parents[2] / "docs" / "reference" / "sandbox.md").read_text(encoding="utf-8")
    rows = {name for line in page.splitlines() if line.startswith("| `") for name in re.findall(r"`(\w+)`", line)}
    assert [] == [name for name in Quirks().document() if name not in rows]
