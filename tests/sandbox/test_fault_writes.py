from collections.abc import Callable
from typing import Any

import httpx
import pytest

from rulesync.sandbox import Sandbox

Post = Callable[..., httpx.Response]


@pytest.mark.parametrize(
    ("how", "changes"),
    [
        ("last-line-dropped", {"description": "Saves 20% of every incoming deposit"}),
        (
            "lines-flattened",
            {"description": "Saves 20% of every incoming deposit [rulesync:household/auto-save@1abcdef01234]"},
        ),
        ("nickname-filled", {"nickname": "Untitled rule"}),
    ],
)
@pytest.mark.parametrize("answer", ["stored", "asked"])
def test_words_altered(
    api: httpx.Client, post: Post, box: Sandbox, body: dict[str, Any], *, how: str, changes: dict[str, str], answer: str
) -> None:
    """A rule is stored with other words than asked, on create and on PUT; the answer shows the one or the other."""
    asked = {**body, "nickname": ""} if how == "nickname-filled" else body
    box.faults.add("stored-altered", how=how, answer=answer, times=2)
    answered = post(nickname=asked["nickname"])
    path = f"/rules/{answered.json()['data']['id']}"
    for is_last in (False, True):
        shown = {**asked, **changes} if answer == "stored" else asked
        fields = ("nickname", "description")
        assert [shown[name] for name in fields] == [answered.json()["data"][name] for name in fields]
        stored = api.get(path).json()["data"]
        assert changes.items() <= stored.items()
        answered = answered if is_last else api.put(path, json=asked)
    assert [entry.get("fault") for entry in box.log()] == ["stored-altered", None, "stored-altered", None]
    assert all(entry["committed"] for entry in box.log() if entry["method"] != "GET")


def test_words_that_leave_nothing_to_alter(post: Post, box: Sandbox) -> None:
    """The last line dropped may leave no description; a nickname that is there stays, and none stays flat."""
    for how in ("last-line-dropped", "nickname-filled", "lines-flattened"):
        box.faults.add("stored-altered", how=how)
    made = [post(str(turn), description=text).json()["data"] for turn, text in enumerate(("one line", "two", None))]
    assert ["description" in rule for rule in made] == [False, True, False]
    assert {rule["nickname"] for rule in made} == {"Auto-save on deposit"}


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ({"type": "fixed_amount", "amount_in_cents": 5000}, {"amount_in_cents": 5001}),
        (
            {"type": "percentage", "percentage_value": 20, "percentage_target": "SOURCE_ACCOUNT"},
            {"percentage_value": 21},
        ),
        (
            {"type": "percentage", "percentage_value": 99.5, "percentage_target": "SOURCE_ACCOUNT"},
            {"percentage_value": 98.5},
        ),
        ({"type": "top_up", "current_balance_account": {"id": "acc_01HSAV9999", "type": "pod"}}, {}),
    ],
)
def test_a_number_altered(
    post: Post, box: Sandbox, body: dict[str, Any], amount: dict[str, Any], expected: dict[str, Any]
) -> None:
    """The first number of a rule is stored as another one; a rule without one stays as it is."""
    nodes = {name: body["steps"][0]["actions"][0][name] for name in ("source", "destination", "group_index")}
    box.faults.add("stored-altered", how="number-changed", answer="asked")
    made = post(steps=[{"actions": [{**nodes, **amount}]}])
    assert made.status_code == 201
    assert amount.items() <= made.json()["data"]["steps"][0]["actions"][0].items()
    assert {**amount, **expected}.items() <= box.rules()[-1]["steps"][0]["actions"][0].items()  # type: ignore[index]


def test_enabled_at_once(api: httpx.Client, post: Post, box: Sandbox, body: dict[str, Any]) -> None:
    """The answer says disabled, the next look says enabled, and `updated_at` is that of the write."""
    box.faults.add("enabled-at-once", times=2)
    made = post().json()["data"]
    for written in (made, api.put(f"/rules/{made['id']}", json=body).json()["data"]):
        assert written["status"] == "disabled"
        assert box.rules()[-1] == {**written, "status": "enabled"}
