"""Rules that the app holds -> the files that say them, each tried before it is handed out; and what names them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rulesync import document, naming
from rulesync.accounts import AccountBook, AccountEntry
from rulesync.importing import Left, Written, unsayable
from rulesync.rule import Rule
from rulesync.ruleset import ActualRule
from rulesync.source.dumping import dump, words
from rulesync.source.layout import Fields, lines, word
from rulesync.source.trial import refusal

_PASSED_OVER = ("_", ".")


@dataclass(frozen=True, slots=True)
class NewFile:
    """A rule file that is to be written, at a `path` below the directory of rules; `about` says of which rule."""

    about: Written
    path: str
    text: str
    rule: Rule


def draw_up(
    actuals: Sequence[ActualRule], keys: Mapping[str, str], book: AccountBook, rules: str, *, pinned: bool
) -> tuple[list[NewFile], list[Left]]:
    """Return a file for each rule whose file would plan to no change, and the rules that have none such.

    `keys` are their keys by id, `rules` is the directory, and `pinned` says whether an `id:` in a file counts.
    """
    called, taken = words(book), set(keys.values())
    made: list[NewFile] = []
    left: list[Left] = []
    for actual in actuals:
        key = keys[actual.id]
        place = _place(key, taken)
        file = f"{rules}/{place}.yaml"
        reason = unsayable(actual)
        if reason is None:
            own = None if place == key else key
            text = dump(actual.rule, called, key=own, pin=actual.id if pinned else None)
            reason = refusal(text, file, key, actual.rule, book)
            if reason is None:
                about = Written(actual.id, key, file, actual.rule.nickname)
                made.append(NewFile(about, f"{place}.yaml", text, actual.rule))
                continue
        left.append(Left(actual.id, actual.rule.nickname, reason))
    return made, left


def _place(key: str, taken: set[str]) -> str:
    """Return the path that a key gives, or another where nobody would look for a file."""
    if not any(part.startswith(_PASSED_OVER) for part in key.split("/")):
        return key
    place = naming.unused(key, "rule", taken)
    taken.add(place)
    return place


def paste(
    accounts: Mapping[str, AccountEntry], people: Mapping[str, str], ids: Mapping[str, str], workspace: str | None
) -> str:
    """Return the lines of rulesync.yaml that give names to accounts, and pin what a workspace pins; empty for none."""
    indent = "" if workspace is None else "    "
    found = [*_section("accounts", _accounts(accounts, people, indent), indent)]
    found += _section("ids", [f"{indent}  {document.plain(key)}: {document.plain(ids[key])}" for key in ids], indent)
    if found and workspace is not None:
        found[:0] = ["workspaces:", f"  {document.plain(workspace)}:"]
    return "".join(f"{line}\n" for line in found)


def _section(name: str, inside: list[str], indent: str) -> Iterator[str]:
    if inside:
        yield f"{indent}{name}:"
        yield from inside


def _accounts(accounts: Mapping[str, AccountEntry], people: Mapping[str, str], indent: str) -> list[str]:
    found: list[str] = []
    for name, entry in accounts.items():
        given = [(field, value) for field, value in (("id", entry.id), ("type", entry.type)) if value]
        note = document.remark(people.get(entry.id or "", "")) or None
        tree = Fields(tuple((field, word(value)) for field, value in given), note)
        found += lines(tree, f"{document.plain(name)}:", f"{indent}  ")
    return found
