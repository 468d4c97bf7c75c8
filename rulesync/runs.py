"""What a rule did lately, as values: its runs as the API tells them, and what of that matters before a rule is paused.

Law: a history that could not be read is never taken for one without runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from rulesync.rule import Rule, Status
from rulesync.schedule import NextRun, next_run

LATELY = timedelta(days=30)
"""How far back runs are counted; one that is said to be in progress for longer is not believed to be."""

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_SKEW = timedelta(minutes=5)  # how far ahead of the API's own clock its runs may be dated


class RunStatus(StrEnum):
    """What became of a run: `partial` is some transfers failed, `failed` an error or all of them."""

    IN_PROGRESS = "in_progress"
    EXECUTED = "executed"
    PARTIAL = "partial"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a rule; what the API did not tell, or told in no way that is known, is None or unknown."""

    rule_id: str | None
    at: datetime | None
    status: RunStatus
    trigger: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The newest runs of one rule.

    `more` says that the API has, or may have, others. `unknown` is why nothing could be read, None where it could.
    """

    runs: tuple[Run, ...] = ()
    more: bool = False
    unknown: str | None = None


@dataclass(frozen=True, slots=True)
class Lately:
    """What matters of a rule's runs, at one moment.

    `next` is None where nothing runs by the calendar. `count` is of the last thirty days, `at_least` says that there
    may be more; both `count` and `in_progress` are None where the history is `unknown`, which says why. `watched` says
    that its runs are worth another look right before it is written.
    """

    next: NextRun | None = None
    last: Run | None = None
    count: int | None = None
    at_least: bool = False
    in_progress: bool | None = None
    unknown: str | None = None
    watched: bool = False


def lately(rule: Rule | None, history: History, now: datetime) -> Lately:
    """Return what matters of a history now; a rule that is off, or cannot be read, has no next run.

    A run dated in the future counts for nothing but being in progress.
    """
    coming = next_run(rule.trigger, now) if rule and rule.status is Status.ENABLED else None
    if history.unknown is not None:
        return Lately(coming, unknown=history.unknown)
    dated = [(run.at, run) for run in history.runs if run.at and run.at - now <= _SKEW]
    recent = [at for at, _ in dated if now - at <= LATELY]
    odd = len(dated) < len(history.runs)
    _, last = max(dated, key=lambda pair: pair[0], default=(None, None))
    return Lately(
        next=coming,
        last=last,
        count=len(recent),
        at_least=odd or (history.more and len(recent) == len(dated)),
        in_progress=is_in_progress(history.runs, now),
    )


def is_in_progress(runs: Sequence[Run], now: datetime) -> bool:
    """Tell whether a run is in progress: running, to be tried again, or with transfers that have not settled."""
    return any(run.status is RunStatus.IN_PROGRESS and (run.at is None or now - run.at <= LATELY) for run in runs)


def watched(known: Lately, now: datetime) -> Lately:
    """Return the same, watched where another run may well begin while a plan is carried out.

    That is where it ran within the last day, or is to run within the hour. One that is in progress already was
    accepted, or keeps the plan from being carried out.
    """
    if known.unknown is not None or known.in_progress:
        return known
    ran = known.last is not None and known.last.at is not None and now - known.last.at <= _DAY
    comes = known.next is not None and known.next.at - now <= _HOUR
    return replace(known, watched=ran or comes)
