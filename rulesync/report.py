"""What happened: how each change of a plan came out, as far as it could be proved."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rulesync.errors import Stop
from rulesync.plan import Change
from rulesync.ruleset import ActualRule


class Result(StrEnum):
    """How a change came out.

    done: the closing look shows it, also when it was so already. failed: refused, and nothing was written. stale: the
    rule moved since the plan, and was not written. skipped: not tried. altered: written, and the API holds something
    else. unknown: no answer, and no proof either way.
    """

    DONE = "done"
    FAILED = "failed"
    STALE = "stale"
    SKIPPED = "skipped"
    ALTERED = "altered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One change and what became of it.

    `actual` is the rule as the closing look showed it, where there was a look. `live` says that it was found enabled
    right after our write, which no write of ours asks for. `idempotency_key` and `request_id` are those of the last
    attempt; None where nothing was sent.
    """

    change: Change
    result: Result
    rule_id: str | None = None
    actual: ActualRule | None = None
    live: bool = False
    idempotency_key: str | None = None
    request_id: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What an apply did; times are in UTC. `stopped` is why it did not go on to the end, None where it did.

    `refused` is why nothing of the plan might be written.
    """

    started_at: datetime
    finished_at: datetime
    outcomes: tuple[Outcome, ...]
    stopped: Stop | None = None
    refused: str | None = None

    @property
    def interrupted(self) -> bool:
        """Whether somebody asked it to stop."""
        return self.stopped is Stop.ASKED

    def count(self, *results: Result) -> int:
        """Return how many changes came out in one of these ways."""
        return sum(outcome.result in results for outcome in self.outcomes)


def exit_code(report: Report) -> int:
    """Return what `apply` exits with: 0 for all done, and the most telling number for anything else."""
    undone = len(report.outcomes) - report.count(Result.DONE)
    if not undone:
        return 0
    if undone < len(report.outcomes) or report.count(Result.ALTERED, Result.UNKNOWN):
        return 5
    if report.count(Result.FAILED) or report.stopped is Stop.TIME_UP:
        return 1
    return 4 if report.count(Result.STALE) else 3
