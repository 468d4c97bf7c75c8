"""What will happen, as a value: which rule is created, updated, deleted or left alone, and why.

Building a plan is pure: it reads nothing and decides everything from the two rulesets. Whatever it cannot tell for
certain it turns into a finding; it never settles a doubt by writing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from rulesync.binding import Binding, bind
from rulesync.findings import Finding, error, errors, info, warning
from rulesync.ownership import Marker, digest
from rulesync.rule import Rule, Status, opaque_parts
from rulesync.ruleset import ActualRule, DesiredRule, Extra, ListedRule, Refresh, UnreadableRule


class Operation(StrEnum):
    """What an apply does to one rule."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    NO_OP = "no-op"


class Origin(StrEnum):
    """Who made a bound rule differ since it was last applied; without a marker nobody can know."""

    GIT = "git"
    APP = "app"
    BOTH = "both"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Prior:
    """What the plan saw of an actual rule: enough to tell later whether it moved."""

    id: str
    updated_at: str | None
    status: Status
    digest: str


@dataclass(frozen=True, slots=True)
class Verbatim:
    """What a write leaves that is not from Git: this very marker (None: none), and fields that are not known here.

    `claims` says that the marker is what the write is for: a rule without it is not as wanted.
    """

    marker: Marker | None
    extras: tuple[Extra, ...] = ()
    claims: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One rule's part of a plan.

    `desired` is None for a delete, `actual` for a create. `row` is the list's row of an orphan, whose body may be
    unreadable. `verbatim` says that `desired` is a whole rule that the API holds or held, not one from a file: what is
    sent is that rule, down to what is not known here. `deferred` says of a no-op that it would change words alone, and
    waits for the rule's next real change.
    """

    operation: Operation
    key: str
    desired: DesiredRule | None
    actual: ActualRule | None
    origin: Origin | None = None
    row: ListedRule | None = None
    verbatim: Verbatim | None = None
    deferred: bool = False

    @property
    def rule_id(self) -> str | None:
        """The id of the actual rule, None for a create."""
        held = self.actual or self.row
        return held.id if held else None

    @property
    def nickname(self) -> str | None:
        """The name that people know the rule by: Git's, else the app's."""
        if self.desired and self.desired.nickname:
            return self.desired.nickname
        if self.actual:
            return self.actual.rule.nickname
        return self.row.nickname if self.row else None

    @property
    def live(self) -> bool | None:
        """Whether the actual rule is enabled; None where that is not known, or there is none."""
        status = self.actual.status if self.actual else self.row.status if self.row else None
        return status is Status.ENABLED if status else None

    @property
    def pauses(self) -> bool:
        """Whether the write switches a rule off that is live now."""
        return self.operation in {Operation.UPDATE, Operation.DELETE} and bool(self.live)

    @property
    def switches_off_only(self) -> bool:
        """Whether the write changes nothing but that the rule is off, which a rule that is gone is as well."""
        if self.verbatim is None or self.verbatim.claims or self.actual is None or self.desired is None:
            return False
        return self.desired.rule.status is Status.DISABLED and same_content(self.actual.rule, self.desired.rule)

    @property
    def prior(self) -> Prior | None:
        """What the plan saw, None for a create."""
        if self.actual is None:
            return None
        return Prior(self.actual.id, self.actual.updated_at, self.actual.rule.status, digest(self.actual.rule))

    @property
    def drifted(self) -> bool:
        """Whether the app holds what neither Git wants nor the last apply left."""
        differs = self.deferred or self.operation in {Operation.UPDATE, Operation.DELETE}
        return differs and self.origin in {Origin.APP, Origin.BOTH}

    @property
    def waits(self) -> bool:
        """Whether Git wants a rule enabled that only a person can enable, with nothing to write before."""
        if self.operation is not Operation.NO_OP or self.desired is None or self.actual is None:
            return False
        return self.desired.status is Status.ENABLED and self.actual.status is Status.DISABLED

    @property
    def note(self) -> str | None:
        """One sentence about a rule that is bound here and whose marker still says another key, None for any other."""
        marker = self.actual.marker if self.actual else None
        if self.desired is None or self.verbatim is not None or marker is None or marker.key == self.key:
            return None
        when = "the next change" if self.operation is Operation.NO_OP else "this change"
        return f"bound to the rule that was `{marker.key}`; its marker is rewritten with {when}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The difference between what Git wants and what the API holds.

    `changes` are in the order of writing (creates, updates, deletes; then what stays), by key. `orphans` are the
    deletes that `--prune` would add. `unread` says why unmanaged rules could not be read, by their ids. `complete` is
    false where `--target` left rules out. `errored` says that a bound rule could not be read: nothing may be written.
    """

    scope: str
    changes: tuple[Change, ...]
    orphans: tuple[Change, ...] = ()
    unmanaged: tuple[ListedRule, ...] = ()
    unread: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    errored: bool = False
    complete: bool = True

    @property
    def writes(self) -> tuple[Change, ...]:
        """The changes that send a write."""
        return tuple(change for change in self.changes if change.operation is not Operation.NO_OP)

    @property
    def forbidden(self) -> bool:
        """Whether a finding of severity error forbids to apply it."""
        return bool(errors(self.findings))


@dataclass(frozen=True, slots=True)
class Options:
    """What a person asked of a plan, each of which is off unless somebody said so.

    To delete orphans; to replace rules that hold what we do not know; to write rules that Git protects; to put off what
    would switch a live rule off for the sake of its nickname or description alone; and to write rules that are running.
    Where changes are made `by_hand`, in the app, nothing is replaced from here.
    """

    prune: bool = False
    allow_field_loss: bool = False
    allow_protected: bool = False
    defer_cosmetic: bool = False
    allow_in_progress: bool = False
    by_hand: bool = False


def wanted(desired: Sequence[DesiredRule], listed: Sequence[ListedRule], scope: str) -> list[str]:
    """Return the ids of the rules whose bodies a plan needs.

    Those are the bound ones and the orphans; and, where a rule would be created, everything else that it might turn out
    to be already. A pin that is not listed is among them: its rule may be there for others than this key.
    """
    binding = bind(desired, listed, scope)
    others = binding.unmanaged if binding.unbound else ()
    return [row.id for row in (*binding.bound.values(), *binding.orphans, *others)] + _unlisted_pins(desired, listed)


def is_lacking(desired: Sequence[DesiredRule], listed: Sequence[ListedRule], scope: str) -> bool:
    """Tell whether a rule that Git wants is not in the list, so that it is worth making sure of that."""
    return bool(bind(desired, listed, scope).unbound or _unlisted_pins(desired, listed))


def _unlisted_pins(desired: Sequence[DesiredRule], listed: Sequence[ListedRule]) -> list[str]:
    known = {row.id for row in listed}
    return [rule.pin for rule in desired if rule.pin is not None and rule.pin not in known]


def build(
    desired: Sequence[DesiredRule],
    refresh: Refresh,
    scope: str,
    options: Options = Options(),
    *,
    broken: Collection[str] = (),
    damaged: bool = False,
) -> Plan:
    """Return the plan that brings the API to what Git wants.

    `broken` are the keys of rule files that could not be read: their rules are in nobody's way and no orphans.
    `damaged` says that there are such files, whether or not their keys are known.
    """
    unlisted = _unlisted_pins(desired, refresh.listed)
    beside = [refresh.unreadable[pin].listed for pin in unlisted if pin in refresh.unreadable]
    binding = bind(desired, (*refresh.listed, *beside), scope, refresh.bodies, refresh.deleted)
    findings = [*binding.findings, *_unreadable(binding, refresh), *_unread(binding, refresh)]
    changes = [_create(rule) for rule in binding.unbound]
    for rule in desired:
        row = binding.bound.get(rule.key)
        if row is not None and row.id in refresh.bodies:
            change = _bound(rule, refresh.bodies[row.id], options)
            changes.append(change)
            findings += _loss(change, options)
    orphans = [_orphan(row, refresh) for row in binding.orphans if row.marker and row.marker.key not in broken]
    if options.prune:
        doubts = _prune_doubts(orphans, desired, scope, damaged=damaged or bool(broken))
        findings += doubts
        changes += [] if doubts else orphans
    return Plan(
        scope=scope,
        changes=tuple(sorted(changes, key=_order)),
        orphans=tuple(orphans),
        unmanaged=binding.unmanaged,
        unread={row.id: refresh.unreadable[row.id].reason for row in binding.unmanaged if row.id in refresh.unreadable},
        findings=tuple(findings),
        errored=any(row.id in refresh.unreadable for row in binding.bound.values()),
    )


def target(plan: Plan, keys: Collection[str]) -> Plan:
    """Return the part of a plan that speaks of these keys: their changes, and what is found about them or about all."""
    changes = tuple(change for change in plan.changes if change.key in keys)
    findings = tuple(each for each in plan.findings if not each.keys or not set(keys).isdisjoint(each.keys))
    return replace(plan, changes=changes, findings=findings, complete=False)


def as_seen(actual: Rule, desired: Rule) -> Rule:
    """Return the actual rule as far as Git speaks of it.

    A rule without a nickname in Git leaves the app's alone: the server is believed to make one up, and that must not be
    a difference for ever.
    """
    return replace(actual, nickname=None) if desired.nickname is None else actual


def same_content(one: Rule, other: Rule) -> bool:
    """Tell whether two rules are equal in all but their status."""
    return replace(one, status=Status.DISABLED) == replace(other, status=Status.DISABLED)


def is_as_wanted(actual: Rule, desired: Rule) -> bool:
    """Tell whether nothing would have to be written: only a person may enable, so a disabled rule is never wrong."""
    must_be_off = desired.status is Status.DISABLED and actual.status is Status.ENABLED
    return same_content(as_seen(actual, desired), desired) and not must_be_off


def is_met(change: Change, actual: ActualRule) -> bool:
    """Tell whether nothing of a change would have to be written; a rule that is sent whole must be there whole."""
    if change.desired is None:
        return False
    wish = change.desired.rule
    if change.verbatim is None:
        return is_as_wanted(actual.rule, wish)
    if change.verbatim.claims and actual.marker != change.verbatim.marker:
        return False
    same = actual.rule.nickname == wish.nickname and set(actual.extras) == set(change.verbatim.extras)
    return same and is_as_wanted(actual.rule, wish)


def origin(actual: Rule, desired: Rule | None, marker: Marker | None) -> Origin:
    """Return who made the two differ since the digest in the marker was written.

    A digest that this version cannot compute equals neither side: that is `both`, so that no edit is lost unseen.
    """
    if marker is None:
        return Origin.UNKNOWN
    now = {digest(actual), digest(as_seen(actual, desired) if desired else actual)}  # Git may drop a nickname as well
    wish = digest(desired) if desired else None
    if now & {marker.digest, wish}:
        return Origin.GIT
    return Origin.APP if marker.digest == wish or desired is None else Origin.BOTH


def _create(rule: DesiredRule) -> Change:
    return Change(Operation.CREATE, rule.key, rule, None, Origin.GIT)


def _bound(rule: DesiredRule, actual: ActualRule, options: Options) -> Change:
    must_be_off = rule.status is Status.DISABLED and actual.status is Status.ENABLED
    if (rule.is_known_to_equal(actual) and not must_be_off) or is_as_wanted(actual.rule, rule.rule):
        return Change(Operation.NO_OP, rule.key, rule, actual)
    who = origin(actual.rule, rule.rule, actual.marker)
    if options.defer_cosmetic and _only_words_differ(actual.rule, rule.rule):
        return Change(Operation.NO_OP, rule.key, rule, actual, who, deferred=True)
    return Change(Operation.UPDATE, rule.key, rule, actual, who)


def _only_words_differ(actual: Rule, desired: Rule) -> bool:
    """Tell whether a live rule, which Git wants live, would be switched off for its nickname or description alone."""
    live = actual.status is Status.ENABLED is desired.status
    return live and (actual.trigger, actual.steps) == (desired.trigger, desired.steps)


def _orphan(row: ListedRule, refresh: Refresh) -> Change:
    """Return what deleting an orphan would be; one whose body could not be read can only be named."""
    actual = refresh.bodies.get(row.id)
    key = row.marker.key if row.marker else row.id
    who = origin(actual.rule, None, actual.marker) if actual else None
    return Change(Operation.DELETE, key, None, actual, who, row)


def _order(change: Change) -> tuple[int, str]:
    return list(Operation).index(change.operation), change.key


def _unreadable(binding: Binding, refresh: Refresh) -> list[Finding]:
    keys = {row.id: key for key, row in binding.bound.items()}
    listed = {row.id for row in refresh.listed}
    return [
        _unreadable_rule(keys[rule_id], rule, listed=rule_id in listed)
        for rule_id, rule in refresh.unreadable.items()
        if rule_id in keys
    ]


def _unreadable_rule(key: str, rule: UnreadableRule, *, listed: bool) -> Finding:
    """Return why a rule cannot be read; that one exists which is not listed is more than anybody knows."""
    what = f"`{key}`: the rule `{rule.listed.id}`"
    if rule.deleted:
        return error("unreadable", f"{what} was deleted, and the API lists it still", help=rule.advice)
    said = "exists and cannot be read" if listed else "is not listed, and could not be read"
    return error("unreadable", f"{what} {said}: {rule.reason}", help=rule.advice)


def _unread(binding: Binding, refresh: Refresh) -> list[Finding]:
    """Return what could not be looked at before a rule is created: it may be that very rule."""
    hidden = [row for row in binding.unmanaged if row.id in refresh.unreadable]
    if not hidden or not binding.unbound:
        return []
    named = ", ".join(f"`{row.id}`" for row in hidden)
    new = ", ".join(f"`{rule.key}`" for rule in binding.unbound)
    message = f"rules that nobody manages here cannot be read ({named}), so whether {new} exists already is not known"
    say = error if any(row.supported and not row.described for row in hidden) else warning  # it may bear our marker
    return [say("unread", message, help=f"the first says: {refresh.unreadable[hidden[0].id].reason}")]


def _loss(change: Change, options: Options) -> list[Finding]:
    """Return what an update would silently drop: kinds and fields that are not known here."""
    if change.operation is not Operation.UPDATE or change.actual is None or change.desired is None:
        return []
    held = [f"`{extra}`" for extra in change.actual.extras]
    held += [f"`{part.json}`" for part in opaque_parts(change.actual.rule)]
    if not held:
        return []
    where, keys = change.desired.location, (change.key,)
    if options.by_hand:
        message = f"`{change.key}`: the rule holds what rulesync does not know: {', '.join(held)}"
        advice = "nothing is replaced from here; whoever changes the rule in the app keeps that"
        return [info("field-loss", message, help=advice, location=where, keys=keys)]
    say = warning if options.allow_field_loss else error
    message = f"`{change.key}`: replacing the rule would lose what rulesync does not know: {', '.join(held)}"
    advice = "change it in the app, or accept the loss with `--allow-field-loss`"
    return [say("field-loss", message, help=advice, location=where, keys=keys)]


def _prune_doubts(
    orphans: Sequence[Change], desired: Sequence[DesiredRule], scope: str, *, damaged: bool
) -> list[Finding]:
    """Return why orphans may not be deleted, each reason once."""
    if not orphans:
        return []
    reasons = {
        "the scope is `default`, which anybody's rules may bear: give rulesync.yaml a `scope:` of its own": scope
        == "default",
        "no rule was loaded, which looks more like a wrong directory than like a wish": not desired,
        "some rule files have errors, so a missing key may be a broken file": damaged,
        "some of them could not be read": any(change.actual is None for change in orphans),
    }
    names = ", ".join(f"`{change.key}`" for change in orphans)
    return [error("prune", f"orphans are not deleted ({names}): {why}") for why, holds in reasons.items() if holds]
