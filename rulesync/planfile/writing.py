"""Plans -> the JSON that tools read and that every rendering for people is made from."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rulesync import rule as model
from rulesync.diff import fields
from rulesync.english import sentence
from rulesync.findings import Finding
from rulesync.idempotency import key
from rulesync.intent import Endpoint, intent
from rulesync.plan import Change, Operation, Plan
from rulesync.planfile.forecasting import forecast
from rulesync.planfile.running import runs_json
from rulesync.planfile.running import utc as _utc
from rulesync.planjson import (
    FORMAT_VERSION,
    ApiJson,
    FieldJson,
    FindingJson,
    PlanJson,
    RefreshJson,
    ResourceJson,
    RuleJson,
    Summary,
    WaitingJson,
)
from rulesync.rule import Rule, Status
from rulesync.ruleset import ActualRule, DesiredRule
from rulesync.runs import Lately
from rulesync.wire import Dialect, v1


@dataclass(frozen=True, slots=True)
class Context:
    """What a plan is told about besides the rules: where, when, by which version, and how accounts are called."""

    version: str
    timestamp: datetime
    workspace: str | None
    dialect: Dialect
    base_url: str
    app_url: str
    requests_per_minute: int
    names: Mapping[str, str]
    commit: str | None = None
    runs: Mapping[str, Lately] = field(default_factory=dict)  # by the id of the rule
    looks_back: int = 0  # requests of an apply for runs
    refreshed: RefreshJson | None = None

    @property
    def endpoint(self) -> Endpoint:
        """Return where the plan is made against."""
        return Endpoint(self.base_url, self.workspace)

    @property
    def api(self) -> ApiJson:
        """Return the same as JSON."""
        return {"dialect": self.dialect.name, "base_url": self.base_url}


def plan_json(plan: Plan, context: Context, *, whole: bool = True) -> PlanJson:
    """Return a plan as JSON; its drift is what the digests in the markers tell, `drifting` has the whole of it.

    Where it need not be `whole`, rules that stay as they are and of which nothing is to be said are counted, and no
    more: enough for a text.
    """
    told = plan.changes if whole else tuple(change for change in plan.changes if not _is_quiet(change))
    changes = [_resource(change, plan.scope, context) for change in told]
    drift = [_drift(change, context) for change in (*plan.changes, *_kept_orphans(plan)) if change.drifted]
    waiting = [waiting_json(change.desired, change.actual, context) for change in plan.changes if change.waits]
    value: PlanJson = {
        "format_version": FORMAT_VERSION,
        "rulesync_version": context.version,
        "timestamp": _utc(context.timestamp),
        "errored": plan.errored,
        "complete": plan.complete and not plan.errored,
        "digest": digest_of(plan.scope, context, changes),
        "commit": context.commit,
        "accounts": _account_names((*told, *plan.orphans), context.names),
        "workspace": context.workspace,
        "scope": plan.scope,
        "api": context.api,
        "resource_changes": changes,
        "resource_drift": drift,
        "awaiting_enable": [each for each in waiting if each],
        "orphans": [
            {"key": c.key, "id": c.rule_id or "", "nickname": c.nickname, "live": c.live} for c in plan.orphans
        ],
        "unmanaged": [
            {
                "id": row.id,
                "nickname": row.nickname,
                "readable": row.id not in plan.unread,
                "reason": plan.unread.get(row.id),
            }
            for row in plan.unmanaged
        ],
        "findings": findings_json(plan.findings),
        "requests": forecast(plan, context.requests_per_minute, context.looks_back)
        if context.dialect.takes_writes
        else {"read": 0, "write": 0, "seconds_at_limit": 0},
        "summary": _summary(plan, len(drift)),
    }
    if context.refreshed:
        value["refresh"] = context.refreshed
    return value


def findings_json(findings: Iterable[Finding]) -> list[FindingJson]:
    """Return findings as JSON."""
    return [
        {
            "check": finding.check,
            "severity": finding.severity.value,
            "message": finding.message,
            "help": finding.help,
            "file": finding.location.file if finding.location else None,
            "line": finding.location.line if finding.location else None,
            "column": finding.location.column if finding.location else None,
        }
        for finding in findings
    ]


def digest_of(scope: str, context: Context, changes: Sequence[ResourceJson]) -> str:
    """Return 64 hexadecimal characters that stand for what a plan would do, and where; not for when it was made."""
    doing = [
        [each["name"], each["change"]["actions"], each["id"], each["change"]["after"], each["prior"], _status(each)]
        for each in changes
        if each["change"]["actions"] != ["no-op"]
    ]
    where = [context.workspace, scope, context.dialect.name, context.base_url]
    text = json.dumps([where, doing], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _status(resource: ResourceJson) -> object:
    before = resource["change"]["before"]
    return before.get("status") if before else None


def waiting_json(
    desired: DesiredRule | None, actual: ActualRule | None, context: Context, wanted: Status | None = None
) -> WaitingJson | None:
    """Return a rule that waits for a person, None where nothing waits; `wanted` is the status, if not Git's."""
    if desired is None or actual is None:
        return None
    if (wanted or desired.status) is not Status.ENABLED or actual.status is not Status.DISABLED:
        return None
    return {
        "key": desired.key,
        "id": actual.id,
        "nickname": actual.rule.nickname,
        "review_url": review_url(actual.id, context),
        "since": actual.updated_at,
    }


def _resource(change: Change, scope: str, context: Context) -> ResourceJson:
    """Return one change; `after` is what Git wants, so that its status is the one that Git wants too."""
    meant = intent(change, scope, context.endpoint, context.dialect)
    after: Rule | ActualRule | None = change.desired.rule if change.desired else None
    if change.verbatim and change.desired:
        after = ActualRule("", change.desired.rule, None, None, extras=change.verbatim.extras)
    resource = sides(change, change.actual, after, context)
    resource["change"]["actions"] = [change.operation.value]
    resource["idempotency_key"] = key(meant) if meant and context.dialect.takes_writes else None
    resource["deferred"] = change.deferred
    resource["note"] = change.note
    resource["runs"] = runs_json(context.runs.get(change.rule_id or ""))
    if change.operation is Operation.NO_OP and not change.deferred:
        resource["fields"] = []
    return resource


def _drift(change: Change, context: Context) -> ResourceJson:
    """Return what the app did to a rule: from what Git wants to what the app holds."""
    wish = change.desired.rule if change.desired else None
    resource = sides(change, wish, change.actual, context)
    resource["change"]["actions"] = ["update"] if wish else ["create"]
    resource["happened"] = "edited"
    return resource


def sides(
    change: Change, before: Rule | ActualRule | None, after: Rule | ActualRule | None, context: Context
) -> ResourceJson:
    """Return a resource that goes from one rule to another; the caller says by which action."""
    one, other = (spelled(before) if before else None), (spelled(after) if after else None)
    prior = change.prior
    location = change.desired.location if change.desired and change.verbatim is None else None
    return {
        "address": f"sequence_rule.{change.key}",
        "type": "sequence_rule",
        "name": change.key,
        "change": {"actions": ["no-op"], "before": one, "after": other},
        "id": change.rule_id,
        "nickname": change.nickname,
        "file": location.file if location else None,
        "line": location.line if location else None,
        "sentence_before": sentence(_rule(before), context.names) if before else None,
        "sentence_after": sentence(_rule(after), context.names) if after else None,
        "origin": change.origin.value if change.origin else None,
        "pauses": change.pauses and context.dialect.takes_writes,
        "deferred": False,
        "prior": {
            "updated_at": prior.updated_at,
            "digest": prior.digest,
            "marker": str(change.actual.marker) if change.actual and change.actual.marker else None,
        }
        if prior
        else None,
        "fields": differences(one, other, change) if one and other else [],
        "idempotency_key": None,
        "review_url": review_url(change.rule_id, context) if change.rule_id else None,
        "note": None,
        "happened": None,
        "runs": None,
    }


def differences(before: RuleJson, after: RuleJson, change: Change) -> list[FieldJson]:
    """Return the fields that are a difference to Git.

    That is not a nickname that Git leaves to the app, nor being paused, nor where the lines of a description end.
    """
    if change.desired is None:
        return []
    wish = change.desired.rule
    silent = {"status"} if wish.status is Status.ENABLED else set()
    silent |= set() if wish.nickname or change.verbatim else {"nickname"}
    held = change.actual.rule.description if change.actual else None
    silent |= {"description"} if wish.description == held and not change.verbatim else set()
    return [each for each in fields(before, after) if each["path"] not in silent]


def _rule(side: Rule | ActualRule) -> Rule:
    return side.rule if isinstance(side, ActualRule) else side


def spelled(side: Rule | ActualRule) -> RuleJson:
    """Return a rule in v1 spelling, whatever the dialect; an actual one with the fields that are not known here."""
    return v1.encode(side.rule, side.extras) if isinstance(side, ActualRule) else v1.encode(side)


def _kept_orphans(plan: Plan) -> list[Change]:
    deleted = {change.rule_id for change in plan.changes if change.operation is Operation.DELETE}
    return [change for change in plan.orphans if change.rule_id not in deleted]


def _is_quiet(change: Change) -> bool:
    return change.operation is Operation.NO_OP and not change.deferred and not change.note


def _account_names(told: Iterable[Change], names: Mapping[str, str]) -> dict[str, str]:
    """Return the names of the accounts that the rules of changes speak of."""
    sides = [side for change in told for side in (change.desired, change.actual) if side]
    rules = [side.rule for side in sides]
    ids = sorted({account for each in rules for account in model.accounts(each)})
    return {account: names[account] for account in ids if account in names}


def _summary(plan: Plan, drifted: int) -> Summary:
    count = dict.fromkeys(Operation, 0)
    for change in plan.changes:
        count[change.operation] += 1
    return {
        "create": count[Operation.CREATE],
        "update": count[Operation.UPDATE],
        "delete": count[Operation.DELETE],
        "no-op": count[Operation.NO_OP],
        "awaiting_enable": sum(change.waits for change in plan.changes),
        "drifted": drifted,
        "orphaned": len(plan.orphans),
        "unmanaged": len(plan.unmanaged),
    }


def rule_url(rule_id: str, context: Context) -> str:
    """Return where a person can look at a rule, and switch it off."""
    return f"{context.app_url}/map/rules/{rule_id}"


def review_url(rule_id: str, context: Context) -> str:
    """Return where a person is asked to enable a rule."""
    return f"{rule_url(rule_id, context)}?action=activateRule"
