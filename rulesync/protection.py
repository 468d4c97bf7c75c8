"""What a plan may not do to the rules that Git protects, and which pins it lost: said by Git as it was at the base.

Law: protection follows the rule, not its file. Nothing that a branch can change (the mark itself, the file's name or
place, a former key, a pin) lifts what the base protects.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from rulesync.binding import bind
from rulesync.findings import Finding, error, warning
from rulesync.plan import Change, Operation, Plan
from rulesync.rule import Status
from rulesync.ruleset import DesiredRule, Refresh

_DOES = {Operation.UPDATE: "change", Operation.DELETE: "delete"}


@dataclass(frozen=True, slots=True)
class Base:
    """The rules as Git had them at a commit that is trusted.

    `rules` are those that could be read and resolved. `protected` are the keys of protected rules and `pins` the ids of
    pinned ones by key, as far as they could be told, also of files with errors. `findings` say what could not be read.
    `keys` are those of all rules, readable or not, None where there may be others.
    """

    ref: str
    scope: str
    rules: tuple[DesiredRule, ...] = ()
    protected: frozenset[str] = frozenset()
    pins: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    keys: frozenset[str] | None = None


def protected(plan: Plan, refresh: Refresh, base: Base | None, *, allowed: bool) -> Iterator[Finding]:
    """Yield each protected rule that a plan would change or delete: what the branch protects, and what the base did.

    Where a person allowed it, that is a warning and forbids nothing.
    """
    say = warning if allowed else error
    ids = _ids(base, refresh) if base else frozenset()
    for change in plan.writes:
        if change.operation in _DOES and _is_protected(change, base, ids):
            own = change.desired is not None and change.desired.protect
            where = f" at `{base.ref}`" if base and not own else ""
            message = f"`{change.key}`: the plan would {_DOES[change.operation]} a rule that Git protects{where}"
            advice = "leave the rule as it is, or allow this with `--allow-protected`"
            place = change.desired.location if change.desired else None
            yield say("protected", message, help=None if allowed else advice, location=place)


def _is_protected(change: Change, base: Base | None, ids: Collection[str]) -> bool:
    if change.desired is not None and change.desired.protect:
        return True
    return base is not None and (change.rule_id in ids or change.key in base.protected)


def _ids(base: Base, refresh: Refresh) -> frozenset[str]:
    """Return the ids of the rules that the base protects: by its pins, by the markers, and as it would bind them."""
    bound = bind(base.rules, refresh.listed, base.scope, refresh.bodies).bound
    former = {rule.moved_from for rule in base.rules if rule.key in base.protected and rule.moved_from}
    found = {row.id for key, row in bound.items() if key in base.protected}
    found |= {rule_id for key, rule_id in base.pins.items() if key in base.protected}
    for row in refresh.listed:
        if row.marker and row.marker.scope == base.scope and row.marker.key in base.protected | former:
            found.add(row.id)
    return frozenset(found)


def removed_pins(plan: Plan, refresh: Refresh, base: Base, pinned: Collection[str]) -> Iterator[Finding]:
    """Yield the rules that the base pinned and that nobody manages any more, though they go on living.

    `pinned` are the ids that the branch still pins, be it in files with errors. A rule that bears our marker is an
    orphan, of which a plan speaks anyway.
    """
    kept = {*pinned, *(change.rule_id for change in plan.changes)}
    rows = {row.id: row for row in refresh.listed}
    for key, rule_id in sorted(base.pins.items()):
        row = rows.get(rule_id)
        if row is None or rule_id in kept or (row.marker and row.marker.scope == plan.scope):
            continue
        lives = {Status.ENABLED: "stays live", Status.DISABLED: "stays in the app, disabled"}
        how = lives[row.status] if row.status else "stays in the app"
        nickname = f" “{row.nickname}”" if row.nickname else ""
        message = f"`{key}`: the rule `{rule_id}`{nickname}, pinned at `{base.ref}`, {how}, no longer managed"
        yield warning("removed-pin", message, help=f"pin it again with `id: {rule_id}`, or switch it off in the app")
