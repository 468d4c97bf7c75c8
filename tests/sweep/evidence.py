"""What was seen of one schedule: every request with what the server held then, every plan, every report, every deed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rulesync.plan import Plan
from rulesync.report import Report
from tests.sweep.schedule import Commit, Run, Schedule

Json = Mapping[str, object]
Rules = Mapping[str, Json]  # what the server holds, by id, as it spells it


@dataclass
class Sent:
    """One request that arrived; `held` is what the server held when it was processed, `left` when it was answered.

    `status` is None where the client saw no answer; `entry` is the server's own note of it.
    """

    run: int
    time: float
    method: str
    path: str
    key: str | None
    body: object
    held: Rules
    left: Rules = field(default_factory=dict)
    status: int | None = None
    answer: object = None
    entry: Mapping[str, object] = field(default_factory=dict)

    @property
    def rule_id(self) -> str | None:
        """Return the rule that it is about, None for a list or a create."""
        return self.path.rpartition("/rules/")[2] if "/rules/" in self.path else None

    @property
    def shown(self) -> object:
        """Return the rule that the client was shown."""
        return self.answer.get("data") if isinstance(self.answer, dict) and self.status == 200 else None

    @property
    def committed(self) -> bool:
        """Return whether it took effect, by the server's own note."""
        return bool(self.entry.get("committed"))


@dataclass
class Ran:
    """One run: what it wanted, planned and reported; requests before the number `planned` were for the plan."""

    run: Run
    wanted: Commit
    began: float
    plan: Plan | None = None
    planned: int = 0
    report: Report | None = None
    ended: float = 0
    how: str = "died"


@dataclass
class Evidence:
    """One schedule and all that was seen of it; `states` is what the server held, after each thing that moved."""

    schedule: Schedule
    sent: list[Sent] = field(default_factory=list)
    ran: list[Ran] = field(default_factory=list)
    states: list[tuple[float, Rules]] = field(default_factory=list)
    deeds: list[tuple[float, str, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    still: bool = False  # whether a plan after the last run had nothing to do
