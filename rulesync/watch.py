"""Waiting for people: the list is read now and then, until the rules that wait are enabled or the time is up.

Laws: it only reads; it takes at most a quarter of the rate, and no more than a few looks a minute; that a look fails is
no end of the waiting, unless the API refuses the key.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

from rulesync.errors import ApiError, NetworkError, Stop, StoppedError
from rulesync.patience import Patience
from rulesync.remote import Reader
from rulesync.ruleset import ListedRule
from rulesync.waiting import Awaited, Found, State, as_applied, listed, looked_at

_PAUSES = (5.0, 10.0, 20.0, 30.0)  # seconds between looks; the last again and again
_SHARE = 0.25  # of the rate
_ROWS = 100  # that a page of the list may have
_REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


@dataclass(frozen=True, slots=True)
class Watched:
    """How a wait ended: what became of each rule, and whether the time was up before the last was enabled."""

    found: tuple[Found, ...]
    timed_out: bool


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is told on the way: of the rules at first, of each that changes with how many wait, and of a failed look."""

    begun: Callable[[Sequence[Found]], None]
    changed: Callable[[Found, int], None]
    failed: Callable[[str], None]


def watch(
    reader: Reader, awaited: Sequence[Awaited], patience: Patience, telling: Telling, *, per_minute: int = 100
) -> Watched:
    """Wait until each rule is enabled and holds what it should, is altered, or is gone; or until the time is up.

    Raises:
        ApiError: the API refuses the key, or nothing could be seen in all that time.
        NetworkError, StoppedError: nothing could be seen in all that time, or somebody asked to stop.
    """
    course = _Course(reader, awaited, telling)
    try:
        while not course.is_over():
            if not _rest(patience, course, per_minute):
                patience.check()
    except StoppedError as stopped:
        if course.found is None or stopped.stop is Stop.ASKED:
            raise course.problem or stopped from None
    return Watched(course.found or (), timed_out=_pending(course.found or ()) > 0)


@dataclass
class _Course:
    """A wait on its way: what was seen last, how many looks brought nothing new, and why the last one failed."""

    reader: Reader
    awaited: Sequence[Awaited]
    telling: Telling
    found: tuple[Found, ...] | None = None
    rows: int = 0
    quiet: int = 0
    problem: ApiError | NetworkError | None = None

    def is_over(self) -> bool:
        """Look once, tell what changed, and tell whether nothing is to be waited for any more."""
        try:
            changed = self._look()
        except (ApiError, NetworkError) as problem:
            if isinstance(problem, ApiError) and problem.status in _REFUSED:
                raise
            if self.problem is None:  # the first of several in a row speaks for all
                self.telling.failed(problem.message)
            self.problem, self.quiet = problem, self.quiet + 1
            return False
        self.problem, self.quiet = None, 2 if changed else self.quiet + 1
        return not _pending(self.found or ())

    def _look(self) -> bool:
        before = self.found
        self.rows, found = _look(self.reader, self.awaited, before)
        if before is not None and not _pending(found):
            self.rows, found = _look(
                self.reader, self.awaited, None
            )  # what was enabled first may have been edited since
        self.found, self.awaited = found, [each.awaited for each in found]
        return _tell(before, found, self.telling)


def _rest(patience: Patience, course: _Course, per_minute: int) -> bool:
    """Wait for the next look, and tell whether there is time for one; the last comes right before the end."""
    requests = 1 + course.rows // _ROWS
    seconds = max(_PAUSES[min(course.quiet, len(_PAUSES)) - 1], requests * 60 / (per_minute * _SHARE))
    left = patience.left
    if left <= seconds:
        seconds = left - 1 if left > 2 else left  # noqa: PLR2004 - a second for the look itself
    return patience.rest(seconds) and patience.stop is None


def _pending(found: Sequence[Found]) -> int:
    return sum(each.is_pending for each in found)


def _tell(before: Sequence[Found] | None, now: Sequence[Found], telling: Telling) -> bool:
    """Say what changed since the last look, and tell whether anything did."""
    if before is None:
        telling.begun(now)
    changed = [new for new, old in zip(now, before or now, strict=True) if new.state is not old.state]
    for each in changed:
        telling.changed(each, _pending(now))
    return bool(changed)


def _look(reader: Reader, awaited: Sequence[Awaited], before: Sequence[Found] | None) -> tuple[int, tuple[Found, ...]]:
    """Return how many rules there are, and what became of each that is waited for."""
    ids = {what.id for what in awaited}
    rows = {row.id: row for row in reader.listing(lambda listed: bool(ids - {row.id for row in listed}))}
    known = {each.awaited.id: each for each in before or ()}
    return len(rows), tuple(_one(reader, what, rows.get(what.id), known.get(what.id)) for what in awaited)


def _one(reader: Reader, what: Awaited, row: ListedRule | None, before: Found | None) -> Found:
    """Return what became of a rule; its body is read when it is live, and again when it was written since."""
    told = listed(what, row) if row is not None else None
    if told is not None and what.digests:
        return told
    if before is not None and before.state is State.GONE and row is None:
        return before
    if before is not None and row is not None and before.actual is not None:
        seen = before.actual
        if (seen.updated_at, seen.rule.status) == (row.updated_at, row.status) and row.updated_at is not None:
            return before
    look = reader.look(what.id)
    found = looked_at(what, look)
    if not what.digests and found.actual is not None:
        return looked_at(replace(what, digests=as_applied(found.actual)), look)
    return found
