import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from rulesync.sandbox import Sandbox

RENT, CARD, INVEST = "rule_01HRNT0001", "rule_01HCRD0002", "rule_01HINV0003"


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def runs(caller: httpx.Client, mode: str = "ALL") -> list[dict[str, Any]]:
    answer = caller.get(f"/rules/{RENT}/executions", params={"executionMode": mode})
    found: list[dict[str, Any]] = answer.json()["data"]["items"]
    return found


@pytest.mark.parametrize(
    ("asked", "mode", "amount"),
    [
        ({}, "LIVE", None),
        ({"executeAmount": 0}, "LIVE", 0),
        ({"executeAmount": 5000, "simulation": True}, "SIMULATION", 5000),
        ({"executeAmount": None, "simulation": False}, "LIVE", None),
    ],
)
def test_a_trigger(
    platform: httpx.Client, api: httpx.Client, asked: dict[str, Any], mode: str, amount: int | None
) -> None:
    """A trigger is a run in the mode that was asked for; v1 has its own word for it, and knows no simulations."""
    before = api.get("/rule-executions", params={"rule_id": RENT}).json()["data"]
    answer = platform.post(f"/rules/{RENT}/trigger", json=asked)
    assert (202, {"executionId"}) == (answer.status_code, answer.json()["data"].keys())
    (run,) = [run for run in runs(platform) if run["id"] == answer.json()["data"]["executionId"]]
    assert (mode, "EXECUTED", 0) == (run["executionMode"], run["status"], run["transfersAttempted"])
    assert {"type": "SEQUENCE_API", "amountInCents": amount} == run["triggerDetails"]
    assert (run in runs(platform, "LIVE"), run in runs(platform, "SIMULATION")) == (mode == "LIVE", mode != "LIVE")
    seen = api.get("/rule-executions", params={"rule_id": RENT, "trigger_type": "manual"}).json()["data"]
    assert ([] if mode == "SIMULATION" else [run["id"]]) == [each["id"] for each in seen]
    assert len(before) + len(seen) == len(api.get("/rule-executions", params={"rule_id": RENT}).json()["data"])
    detail = api.get(f"/rule-executions/{run['id']}").json()
    assert mode == "SIMULATION" or detail["data"]["trigger_details"]["type"] == "manual"


def test_no_body(platform: httpx.Client) -> None:
    """A trigger needs no body."""
    assert 202 == platform.post(f"/rules/{RENT}/trigger").status_code


@pytest.mark.parametrize("simulation", [True, False])
def test_a_rule_that_is_off(platform: httpx.Client, *, simulation: bool) -> None:
    """A disabled rule is neither run nor simulated."""
    answer = platform.post(f"/rules/{INVEST}/trigger", json={"simulation": simulation})
    assert (403, "RULE_DEACTIVATED") == code(answer)


def test_a_rule_that_is_gone(box: Sandbox, platform: httpx.Client) -> None:
    """A deleted rule is told apart from one that never was."""
    box.delete(RENT)
    assert (403, "INVALID_RULE") == code(platform.post(f"/rules/{RENT}/trigger"))
    assert (404, "RULE_NOT_FOUND") == code(platform.post("/rules/nobody/trigger"))


@pytest.mark.parametrize(
    "asked", [{"executeAmount": -1}, {"executeAmount": 1.5}, {"simulation": "yes"}, {"amount": 1}, [], "{"]
)
def test_a_body_that_makes_no_sense(platform: httpx.Client, asked: object) -> None:
    """A body that makes no sense is refused."""
    answer = platform.post(f"/rules/{RENT}/trigger", content=asked if isinstance(asked, str) else json.dumps(asked))
    assert (400, "INVALID_PARAMETERS") == code(answer)


def test_a_key_used_again(box: Sandbox, platform: httpx.Client) -> None:
    """The same key and body give the same run once more; another body is refused, unless the server is lax."""
    headers = {"Idempotency-Key": "a.b_c:d/e|f-1"}
    first = platform.post(f"/rules/{RENT}/trigger", json={}, headers=headers)
    assert first.content == platform.post(f"/rules/{RENT}/trigger", json={}, headers=headers).content

    def ask_otherwise() -> httpx.Response:
        return platform.post(f"/rules/{RENT}/trigger", json={"executeAmount": 1}, headers=headers)

    assert (400, "IDEMPOTENCY_KEY_MISMATCH") == code(ask_otherwise())
    assert 3 == len(runs(platform))
    box.quirks.replays_on_mismatch = True
    assert first.content == ask_otherwise().content


@pytest.mark.parametrize("key", ["", "x" * 37, "two words", "dry+1"])
def test_keys_of_another_form(platform: httpx.Client, key: str) -> None:
    """A key is of 1 to 36 characters: letters and digits of ASCII, and six signs."""
    answer = platform.post(f"/rules/{RENT}/trigger", headers={"Idempotency-Key": key})
    assert (400, "INVALID_PARAMETERS") == code(answer)
    assert 202 == platform.post(f"/rules/{RENT}/trigger", headers={"Idempotency-Key": "x" * 36}).status_code


def test_a_key_in_flight(box: Sandbox, platform: httpx.Client) -> None:
    """While the first request runs the same key is answered 409."""
    box.faults.add("in-flight")
    headers = {"Idempotency-Key": "k"}
    answer = platform.post(f"/rules/{RENT}/trigger", headers=headers)
    assert (409, "RULE_EXECUTION_IN_PROGRESS") == code(answer)
    assert 202 == platform.post(f"/rules/{RENT}/trigger", headers=headers).status_code


def test_what_a_key_keeps(box: Sandbox, platform: httpx.Client, advance: Callable[..., None]) -> None:
    """A refusal because of the rule's state is not kept under the key, which lasts for 24 hours."""
    headers = {"Idempotency-Key": "k"}

    def trigger() -> httpx.Response:
        return platform.post(f"/rules/{INVEST}/trigger", headers=headers)

    assert 403 == trigger().status_code
    box.activate(INVEST)
    first = trigger()
    assert (202, first.content) == (first.status_code, trigger().content)
    advance(hours=24, seconds=1)
    assert first.json()["data"] != trigger().json()["data"]


def test_a_refusal_that_is_kept(box: Sandbox, platform: httpx.Client) -> None:
    """A fault may keep an error as a key's first answer, in the words of the dialect."""
    box.faults.add("error-kept", status=500)
    headers = {"Idempotency-Key": "k"}
    answers = [platform.post(f"/rules/{RENT}/trigger", headers=headers) for _ in range(2)]
    assert {(500, "UNEXPECTED_ERROR")} == {code(answer) for answer in answers}


def test_every_word_of_a_run(box: Sandbox, platform: httpx.Client) -> None:
    """A run that people tell of has what the platform knows of any run."""
    run = box.run(CARD, status="in_progress")
    shown = platform.get(f"/rules/{CARD}/executions/{run}").json()["data"]
    expected = {"status": "IN_PROGRESS", "errorMessage": None, "nextAttemptAt": None, "stepIndexMatched": None}
    assert expected.items() <= shown.items()
    assert {"type": "MANUAL", "amountInCents": None} == shown["triggerDetails"]
