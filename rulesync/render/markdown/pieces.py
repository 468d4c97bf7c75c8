"""What several pages have: the parts for dangers, findings and links, and the lines at the top and at the end.

It holds the order in which parts give way: dangers stay longest, then what forbids the plan, what waits for a person
and what being off costs; then each change as a line, the map, what is folded away under a change, and tables.
"""

import re
from collections import Counter
from collections.abc import Sequence
from enum import IntEnum, auto

from rulesync.findings import Finding
from rulesync.render import view
from rulesync.render.markdown.environment import made
from rulesync.render.markdown.fitting import LIMIT, Fitted, Item, Page, Part, counted, fit
from rulesync.render.view import Link

_PIECES = "pieces"
NOTE = 1500  # characters; what the note about what is left out takes at most, with its link


class Rank(IntEnum):
    """What gets room before what."""

    SHORT_DANGERS = auto()
    DANGERS = auto()
    ERRORS = auto()
    WAITING = auto()
    LATER = auto()
    COSTS = auto()
    CHANGES = auto()
    MAP = auto()
    FOLDS = auto()
    WAYS = auto()
    UNTOUCHED = auto()
    REMARKS = auto()
    DEFERRED = auto()
    NOTES = auto()


def dangers(title: str, words: Sequence[str]) -> list[Part]:
    """Return what to look at twice, above everything else."""
    items = tuple(
        Item(made(_PIECES, "danger", words=each), made(_PIECES, "whole_danger", words=each)) for each in words
    )
    part = Part(
        made(_PIECES, "caution", words=title),
        items,
        "\n",
        noun="danger",
        whole_noun="danger ending",
        more="> - ",
        rank=Rank.SHORT_DANGERS,
        whole_rank=Rank.DANGERS,
        share=0.6,
    )
    return [part] if items else []


def errors(found: Sequence[Finding]) -> list[Part]:
    """Return what forbids to go on."""
    items = tuple(Item(made(_PIECES, "finding", found=each, severity="")) for each in found)
    head = made(_PIECES, "title", words=view.counted(found))
    return [Part(head, items, "\n", noun="error", rank=Rank.ERRORS, share=0.4)] if items else []


def remarks(found: Sequence[Finding]) -> list[Part]:
    """Return what is doubtful, folded away."""
    items = tuple(Item(made(_PIECES, "finding", found=each, severity=each.severity.value)) for each in found)
    head = made(_PIECES, "fold", words=view.counted(found))
    foot = made(_PIECES, "unfold")
    return [Part(head, items, foot, noun="remark", rank=Rank.REMARKS, share=0.5)] if items else []


def links(
    title: str,
    waiting: Sequence[Link],
    rank: Rank = Rank.WAITING,
    doing: str = "enable it in the app",
    noun: str = "waiting rule",
) -> list[Part]:
    """Return rules that a person has to do something about, each with where to do it."""
    items = tuple(Item(made(_PIECES, "waiting", name=each.name, url=each.url, doing=doing)) for each in waiting)
    head = made(_PIECES, "title", words=title)
    return [Part(head, items, "\n", noun=noun, rank=rank, share=0.5)] if items else []


def listed(title: str, words: Sequence[str], noun: str, rank: Rank) -> list[Part]:
    """Return lines under a title."""
    items = tuple(Item(made(_PIECES, "item", words=each)) for each in words)
    return [Part(made(_PIECES, "title", words=title), items, "\n", noun=noun, rank=rank, share=0.5)] if items else []


def paragraph(words: str) -> list[Part]:
    """Return a line that always stays."""
    return [Part(made(_PIECES, "paragraph", words=words))] if words else []


def rows(
    title: str, columns: Sequence[str], cells: Sequence[tuple[object, object, object]], noun: str, rank: Rank
) -> list[Part]:
    """Return a table that is folded away."""
    first, second, third = columns
    head = made(_PIECES, "fold", words=title) + made(_PIECES, "table", first=first, second=second, third=third)
    items = tuple(Item(made(_PIECES, "row", first=one, second=two, third=three)) for one, two, three in cells)
    foot = made(_PIECES, "unfold")
    return [Part(head, items, foot, noun=noun, more="\n", rank=rank, share=0.5)] if items else []


def footer(facts: Sequence[tuple[str, str]], link: str | None, *words: str) -> str:
    """Return the line at the end: facts as `plan f00d`, of which what is copied is code."""
    said = [each for each in words if each]
    return made(_PIECES, "footer", facts=[fact for fact in facts if fact[1]], words=said, link=link)


def top(template: str, place: str, **values: object) -> str:
    """Return what stands above everything: the heading of a template and what it is about, or `place` alone."""
    return made(template, "top", place=place, **values) if template else made(_PIECES, "place", place=place)


def moment(timestamp: str) -> str:
    """Return a time as people read it: `2027-01-01 23:00 UTC`."""
    return re.sub(r"T(\d\d:\d\d):\d\dZ$", r" \1 UTC", timestamp)


def whole(page: Page, link: str | None, command: str) -> str:
    """Return a page that fits, with a note of what has no room."""
    if page.most <= LIMIT:
        return finished(fit(page, LIMIT), "")
    fitted = fit(page, LIMIT - NOTE)
    return finished(fitted, note(fitted.left, link, command))


def note(left: Counter[str], link: str | None, command: str) -> str:
    """Return what is said of what has no room, the empty text where everything has."""
    counts = [counted(number, noun) for noun, number in left.items()]
    return made(_PIECES, "left", counts=counts, link=link, whole=command)


def finished(fitted: Fitted, said: str) -> str:
    """Return the text of a page, with what is said of it under its top."""
    return fitted.top + said + fitted.body
