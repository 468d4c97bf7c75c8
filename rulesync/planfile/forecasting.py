"""What an apply of a plan costs: its requests, and the time that the rate limit makes of them."""

from rulesync.plan import Operation, Plan
from rulesync.planjson import RequestsJson


def forecast(plan: Plan, per_minute: int, looks_back: int = 0) -> RequestsJson:
    """Return what an apply costs at most.

    There is a list before the first create, a look before each update or delete and one after each delete, a list at
    the end, and so many looks at runs.
    """
    writes = len(plan.writes)
    looks = sum(change.actual is not None for change in plan.writes)
    looks += sum(change.operation is Operation.DELETE for change in plan.writes)
    creates = any(change.operation is Operation.CREATE for change in plan.writes)
    read = looks + looks_back + creates + 1 if writes else 0
    over = max(0, read + writes - per_minute)
    return {"read": read, "write": writes, "seconds_at_limit": -(-over * 60 // per_minute)}
