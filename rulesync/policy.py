"""What a plan may not do: more writes at once, or more money at stake, than somebody decided on a calm day."""

from collections.abc import Iterator
from dataclasses import dataclass

from rulesync.findings import Finding, error
from rulesync.money import format_cents
from rulesync.plan import Operation, Plan
from rulesync.stake import stake

_FEW = 3
_SHARE = 10
_VERBS = {Operation.CREATE: "creates", Operation.UPDATE: "changes", Operation.DELETE: "deletes"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a plan may not exceed, None where there is no limit.

    Counts are of rules, percentages of the rules that are managed; `max_at_stake` is in cents, and counts what one run
    of every rule that is created or changed can move at most.
    """

    max_creates: int | None = None
    max_updates: int | None = None
    max_deletes: int | None = None
    max_updates_percent: float | None = None
    max_deletes_percent: float | None = None
    max_at_stake: int | None = None


def over_limits(plan: Plan, limits: Limits, managed: int | None = None) -> list[Finding]:
    """Return everything that a plan does too much of at once, each with the numbers and the way out.

    `managed` is how many rules are managed, where the plan is only of some of them. Without a limit of its own, at most
    3 rules or 10 % of the managed ones, whichever is more, may be deleted.
    """
    managed = managed_in(plan) if managed is None else managed
    most_deletes = limits.max_deletes
    if most_deletes is None and limits.max_deletes_percent is None:
        most_deletes = max(_FEW, managed * _SHARE // 100)
    creates = _excess(plan, Operation.CREATE, managed, limits.max_creates)
    updates = _excess(plan, Operation.UPDATE, managed, limits.max_updates, limits.max_updates_percent)
    deletes = _excess(plan, Operation.DELETE, managed, most_deletes, limits.max_deletes_percent)
    return [
        *(error("max-creates", message, help=advice) for message, advice in creates),
        *(error("max-updates", message, help=advice) for message, advice in updates),
        *(error("max-deletes", message, help=advice) for message, advice in deletes),
        *_at_stake(plan, limits.max_at_stake),
    ]


def managed_in(plan: Plan) -> int:
    """Return how many managed rules a whole plan speaks of: all that are there already."""
    return sum(change.operation is not Operation.CREATE for change in plan.changes)


def _excess(
    plan: Plan, operation: Operation, managed: int, most: int | None, percent: float | None = None
) -> Iterator[tuple[str, str]]:
    """Yield what is too much of one operation, by number and in percent, each with the way out."""
    number = sum(change.operation is operation for change in plan.changes)
    of = "" if operation is Operation.CREATE else f" of {managed}"
    does = f"the plan {_VERBS[operation]} {number}{of} rules"
    name = f"max_{operation.value}s"
    fewer = "delete fewer" if operation is Operation.DELETE else f"{operation.value} fewer, with `--target`"
    if most is not None and number > most:
        message = f"{does}, and {most} are allowed at once"
        yield message, f"raise `limits.{name}` in rulesync.yaml, or {fewer}"
    if percent is not None and number * 100 > percent * managed:
        message = f"{does}, and {percent:g} % are allowed at once"
        yield message, f"raise `limits.{name}_percent` in rulesync.yaml, or {fewer}"


def _at_stake(plan: Plan, most: int | None) -> Iterator[Finding]:
    """Yield that what is written could move too much; what nobody can bound may be everything."""
    written = [change for change in plan.writes if change.desired is not None]
    if most is None or not written:
        return
    stakes = {change.key: stake(change.desired.rule, {}) for change in written if change.desired}
    unbounded = [key for key, cents in stakes.items() if cents is None]
    known = sum(cents for cents in stakes.values() if cents is not None)
    advice = "raise `limits.max_at_stake` in rulesync.yaml, or write fewer at once, with `--target`"
    if unbounded:
        named = ", ".join(f"`{key}`" for key in unbounded)
        message = f"nothing bounds what one run of {named} can move, and {format_cents(most)} are allowed at once"
        yield error("max-at-stake", message, help=f"give each action a `limit:`, or {advice}")
    if known > most:
        message = (
            f"one run of each rule that is written can move {format_cents(known)}, and {format_cents(most)} are "
            "allowed at once"
        )
        yield error("max-at-stake", message, help=advice)
