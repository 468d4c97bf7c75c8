"""What is decided before a write is sent, from a look at what it would replace."""

from collections.abc import Sequence
from datetime import datetime

from rulesync.answer import Hidden, Look, Missing
from rulesync.ownership import digest
from rulesync.plan import Change, Operation, is_met
from rulesync.protocol.decision import End, Send, Tried
from rulesync.report import Result
from rulesync.rule import Status
from rulesync.ruleset import ActualRule, ListedRule
from rulesync.runs import Run, is_in_progress


def before_create(change: Change, ours: Sequence[ListedRule], look: Look | None, tried: Tried) -> Send | End:
    """Decide from the list's rows that bear our marker, and a look at the one that does."""
    if not ours:
        return Send()
    if len(ours) > 1:
        ids = ", ".join(f"`{row.id}`" for row in ours)
        return End(Result.STALE, f"more than one rule bears its marker now: {ids}")
    if isinstance(look, ActualRule) and is_met(change, look):
        return End(Result.DONE, actual=look)
    if isinstance(look, ActualRule):
        return other(look, tried)
    hidden = Result.UNKNOWN if tried.doubt else Result.STALE
    return End(hidden, f"the list shows the rule `{ours[0].id}` of this key, and it cannot be read")


def other(look: ActualRule, tried: Tried) -> End:
    """Return how a create comes out whose rule is there and differs; an attempt of ours may have made it."""
    if tried.doubt:
        return End(Result.ALTERED, f"the rule `{look.id}` of this key was made, and somebody changed it since", look)
    return End(Result.STALE, f"another apply made the rule `{look.id}` of this key meanwhile, and it differs", look)


def while_running(runs: Sequence[Run], now: datetime) -> End | None:
    """Decide from the newest runs of a rule, before it is looked at; None where none of them is in progress.

    A run that begins between this look and the write cannot be seen by anybody: the API has no conditional writes.
    """
    if not is_in_progress(runs, now):
        return None
    return End(Result.SKIPPED, "an execution of it began after the plan, and nobody allowed to write it meanwhile")


def before_write(change: Change, look: Look, *, sent: bool) -> Send | End:
    """Decide from a look by id right before an update or delete; `sent` where an attempt may have arrived already.

    Where one may have arrived, a rule that moved is not called stale, which would say that it was not written.
    """
    if isinstance(look, Hidden):
        return End(Result.UNKNOWN if sent else Result.FAILED, f"the rule could not be read: {look.reason}")
    if isinstance(look, Missing) and (change.operation is Operation.DELETE or change.switches_off_only):
        return End(Result.DONE)
    moved = Result.UNKNOWN if sent else Result.STALE
    also = ", and a write of ours may have been done before that" if sent else ""
    if isinstance(look, Missing):
        return End(moved, f"the rule is gone{also}")
    if is_met(change, look):
        return End(Result.DONE, actual=look)
    if is_as_planned(change, look):
        return Send()
    return End(moved, f"{_moved(change, look)}{also}", look)


def is_as_planned(change: Change, actual: ActualRule) -> bool:
    """Tell whether a rule is still exactly what the plan saw: content, marker, status and time of the last change."""
    return change.actual is not None and (
        digest(actual.rule) == digest(change.actual.rule)
        and actual.rule == change.actual.rule
        and actual.marker == change.actual.marker
        and actual.updated_at == change.actual.updated_at
        and actual.extras == change.actual.extras
    )


def _moved(change: Change, actual: ActualRule) -> str:
    before = change.actual
    if before is not None and before.rule.status is not actual.rule.status:
        live = actual.rule.status is Status.ENABLED
        return "somebody enabled the rule after the plan" if live else "somebody paused the rule after the plan"
    return "somebody changed the rule after the plan"
