"""A canonical rule -> the body of a request: account nodes as id and type, null and default as the dialect has it.

Each action always carries its group index and whether it may send less, as the documented examples do.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from rulesync.rule import (
    Account,
    Action,
    AllOf,
    Amount,
    AnyOf,
    Comparison,
    Condition,
    DepositTrigger,
    Figure,
    FixedAmount,
    LiabilityFigure,
    ManualTrigger,
    Opaque,
    Percentage,
    PercentageOfLiability,
    RoundDown,
    Rule,
    ScheduledTrigger,
    Step,
    TopUp,
    Trigger,
)
from rulesync.ruleset import Extra
from rulesync.wire.spelling import Spelling

Json = dict[str, object]


def encode_rule(rule: Rule, spelling: Spelling, extras: Iterable[Extra] = ()) -> Json:
    """Return the body that says exactly this rule, with `extras` put back where they were read."""
    body: Json = {
        "nickname": rule.nickname,
        "description": rule.description.raw if rule.description else None,
        "status": spelling.status(rule.status.name),
        "trigger": _trigger(rule.trigger, spelling),
        "steps": [_step(step, spelling) for step in rule.steps],
    }
    spelled = _spell(body, spelling)
    for extra in extras:
        _put(spelled, extra, spelling)
    return spelled


def instant(moment: datetime) -> str:
    """Return an instant in UTC, with fractions of a second only where there are some."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _spell(fields: Json, spelling: Spelling) -> Json:
    """Return the fields under the dialect's names; those that say nothing only where it wants them as null."""
    return {spelling.field(name): value for name, value in fields.items() if value is not None or spelling.nulls}


def _trigger(trigger: Trigger, spelling: Spelling) -> object:
    match trigger:
        case Opaque(text):
            return json.loads(text)
        case DepositTrigger(account_id):
            return _spell({"type": "ON_FUNDS_TRANSFERRED", "account_id": account_id}, spelling)
        case ManualTrigger(account_id):
            return _spell({"type": "MANUAL", "account_id": account_id}, spelling)
        case ScheduledTrigger(schedule, start, account):
            return _spell(
                {
                    "type": "SCHEDULED",
                    "account_id": account,
                    "schedule_type": schedule.name,
                    "start_date": instant(start),
                },
                spelling,
            )


def _step(step: Step | Opaque, spelling: Spelling) -> object:
    if isinstance(step, Opaque):
        return json.loads(step.json)
    conditions = _condition(step.condition, spelling) if step.condition is not None else None
    return _spell({"conditions": conditions, "actions": [_action(a, spelling) for a in step.actions]}, spelling)


def _condition(condition: Condition, spelling: Spelling) -> object:
    match condition:
        case Opaque(text):
            return json.loads(text)
        case AllOf(inner):
            return {"all": [_condition(each, spelling) for each in inner]}
        case AnyOf(inner):
            return {"any": [_condition(each, spelling) for each in inner]}
        case Comparison(fact, operator, value, value_fact, account_id):
            params = None if account_id is None else {spelling.field("account_id"): account_id}
            leaf: Json = {
                "fact": fact.name,
                "operator": operator.name,
                "value": value,
                "value_fact": value_fact.name if value_fact else None,
                "params": params,
            }
            return {"condition": _spell(leaf, spelling)}


def _action(action: Action | Opaque, spelling: Spelling) -> object:
    if isinstance(action, Opaque):
        return json.loads(action.json)
    limit = action.limit and _spell(
        {"period": action.limit.period.name, "amount_in_cents": action.limit.cents}, spelling
    )
    fields: Json = {
        "type": spelling.action_types[type(action.amount)],
        "source": _account(action.source, spelling),
        "destination": _account(action.destination, spelling),
        **_amount(action.amount, spelling),
        "group_index": action.group,
        "up_to_enabled": action.up_to_available,
        "is_direct_deposit": action.direct_deposit or (False if spelling.nulls else None),
        "limit": limit,
        "ach_description": action.ach_description,
    }
    return _spell(fields, spelling)


def _amount(amount: Amount, spelling: Spelling) -> Json:
    match amount:
        case FixedAmount(cents) | RoundDown(cents):
            return {"amount_in_cents": cents}
        case TopUp(target):
            return _target(target, spelling)
        case Percentage(percent, base):
            return {"percentage_value": _number(percent), "percentage_target": base.name}
        case PercentageOfLiability(percent):
            return {"percentage_value": _number(percent)}
        case _:
            return {}


def _target(target: int | LiabilityFigure, spelling: Spelling) -> Json:
    """Return the one of a top-up's four targets that is meant, and that the others are not."""
    fields: Json = {"amount_in_cents": None, **{f"{figure.name.lower()}_account": None for figure in Figure}}
    if isinstance(target, LiabilityFigure):
        return fields | {f"{target.figure.name.lower()}_account": _account(target.account, spelling)}
    return fields | {"amount_in_cents": target}


def _account(account: Account, spelling: Spelling) -> Json:
    return {"id": account.id, "type": spelling.account_type(account.type)}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _put(body: object, extra: Extra, spelling: Spelling) -> None:
    """Put an extra back; the path was made by reading a body of this very shape, but for objects that said no more.

    Its last part is as the dialect that it came from spells it, and hides nothing of this one.
    """
    node: object = body
    for part in extra.path[:-1]:
        node = _inside(node, spelling.field(part)) if isinstance(part, str) else node[part]  # type: ignore[index]  # a list
    node.setdefault(extra.path[-1], json.loads(extra.json))  # type: ignore[attr-defined]  # an object


def _inside(node: object, name: str) -> object:
    """Return the object or list under a name; one that is absent or null is made."""
    fields = node if isinstance(node, dict) else {}
    if fields.get(name) is None:
        fields[name] = {}
    return fields[name]
