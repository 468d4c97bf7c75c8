"""A fault as a value: a failure that is to happen on purpose, the requests it is for, and those that one request meets.

Law: a request meets one fault that decides its answer, the one that was added first, and beside it any number of those
that change what is done, seen or waited for; of these only waits go with an answer given before any processing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from rulesync.sandbox import platform, v1
from rulesync.sandbox.exchange import Refusal, Request, Response

Refuse = Callable[[Refusal], Response]


@dataclass(frozen=True)
class Fault:
    """One fault that was added: the `nth` matching request and those after it meet it, `times` of them (None: all).

    With a `chance` each of these is drawn, with a generator of its own that begins at `seed`.
    """

    id: int
    kind: str
    method: str | None
    path: str | None
    nth: int | None
    times: int | None
    chance: float | None
    seed: int
    options: Mapping[str, object]

    def text(self, name: str) -> str:
        """An option that is text."""
        return str(self.options[name])

    def integer(self, name: str) -> int:
        """An option that is a whole number."""
        return int(self.text(name))

    def seconds(self) -> float:
        """The option `seconds`."""
        return float(self.text("seconds"))

    def document(self) -> dict[str, object]:
        """The fault as `add` takes it, with its id."""
        mine = {name: value for name, value in vars(self).items() if name != "options"}
        return {**mine, **self.options}


@dataclass(frozen=True)
class Option:
    """A setting of a kind: what it is unless it is given, and what refuses (400) a value that it cannot be."""

    default: object
    check: Callable[[str, object], object]


@dataclass(frozen=True)
class Reach:
    """The requests that a kind can happen to: methods (none: all of them) of a path, pages after the first alone.

    In both patterns `*` stands for slashes too.
    """

    methods: tuple[str, ...] = ()
    path: str = "*"
    but_not: str = ""
    is_later_page: bool = False

    def covers(self, request: Request) -> bool:
        """Whether the kind can happen to this request."""
        return (
            (not self.methods or request.method in self.methods)
            and fnmatchcase(below_base(request), self.path)
            and not fnmatchcase(below_base(request), self.but_not)
            and (not self.is_later_page or "after" in request.query or request.query.get("page", "1") != "1")
        )


@dataclass(frozen=True)
class Kind:
    """A kind of fault: one sentence, whom it can happen to, its options, and the answer if it decides that.

    `early` answers instead of any processing, given the dialect's way to refuse and the time; `late`, given that way
    too, puts its answer in the place of the one that processing gave.
    """

    sentence: str
    reach: Reach = Reach()
    options: Mapping[str, Option] = field(default_factory=dict)
    early: Callable[[Fault, Refuse, datetime], Response] | None = None
    late: Callable[[Fault, Response, Refuse], Response] | None = None
    is_wait: bool = False

    @property
    def decides(self) -> bool:
        """Whether it decides the answer."""
        return self.early is not None or self.late is not None


@dataclass
class Term:
    """How long something lasts: for a number of requests, or until an instant."""

    left: int
    until: datetime | None

    @classmethod
    def of(cls, fault: Fault, now: datetime) -> "Term":
        """The term that the options `requests` and `seconds` state, one of them; neither is one request."""
        if fault.options["seconds"] is not None:
            return cls(0, now + timedelta(seconds=fault.seconds()))
        return cls(1 if fault.options["requests"] is None else fault.integer("requests"), None)

    def is_over(self, now: datetime, *, counts: bool = True) -> bool:
        """Whether it is over when one more request comes, which is counted if it `counts`."""
        if self.until is not None:
            return now >= self.until
        if counts:
            self.left -= 1
        return self.left < 0


class Met:
    """The faults that one request meets, and the kinds that its log entry names."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self.faults = faults
        self._kinds = [fault.kind for fault in faults]

    def find(self, *kinds: str) -> Fault | None:
        """The fault of one of these kinds, if it is among them."""
        return next((fault for fault in self.faults if fault.kind in kinds), None)

    def note(self, kind: str) -> None:
        """Name a kind that an earlier request had met and this one feels."""
        self._kinds.append(kind)

    def said(self) -> str | None:
        """The kinds as the log names them, with commas between if there are several."""
        return ", ".join(dict.fromkeys(self._kinds)) or None


def below_base(request: Request) -> str:
    """The path below `/api/v1` or `/platform/v1`."""
    return request.path.removeprefix(v1.BASE).removeprefix(platform.BASE)
