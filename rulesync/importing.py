"""What moves from the app into Git: which rules get a file and under which key, which stay, and why.

Law: no rule gets a second file, and no key that is somebody's already.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rulesync import naming
from rulesync.accounts import ACCOUNT_TYPES, AccountEntry, ListedAccount
from rulesync.rule import Account, Action, LiabilityFigure, Rule, Step, TopUp, accounts, opaque_parts
from rulesync.ruleset import ActualRule, ListedRule

_LONGEST_QUOTE = 100


@dataclass(frozen=True, slots=True)
class Ours:
    """What a workspace has already.

    `keys` are the keys of its rule files, those in error too, and `pins` the ids that they are bound to. `spoken_for`
    are further keys that no new rule may have, as those before a `moved_from:`. `ids` are the pins of rulesync.yaml by
    key, whether or not there is a file.
    """

    scope: str
    keys: Collection[str]
    pins: Collection[str]
    spoken_for: Collection[str] = ()
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Left:
    """A rule that gets no file, and why; `failed` where it should have got one."""

    id: str
    nickname: str | None
    reason: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A rule that has a file now."""

    id: str
    key: str
    file: str
    nickname: str | None


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do where it is `dry`.

    `accounts` are names for the accounts that have none yet, and `ids` the pins that a workspace needs. `paste` is both
    as the text that belongs into rulesync.yaml.
    """

    written: tuple[Written, ...]
    left: tuple[Left, ...]
    accounts: Mapping[str, AccountEntry]
    ids: Mapping[str, str]
    paste: str = ""
    dry: bool = False


def candidates(listed: Sequence[ListedRule], ours: Ours) -> tuple[list[ListedRule], list[Left]]:
    """Return the rows of rules that may get a file, and those that may not."""
    marked = Counter(row.marker.key for row in listed if row.marker and row.marker.scope == ours.scope)
    reasons = {row.id: _belongs(row, ours, marked) for row in listed}
    left = [Left(row.id, row.nickname, reason) for row in listed if (reason := reasons[row.id])]
    return [row for row in listed if reasons[row.id] is None], left


def _belongs(row: ListedRule, ours: Ours, marked: Mapping[str, int]) -> str | None:
    """Return to whom a rule belongs already, None if it is free to be taken in."""
    marker = row.marker
    if row.id in ours.pins:
        return "a rule file here is bound to it already"
    if marker is None:
        return None
    if marker.scope != ours.scope:
        return f"it bears the marker of `{marker.scope}/{marker.key}`: another directory of rules manages it"
    if marked[marker.key] > 1:
        return f"{marked[marker.key]} rules bear the marker of `{marker.key}`: delete the copies in the app first"
    if marker.key in {*ours.keys, *ours.spoken_for}:
        return f"it is managed here already, as `{marker.key}`"
    return None


def unsayable(actual: ActualRule) -> str | None:
    """Return what of a rule no file can say because it is not known here, None if nothing is."""
    parts = [part.json for part in opaque_parts(actual.rule)]
    if parts:
        return f"it holds what rulesync does not know: `{_cut(parts[0])}`"
    if actual.extras:
        return "it holds fields that rulesync does not know: " + ", ".join(f"`{extra}`" for extra in actual.extras)
    return None


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"


def keys(rules: Iterable[ActualRule], listed: Sequence[ListedRule], ours: Ours) -> dict[str, str]:
    """Return a key of its own for each rule, by id: its marker's, the one in `ids`, else one made of its nickname."""
    markers = [row.marker.key for row in listed if row.marker and row.marker.scope == ours.scope]
    taken = {key.lower() for key in (*ours.keys, *ours.spoken_for, *ours.ids, *markers)}
    pinned = {rule_id: key for key, rule_id in ours.ids.items()}
    chosen = {}
    for rule in rules:
        known = rule.marker.key if rule.marker else pinned.get(rule.id)
        key = known or naming.unused(rule.rule.nickname, rule.id, taken)
        taken.add(key)
        chosen[rule.id] = key
    return chosen


def new_accounts(
    rules: Iterable[Rule], known: Collection[str], names: Collection[str], listed: Iterable[ListedAccount]
) -> dict[str, AccountEntry]:
    """Return a name for every account that the rules speak of, but for those whose ids are `known`.

    No name is one of `names`, in any case of letters.
    """
    rules = tuple(rules)
    people = {account.id: account for account in listed}
    types = {account.id: account.type for rule in rules for account in _typed(rule)}
    taken = {name.lower() for name in names}
    found: dict[str, AccountEntry] = {}
    for account_id in dict.fromkeys(account_id for rule in rules for account_id in accounts(rule)):
        if account_id not in known:
            account = people.get(account_id)
            name = naming.unused(account.name if account else None, account_id, taken)
            taken.add(name)
            kind = types.get(account_id) or (account.type if account else None)
            found[name] = AccountEntry(id=account_id, type=kind if kind in ACCOUNT_TYPES else None)
    return found


def _typed(rule: Rule) -> Iterator[Account]:
    """Yield the accounts of whose types a rule speaks."""
    for action in (action for step in rule.steps if isinstance(step, Step) for action in step.actions):
        if isinstance(action, Action):
            yield from (action.source, action.destination)
            match action.amount:
                case TopUp(LiabilityFigure(account=account)):
                    yield account
                case _:
                    pass
