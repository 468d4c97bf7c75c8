"""What happened in the app as JSON: a plan's document whose `resource_drift` has the whole of it."""

from collections.abc import Sequence

from rulesync.diff import fields
from rulesync.drift import Drift
from rulesync.plan import Plan
from rulesync.planfile.writing import Context, plan_json, sides
from rulesync.planjson import PlanJson, ResourceJson


def drift_json(plan: Plan, drifts: Sequence[Drift], context: Context) -> PlanJson:
    """Return a plan as JSON with these as its drift."""
    value = plan_json(plan, context)
    value["resource_drift"] = [_resource(drift, context) for drift in drifts]
    value["summary"]["drifted"] = len(drifts)
    return value


def _resource(drift: Drift, context: Context) -> ResourceJson:
    """Return what became of a rule: from what Git wants to what the app holds."""
    change = drift.change
    wish = change.desired.rule if change.desired else None
    resource = sides(change, wish, change.actual, context)
    before, after = resource["change"]["before"], resource["change"]["after"]
    if drift.happened == "waiting":
        resource["change"]["actions"] = ["no-op"]
    elif wish is None:
        resource["change"]["actions"] = ["create"]
    elif change.rule_id is None:
        resource["change"]["actions"] = ["delete"]
    else:
        resource["change"]["actions"] = ["update"]
    if drift.happened == "paused" and before and after:
        resource["fields"] = fields(before, after)
    resource["happened"] = drift.happened
    resource["origin"] = drift.origin.value if drift.origin else None
    resource["note"] = drift.note
    return resource
