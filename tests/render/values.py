"""Plans and reports to render, put together as `plan` and `apply` would."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Literal, TypeVar

from hypothesis import strategies as st

from rulesync.diff import fields
from rulesync.english import sentence
from rulesync.planjson import (
    AwaitedJson,
    Command,
    FindingJson,
    OutcomeJson,
    PlanJson,
    ReportJson,
    ResourceJson,
    RuleJson,
    WaitingJson,
    WaitJson,
)
from rulesync.wire import v1

_OPERATIONS = ("create", "update", "delete", "no-op")
NAMES = {"acc_checking": "Checking", "acc_savings": "Savings", "acc_rainy": "Rainy Day", "acc_taxes": "Taxes"}
Shape = TypeVar("Shape")
Operation = Literal["create", "update", "delete", "no-op"]


def action(kind: str, destination: str, **more: object) -> dict[str, Any]:
    return {
        "type": kind,
        "source": {"id": "acc_checking", "type": "income_source"},
        "destination": {"id": f"acc_{destination}", "type": "pod"},
        "group_index": 0,
        "up_to_enabled": False,
        **more,
    }


def share(percent: float, destination: str, **more: object) -> dict[str, Any]:
    held = {"percentage_value": percent, "percentage_target": "INCOMING_AMOUNT"} | more
    return action("percentage", destination, **held)


def fixed(cents: int, destination: str, **more: object) -> dict[str, Any]:
    return action("fixed_amount", destination, amount_in_cents=cents, **more)


def rule(*actions: object, status: str = "enabled", **more: object) -> RuleJson:
    return {
        "nickname": "Auto-save on deposit",
        "status": status,
        "trigger": {"type": "ON_FUNDS_TRANSFERRED", "account_id": "acc_checking"},
        "steps": [{"actions": list(actions)}],
        **more,
    }


@cache
def _said(body: str) -> str:
    """Return a rule in plain English; thousands of changes in a test are of a few rules."""
    return sentence(v1.decode(json.loads(body)).rule, NAMES)


@cache
def _differing(sides: str) -> str:
    """Return in what two rules differ, as JSON."""
    return json.dumps(fields(*json.loads(sides)))


def resource(
    operation: Operation, key: str, before: RuleJson | None, after: RuleJson | None, **more: object
) -> ResourceJson:
    one = after or before or {}
    both = [before, after] if before and after and operation != "no-op" else None
    value: dict[str, Any] = {
        "address": f"sequence_rule.{key}",
        "type": "sequence_rule",
        "name": key,
        "change": {"actions": [operation], "before": before, "after": after},
        "id": f"rule_{key}" if before else None,
        "nickname": one.get("nickname"),
        "file": f"rules/{key}.yaml" if after else None,
        "line": 1 if after else None,
        "sentence_before": _said(json.dumps(before)) if before else None,
        "sentence_after": _said(json.dumps(after)) if after else None,
        "origin": "git" if operation == "update" else None,
        "pauses": operation in {"update", "delete"} and before is not None and before["status"] == "enabled",
        "deferred": False,
        "prior": None,
        "fields": json.loads(_differing(json.dumps(both))) if both else [],
        "idempotency_key": None,
        "review_url": f"https://app.getsequence.io/map/rules/rule_{key}?action=activateRule" if before else None,
        "note": None,
        "happened": None,
        "runs": None,
    }
    return value | more  # type: ignore[return-value]  # what is handed over is named as in ResourceJson


def plan(*changes: ResourceJson, **parts: object) -> PlanJson:
    """Return a plan of these changes; `parts` are further ones, named as in PlanJson."""
    counts = {name: sum(each["change"]["actions"] == [name] for each in changes) for name in _OPERATIONS}
    writes = len(changes) - counts["no-op"]
    value: dict[str, Any] = {
        "format_version": "1.0",
        "rulesync_version": "0.1.0",
        "timestamp": "2027-01-01T23:00:00Z",
        "errored": False,
        "complete": True,
        "digest": "f00d",
        "commit": None,
        "accounts": NAMES,
        "workspace": None,
        "scope": "household",
        "api": {"dialect": "v1", "base_url": "https://api.getsequence.io/api/v1"},
        "resource_changes": list(changes),
        "resource_drift": [],
        "awaiting_enable": [],
        "orphans": [],
        "unmanaged": [],
        "findings": [],
        "requests": {"read": 2 * bool(writes), "write": writes, "seconds_at_limit": 0},
    }
    value |= parts
    lists = {"awaiting_enable": "awaiting_enable", "drifted": "resource_drift", "orphaned": "orphans"}
    lengths = {name: len(value[part]) for name, part in {**lists, "unmanaged": "unmanaged"}.items()}
    return value | {"summary": counts | lengths}  # type: ignore[return-value]  # as above


def waiting(key: str, nickname: str | None = "Auto-save on deposit") -> WaitingJson:
    url = f"https://app.getsequence.io/map/rules/rule_{key}?action=activateRule"
    return {"key": key, "id": f"rule_{key}", "nickname": nickname, "review_url": url, "since": "2026-12-31T09:00:00Z"}


def awaited(
    key: str, state: Literal["enabled", "altered", "gone", "waiting", "unreadable"], **more: object
) -> AwaitedJson:
    url = f"https://app.getsequence.io/map/rules/rule_{key}"
    value: dict[str, Any] = {
        "key": key,
        "id": f"rule_{key}",
        "nickname": "Auto-save on deposit",
        "state": state,
        "since": "2026-12-31T09:00:00Z",
        "before": None,
        "after": None,
        "fields": [],
        "note": None,
        "review_url": f"{url}?action=activateRule",
        "rule_url": url,
    }
    return value | more  # type: ignore[return-value]  # as above


def wait(*rules: AwaitedJson, timed_out: bool = False, findings: Sequence[FindingJson] = ()) -> WaitJson:
    states = [each["state"] for each in rules]
    return {
        "format_version": "1.0",
        "rulesync_version": "0.1.0",
        "timestamp": "2027-01-01T23:00:00Z",
        "workspace": None,
        "scope": "household",
        "api": {"dialect": "v1", "base_url": "https://api.getsequence.io/api/v1"},
        "accounts": NAMES,
        "timed_out": timed_out,
        "rules": list(rules),
        "awaiting_enable": [waiting(each["key"]) for each in rules if each["state"] in {"waiting", "unreadable"}],
        "findings": list(findings),
        "summary": {
            "enabled": states.count("enabled"),
            "altered": states.count("altered"),
            "gone": states.count("gone"),
            "waiting": states.count("waiting"),
            "unreadable": states.count("unreadable"),
        },
        "error": None,
    }


def finding(message: str, severity: Literal["error", "warning", "info"] = "error", **more: object) -> FindingJson:
    place = {"file": "rules/tax.yaml", "line": 14, "column": 25}
    return {"check": "some-check", "severity": severity, "message": message, "help": None} | place | more  # type: ignore[return-value]  # as above


def outcome(
    key: str,
    status: Literal["done", "failed", "stale", "skipped", "altered", "unknown"],
    operation: Literal["create", "update", "delete"] = "update",
    **more: object,
) -> OutcomeJson:
    value: dict[str, Any] = {
        "key": key,
        "operation": operation,
        "status": status,
        "id": f"rule_{key}",
        "nickname": key.title(),
        "before": None,
        "fields": [],
        "idempotency_key": None if status in {"skipped", "stale"} else "0b1f6e5c-9a0d-4b7e-8c3f-2d1e0f9a8b7c",
        "request_id": None,
        "error": None,
        "live": False,
        "digest": None if operation == "delete" else "1a2b3c4d5e6f",
        "enabled": None if operation == "delete" else status in {"failed", "skipped"},
        "rule_url": None if operation == "delete" else f"https://app.getsequence.io/map/rules/rule_{key}",
    }
    return value | more  # type: ignore[return-value]  # as above


def report(
    *outcomes: OutcomeJson, waiting: Sequence[WaitingJson] = (), command: Command = "apply", error: str | None = None
) -> ReportJson:
    statuses = [each["status"] for each in outcomes]
    done = [each["operation"] for each in outcomes if each["status"] == "done"]
    return {
        "format_version": "1.0",
        "command": command,
        "workspace": None,
        "scope": "household",
        "api": {"dialect": "v1", "base_url": "https://api.getsequence.io/api/v1"},
        "started_at": "2027-01-01T23:00:00Z",
        "finished_at": "2027-01-01T23:00:12Z",
        "plan_digest": "f00d",
        "summary": {
            "created": done.count("create"),
            "updated": done.count("update"),
            "deleted": done.count("delete"),
            "failed": statuses.count("failed"),
            "stale": statuses.count("stale"),
            "skipped": statuses.count("skipped"),
            "altered": statuses.count("altered"),
            "unknown": statuses.count("unknown"),
        },
        "outcomes": list(outcomes),
        "awaiting_enable": list(waiting),
        "error": error,
    }


# Texts that nobody may rely on

odd = st.text(st.characters(), max_size=12) | st.sampled_from(
    ["\x1b[2J", "a\nb", "\u202egnp.exe", "\ud800", "\x9b31m", ""]
)
_TEXTS = {
    "nickname",
    "id",
    "name",
    "file",
    "message",
    "help",
    "error",
    "note",
    "key",
    "review_url",
    "rule_url",
    "why_not",
}
_TEXTS |= {"sentence", "sentence_before", "sentence_after", "description"}


def replaced(value: Shape, draw: Callable[[], str]) -> Shape:
    """Return JSON with odd texts in place of those that come from the API or from files."""
    match value:
        case dict():
            found: object = {
                key: draw() if key in _TEXTS and isinstance(inner, str) else replaced(inner, draw)
                for key, inner in value.items()
            }
        case list():
            found = [replaced(inner, draw) for inner in value]
        case _:
            found = value
    return found  # type: ignore[return-value]  # the shape is kept
