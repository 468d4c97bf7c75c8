"""What happened to the rules in the app since they were last applied, told apart from what Git changed meanwhile.

Law: what no state can tell apart is said as it is. With the rules as they were at a commit that was applied, more is
known: a rule that was there and is gone was deleted, and one that was not there was not applied yet, which is no drift.
Where the list shows only what a key may read, no absence from it proves anything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import get_args

from rulesync.likeness import equal, likeness
from rulesync.plan import Change, Operation, Origin, Plan, as_seen, same_content
from rulesync.planjson import Happened
from rulesync.protection import Base
from rulesync.rule import Rule, Status
from rulesync.ruleset import ActualRule, ListedRule, Refresh

_ORDER: tuple[Happened, ...] = get_args(Happened)
"""What a person should know first stands first."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One rule that the app changed: from what `change` wants to what it holds; `note` is one sentence about it."""

    happened: Happened
    change: Change
    origin: Origin | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What drift is told from: the rules at a commit that was applied, when that was made, and the time now.

    A rule that waits for a person longer than `longest` is drift as well. Where the list does not have all rules
    (`lists_all`), one that it lacks may be there.
    """

    now: datetime
    base: Base | None = None
    since: datetime | None = None
    longest: timedelta | None = None
    lists_all: bool = True


@dataclass(frozen=True, slots=True)
class _Then:
    """What was applied last, as far as it is known."""

    base: Base | None
    scope: str
    lists_all: bool

    @property
    def known(self) -> bool:
        """Whether it is known which rules there were."""
        return self.base is not None and self.base.keys is not None

    def had(self, change: Change) -> bool:
        """Tell whether a rule was there then, also under the key that it had before."""
        keys = self.base.keys if self.base else None
        return self._same_scope and bool({change.key, _former(change)} & (keys or frozenset()))

    def wish(self, change: Change) -> Rule | None:
        """Return what Git wanted then; None where it wanted nothing, or where that cannot be read."""
        rules = {each.key: each.rule for each in self.base.rules} if self.base and self._same_scope else {}
        return rules.get(change.key) or rules.get(_former(change) or "")

    @property
    def _same_scope(self) -> bool:
        return self.base is not None and self.base.scope == self.scope


def _former(change: Change) -> str | None:
    return change.desired.moved_from if change.desired else None


def newer(listed: Sequence[ListedRule], since: datetime) -> list[str]:
    """Return the ids of the rules without a marker that were made after a moment."""
    return [row.id for row in listed if row.marker is None and _is_after(row.created_at, since)]


def find(plan: Plan, refresh: Refresh, terms: Terms) -> tuple[Drift, ...]:
    """Return what happened in the app, what matters most first."""
    then = _Then(terms.base, plan.scope, terms.lists_all)
    deleted = {change.rule_id for change in plan.changes if change.operation is Operation.DELETE}
    orphans = [change for change in plan.orphans if change.rule_id not in deleted]
    found = [drift for change in (*plan.changes, *orphans) for drift in _of(change, then, plan, refresh)]
    spoken_of = {drift.change.rule_id for drift in found}
    found += [drift for drift in _waiting(plan, terms) if drift.change.rule_id not in spoken_of]
    found += [drift for drift in _unmanaged(plan, refresh, terms) if drift.change.rule_id not in spoken_of]
    return tuple(sorted(found, key=lambda drift: (_ORDER.index(drift.happened), drift.change.key)))


def _of(change: Change, then: _Then, plan: Plan, refresh: Refresh) -> Iterator[Drift]:
    if change.desired is None:
        yield from _orphan(change, then)
    elif change.actual is None:
        yield from _gone(change, then, plan, refresh)
    else:
        yield from _held(change, change.desired.rule, change.actual, then)


def _orphan(change: Change, then: _Then) -> Iterator[Drift]:
    if change.drifted:
        yield Drift("edited", change, change.origin)
    elif change.live and not then.had(change):
        yield Drift("orphan", change, change.origin, "its key is gone from Git, and it is live")


def _gone(change: Change, then: _Then, plan: Plan, refresh: Refresh) -> Iterator[Drift]:
    """Yield what became of a rule that nothing is bound to."""
    if then.known and not then.had(change):
        return  # not applied yet, which is Git's doing
    found = _lookalike(change, plan, refresh)
    if found is not None:
        row, words = found
        doubts = [] if then.known else ["it was made by hand and never bound"]
        doubts += [] if then.lists_all else ["it is another one, and the key may not read the one with the marker"]
        note = ", or ".join(
            (f"the rule `{row.id}` {words} and bears no marker: the line was removed in the app", *doubts)
        )
        held = replace(change, operation=Operation.UPDATE, actual=refresh.bodies.get(row.id), row=row)
        yield Drift("marker-removed", held, Origin.UNKNOWN if doubts else Origin.APP, note)
    elif not then.lists_all:
        told = "deleted in the app" if then.known else "deleted in the app, not applied yet"
        note = f"missing: {told}, or the key may not read it, which looks the same"
        yield Drift("missing", change, Origin.UNKNOWN, note)
    elif then.known:
        yield Drift("deleted", change, Origin.APP)
    else:
        yield Drift("missing", change, change.origin, "missing: deleted in the app or not applied yet")


def _lookalike(change: Change, plan: Plan, refresh: Refresh) -> tuple[ListedRule, str] | None:
    """Return the rule that may be this one without its marker, the likest first, and in which way it is."""
    wish = change.desired
    if wish is None or "possible-duplicate" in wish.suppress:
        return None
    free = [row for row in plan.unmanaged if row.marker is None]
    for row in free:
        body = refresh.bodies.get(row.id)
        if body and equal(wish.rule, body.rule):
            return row, "says the same"
    like = ((row, likeness(wish.rule, row, refresh.bodies.get(row.id))) for row in free)
    return next(((row, words) for row, words in like if words), None)


def _held(change: Change, wish: Rule, actual: ActualRule, then: _Then) -> Iterator[Drift]:
    """Yield what became of a rule that is bound; a rule that only waits for a person is none of it."""
    if not same_content(as_seen(actual.rule, wish), wish):
        drift = _edited(change, actual, then) if actual.marker is None else _as_marked(change, actual, then)
        if drift is not None:
            yield drift
            return
    was = then.wish(change)
    if wish.status is Status.DISABLED and actual.rule.status is Status.ENABLED:
        if not then.known or (then.had(change) and was is None):
            note = "enabled in the app, or Git's `status: disabled` is not applied yet"
            yield Drift("enabled", change, Origin.UNKNOWN, note)
        elif was is not None and was.status is Status.DISABLED:
            yield Drift("enabled", change, Origin.APP)
    elif change.waits and actual.marker is None and was is not None and was.status is Status.ENABLED:
        note = "it bears no marker, so no write of rulesync switched it off; or it was off before it was pinned"
        yield Drift("paused", change, Origin.APP, note)


def _as_marked(change: Change, actual: ActualRule, then: _Then) -> Drift | None:
    """Return what the digest in the marker tells of a rule that differs, and is not as it was applied last."""
    was = then.wish(change)
    as_it_was = was is not None and same_content(as_seen(actual.rule, was), was)
    return Drift("edited", change, change.origin) if change.drifted and not as_it_was else None


def _edited(change: Change, actual: ActualRule, then: _Then) -> Drift | None:
    """Return what became of a pinned rule that differs and bears no marker that could tell."""
    unmarked = "it bears no marker: it was never written from here, or the line was removed in the app"
    was = then.wish(change)
    if was is None:
        if then.known and not then.had(change):
            return None
        note = f"edited in the app or not applied yet; {unmarked}"
        return Drift("differs", change, Origin.UNKNOWN, note)
    if same_content(as_seen(actual.rule, was), was):
        return None
    wish = change.desired.rule if change.desired else was
    return Drift("edited", change, Origin.APP if same_content(was, wish) else Origin.BOTH, unmarked)


def _waiting(plan: Plan, terms: Terms) -> Iterator[Drift]:
    """Yield the rules that were last written so long ago and still wait for a person."""
    for change in plan.changes if terms.longest is not None else ():
        since = _moment(change.actual.updated_at if change.actual else None)
        if change.waits and since is not None and terms.longest is not None and terms.now - since >= terms.longest:
            hours = int((terms.now - since).total_seconds() // 3600)
            note = f"off and waiting for a person, at least since its last write at {_text(since)}, {hours} h ago"
            yield Drift("waiting", change, None, note)


def _unmanaged(plan: Plan, refresh: Refresh, terms: Terms) -> Iterator[Drift]:
    """Yield the rules that somebody made by hand after the commit that was applied; without one nothing is new."""
    for row in plan.unmanaged if terms.since is not None else ():
        if row.marker is None and terms.since is not None and _is_after(row.created_at, terms.since):
            note = f"made in the app at {_text(_moment(row.created_at))}, after the commit that was applied"
            change = Change(Operation.NO_OP, row.id, None, refresh.bodies.get(row.id), Origin.APP, row)
            yield Drift("unmanaged", change, Origin.APP, note)


def _is_after(created_at: str | None, since: datetime) -> bool:
    made = _moment(created_at)
    return made is not None and made > since


def _moment(text: str | None) -> datetime | None:
    """Return an instant as the API tells it, None for what is none."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else "?"
