from collections.abc import Callable
from typing import Any

import httpx
import pytest

from rulesync.sandbox import Refusal, Sandbox

RENT = "rule_01HRNT0001"


def newest(api: httpx.Client) -> dict[str, Any]:
    found: list[dict[str, Any]] = api.get("/rule-executions", params={"rule_id": RENT}).json()["data"]
    return found[0]


def test_a_run_that_begins_and_ends(box: Sandbox, api: httpx.Client, advance: Callable[..., None]) -> None:
    """A run that somebody starts is the rule's newest one, and ends when and as it is told."""
    advance(minutes=1)
    run = box.run(RENT, status="in_progress")
    assert (run, "in_progress", "manual") == tuple(newest(api)[name] for name in ("id", "status", "trigger_type"))
    box.end_run(run, "failed")
    assert (run, "failed") == (newest(api)["id"], newest(api)["status"])


def test_runs_over_http(person: httpx.Client, api: httpx.Client) -> None:
    """The app takes the same, with or without a body."""
    made = person.post(f"/app/rules/{RENT}/run", json={"status": "in_progress", "trigger_type": "scheduled"})
    assert (201, newest(api)) == (made.status_code, {name: made.json()[name] for name in newest(api)})
    ended = person.post(f"/app/executions/{made.json()['id']}/end")
    assert (200, "executed") == (ended.status_code, ended.json()["status"])
    assert person.post(f"/app/executions/{made.json()['id']}/end", json={"status": "partial"}).status_code == 200
    assert newest(api)["status"] == "partial"
    assert person.post(f"/app/rules/{RENT}/run").json()["status"] == "executed"


def test_a_rule_that_is_off(box: Sandbox, api: httpx.Client) -> None:
    """A rule that is off does not run; that it did before can be told."""
    box.pause(RENT)
    with pytest.raises(Refusal, match="is disabled"):
        box.run(RENT)
    run = box.run(RENT, created_at="2026-10-14T11:59:59Z", status="partial")
    assert (run, "2026-10-14T11:59:59Z") == (newest(api)["id"], newest(api)["created_at"])


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"/app/rules/{RENT}/run", {"status": "EXECUTED"}, 400),
        (f"/app/rules/{RENT}/run", {"trigger_type": "by magic"}, 400),
        (f"/app/rules/{RENT}/run", {"created_at": "yesterday"}, 400),
        (f"/app/rules/{RENT}/run", {"created_at": "0001-01-01T00:00:00+23:59"}, 400),
        (f"/app/rules/{RENT}/run", {"amount": 1}, 400),
        ("/app/rules/rule_nobody/run", {}, 404),
        ("/app/executions/rex_nobody/end", {}, 404),
        ("/app/executions/rex_nobody/end", {"status": "over"}, 400),
    ],
)
def test_what_is_no_run(person: httpx.Client, path: str, body: dict[str, object], status: int) -> None:
    """What is misspelled or about nothing is refused."""
    assert person.post(path, json=body).status_code == status
