"""A wait as JSON: what became of each rule, and what a webhook is told of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from rulesync.diff import fields
from rulesync.findings import Finding
from rulesync.plan import as_seen
from rulesync.planfile.writing import Context, findings_json, review_url, rule_url
from rulesync.planjson import (
    FORMAT_VERSION,
    AwaitedJson,
    NoticeJson,
    PlanJson,
    RuleJson,
    WaitingJson,
    WaitJson,
    WaitSummary,
)
from rulesync.rule import accounts
from rulesync.waiting import Found, State
from rulesync.wire import v1

_NOTES = {
    State.ALTERED: "it is live, and holds something else than what was applied",
    State.GONE: "it was deleted in the app while it was waited for",
}


def wait_json(
    found: Sequence[Found], scope: str, context: Context, *, timed_out: bool, findings: Sequence[Finding] = ()
) -> WaitJson:
    """Return how a wait ended as JSON."""
    rules = [_awaited(each, context) for each in found]
    spoken_of = {name for each in found if each.is_wrong and each.actual for name in accounts(each.actual.rule)}
    spoken_of |= {name for each in found if each.is_wrong and each.awaited.wish for name in accounts(each.awaited.wish)}
    return {
        "format_version": FORMAT_VERSION,
        "rulesync_version": context.version,
        "timestamp": _utc(context.timestamp),
        "workspace": context.workspace,
        "scope": scope,
        "api": context.api,
        "accounts": {name: context.names[name] for name in sorted(spoken_of) if name in context.names},
        "timed_out": timed_out,
        "rules": rules,
        "awaiting_enable": [_waiting(each) for each in rules if each["state"] in {"waiting", "unreadable"}],
        "findings": findings_json(findings),
        "summary": _summary(found),
        "error": None,
    }


def failed_wait(why: str, scope: str, context: Context) -> WaitJson:
    """Return a wait that could not begin, so that whoever collects several gets one."""
    value = wait_json((), scope, context, timed_out=False)
    value["error"] = why
    return value


def notice(
    value: PlanJson | WaitJson,
    rules: Sequence[AwaitedJson] = (),
    event: Literal["waiting", "not-as-applied"] = "waiting",
) -> NoticeJson:
    """Return what a webhook is told: what waits for a person, or which rules are not as they were applied."""
    return {
        "format_version": FORMAT_VERSION,
        "rulesync_version": value["rulesync_version"],
        "timestamp": value["timestamp"],
        "event": event,
        "workspace": value["workspace"],
        "scope": value["scope"],
        "api": value["api"],
        "awaiting_enable": value["awaiting_enable"],
        "rules": list(rules),
    }


def _summary(found: Sequence[Found]) -> WaitSummary:
    states = [each.state for each in found]
    return {
        "enabled": states.count(State.ENABLED),
        "altered": states.count(State.ALTERED),
        "gone": states.count(State.GONE),
        "waiting": states.count(State.WAITING),
        "unreadable": states.count(State.UNREADABLE),
    }


def _awaited(found: Found, context: Context) -> AwaitedJson:
    before, after = _sides(found)
    return {
        "key": found.awaited.key,
        "id": found.awaited.id,
        "nickname": found.awaited.nickname,
        "state": found.state.value,
        "since": found.since,
        "before": before,
        "after": after,
        "fields": fields(before, after) if before and after else [],
        "note": found.reason or _NOTES.get(found.state),
        "review_url": review_url(found.awaited.id, context),
        "rule_url": rule_url(found.awaited.id, context),
    }


def _sides(found: Found) -> tuple[RuleJson | None, RuleJson | None]:
    """Return what Git wants and what the app holds, of a rule that is not as it was applied."""
    if not found.is_wrong or found.actual is None:
        return None, None
    wish, actual = found.awaited.wish, found.actual
    seen = as_seen(actual.rule, wish) if wish else actual.rule
    return v1.encode(wish) if wish else None, v1.encode(seen, actual.extras)


def _waiting(rule: AwaitedJson) -> WaitingJson:
    return {
        "key": rule["key"],
        "id": rule["id"],
        "nickname": rule["nickname"],
        "review_url": rule["review_url"],
        "since": rule["since"],
    }


def _utc(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
