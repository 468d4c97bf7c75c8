"""The sections of rulesync.yaml that a workspace has or takes from above: accounts, limits, checks, vars and ids.

A layer is a workspace or the file itself; where several are given, the first of them is the workspace's own.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from rulesync.accounts import ACCOUNT_TYPES, AccountEntry
from rulesync.config.fields import Fields, shown
from rulesync.document import Data
from rulesync.findings import Severity, did_you_mean
from rulesync.lint import IDS
from rulesync.money import parse_dollars
from rulesync.policy import Limits

OFF = "off"
"""How `checks:` says that a check is not made."""

RULE_ID_PATTERN = r"[A-Za-z0-9_-]+"
_RULE_ID = re.compile(RULE_ID_PATTERN)
VARIABLE_PATTERN = r"[A-Za-z][A-Za-z0-9_]*"
VARIABLE = re.compile(VARIABLE_PATTERN)
MOST_ACCOUNTS = 1_000
LONGEST_NAME = 200
_AN_ACCOUNT = "write an id (`acc_…`), an id with its type (`{id: acc_…, type: pod}`), or a name (`{name: Savings}`)"
SEVERITIES = (OFF, *(severity.value for severity in reversed(Severity)))

Value = TypeVar("Value")
Layers = tuple[Fields, ...]


def first(values: Iterable[Value | None], default: Value) -> Value:
    """Return the first value that is there, else the default."""
    return next((value for value in values if value is not None), default)


def variables(fields: Fields, above: Mapping[str, Data]) -> Mapping[str, Data]:
    """Return the values for templates, those of a workspace in place of those above."""
    section = fields.inner("vars")
    for name in section.names():
        if not VARIABLE.fullmatch(name):
            advice = "use letters, digits and `_`, a letter first"
            section.complain("invalid-value", f"`{shown(name)}` is no name for a variable", name, help=advice)
    here = section.raw()
    return {**above, **here} if isinstance(here, dict) and here else above


def checks(fields: Fields, above: Mapping[str, Severity | None]) -> Mapping[str, Severity | None]:
    """Return how much findings of a check weigh, None for a check that is off, where somebody has said so."""
    section = fields.inner("checks")
    section.only(IDS, "`checks`")
    words = {name: section.text(name) for name in section.names()}
    for name, word in words.items():
        if word is not None and word not in SEVERITIES:
            advice = did_you_mean(word, SEVERITIES) or "write " + " or ".join(f"`{each}`" for each in SEVERITIES)
            section.complain("invalid-value", f"`{shown(word)}` is no weight for a check", name, help=advice)
    words = {name: word for name, word in words.items() if word in SEVERITIES}
    chosen = {name: None if word == OFF else Severity(word) for name, word in words.items() if word is not None}
    return {**above, **chosen} if chosen else above


def limits(layers: Layers) -> Limits:
    """Return what a plan may not exceed."""
    found = [layer.inner("limits") for layer in layers]
    for each in found:
        each.only(Limits.__slots__, "`limits`")

    def count(name: str) -> int | None:
        return first((each.whole(name, 0) for each in found), None)

    def share(name: str) -> float | None:
        return first((each.number(name, 100) for each in found), None)

    return Limits(
        max_creates=count("max_creates"),
        max_updates=count("max_updates"),
        max_deletes=count("max_deletes"),
        max_updates_percent=share("max_updates_percent"),
        max_deletes_percent=share("max_deletes_percent"),
        max_at_stake=first((_dollars(each, "max_at_stake") for each in found), None),
    )


def _dollars(fields: Fields, name: str) -> int | None:
    written = fields.raw(name)
    if written is None:
        return None
    try:
        return parse_dollars(written if isinstance(written, str) else "")
    except ValueError:
        fields.complain("invalid-value", f"`{name}` needs an amount", name, help="write dollars as `$5,000.00`")
        return None


def accounts(fields: Fields) -> Iterator[tuple[str, AccountEntry]]:
    """Yield what each name for an account stands for."""
    section = fields.few("accounts", MOST_ACCOUNTS)
    for name in section.names():
        if len(name) > LONGEST_NAME:
            section.complain("invalid-value", "this is too long for the name of an account", name)
        if isinstance(section.raw(name), dict):
            entry = _account(name, section.inner(name))
        else:
            entry = AccountEntry(id=section.text(name))
            if section.raw(name) is None:
                section.complain("missing-field", f"`{shown(name)}` stands for no account", name, help=_AN_ACCOUNT)
        yield name, entry


def _account(word: str, account: Fields) -> AccountEntry:
    account.only(("id", "type", "name"), "an account")
    entry = AccountEntry(account.text("id"), account.choice("type", ACCOUNT_TYPES), account.text("name"))
    if len(entry.name or "") > LONGEST_NAME:
        account.complain("invalid-value", "this is too long for the name of an account", "name")
    if (account.raw("id") is None) == (account.raw("name") is None):
        account.complain("invalid-value", f"`{shown(word)}` needs either an `id` or a `name`", help=_AN_ACCOUNT)
    return entry


def ids(fields: Fields) -> Iterator[tuple[str, str]]:
    """Yield the id that each key is pinned to."""
    section = fields.inner("ids")
    for key in section.names():
        rule_id = section.text(key)
        if rule_id is not None and not _RULE_ID.fullmatch(rule_id):
            section.complain("pin", f"`{shown(rule_id)}` is no id of a rule", key)
        elif rule_id is not None:
            yield key, rule_id
