"""Reports -> the JSON that tools read and that every rendering for people is made from."""

from datetime import datetime

from rulesync.intent import marker
from rulesync.plan import Operation, Plan
from rulesync.planfile.running import utc
from rulesync.planfile.writing import Context, differences, rule_url, spelled, waiting_json
from rulesync.planjson import FORMAT_VERSION, ApiJson, Command, FieldJson, OutcomeJson, ReportJson, ReportSummary
from rulesync.report import Outcome, Report, Result
from rulesync.rule import Status
from rulesync.wire import v1


def report_json(
    report: Report, plan: Plan, plan_digest: str, context: Context, command: Command = "apply"
) -> ReportJson:
    """Return a report as JSON; the rules that wait are those of the plan that already did, and the new ones.

    After a pause, those are the rules that it switched off: somebody wanted them enabled.
    """
    done = [outcome for outcome in report.outcomes if outcome.result is Result.DONE]
    waiting = [waiting_json(change.desired, change.actual, context) for change in plan.changes if change.waits]
    for each in done:
        wish = each.change.actual if command == "pause" else each.change.desired
        waiting.append(waiting_json(each.change.desired, each.actual, context, wish.rule.status if wish else None))
    return {
        "format_version": FORMAT_VERSION,
        "command": command,
        "workspace": context.workspace,
        "scope": plan.scope,
        "api": context.api,
        "started_at": utc(report.started_at),
        "finished_at": utc(report.finished_at),
        "plan_digest": plan_digest,
        "summary": _results(report),
        "outcomes": [_outcome(outcome, plan.scope, context) for outcome in report.outcomes],
        "awaiting_enable": [each for each in waiting if each],
        "error": None if report.outcomes else report.refused,
    }


def failed_report(
    why: str, at: datetime, *, command: Command, workspace: str | None, scope: str, api: ApiJson
) -> ReportJson:
    """Return the report of a run that could not even begin, so that what waits for a report gets one."""
    nothing = Report(at, at, ())
    return {
        "format_version": FORMAT_VERSION,
        "command": command,
        "workspace": workspace,
        "scope": scope,
        "api": api,
        "started_at": utc(at),
        "finished_at": utc(at),
        "plan_digest": "",
        "summary": _results(nothing),
        "outcomes": [],
        "awaiting_enable": [],
        "error": why,
    }


def _results(report: Report) -> ReportSummary:
    return {
        "created": _made(report, Operation.CREATE),
        "updated": _made(report, Operation.UPDATE),
        "deleted": _made(report, Operation.DELETE),
        "failed": report.count(Result.FAILED),
        "stale": report.count(Result.STALE),
        "skipped": report.count(Result.SKIPPED),
        "altered": report.count(Result.ALTERED),
        "unknown": report.count(Result.UNKNOWN),
    }


def _made(report: Report, operation: Operation) -> int:
    return sum(each.result is Result.DONE and each.change.operation is operation for each in report.outcomes)


def _outcome(outcome: Outcome, scope: str, context: Context) -> OutcomeJson:
    change, rule_id = outcome.change, outcome.rule_id or outcome.change.rule_id
    left = marker(change, scope)
    gone = change.operation is Operation.DELETE and outcome.result is Result.DONE
    return {
        "key": change.key,
        "operation": change.operation.value,  # type: ignore[typeddict-item]  # a no-op has no outcome
        "status": outcome.result.value,
        "id": rule_id,
        "nickname": change.nickname,
        "before": spelled(change.actual) if change.actual else None,
        "fields": _altered(outcome),
        "idempotency_key": outcome.idempotency_key,
        "request_id": outcome.request_id,
        "error": outcome.error,
        "live": outcome.live,
        "digest": left.digest if left else None,
        "enabled": _enabled(outcome),
        "rule_url": rule_url(rule_id, context) if rule_id and not gone else None,
    }


def _altered(outcome: Outcome) -> list[FieldJson]:
    """Return the fields in which the API holds something else than what was written."""
    wish, found = outcome.change.desired, outcome.actual
    if outcome.result is not Result.ALTERED or wish is None or found is None:
        return []
    whole = outcome.change.verbatim
    if whole is None:
        return differences(v1.encode(wish.rule), v1.encode(found.rule), outcome.change)
    return differences(v1.encode(wish.rule, whole.extras), v1.encode(found.rule, found.extras), outcome.change)


def _enabled(outcome: Outcome) -> bool | None:
    """Return whether the rule was on when it was last looked at; a write in doubt may have switched it off."""
    if outcome.actual is not None:
        return outcome.actual.rule.status is Status.ENABLED
    return outcome.change.live if outcome.result in {Result.FAILED, Result.SKIPPED} else None
