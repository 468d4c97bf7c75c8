"""What puts back what an apply replaced, as a plan like any other: pure, and decided from the two sides alone.

Laws: only what that apply may have written is touched; where the rule of today is not what the apply left, an undo is
an edit overwritten, and needs the approval that every such edit needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rulesync.findings import Finding, Location, error, warning
from rulesync.likeness import likeness
from rulesync.ownership import Marker, digest
from rulesync.plan import Change, Operation, Origin, Plan, Verbatim
from rulesync.rule import Rule, Status
from rulesync.ruleset import ActualRule, DesiredRule, Extra, ListedRule, Refresh

_DEFAULT_SCOPE = "default"


@dataclass(frozen=True, slots=True)
class Written:
    """What a report says of one change that may have been written.

    `before` is the rule that was there, None for a create, and `extras` its fields that are not known here. `left` is
    the digest in the marker that the write left, None where there is none.
    """

    key: str
    operation: Operation
    rule_id: str | None
    before: Rule | None = None
    extras: tuple[Extra, ...] = ()
    left: str | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """A change that would be undone, and is left as it is because something else stands there now."""

    change: Change
    why: str


@dataclass(frozen=True, slots=True)
class Undo:
    """What puts back what was replaced, and what of it is left as it is."""

    plan: Plan
    left: tuple[Left, ...] = ()


_INVERSE = {Operation.CREATE: Operation.DELETE, Operation.DELETE: Operation.CREATE}


@dataclass(slots=True)
class _Draft:
    """An undo in the making."""

    scope: str
    refresh: Refresh
    prune: bool
    changes: list[Change]
    made: list[Change]
    findings: list[Finding]
    left: list[Left]
    errored: bool = False

    def leave(self, written: Written, why: str, advice: str | None = None) -> None:
        """Leave a rule as it is, and say so."""
        row = next((row for row in self.refresh.listed if row.id == written.rule_id), None)
        operation = _INVERSE.get(written.operation, Operation.UPDATE)
        self.left.append(Left(Change(operation, written.key, None, None, row=row), why))
        self.findings.append(warning("undo", f"`{written.key}` is left as it is: {why}", help=advice))

    def refuse(self, written: Written, rule_id: str) -> None:
        """Void the plan, since a rule that it speaks of cannot be read."""
        reason = self.refresh.unreadable[rule_id].reason
        listed = any(row.id == rule_id for row in self.refresh.listed)
        state = "exists and cannot be read" if listed else "is not listed, and could not be read"
        message = f"`{written.key}`: the rule `{rule_id}` {state}: {reason}"
        self.findings.append(error("unreadable", message))
        self.errored = True

    def marked(self, key: str) -> list[ListedRule]:
        """Return the rows that bear the marker of a key."""
        return [row for row in self.refresh.listed if _bears(row.marker, self.scope, key)]


def wanted(written: Sequence[Written], listed: Sequence[ListedRule], scope: str) -> list[str]:
    """Return the ids of the rules whose bodies an undo needs.

    Those are the rules that were written, and those that bear their markers; and, where one would be made anew,
    everything unmanaged, because somebody may have made it anew already.
    """
    keys = {each.key for each in written}
    marked = {row.id: row.marker.key for row in listed if row.marker and row.marker.scope == scope}
    ids = [each.rule_id for each in written if each.rule_id and each.operation is not Operation.DELETE]
    ids += [rule_id for rule_id, key in marked.items() if key in keys]
    if any(each.operation is Operation.DELETE and each.key not in marked.values() for each in written):
        ids += [row.id for row in listed if row.id not in marked]
    return list(dict.fromkeys(ids))


def build(written: Sequence[Written], refresh: Refresh, scope: str, *, prune: bool = False) -> Undo:
    """Return what puts back what was replaced.

    Rules that were made, so that nothing is there to be put back, are orphans of its plan; `prune` deletes them.
    """
    draft = _Draft(scope, refresh, prune, [], [], [], [])
    for each in written:
        match each.operation:
            case Operation.CREATE:
                _unmake(each, draft)
            case Operation.DELETE:
                _remake(each, draft)
            case _:
                _restore(each, draft)
    plan = Plan(
        scope=scope,
        changes=tuple(sorted(draft.changes, key=_order)),
        orphans=tuple(sorted(draft.made, key=_order)),
        unread={rule_id: rule.reason for rule_id, rule in refresh.unreadable.items()},
        findings=tuple(draft.findings),
        errored=draft.errored,
    )
    return Undo(plan, tuple(draft.left))


def _order(change: Change) -> tuple[int, str]:
    return list(Operation).index(change.operation), change.key


def _restore(written: Written, draft: _Draft) -> None:
    """Put the rule back that was replaced."""
    rule_id, before = written.rule_id or "", written.before
    actual = draft.refresh.bodies.get(rule_id)
    if rule_id in draft.refresh.unreadable:
        draft.refuse(written, rule_id)
    elif before is None:
        draft.leave(written, "the report does not say what it was before")
    elif actual is None:
        draft.leave(written, f"the rule `{rule_id}` is gone", "make it anew in the app, or from Git")
    elif actual.marker is not None and not _bears(actual.marker, draft.scope, written.key):
        draft.leave(written, f"the rule `{rule_id}` bears the marker of `{actual.marker.scope}/{actual.marker.key}`")
    elif actual.marker is None and not _same(actual, before, written.extras):
        draft.leave(written, f"the rule `{rule_id}` does not bear the marker any more that the apply left in it")
    elif _same(actual, before, written.extras):
        draft.changes.append(_nothing(written, before, actual))
    else:
        draft.changes.append(_change(Operation.UPDATE, written, before, actual, draft.scope))


def _remake(written: Written, draft: _Draft) -> None:
    """Make the rule anew that was deleted, unless it is there."""
    before, there = written.before, draft.marked(written.key)
    if before is None:
        draft.leave(written, "the report does not say what it was before")
    elif there:
        actual = draft.refresh.bodies.get(there[0].id)
        if actual is not None and len(there) == 1 and _same(actual, before, written.extras):
            draft.changes.append(_nothing(written, before, actual))
        else:
            named = ", ".join(f"`{row.id}`" for row in there)
            draft.leave(written, f"a rule of this key is there again, and it is another one: {named}")
    else:
        twin = _twin(before, draft)
        if twin:
            advice = "if it is another rule, change its nickname or its steps in the app, and undo again"
            draft.leave(written, f"it is not made anew, because the rule {twin}", advice)
        else:
            draft.changes.append(_change(Operation.CREATE, written, before, None, draft.scope))


def _unmake(written: Written, draft: _Draft) -> None:
    """Leave the rule that was made, or delete it if that is wished."""
    marked = draft.marked(written.key)
    rule_id = written.rule_id or (marked[0].id if len(marked) == 1 else "")
    actual = draft.refresh.bodies.get(rule_id)
    row = next((row for row in draft.refresh.listed if row.id == rule_id), None)
    if rule_id in draft.refresh.unreadable and draft.prune:
        draft.refuse(written, rule_id)
    elif actual is None:
        draft.made += [Change(Operation.DELETE, written.key, None, None, row=row)] if row else []
    elif doubt := _doubt(written, actual, draft.scope):
        if draft.prune:
            draft.leave(written, doubt)
    else:
        change = Change(Operation.DELETE, written.key, None, actual, _origin(actual, written), row)
        draft.made.append(change)
        draft.changes += [change] if draft.prune else []


def _doubt(written: Written, actual: ActualRule, scope: str) -> str | None:
    """Return why a rule may not be the one that was made."""
    if not _bears(actual.marker, scope, written.key):
        return f"the rule `{actual.id}` that was made does not bear its marker any more"
    if written.rule_id is None and scope == _DEFAULT_SCOPE:
        return f"whether that apply made `{actual.id}` is not known, and anybody's scope may be `default`"
    return None


def _change(operation: Operation, written: Written, before: Rule, actual: ActualRule | None, scope: str) -> Change:
    """Return the write of a rule as it was, marked as applied so."""
    marker = Marker(scope, written.key, digest(before))
    who = _origin(actual, written) if actual else Origin.GIT
    return Change(
        operation, written.key, _desired(written, before), actual, who, verbatim=Verbatim(marker, written.extras)
    )


def _nothing(written: Written, before: Rule, actual: ActualRule) -> Change:
    """Return that a rule is as it was, though it may be off."""
    as_it_is = Verbatim(actual.marker, actual.extras)
    return Change(Operation.NO_OP, written.key, _desired(written, before), actual, verbatim=as_it_is)


def _desired(written: Written, before: Rule) -> DesiredRule:
    return DesiredRule(written.key, before, Location(written.key))


def _origin(actual: ActualRule, written: Written) -> Origin:
    """Return who would be overwritten: nobody (`git`), an edit in the app, or (`both`) what was applied later."""
    if actual.marker is None or digest(actual.rule) != actual.marker.digest:
        return Origin.APP
    return Origin.GIT if written.left in {None, actual.marker.digest} else Origin.BOTH


def _same(actual: ActualRule, before: Rule, extras: Sequence[Extra]) -> bool:
    """Tell whether a rule is what it was, but perhaps for its status, which is a person's."""
    then, now = (replace(rule, status=Status.DISABLED) for rule in (before, actual.rule))
    return then == now and set(extras) == set(actual.extras)


def _twin(before: Rule, draft: _Draft) -> str | None:
    """Return a rule that is nobody's and that may be the deleted one, made anew by hand."""
    for row in draft.refresh.listed:
        if row.marker is None or row.marker.scope != draft.scope:
            alike = likeness(before, row, draft.refresh.bodies.get(row.id))
            if alike:
                return f"`{row.id}` {alike}"
    return None


def _bears(marker: Marker | None, scope: str, key: str) -> bool:
    return marker is not None and (marker.scope, marker.key) == (scope, key)
