"""The faults of one sandbox: set from outside, counted, drawn, and met by requests to the API.

Law: they live in the memory of this process, never in the state file, and one lock orders all counting; the same faults
and the same requests in the same order meet in the same way. With none set nothing differs.
"""

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase

from rulesync.sandbox import fault_kinds
from rulesync.sandbox.exchange import Request
from rulesync.sandbox.fault import Fault, Kind, Met, Term, below_base
from rulesync.sandbox.fault_views import Lags


@dataclass
class _Armed:
    """A fault and how far it has come: `seen` matching requests, `met` of them."""

    fault: Fault
    kind: Kind
    seen: int = 0
    met: int = 0
    chance: random.Random = field(default_factory=random.Random)

    def is_due(self, request: Request) -> bool:
        """Whether the request, which is counted if it matches, may meet the fault."""
        fault = self.fault
        if not (
            self.kind.reach.covers(request)
            and fault.method in {None, request.method}
            and (fault.path is None or fnmatchcase(below_base(request), fault.path))
        ):
            return False
        self.seen += 1
        if self.seen < (fault.nth or 1) or self.met == fault.times:
            return False
        return fault.chance is None or self.chance.random() < fault.chance


@dataclass(frozen=True, eq=False)
class _Late:
    """A request on its way."""

    term: Term
    arrive: Callable[[], object]


class Faults:
    """What goes wrong on purpose; `lags` are the views that lag behind because of it."""

    def __init__(self) -> None:
        self.lags = Lags()
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []
        self._late: list[_Late] = []
        self._number = 0

    def add(
        self,
        kind: str,
        *,
        method: str | None = None,
        path: str | None = None,
        nth: int | None = None,
        times: int | None = 1,
        chance: float | None = None,
        seed: int = 0,
        **options: object,
    ) -> int:
        """Set a fault and return its id; refuses (Refusal, 400) what is no kind, or no option of it.

        It matches requests that the kind can happen to, with this method, and with a path below `/api/v1` or
        `/platform/v1` that fits the `fnmatch` pattern, where `*` stands for slashes too. The `nth` (from 1; None: the
        first) of them and those after it meet the fault until `times` of them have; None is for ever. With a `chance`
        from 0 to 1 each is drawn, by a generator that begins at `seed`. A request that already has an answer decided by
        an earlier fault does not meet this one, and leaves it to the next.
        """
        common = {"kind": kind, "method": method, "path": path, "nth": nth, "times": times, "chance": chance}
        return self.set({**common, "seed": seed, **options})

    def set(self, document: Mapping[str, object]) -> int:
        """Set the fault that a document describes by the parameters of `add`."""
        with self._lock:
            fault = fault_kinds.fault(self._number + 1, document)
            self._number = fault.id
            generator = random.Random(fault.seed)  # noqa: S311  # it decides what fails in a test, nothing else
            self._armed = [*self._armed, _Armed(fault, fault_kinds.KINDS[fault.kind], chance=generator)]
        return fault.id

    def clear(self) -> None:
        """Forget every fault and what they left behind; numbers go on."""
        with self._lock:
            self._armed = []
        self.settle()

    def settle(self) -> None:
        """End what faults left behind: views are up to date, and requests that were to arrive later never do."""
        with self._lock:
            self._late = []
        self.lags.clear()

    def kinds(self) -> dict[str, str]:
        """Every kind and one sentence about it."""
        return {name: kind.sentence for name, kind in fault_kinds.KINDS.items()}

    def documents(self) -> list[dict[str, object]]:
        """The faults that are set, as `add` takes them, with `id`, and how many requests they have `seen` and `met`."""
        with self._lock:
            return [{**each.fault.document(), "seen": each.seen, "met": each.met} for each in self._armed]

    # What the API asks

    def meet(self, request: Request) -> Met:
        """What this request meets; to be asked once of each."""
        if not self._armed:
            return Met()
        with self._lock:
            due = [each for each in self._armed if each.is_due(request)]
            first = next((each for each in due if each.kind.decides), None)
            is_early = first is not None and first.kind.early is not None
            met = [each for each in due if each is first or each.kind.is_wait or not (each.kind.decides or is_early)]
            for each in met:
                each.met += 1
        return Met([each.fault for each in met])

    def postpone(self, fault: Fault, now: datetime, arrive: Callable[[], object]) -> None:
        """Let a request arrive when the fault says."""
        with self._lock:
            self._late = [*self._late, _Late(Term.of(fault, now), arrive)]

    def arrivals(self, now: datetime) -> list[Callable[[], object]]:
        """The requests that arrive before the one that comes now, which is counted as overtaking the others."""
        if not self._late:
            return []
        with self._lock:
            due = [late for late in self._late if late.term.is_over(now)]
            self._late = [late for late in self._late if late not in due]
        return [late.arrive for late in due]
