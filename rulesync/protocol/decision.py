"""The decisions about a write as values, and what was tried of it so far."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rulesync.answer import Answer, Lost
from rulesync.report import Result
from rulesync.ruleset import ActualRule

HORIZON = timedelta(seconds=30)
"""How long the API's views are given to catch up with a write before an absence is believed."""

MOST_GENERATIONS = 20
MOST_ATTEMPTS = 5
MOST_FAILURES = 2
"""How often a server that keeps its failures may fail anew before no further key is given to it."""

FAILING = 500
UNBUILT = 501
"""The failure of a server that has no such write, and so did not do it."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send the write."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Look again after so many seconds, and send again under the same key if nothing moved."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Walk:
    """Leave a burned key: look again, and send under the key of the next generation if nothing moved."""


@dataclass(frozen=True, slots=True)
class Settle:
    """Wait until the API's views have settled, then look.

    `until` is by the server's clock, None for the whole horizon from now. `burned` says that the key may be left if
    nothing bears our marker then; otherwise the rule was removed by somebody, and is not made again.
    """

    until: datetime | None
    why: str
    burned: bool = True


@dataclass(frozen=True, slots=True)
class Verify:
    """The server says that it acted; the closing look will tell."""

    rule_id: str | None


@dataclass(frozen=True, slots=True)
class End:
    """The change has come out; `unoffered` says that no other write can fare better, since the API takes none.

    `denied` says of an unknown outcome that the answer denies the write, and only a look can tell whether it was done.
    """

    result: Result
    why: str | None = None
    actual: ActualRule | None = None
    unoffered: bool = False
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried of one change so far: attempts under the present key, and how often the key was left.

    `doubt` says that an attempt may have arrived without our knowing what came of it. `failures` counts the attempts,
    under whatever key, at which the server failed then and there.
    """

    attempts: int = 0
    generation: int = 0
    doubt: bool = False
    failures: int = 0

    def again(self, answer: Answer | Lost) -> "Tried":
        """Return what was tried after one more attempt under the same key."""
        reached = answer.reached if isinstance(answer, Lost) else answer.status >= FAILING and answer.status != UNBUILT
        failed = isinstance(answer, Answer) and answer.status >= FAILING and not answer.remembered
        return replace(self, attempts=self.attempts + 1, doubt=self.doubt or reached, failures=self.failures + failed)

    def next_generation(self) -> "Tried":
        """Return what was tried after leaving the key."""
        return replace(self, attempts=0, generation=self.generation + 1)
