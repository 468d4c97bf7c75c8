"""What the brake is about to do -> the JSON that it is shown from."""

from rulesync.brake import Brake
from rulesync.english import sentence
from rulesync.plan import Change, Operation
from rulesync.planfile.writing import Context, rule_url
from rulesync.planjson import PausedJson, PauseJson
from rulesync.ruleset import ListedRule


def pause_json(brake: Brake, context: Context, *, everything: bool = False) -> PauseJson:
    """Return what is switched off, in the order of writing, what is off already, and what cannot be switched off.

    Where `everything` was to be switched off, also what is nobody's here, and runs on.
    """
    changes = brake.plan.changes
    return {
        "workspace": context.workspace,
        "scope": brake.plan.scope,
        "api": context.api,
        "rules": [_rule(each, brake, context) for each in brake.plan.writes],
        "off": [_rule(each, brake, context) for each in changes if each.operation is Operation.NO_OP],
        "unreadable": [_rule(each.change, brake, context, each.reason) for each in brake.unreadable],
        "untouched": [_other(row, context) for row in brake.untouched] if everything else [],
    }


def _rule(change: Change, brake: Brake, context: Context, why_not: str | None = None) -> PausedJson:
    rule_id = change.rule_id or ""
    return {
        "key": change.key,
        "id": rule_id,
        "nickname": change.nickname,
        "sentence": sentence(change.actual.rule, context.names) if change.actual else None,
        "at_stake": brake.stakes.get(rule_id),
        "why_not": why_not,
        "rule_url": rule_url(rule_id, context),
    }


def _other(row: ListedRule, context: Context) -> PausedJson:
    return {
        "key": "",
        "id": row.id,
        "nickname": row.nickname,
        "sentence": None,
        "at_stake": None,
        "why_not": None,
        "rule_url": rule_url(row.id, context),
    }
