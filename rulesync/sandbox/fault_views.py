"""What faults do to looks: views that lag behind a write, a list without one of its rules, pages that shift.

Law: what is stored stays right; a write acts on what is stored, never on what a view shows.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rulesync.sandbox.fault import Met, Term
from rulesync.sandbox.records import Rule

LIST, GET = "list-lags", "get-lags"


@dataclass(frozen=True, eq=False)
class _Lag:
    """One rule as a view still has it (None: not there) while the term lasts."""

    kind: str
    organisation: int
    rule_id: str
    before: Rule | None
    term: Term


class Lags:
    """The views that lag behind; where several lag behind writes of one rule, the oldest is seen first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lags: list[_Lag] = []

    def clear(self) -> None:
        """Let every view be up to date."""
        with self._lock:
            self._lags = []

    def plant(self, met: Met, organisation: int, rule_id: str, before: Rule | None, now: datetime) -> None:
        """Let the views that a write's faults name show the rule as it was before the write."""
        for fault in met.faults:
            if fault.kind in {LIST, GET}:
                with self._lock:
                    self._lags.append(_Lag(fault.kind, organisation, rule_id, before, Term.of(fault, now)))

    def listed(
        self, met: Met, organisation: int, rules: list[Rule], now: datetime, *, is_first_page: bool
    ) -> list[Rule]:
        """The rules as a list shows them; all pages after the first are of one list with it."""
        if not self._lags:
            return rules
        shown: dict[str, Rule | None] = {rule.id: rule for rule in rules}
        with self._lock:
            active = [lag for lag in self._lags if lag.kind == LIST and lag.organisation == organisation]
            over = [lag for lag in active if lag.term.is_over(now, counts=is_first_page)]
            self._lags = [lag for lag in self._lags if lag not in over]
        for lag in reversed([lag for lag in active if lag not in over]):
            shown[lag.rule_id] = lag.before
            met.note(LIST)
        return sorted((rule for rule in shown.values() if rule is not None), key=lambda rule: rule.number)

    def looked_up(self, met: Met, organisation: int, rule_id: str, found: Rule | None, now: datetime) -> Rule | None:
        """The rule as a GET shows it."""
        if not self._lags:
            return found
        with self._lock:
            active = [
                lag for lag in self._lags if (lag.kind, lag.organisation, lag.rule_id) == (GET, organisation, rule_id)
            ]
            over = [lag for lag in active if lag.term.is_over(now)]
            self._lags = [lag for lag in self._lags if lag not in over]
        for lag in active:
            if lag not in over:
                met.note(GET)
                return lag.before
        return found


def without_lost(met: Met, rules: Sequence[Rule]) -> list[Rule]:
    """The rules without the one that the list loses: the rule that the fault names, or the newest."""
    lost = met.find("list-loses-rule")
    if lost is None or not rules:
        return list(rules)
    rule_id = lost.options["rule"] or rules[-1].id
    return [rule for rule in rules if rule.id != rule_id]


def shift(met: Met) -> int:
    """By how many rows this page begins too late (or, below zero, too early)."""
    shifted = met.find("list-shifts")
    return 0 if shifted is None else shifted.integer("by")
