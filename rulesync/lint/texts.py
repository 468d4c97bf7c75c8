"""Checks of how things are written: names, the text at the bank, cents that may be dollars and the reverse."""

import re
from collections.abc import Iterator

from rulesync.findings import Severity
from rulesync.lint.check import Check, Path, Remark, Scene
from rulesync.lint.fields import actions, comparisons
from rulesync.money import format_cents
from rulesync.rule import Fact, FixedAmount, RoundDown, Rule, TopUp

_LONGEST_AT_THE_BANK = 10
_AT_THE_BANK = re.compile(r"[A-Za-z0-9 ]*")
_BARE = re.compile(r"[0-9]+")
_WHOLE_DOLLARS = re.compile(r"\$(?P<dollars>[0-9]{5,})(?:\.00?)?")
_FEW_TO_COMPARE = 10_000
_FEW_TO_MOVE = 100
_MANY = 1_000_000


def nameless(scene: Scene) -> Iterator[Remark]:
    """Remark on rules without a nickname."""
    for each in scene.rules:
        if each.rule.nickname is None:
            advice = "write a `nickname`: it is what people see in the app"
            yield Remark(each.key, "this rule has no nickname", (), advice)


def ach_text(scene: Scene) -> Iterator[Remark]:
    """Remark on texts for the bank that are too long for it, or hold signs that it does not take."""
    for each in scene.rules:
        for path, action in actions(each.rule):
            text = action.ach_description or ""
            wrong = None
            if len(text) > _LONGEST_AT_THE_BANK:
                wrong = f"a text of {len(text)} characters is too long for the bank"
            elif not _AT_THE_BANK.fullmatch(text):
                wrong = "this text holds signs that banks do not take"
            if wrong:
                advice = f"use at most {_LONGEST_AT_THE_BANK} letters, digits and spaces"
                yield Remark(each.key, wrong, (*path, "ach_description"), advice)


def cents_or_dollars(scene: Scene) -> Iterator[Remark]:
    """Remark on few cents that may be meant as dollars, and on many dollars that may be meant as cents."""
    for each in scene.rules:
        for path, cents, few in _money(each.rule):
            text = scene.written(each.key, path).strip("\"'") if 0 < cents < few or cents >= _MANY else ""
            whole = _WHOLE_DOLLARS.fullmatch(text)
            if cents < few and _BARE.fullmatch(text):
                field = "value" if path[-1] == "value" else "amount"
                more, same = _quoted(cents * 100), _quoted(cents)
                meant = f"if dollars are meant, write `{field}: {more}`; if not, `{field}: {same}`"
                yield Remark(each.key, f"`{text}` is in cents, so {format_cents(cents)}", path, meant)
            elif whole:
                less = format_cents(int(whole["dollars"]))
                meant = f"if cents are meant, write `{_quoted(cents // 100)}`; if not, `{_quoted(cents)}`"
                yield Remark(each.key, f"`{text}` is in dollars, a hundred times {less}", path, meant)


def _money(rule: Rule) -> Iterator[tuple[Path, int, int]]:
    """Yield each amount of a rule, in cents, and below which it is suspiciously small."""
    for path, what in comparisons(rule):
        if what.fact is not Fact.DATE and what.value is not None:
            yield (*path, "value"), what.value, _FEW_TO_COMPARE
    for path, action in actions(rule):
        match action.amount:
            case FixedAmount(cents) | RoundDown(cents) | TopUp(int(cents)):
                yield (*path, "amount_in_cents"), cents, _FEW_TO_MOVE
            case _:
                pass
        if action.limit:
            yield (*path, "limit", "amount_in_cents"), action.limit.cents, _FEW_TO_MOVE


def _quoted(cents: int) -> str:
    """Return an amount as it stands in YAML: with a comma in it, it needs quotes."""
    text = format_cents(cents)
    return f'"{text}"' if "," in text else text


CHECKS: tuple[Check, ...] = (
    Check("nameless", Severity.INFO, nameless),
    Check("ach-text", Severity.WARNING, ach_text),
    Check("cents-or-dollars", Severity.INFO, cents_or_dollars),
)
