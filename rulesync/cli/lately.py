"""What the rules of a plan did lately: looked at within a budget of requests, and said in the plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rulesync.clock import SYSTEM_CLOCK
from rulesync.lookback import NOT_LOOKED_AT, Looking, chosen, looked_at_again, said
from rulesync.plan import Plan
from rulesync.runs import History, Lately, lately, watched

if TYPE_CHECKING:
    from rulesync.remote import Reader


@dataclass(frozen=True, slots=True)
class LookedBack:
    """A plan with what the runs of its rules say of it, those runs by the id of the rule, and the requests it took.

    `again` is how many requests it takes to look at them again when the plan is applied as it was saved.
    """

    plan: Plan
    runs: Mapping[str, Lately]
    reads: int = 0
    again: int = 0

    @property
    def watched(self) -> int:
        """Return how many rules are to be looked at again right before they are written."""
        return sum(known.watched for known in self.runs.values())


def look_back(
    plan: Plan, reader: "Reader", looking: Looking, *, allowed: bool, now: datetime | None = None
) -> LookedBack:
    """Look at the runs of the rules that are worth it, those at stake first, and return what they say.

    Where requests are left of the budget, live rules in which another run may begin meanwhile are marked, to be looked
    at again right before they are written. `allowed` says that a run in progress is no reason to leave a rule alone;
    then there is nothing to look for.
    """
    considered = chosen(plan, looking)
    first = [change.rule_id or "" for change in considered[: looking.requests]]
    histories = reader.executions(first) if first else {}
    at = now or reader.server_time or SYSTEM_CLOCK.now()
    left = 0 if allowed else looking.requests - len(first)
    known: dict[str, Lately] = {}
    for change in considered:
        rule_id = change.rule_id or ""
        history = histories.get(rule_id, History(unknown=NOT_LOOKED_AT))
        found = lately(change.actual.rule if change.actual else None, history, at)
        if change.pauses and left > 0:
            found = watched(found, at)
            left -= found.watched
        known[rule_id] = found
    told = considered if looking.every else [change for change in considered if change.pauses]
    again = looked_at_again(considered, known, looking.requests)
    return LookedBack(said(plan, told, known, allowed=allowed, most=looking.requests), known, len(first), again)
