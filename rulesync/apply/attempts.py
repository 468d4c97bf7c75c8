"""One change carried out: the looks, the attempts and the waits, in the order that the protocol decides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rulesync import protocol
from rulesync.answer import Answer, Look, Lost
from rulesync.clock import Clock
from rulesync.errors import NetworkError, Stop, StoppedError
from rulesync.idempotency import key
from rulesync.intent import Endpoint, body, intent
from rulesync.patience import Patience
from rulesync.plan import Change, Operation
from rulesync.protocol import End, Retry, Send, Settle, Tried, Verify, Walk
from rulesync.remote import Writer
from rulesync.report import Outcome, Result
from rulesync.ruleset import ActualRule, ListedRule
from rulesync.wire import Dialect


@dataclass(frozen=True, slots=True)
class Terms:
    """How a plan is carried out.

    `approved` says that a person saw this plan, so that edits made in the app may be overwritten. `patience` is the
    time that the run has, the same as its client's, and `stop` tells whether somebody asks the run to end before: it is
    asked between writes and while waiting. `jitter` returns a random number from 0 to 1. `planned_at` is when the API
    was read for the plan, in UTC. `saying` is told, in one sentence, what the run is waiting for. `watched` are the ids
    of rules whose runs are looked at once more right before the first attempt: they ran lately, so they may be running
    by now. For other rules that is not worth a request, and nothing could rule it out.
    """

    scope: str
    endpoint: Endpoint
    dialect: Dialect
    clock: Clock
    approved: bool = False
    planned_at: datetime | None = None
    stop: Callable[[], bool] = lambda: False
    jitter: Callable[[], float] = lambda: 1.0
    saying: Callable[[str], None] = lambda _: None
    patience: Patience | None = None
    watched: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Accepted:
    """A write that the server says it did, still to be proved."""

    change: Change
    answer: Answer
    key: str


@dataclass(frozen=True, slots=True)
class Settling:
    """A change of which nothing can be told until the API's views have settled, at `due` on the monotonic clock."""

    decision: Settle
    due: float


class Attempts:
    """The attempts to carry out one change, with what they have seen so far."""

    def __init__(
        self, change: Change, writer: Writer, terms: Terms, patience: Patience, listed: Sequence[ListedRule]
    ) -> None:
        self.change = change
        self.writer = writer
        self.terms = terms
        self.patience = patience
        self.listed = listed
        self.tried = Tried()
        self.answer: Answer | Lost | None = None
        self.in_flight = False
        self.settling: Settling | None = None
        self.unoffered = False
        self.denied = False

    def carry_out(self) -> Outcome | Accepted | Settling:
        """Look, send, and decide, until the change has come out or the server says that it acted.

        Where the API's views must settle first, that is returned: others may be carried out meanwhile. Called again, it
        waits for what is left of that time, and goes on.
        """
        while True:
            decision: Retry | Walk | Settle | Verify | End
            if self.settling:
                decision = self._settle(self.settling)
                self.settling = None
            else:
                look = self._look_first()
                if isinstance(look, End):
                    return self._outcome(look)
                decision = self._attempt()
            if isinstance(decision, Settle):
                seconds = protocol.wait_for(decision, self._server_now())
                self.settling = Settling(decision, self.terms.clock.monotonic() + seconds)
                return self.settling
            if isinstance(decision, Walk):
                self.tried = self.tried.next_generation()
            if isinstance(decision, Retry):
                self._wait(decision.seconds, "the API did not take a write")
            if isinstance(decision, Verify) and isinstance(self.answer, Answer):
                return Accepted(self.change, self.answer, self._key())
            if isinstance(decision, End):
                self.unoffered, self.denied = decision.unoffered, decision.denied
                return self._outcome(decision)

    def broken_off(self, why: str) -> Outcome:
        """Return how the change came out when it could not be ended: unknown if a write may have been done."""
        answer = self.answer
        acted = isinstance(answer, Answer) and answer.accepted and not answer.remembered
        doubt = self.in_flight or self.tried.doubt or acted
        return self._outcome(End(Result.UNKNOWN if doubt else Result.FAILED, why))

    def stopped(self, problem: StoppedError) -> Outcome:
        """Return how the change came out when the run ended: skipped if nothing of it was sent."""
        if self.answer is None and not self.in_flight:
            return skipped(self.change, problem.stop)
        why = problem.message if problem.stop is Stop.TIME_UP else f"{problem.stop} while it was waiting"
        outcome = self.broken_off(why)
        doubt = outcome.result is Result.UNKNOWN
        return replace(outcome, error=f"{why}; run it again, which is safe") if doubt else outcome

    def cut_off(self) -> Outcome:
        """Return how the change came out when the run was ended at once, by whatever was going on."""
        if self.answer is None and not self.in_flight:
            return skipped(self.change, Stop.ASKED)
        return self.broken_off("the run was interrupted while the write was in flight")

    def _look_first(self) -> Send | End:
        if self.change.operation is Operation.CREATE:
            ours = bearing(self.change, self.listed, self.terms.scope)
            look = self.writer.look(ours[0].id) if len(ours) == 1 else None
            return protocol.before_create(self.change, ours, look, self.tried)
        running = self._running()
        if running:
            return running
        look = self.writer.look(self._rule_id(), before_write=True)
        return protocol.before_write(self.change, look, sent=self.tried.doubt)

    def _running(self) -> End | None:
        """Return that the rule is running, as far as is looked; the look at the rule comes after it, next to the write.

        What cannot be known keeps nothing back, as in the plan.
        """
        rule_id = self._rule_id()
        if rule_id not in self.terms.watched or self.tried != Tried():
            return None
        history = self.writer.executions([rule_id])[rule_id]
        return protocol.while_running(history.runs, self._server_now() or self.terms.clock.now())

    def _attempt(self) -> Retry | Walk | Settle | Verify | End:
        """Send the write once, and decide from its answer."""
        self.in_flight = True
        answer = self.answer = self._send()
        self.in_flight = False
        self.tried = self.tried.again(answer)
        decision = protocol.after_answer(self.change, answer, self.tried, self._back_off())
        if isinstance(decision, Verify) and isinstance(answer, Answer) and answer.remembered is not False:
            return self._remember(answer, decision)
        return decision

    def _remember(self, answer: Answer, otherwise: Verify) -> Walk | Settle | Verify | End:
        """Look at the rule of an answer that may be a memory."""
        rule_id = answer.rule.id if answer.rule else self._rule_id()
        if not rule_id:
            return otherwise
        look = self.writer.look(rule_id)
        ours: Sequence[ListedRule] = ()
        if self.change.operation is Operation.CREATE and isinstance(look, ActualRule):
            ours = self._bearing(self.writer.listing(), look)
        return protocol.after_memory(self.change, answer, look, ours, self.tried, self.terms.planned_at)

    def _settle(self, settling: Settling) -> Walk | Retry | End:
        """Wait until the API's views have settled, then decide about the key from what they show."""
        decision = settling.decision
        self._wait(max(0.0, settling.due - self.terms.clock.monotonic()), decision.why)
        if self.change.operation is not Operation.CREATE:
            return protocol.after_settling(self.change, decision, (), None, self.tried, None)
        self.listed = self.writer.marked(self.terms.planned_at)
        ours = self._bearing(self.listed, None)
        remembered = self.answer.rule if isinstance(self.answer, Answer) else None
        known = ours[0].id if len(ours) == 1 else remembered.id if remembered and not ours else None
        look = self.writer.look(known) if known else None
        ours = ours or self._bearing(self.listed, look)
        return protocol.after_settling(self.change, decision, ours, look, self.tried, self._age())

    def _bearing(self, listed: Sequence[ListedRule], look: Look | None) -> Sequence[ListedRule]:
        """Return the rows that bear our marker; that of the rule that was looked at is the one which its body tells."""
        seen = look if isinstance(look, ActualRule) else None
        rows = [row.as_read(seen) if seen and seen.id == row.id else row for row in listed]
        return bearing(self.change, rows, self.terms.scope)

    def _age(self) -> timedelta | None:
        """Return the age of the rule that the server remembers having made, by its own clock."""
        answer = self.answer
        if not isinstance(answer, Answer) or answer.rule is None or answer.rule.created_at is None:
            return None
        now = self._server_now()
        return now - datetime.fromisoformat(answer.rule.created_at) if now else None

    def _server_now(self) -> datetime | None:
        """Return the API's clock when it last answered, None where it does not tell."""
        told = self.answer.date if isinstance(self.answer, Answer) else None
        return told or self.writer.server_time

    def _send(self) -> Answer | Lost:
        key_now = self._key()
        content = body(self.change, self.terms.scope, self.terms.dialect) or {}
        try:
            match self.change.operation:
                case Operation.CREATE:
                    return self.writer.create(content, idempotency_key=key_now)
                case Operation.UPDATE:
                    return self.writer.replace(self._rule_id(), content, idempotency_key=key_now)
                case _:
                    return self.writer.delete(self._rule_id(), idempotency_key=key_now)
        except NetworkError as problem:
            return Lost(problem.message, reached=problem.reached)
        except StoppedError:  # while it waited for its turn
            self.in_flight = False
            raise

    def _wait(self, seconds: float, why: str) -> None:
        self.patience.check(seconds, f"since {why}")
        if seconds >= 1:
            self.terms.saying(f"{why}; waiting {seconds:.0f} s")
        self.patience.sleep(seconds)

    def _back_off(self) -> float:
        """Return seconds that double with each attempt, the upper half of them by chance."""
        return 0.25 * (1 << self.tried.attempts - 1) * (1 + self.terms.jitter())

    def _key(self) -> str:
        meant = intent(self.change, self.terms.scope, self.terms.endpoint, self.terms.dialect)
        return key(meant, self.tried.generation) if meant else ""

    def _rule_id(self) -> str:
        return self.change.actual.id if self.change.actual else ""

    def _outcome(self, end: End) -> Outcome:
        answer = self.answer if isinstance(self.answer, Answer) else None
        return Outcome(
            change=self.change,
            result=end.result,
            rule_id=end.actual.id if end.actual else self._rule_id() or None,
            actual=end.actual,
            idempotency_key=self._key() if self.answer else None,
            request_id=answer.request_id if answer else None,
            error=end.why,
        )


def skipped(change: Change, stop: Stop) -> Outcome:
    """Return the outcome of a change that was not begun because the run ended before it."""
    return Outcome(change, Result.SKIPPED, error=f"{stop} before it")


def bearing(change: Change, listed: Sequence[ListedRule], scope: str) -> list[ListedRule]:
    """Return the rows that bear the marker of this change's key."""
    return [row for row in listed if row.marker and row.marker.scope == scope and row.marker.key == change.key]
