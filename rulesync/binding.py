"""Which actual rule each key of Git stands for: by its pin, by its marker, or by what it was called before.

A doubt is a finding, never a guess: two candidates bind neither, and a rule that would be created is first held against
everything that it might already be.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rulesync import key_taken
from rulesync.findings import Finding, error
from rulesync.likeness import equal, likeness
from rulesync.rule import Status
from rulesync.ruleset import ActualRule, DesiredRule, ListedRule

_RENAME = ("possible-rename", "say `moved_from: {key}`, or remove the orphan")
_PIN = (
    "pin it to `{id}` (its `[rulesync:…]` line may have been removed in the app), "
    "as `rulesync adopt {new} --id {id}` does"
)
_DUPLICATE = ("possible-duplicate", _PIN)


class _Undecided:
    """The mark of a key for which nothing is planned, for a reason that is said once elsewhere."""


@dataclass(frozen=True, slots=True)
class Binding:
    """The result: rows by key, the rules to create, and the rows that no key of Git stands for."""

    bound: Mapping[str, ListedRule]
    unbound: tuple[DesiredRule, ...]
    orphans: tuple[ListedRule, ...]
    unmanaged: tuple[ListedRule, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The API's list, by id and by the key in each marker of our scope; and what a look by id told beside it."""

    scope: str
    by_id: Mapping[str, ListedRule]
    by_key: Mapping[str, Sequence[ListedRule]]
    shown: Collection[str]
    deleted: Collection[str]


def bind(
    desired: Sequence[DesiredRule],
    listed: Sequence[ListedRule],
    scope: str,
    bodies: Mapping[str, ActualRule] | None = None,
    deleted: Collection[str] = (),
) -> Binding:
    """Return which row each key stands for.

    Without `bodies`, only what the list alone can tell; with them, new keys are also held against orphans and
    unmanaged rules. `deleted` are ids that are not listed, and of which the API says that they were deleted.
    """
    rows = _index(listed, scope, bodies or {}, deleted)
    findings = _two_for_one(rows)
    choices = {rule.key: _choose(rule, rows) for rule in desired}
    findings += [choice for choice in choices.values() if isinstance(choice, Finding)]
    bound = {key: choice for key, choice in choices.items() if isinstance(choice, ListedRule)}
    findings += _one_for_two(bound)
    new = [rule for rule in desired if choices[rule.key] is None]
    orphans = _orphans(rows, desired, bound)
    if bodies is not None:
        bound |= _equal_orphans(new, orphans, bodies)
    taken = {row.id for row in bound.values()}
    ours = {row.id for same in rows.by_key.values() for row in same}
    if bodies is not None:
        taken_keys = key_taken.find(desired, bound, [rule for rule in new if rule.key not in bound], bodies)
        findings += [doubt.finding for doubt in taken_keys]
        undecided = {key for doubt in taken_keys for key in doubt.keys}
        bound = {key: row for key, row in bound.items() if key not in undecided}
        new = [rule for rule in new if rule.key not in undecided]
    unbound = tuple(rule for rule in new if rule.key not in bound)
    orphans = [row for row in orphans if row.id not in taken]
    managed = taken | ours
    unmanaged = tuple(row for row in listed if row.id not in managed)
    if bodies is not None:
        for rule in unbound:
            findings += _doubts(rule, _RENAME, orphans, bodies)
            findings += _doubts(rule, _DUPLICATE, unmanaged, bodies)
    return Binding(bound, unbound, tuple(orphans), unmanaged, tuple(findings))


def _index(listed: Sequence[ListedRule], scope: str, shown: Collection[str], deleted: Collection[str]) -> _Rows:
    by_key: dict[str, list[ListedRule]] = defaultdict(list)
    for row in listed:
        if row.marker is not None and row.marker.scope == scope:
            by_key[row.marker.key].append(row)
    return _Rows(scope, {row.id: row for row in listed}, dict(by_key), shown, deleted)


def _two_for_one(rows: _Rows) -> list[Finding]:
    """Find the keys whose marker stands in more than one rule."""
    return [
        error(
            "duplicate-marker",
            f"`{key}`: {len(same)} rules bear its marker: {_ids(same)}",
            help="delete the copy in the app, or take the `[rulesync:…]` line out of its description",
            keys=(key,),
        )
        for key, same in sorted(rows.by_key.items())
        if len(same) > 1
    ]


def _one_for_two(bound: dict[str, ListedRule]) -> list[Finding]:
    """Find the rules that more than one key claims, and bind none of these keys."""
    claims: dict[str, list[str]] = defaultdict(list)
    for key, row in bound.items():
        claims[row.id].append(key)
    findings = []
    for rule_id, keys in claims.items():
        if len(keys) > 1:
            named = ", ".join(f"`{key}`" for key in keys)
            message = f"{named}: all of them claim the rule `{rule_id}`"
            findings.append(error("moved-from", message, keys=tuple(keys)))
            for key in keys:
                del bound[key]
    return findings


def _choose(rule: DesiredRule, rows: _Rows) -> ListedRule | Finding | _Undecided | None:
    """Return the row that a rule stands for by its pin, its marker or its former key; a doubt; or None: it is new."""
    marked = rows.by_key.get(rule.key, ())
    moved = rows.by_key.get(rule.moved_from, ()) if rule.moved_from else ()
    if len(marked) > 1 or len(moved) > 1:
        return _Undecided()
    if rule.pin is not None:
        return _pin_doubt(rule, rows, marked) or rows.by_id[rule.pin]
    if marked and moved:
        message = f"`{rule.key}`: two rules could be it: {_ids([*marked, *moved])} (the second as `{rule.moved_from}`)"
        return error("moved-from", message, help="remove `moved_from:`", location=rule.location, keys=(rule.key,))
    return next(iter((*marked, *moved)), None)


def _orphans(rows: _Rows, desired: Sequence[DesiredRule], bound: Mapping[str, ListedRule]) -> list[ListedRule]:
    """Return the rows that bear our marker and a key that nothing in Git has or had."""
    spoken_for = {rule.key for rule in desired} | {rule.moved_from for rule in desired}
    taken = {row.id for row in bound.values()}
    return [
        same[0]
        for key, same in rows.by_key.items()
        if len(same) == 1 and key not in spoken_for and same[0].id not in taken
    ]


def _pin_doubt(rule: DesiredRule, rows: _Rows, marked: Sequence[ListedRule]) -> Finding | None:
    """Return why a pin cannot be believed."""
    row = rows.by_id.get(rule.pin or "")
    if row is None:
        message, advice = _unlisted(rule.pin or "", rows)
        return error("pin", f"`{rule.key}`: {message}", help=advice, location=rule.location, keys=(rule.key,))
    if row.marker is not None and (row.marker.scope != rows.scope or row.marker.key not in {rule.key, rule.moved_from}):
        owner = f"{row.marker.scope}/{row.marker.key}"
        message = f"`{rule.key}`: the pinned rule `{row.id}` bears the marker of `{owner}`"
        advice = f"one rule has one owner: remove the pin, or `rulesync adopt {rule.key} --id {row.id} --take-over`"
        return error("pin", message, help=advice, location=rule.location, keys=(rule.key,))
    others = [other for other in marked if other.id != row.id]
    if others:
        message = f"`{rule.key}`: it is pinned to `{row.id}`, and {_ids(others)} bears its marker"
        return error("pin", message, help="remove one of the two", location=rule.location, keys=(rule.key,))
    return None


def _unlisted(pin: str, rows: _Rows) -> tuple[str, str]:
    """Return what is to be said, and advised, of a pinned rule that is not listed; what exists is not made anew."""
    if pin in rows.shown:
        advice = "try again: the list may have moved while it was read; if it stays so, ask Sequence's support"
        return f"the pinned rule `{pin}` exists, and the API does not list it", advice
    if pin in rows.deleted:
        return f"the pinned rule `{pin}` was deleted", "correct its id, or remove `id:` to create the rule anew"
    advice = "correct it, or remove `id:` to create the rule anew; a key that may not read all rules cannot tell"
    return f"the pinned rule `{pin}` does not exist", advice


def _equal_orphans(
    new: Sequence[DesiredRule], orphans: Sequence[ListedRule], bodies: Mapping[str, ActualRule]
) -> dict[str, ListedRule]:
    """Return the orphan that each new key is equal to, where neither has another choice: it was only renamed."""
    same = {
        rule.key: [row for row in orphans if row.id in bodies and equal(rule.rule, bodies[row.id].rule)] for rule in new
    }
    claims = [row.id for rows in same.values() for row in rows]
    return {key: rows[0] for key, rows in same.items() if len(rows) == 1 and claims.count(rows[0].id) == 1}


def _doubts(
    rule: DesiredRule, doubt: tuple[str, str], rows: Iterable[ListedRule], bodies: Mapping[str, ActualRule]
) -> list[Finding]:
    """Hold a rule that would be created against rows that it may turn out to be."""
    check, way_out = doubt
    found = []
    for row in rows if check not in rule.suppress else ():
        alike = likeness(rule.rule, row, bodies.get(row.id))
        if alike is None:
            continue
        live = " (it is live)" if row.status is Status.ENABLED else ""
        advice = way_out.format(key=row.marker.key if row.marker else "", id=row.id, new=rule.key)
        if row.marker and check == _DUPLICATE[0]:  # it has an owner, who would contradict a pin
            taken = f"`rulesync adopt {rule.key} --id {row.id} --take-over`"
            advice = (
                f"it belongs to `{row.marker.scope}/{row.marker.key}`: give rulesync.yaml that scope again, or {taken}"
            )
        message = f"`{rule.key}` would be created, and the rule `{row.id}`{live} {alike}"
        suppress = f"; if both are meant, write `suppress: {{{check}: why}}`"
        found.append(error(check, message, help=advice + suppress, location=rule.location, keys=(rule.key,)))
    return found


def _ids(rows: Iterable[ListedRule]) -> str:
    return ", ".join(f"`{row.id}`" for row in rows)
