"""What a plan may not do: more deletes or updates at once than somebody decided on a calm day."""

from rulesync.findings import Finding, error
from rulesync.plan import Operation, Plan

_FEW = 3
_SHARE = 10


def over_limits(plan: Plan, max_deletes: int | None, max_updates_percent: float | None) -> list[Finding]:
    """Return why a plan does too much at once, with the numbers and the way out.

    Without a limit of its own, at most 3 rules or 10 % of the managed ones, whichever is more, may be deleted.
    """
    managed = sum(change.operation is not Operation.CREATE for change in plan.changes)
    deletes = sum(change.operation is Operation.DELETE for change in plan.changes)
    updates = sum(change.operation is Operation.UPDATE for change in plan.changes)
    allowed = max(_FEW, managed * _SHARE // 100) if max_deletes is None else max_deletes
    findings = []
    if deletes > allowed:
        message = f"the plan deletes {deletes} of {managed} rules, and {allowed} are allowed at once"
        findings.append(
            error("max-deletes", message, help="raise `limits.max_deletes` in rulesync.yaml, or delete fewer")
        )
    if max_updates_percent is not None and updates * 100 > max_updates_percent * managed:
        message = f"the plan changes {updates} of {managed} rules, and {max_updates_percent:g} % are allowed at once"
        advice = "raise `limits.max_updates_percent` in rulesync.yaml, or change fewer, with `--target`"
        findings.append(error("max-updates", message, help=advice))
    return findings
