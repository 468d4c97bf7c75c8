"""What each format says of a plan in numbers, read back from its text, so that formats can be held against each other.

A format joins by a row in `FORMATS`: what makes its text, and what reads the numbers from it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from rulesync.planjson import PlanJson
from rulesync.render import html, markdown, terminal


@dataclass(frozen=True)
class Counts:
    """How much of everything there is: in the line that sums up, and by counting what is shown."""

    summed: tuple[int, ...]
    create: int
    update: int
    delete: int
    dangers: int
    errors: int
    waiting: int
    drift: int
    orphans: int
    unmanaged: int


_SUM = re.compile(r"Plan: (\d+) to create, (\d+) to change, (\d+) to delete; (\d+) unchanged")
_UNMANAGED = re.compile(r"(\d+) rules? in the app (?:is|are) not managed here")


def of_json(plan: PlanJson) -> Counts:
    """Return what the JSON says, which is what all others must say."""
    summary, changes = plan["summary"], plan["resource_changes"]
    ids = {each["id"] for each in changes if each["change"]["actions"] != ["no-op"]}
    deleted = {each["id"] for each in changes if each["change"]["actions"] == ["delete"]}
    orphans = [each for each in plan["orphans"] if each["id"] not in deleted]
    paused = any(each["pauses"] and each["change"]["actions"] == ["update"] for each in changes)
    lost = sum(each["change"]["actions"] == ["delete"] and each["pauses"] for each in changes)
    edited = sum(each["origin"] in {"app", "both"} and each["change"]["actions"] != ["no-op"] for each in changes)
    return Counts(
        summed=(summary["create"], summary["update"], summary["delete"], summary["no-op"]),
        create=summary["create"],
        update=summary["update"],
        delete=summary["delete"],
        dangers=lost + edited + sum(bool(each["live"]) for each in orphans) + paused,
        errors=sum(each["severity"] == "error" for each in plan["findings"]),
        waiting=summary["awaiting_enable"],
        drift=sum(each["id"] not in ids for each in plan["resource_drift"]),
        orphans=len(orphans),
        unmanaged=summary["unmanaged"],
    )


def in_text(text: str) -> Counts:
    """Return what a terminal is told."""
    return _counts(
        text,
        signs={sign: rf"^{re.escape(sign)} (?!(?:create|change|delete)(?:   |$))" for sign in "+~-"},
        danger=r"^  ! ",
        error=r"^error: ",
        link=r"^    https://\S+activateRule$",
        drift=r"^! ",
        orphan=r"^  \S.*: (?:live|not live|live or not is not known)$",
    )


def in_markdown(text: str) -> Counts:
    """Return what GitHub is told."""
    return _counts(
        text,
        signs={sign: rf"^<details><summary><code>{sign}</code>" for sign in (r"\+", "&#126;", "-")},
        danger=r"^> - ",
        error=r"^- (?!<b>).*\(<code>some-check</code>\)$",
        link=r"\[enable it in the app\]",
        drift=r"^\| changed in the app",
        orphan=r"^\| its key is gone",
    )


def in_html(text: str) -> Counts:
    """Return what a browser is told."""
    dangers = re.search(r'<section class="dangers">(.*?)</section>', text, re.DOTALL)
    summed = re.findall(r"<b>(\d+)</b> <span>(?:to create|to change|to delete|unchanged)</span>", text)
    told = _counts(
        text,
        signs={kind: rf'<article class="change {kind}"' for kind in ("new", "changed", "removed")},
        danger="(?!)",
        error=r'<section class="finding error',
        link=r'<a href="[^"]*activateRule"',
        drift=r'class="badge drifted"',
        orphan=r": (?:live|not live|live or not is not known)</li>",
    )
    return replace(told, summed=tuple(map(int, summed)), dangers=dangers[1].count("<li ") if dangers else 0)


def _counts(text: str, signs: Mapping[str, str], **patterns: str) -> Counts:
    def number(pattern: str) -> int:
        return len(re.findall(pattern, text, re.MULTILINE))

    summed, unmanaged = _SUM.search(text), _UNMANAGED.search(text)
    create, update, delete = map(number, signs.values())
    return Counts(
        summed=tuple(map(int, summed.groups())) if summed else (),
        create=create,
        update=update,
        delete=delete,
        dangers=number(patterns["danger"]),
        errors=number(patterns["error"]),
        waiting=number(patterns["link"]),
        drift=number(patterns["drift"]),
        orphans=number(patterns["orphan"]),
        unmanaged=int(unmanaged[1]) if unmanaged else 0,
    )


FORMATS: Mapping[str, tuple[Callable[[PlanJson], str], Callable[[str], Counts]]] = {
    "text": (lambda plan: terminal.plan(plan, color=False, width=10**6), in_text),
    "markdown": (markdown.plan, in_markdown),
    "html": (html.plan, in_html),
}
