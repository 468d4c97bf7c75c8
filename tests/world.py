"""One organisation in the sandbox with both hands on it: plans and applies through the client, people in the app."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self

import httpx

from rulesync import apply
from rulesync.apply import Terms
from rulesync.clock import Clock
from rulesync.intent import Endpoint
from rulesync.patience import Patience
from rulesync.plan import Options, Plan, build, wanted
from rulesync.remote import Writer, client
from rulesync.report import Report
from rulesync.rule import (
    Action,
    Amount,
    FixedAmount,
    LastStatementBalance,
    NextPaymentMinimum,
    Opaque,
    PercentageOfLiability,
    RoundDown,
    Rule,
    ScheduledTrigger,
    Step,
    TotalAmountDue,
)
from rulesync.sandbox import Sandbox
from rulesync.wire import v1
from tests.builders import SCOPE, desired
from tests.clocks import FakeClock
from tests.faults import Faulty
from tests.strategies import ACCOUNTS

BASE = "http://127.0.0.1/api/v1"
_LIABILITIES = NextPaymentMinimum | TotalAmountDue | LastStatementBalance | PercentageOfLiability


class World:
    """A sandbox without rules, holding the accounts of `tests.strategies`, on a clock that stands still.

    The client's clock is `skew` seconds ahead of it. `per_minute` is the rate limit of both sides, None for none.
    """

    def __init__(self, skew: float = 0, *, per_minute: int | None = None) -> None:
        self.time = FakeClock()
        ours = self.time.clock
        self.clock = Clock(lambda: ours.now() + timedelta(seconds=skew), ours.monotonic, ours.sleep)
        self.box = Sandbox(clock=self.time.clock.now, requests_per_minute=per_minute, household=False)
        self.wire = Faulty(httpx.WSGITransport(app=self.box.wsgi))
        for account in ACCOUNTS:
            liability = {"external_account_type": "LIABILITY"} if account.type == "external_account" else {}
            opened = {"id": account.id, "name": account.id, "type": account.type, "can_be_source": True}
            self.box.open_account({**opened, "can_be_destination": True, **liability})
        self.per_minute = per_minute
        self.begin()

    def begin(self, timeout: float = math.inf) -> None:
        """Begin a run of its own, as a new process does, that has so many seconds from now on."""
        self.patience = Patience(self.clock, timeout)
        self.client = client(
            BASE,
            self.box.key,
            v1,
            per_minute=self.per_minute or 10**6,
            transport=self.wire,
            clock=self.clock,
            patience=self.patience,
        )
        parallel = 1 if self.per_minute else 8  # on this clock the waits of threads would add up
        self.writer = Writer(self.client, v1, parallel=parallel)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self.box.close()

    def plan(self, wishes: Mapping[str, Rule], pins: Mapping[str, str] | None = None, *, prune: bool = False) -> Plan:
        """Return the plan for rules by key."""
        asked = [desired(key, rule, (pins or {}).get(key)) for key, rule in wishes.items()]
        refresh = self.writer.refresh(lambda listed: wanted(asked, listed, SCOPE))
        return build(asked, refresh, SCOPE, Options(prune=prune))

    def carry_out(
        self,
        plan: Plan,
        *,
        approved: bool = True,
        planned_at: datetime | None = None,
        stop: Callable[[], bool] | None = None,
        watched: frozenset[str] = frozenset(),
    ) -> Report:
        """Apply a plan, as one that was saved and reviewed."""
        read_at = planned_at or self.time.clock.now()
        terms = Terms(
            SCOPE,
            Endpoint(BASE, None),
            v1,
            self.clock,
            approved=approved,
            planned_at=read_at,
            stop=stop or (lambda: False),
            patience=self.patience,
            watched=watched,
        )
        return apply.run(plan, self.writer, terms)

    def apply(self, wishes: Mapping[str, Rule], *, prune: bool = False) -> Report:
        """Plan and apply rules by key."""
        return self.carry_out(self.plan(wishes, prune=prune))

    def later(self, seconds: float = 60) -> None:
        """Let time pass, so that an edit has another `updated_at`."""
        self.time.seconds += seconds

    def writes(self) -> list[tuple[object, object]]:
        """Return method and path of every write that the API received."""
        return [(each["method"], each["path"]) for each in self.box.log() if each["method"] != "GET"]

    def id_of(self, key: str) -> str:
        """Return the id of the one rule that bears a key's marker."""
        found = [
            str(rule["id"]) for rule in self.box.rules() if f"[rulesync:{SCOPE}/{key}@" in str(rule["description"])
        ]
        assert len(found) == 1
        return found[0]


def fit(rule: Rule) -> Rule:
    """Return a rule as near to this one as the API takes: liabilities are paid, transfers are of something."""
    trigger = rule.trigger
    if isinstance(trigger, ScheduledTrigger):
        trigger = replace(trigger, account_id=trigger.account_id or ACCOUNTS[0].id)
    return replace(rule, trigger=trigger, steps=tuple(_fit_step(step) for step in rule.steps))


def _fit_step(step: Step | Opaque) -> Step | Opaque:
    if isinstance(step, Opaque):
        return step
    actions = tuple(_fit_action(action) if isinstance(action, Action) else action for action in step.actions)
    return replace(step, actions=actions)


def _fit_action(action: Action) -> Action:
    destination = ACCOUNTS[4] if isinstance(action.amount, _LIABILITIES) else action.destination
    return replace(action, destination=destination, amount=_fit_amount(action.amount))


def _fit_amount(amount: Amount) -> Amount:
    match amount:
        case FixedAmount(cents):
            return FixedAmount(max(1, cents))
        case RoundDown(cents):
            return RoundDown(max(1, cents))
        case _:
            return amount


def keys(report: Report) -> Sequence[tuple[str, str]]:
    """Return the key and the result of each outcome."""
    return [(outcome.change.key, outcome.result.value) for outcome in report.outcomes]
