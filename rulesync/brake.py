"""The emergency brake, as a value: which live rules are switched off, in which order, and which cannot be.

Laws: nothing of a rule changes but its status; what cannot be read, a file or a rule, keeps no other rule running.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from rulesync.findings import Location, did_you_mean
from rulesync.plan import Change, Operation, Plan, Verbatim
from rulesync.rule import Rule, Status
from rulesync.ruleset import ActualRule, DesiredRule, ListedRule, Refresh
from rulesync.stake import order, stake


@dataclass(frozen=True, slots=True)
class Managed:
    """The rules that are managed here: rows of the list by key, and the keys that rules had before; and all others.

    Two rows under one key bear the same marker, as after a copy in the app; the brake is for both.
    """

    rows: Mapping[str, tuple[ListedRule, ...]]
    former: Mapping[str, str]
    others: tuple[ListedRule, ...] = ()

    def find(self, word: str) -> str | None:
        """Return the key that a word stands for: a key, or one that a rule had before."""
        return next((key for key in (word, self.former.get(word)) if key in self.rows), None)

    def near(self, word: str) -> str | None:
        """Return which key may have been meant, be it by the name that people see in the app."""
        for key, rows in self.rows.items():
            if any((row.nickname or "").casefold() == word.casefold() for row in rows):
                return f"did you mean `{key}`, whose nickname that is?"
        return did_you_mean(word, self.rows)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A rule that may be live and whose body could not be read, so that there is nothing that could be sent back."""

    change: Change
    reason: str


@dataclass(frozen=True, slots=True)
class Brake:
    """What is switched off: the plan's writes, the most money at stake first; `stakes` are in cents, by rule id.

    What is off already is in the plan as well, and nothing is written for it. `untouched` are rules that nobody manages
    here and that may be live.
    """

    plan: Plan
    stakes: Mapping[str, int | None]
    unreadable: tuple[Unreadable, ...]
    untouched: tuple[ListedRule, ...] = ()


def managed(listed: Sequence[ListedRule], scope: str, pins: Mapping[str, str], moved: Mapping[str, str]) -> Managed:
    """Return the rules that are managed here: those that bear a marker of our scope, and those that are pinned.

    `pins` are ids by key, `moved` former keys by key, both as far as they are known. A pinned rule that bears the
    marker of another scope is somebody else's.
    """
    ours = {row.id: row for row in listed if row.marker is None or row.marker.scope == scope}
    renamed = {before: key for key, before in moved.items()}
    rows: dict[str, list[ListedRule]] = {}
    former: dict[str, str] = {}
    key_of = {rule_id: key for key, rule_id in sorted(pins.items(), reverse=True) if rule_id in ours}
    for row in ours.values():
        marked = row.marker.key if row.marker else None
        key = key_of.get(row.id) or renamed.get(marked or "") or marked
        if key is not None:
            rows.setdefault(key, []).append(row)
            former |= {marked: key} if marked and marked != key else {}
    taken = {row.id for same in rows.values() for row in same}
    return Managed(
        {key: tuple(rows[key]) for key in sorted(rows)}, former, tuple(row for row in listed if row.id not in taken)
    )


def build(keys: Collection[str], among: Managed, refresh: Refresh, balances: Mapping[str, int], scope: str) -> Brake:
    """Return what switching these rules off is; `balances` are in cents, by account id, as far as they are known."""
    rows = [(key, row) for key in sorted(keys) for row in among.rows[key]]
    changes = [_change(key, row, refresh.bodies.get(row.id)) for key, row in rows]
    unreadable = [
        Unreadable(change, _reason(change, refresh))
        for change in changes
        if change.actual is None and change.operation is not Operation.NO_OP
    ]
    stakes = {change.actual.id: stake(change.actual.rule, balances) for change in changes if change.actual}
    writes = [change for change in changes if change.actual and change.operation is not Operation.NO_OP]
    writes.sort(key=lambda change: (order(stakes[change.rule_id or ""]), change.key))
    off = [change for change in changes if change.operation is Operation.NO_OP]
    untouched = tuple(row for row in among.others if row.status is not Status.DISABLED)
    return Brake(Plan(scope, (*writes, *off)), stakes, tuple(unreadable), untouched)


def _change(key: str, row: ListedRule, actual: ActualRule | None) -> Change:
    """Return what is to be done about one rule; where there is no body, the list must do to know that it is off."""
    if actual is None:
        doing = Operation.NO_OP if row.status is Status.DISABLED else Operation.UPDATE
        return Change(doing, key, None, None, row=row)
    doing = Operation.NO_OP if actual.rule.status is Status.DISABLED else Operation.UPDATE
    wish = DesiredRule(key, _off(actual.rule), Location(key))
    return Change(doing, key, wish, actual, verbatim=Verbatim(actual.marker, actual.extras))


def _off(rule: Rule) -> Rule:
    return replace(rule, status=Status.DISABLED)


def _reason(change: Change, refresh: Refresh) -> str:
    found = refresh.unreadable.get(change.rule_id or "")
    return found.reason if found else "it was not read"
