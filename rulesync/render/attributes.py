"""The attributes of an action in people's words: its amount, its two accounts, and everything that it may carry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rulesync import english
from rulesync.english import Voice
from rulesync.rule import Action


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that differs: `where` it is, what was there `before` and is `after`, each None where there is nothing.

    `tail` belongs to both sides: `20 %` and `25 %`, ` of the deposit`. `text`, where given, says it all.
    """

    where: str
    before: str | None = None
    after: str | None = None
    tail: str = ""
    text: str | None = None


_WORDS: Mapping[str, tuple[str, Callable[[Action, Voice], str]]] = {
    "source": (", source", lambda action, told: told.account(action.source.id)),
    "destination": (", destination", lambda action, told: told.account(action.destination.id)),
    "group_index": (", group", lambda action, _: str(action.group)),
    "up_to_enabled": (
        ", where there is too little",
        lambda action, _: "send what there is" if action.up_to_available else "send nothing",
    ),
    "is_direct_deposit": (", direct deposit", lambda action, _: "yes" if action.direct_deposit else "no"),
    "limit": (", limit", lambda action, _: english.limit(action.limit) if action.limit else "none"),
    "ach_description": (
        ", bank text",
        lambda action, _: "none" if action.ach_description is None else english.quote(action.ach_description),
    ),
}
_AMOUNTS = {
    "type",
    "amount_in_cents",
    "percentage_value",
    "percentage_target",
    "next_payment_minimum_account",
    "current_balance_account",
    "last_statement_balance_account",
}


def about(field: str) -> str:
    """Return what a field of an action is about: several make up its amount, each other one is a thing of its own."""
    return "amount" if field in _AMOUNTS else field


def line(field: str, where: str, before: tuple[Action, Voice], after: tuple[Action, Voice]) -> Line | None:
    """Return how a field of an action differs, None for a field that is not known here."""
    if field in _AMOUNTS:
        return amounts(where, english.how_much(*before), english.how_much(*after))
    if field not in _WORDS:
        return None
    label, words = _WORDS[field]
    return Line(where + label, words(*before), words(*after))


def amounts(where: str, before: str, after: str, divider: str = " of ") -> Line:
    """Return two amounts with their common end told once: `20 %` and `25 %`, ` of the deposit`."""
    old, new = before.split(divider), after.split(divider)
    if len(old) > 1 and old[1:] == new[1:]:
        return Line(where, old[0], new[0], before[len(old[0]) :])
    return Line(where, before, after)
