"""The brake as people read it, before they pull it: what is switched off, in which order, and what cannot be."""

from dataclasses import dataclass

from rulesync.money import format_cents
from rulesync.planjson import PausedJson, PauseJson
from rulesync.render import view
from rulesync.render.view import Block, Link, plural


@dataclass(frozen=True, slots=True)
class PauseView:
    """What a pause does, in words, from top to bottom."""

    verdict: str
    place: str
    hidden: tuple[Block, ...]
    blocks: tuple[Block, ...]
    off: str
    untouched_title: str
    untouched: tuple[Link, ...]


def pause_view(value: PauseJson) -> PauseView:
    """Return what a pause does, in words."""
    return PauseView(
        verdict=_verdict(value),
        place=view.place(value),
        hidden=tuple(_hidden(each) for each in value["unreadable"]),
        blocks=tuple(_block(each) for each in value["rules"]),
        off=_off(value),
        untouched_title=_untouched(len(value["untouched"])),
        untouched=tuple(Link(each["nickname"] or each["id"], each["rule_url"]) for each in value["untouched"]),
    )


def _verdict(value: PauseJson) -> str:
    number, hidden = len(value["rules"]), len(value["unreadable"])
    if number:
        first = ", the most money first" if number > 1 else ""
        what = f"Switches {plural(number, 'live rule')} off{first}. Nothing else about {_them(number)} changes."
    else:
        what = "No live rule to switch off." if not hidden else "No rule can be switched off from here."
    if not hidden:
        return what
    return f"{what} {plural(hidden, 'rule')} cannot be read: switch {_them(hidden)} off in the app."


def _them(number: int) -> str:
    return "it" if number == 1 else "them"


def _block(rule: PausedJson) -> Block:
    return Block(
        symbol="~",
        name=view.name(rule["key"], rule["nickname"]),
        facts=rule["id"],
        reason=_stake(rule["at_stake"]),
        story=rule["sentence"],
    )


def _stake(cents: int | None) -> str:
    """Return how much money one run can move."""
    return "no known limit to what it can move" if cents is None else f"moves up to {format_cents(cents)} a run"


def _hidden(rule: PausedJson) -> Block:
    why = f"it cannot be read, so it cannot be switched off from here: {rule['why_not']}"
    return Block("!", view.name(rule["key"], rule["nickname"]), rule["rule_url"], why)


def _off(value: PauseJson) -> str:
    names = ", ".join(each["key"] for each in value["off"])
    return f"Off already: {names}." if names else ""


def _untouched(number: int) -> str:
    runs = "goes on running" if number == 1 else "go on running"
    return (
        f"{plural(number, 'live rule')} in the app {runs}: not managed here, so not touched. To switch off in the app:"
    )
