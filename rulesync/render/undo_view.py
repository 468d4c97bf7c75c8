"""An undo as people read it: what is put back, what stays off, and what is left as it is.

It has the shape of a plan, and words of its own: what Git wants plays no part in it.
"""

from collections.abc import Iterator

from rulesync.findings import Severity
from rulesync.planjson import OrphanJson, PlanJson, ResourceJson
from rulesync.render import view
from rulesync.render.plan_view import (
    LEGEND,
    MOST_PAUSED,
    PlanView,
    block,
    is_live,
    lost,
    name,
    operation,
    outage,
    overwritten,
    some,
    written,
)
from rulesync.render.view import plural

MADE = "Made by that apply, and left as they are; `--prune` deletes them:"
_OVERWRITES = {"app": "an edit made in the app", "both": "what was applied later"}


def undo_view(plan: PlanJson, already: tuple[str, ...] = (), wrote_nothing: str = "") -> PlanView:
    """Return an undo in words; `already` are keys for which that apply had nothing to write.

    `wrote_nothing` is a sentence where that apply wrote nothing at all, the empty text where it may have.
    """
    changes = written(plan)
    dangers = tuple(_dangers(plan, changes))
    blocks = tuple(block(change, plan["accounts"], _reason(change)) for change in changes)
    used = {block.symbol for block in blocks} | ({"!"} if dangers else set())
    deleted = {change["id"] for change in changes if operation(change) == "delete"}
    return PlanView(
        verdict=_verdict(plan, changes),
        place=view.place(plan),
        dangers=dangers,
        errors=view.findings(plan["findings"], Severity.ERROR),
        legend=tuple((symbol, word) for symbol, word in LEGEND.items() if symbol in used and blocks),
        blocks=blocks,
        unchanged=" ".join(filter(None, [wrote_nothing, _unchanged(plan, already)])),
        orphans=tuple(_made(each) for each in plan["orphans"] if each["id"] not in deleted),
        drift=(),
        remarks=view.findings(plan["findings"], Severity.WARNING, Severity.INFO),
        unmanaged="",
        waiting=view.links(plan["awaiting_enable"]),
        summary=_summary(plan) if changes else "",
        applicable=bool(changes),
    )


def wrote_nothing(command: str, error: str | None) -> str:
    """Return what is said of a report by which nothing was written."""
    return view.sentence(f"by this report, the {command} wrote nothing" + (f": {error}" if error else ""))


def _verdict(plan: PlanJson, changes: list[ResourceJson]) -> str:
    if plan["errored"]:
        return "This cannot be undone now: not everything could be read, so nothing at all is written."
    counts = plan["summary"]
    parts = [
        f"makes {plural(counts['create'], 'deleted rule')} anew" if counts["create"] else "",
        f"puts {plural(counts['update'], 'rule')} back as before" if counts["update"] else "",
        f"deletes {plural(counts['delete'], 'rule')} that the apply made" if counts["delete"] else "",
    ]
    effect = "; ".join(filter(None, [", ".join(filter(None, parts)), outage(changes, "as before"), lost(changes)]))
    if effect:
        return view.sentence(effect)
    waiting = len(plan["awaiting_enable"])
    if waiting:
        what = "it is as it was, but off" if waiting == 1 else "they are as they were, but off"
        return f"Nothing to write for {plural(waiting, 'rule')}: {what}, and only a person can enable a rule."
    return "Nothing to undo."


def _dangers(plan: PlanJson, changes: list[ResourceJson]) -> Iterator[str]:
    """Yield the dangers, the worst first."""
    for change in changes:
        if operation(change) == "delete" and is_live(change):
            yield f"deletes a live rule: {name(change)}"
    for change in changes:
        if change["origin"] in _OVERWRITES and operation(change) != "create":
            yield overwritten(change, plan["accounts"], _OVERWRITES[change["origin"]])
    paused = [name(change) for change in changes if change["pauses"] and operation(change) == "update"]
    if paused:
        yield f"switches off {plural(len(paused), 'live rule')}: {some(paused, MOST_PAUSED, ', ')}"


def _reason(change: ResourceJson) -> str:
    match operation(change):
        case "create":
            off = "off until a person enables it" if view.is_enabled(change["change"]["after"]) else "off, as it was"
            return f"deleted by that apply; made anew under a new id, {off}"
        case "delete":
            return f"made by that apply; {'live now' if is_live(change) else 'not live'}"
        case _:
            lost_edit = _OVERWRITES.get(change["origin"] or "")
            parts = ["back to what it was before that apply", f"this overwrites {lost_edit}" if lost_edit else ""]
            return "; ".join(filter(None, [*parts, _afterwards(change)]))


def _afterwards(change: ResourceJson) -> str:
    """Return what of a rule that is put back stays off."""
    back = view.is_enabled(change["change"]["after"])
    if change["pauses"]:
        return "live now, off after this until a person enables it again" if back else "live now, off after this"
    return "it was on then, and stays off until a person enables it" if back else "off, as it was"


def _made(orphan: OrphanJson) -> str:
    words = {True: "live", False: "off until a person enables it", None: "live or not is not known"}
    return f"{view.name(orphan['key'], orphan['nickname'])}, {orphan['id']}: {words[orphan['live']]}"


def _unchanged(plan: PlanJson, already: tuple[str, ...]) -> str:
    """Return what there is nothing to write for."""
    number = plan["summary"]["no-op"] - len(plan["awaiting_enable"])
    parts = [f"{plural(number, 'rule')} {'is' if number == 1 else 'are'} as before."] if number > 0 else []
    if already:
        parts.append(f"Not written by that apply, so not undone: {', '.join(already)}.")
    return " ".join(parts)


def _summary(plan: PlanJson) -> str:
    counts, requests = plan["summary"], plan["requests"]
    return (
        f"Undo: {counts['create']} to make anew, {counts['update']} to put back, {counts['delete']} to delete; "
        f"{plural(requests['write'], 'write')} and {plural(requests['read'], 'read')}"
    )
