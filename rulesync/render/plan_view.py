"""A plan as people read it: the verdict and what it costs, the dangers, each change, what stays, what is left to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rulesync.findings import Finding, Severity
from rulesync.lint import IDS
from rulesync.planjson import PlanJson, RequestsJson, ResourceJson, Summary
from rulesync.render import view
from rulesync.render.changes import lines
from rulesync.render.drift_view import drifted
from rulesync.render.lately import cost
from rulesync.render.view import Block, Link, facts, is_enabled, plural

SYMBOLS: Mapping[str, str] = {"create": "+", "update": "~", "delete": "-"}
LEGEND = {"+": "create", "~": "change", "-": "delete", "!": "look twice"}
_REASONS = {
    "git": "Git changed it",
    "app": "the app changed it since the last apply; this puts Git's version back",
    "both": "Git and the app both changed it since the last apply; this puts Git's version in place of the app's",
    "unknown": "it differs from Git; who changed it cannot be known",
}
MOST_EDITS = 3
MOST_PAUSED = 10


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan in words, from top to bottom."""

    verdict: str
    place: str
    dangers: tuple[str, ...]
    errors: tuple[Finding, ...]
    legend: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    unchanged: str
    orphans: tuple[str, ...]
    drift: tuple[Block, ...]
    remarks: tuple[Finding, ...]
    unmanaged: str
    waiting: tuple[Link, ...]
    summary: str
    applicable: bool
    hints: str = ""
    deferred: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    digest: str = ""


def plan_view(plan: PlanJson) -> PlanView:
    """Return a plan in words; every count is the one of its summary."""
    changes = written(plan)
    errors = view.findings(plan["findings"], Severity.ERROR)
    dangers = tuple(_dangers(plan, changes))
    blocks = tuple(
        block(change, plan["accounts"], _reason(change), cost(change, plan["timestamp"])) for change in changes
    )
    remarks = view.findings(plan["findings"], Severity.WARNING, Severity.INFO)
    used = {block.symbol for block in blocks} | ({"!"} if dangers else set())
    return PlanView(
        verdict=_verdict(plan, changes, errors),
        place=view.place(plan),
        dangers=dangers,
        errors=errors,
        legend=tuple((symbol, word) for symbol, word in LEGEND.items() if symbol in used and blocks),
        blocks=blocks,
        unchanged=_unchanged(plan),
        orphans=_orphans(plan, changes),
        drift=drifted(plan, leaving_out={change["id"] for change in changes}),
        remarks=tuple(each for each in remarks if not _is_hint(each)),
        unmanaged=view.unmanaged(plan),
        waiting=view.links(plan["awaiting_enable"]),
        summary=summary(plan["summary"], plan["requests"]),
        applicable=bool(changes) and not errors and not plan["errored"],
        hints=_hints(remarks),
        deferred=tuple(_put_off(plan)),
        notes=tuple(_notes(plan)),
        digest=f"Digest: {plan['digest']}" if changes else "",
    )


def _is_hint(finding: Finding) -> bool:
    """Tell whether a finding is a hint about a rule file, which says nothing about what the plan does."""
    return finding.severity is Severity.INFO and finding.check in IDS


def _hints(remarks: Sequence[Finding]) -> str:
    number = sum(map(_is_hint, remarks))
    return f"{plural(number, 'hint')} about the rules: `rulesync validate` shows them." if number else ""


def written(plan: PlanJson) -> list[ResourceJson]:
    """Return the changes that send a write."""
    return [each for each in plan["resource_changes"] if each["change"]["actions"] != ["no-op"]]


def operation(change: ResourceJson) -> str:
    """Return create, update, delete or no-op."""
    return change["change"]["actions"][0]


# The verdict


def _verdict(plan: PlanJson, changes: list[ResourceJson], errors: tuple[Finding, ...]) -> str:
    effect = "; ".join(filter(None, [_writes(plan), outage(changes), lost(changes)]))
    if plan["errored"]:
        return "This plan cannot be applied: not everything could be read, so nothing at all is written."
    if errors:
        stop = f"This plan cannot be applied before {_are(len(errors), 'error')} put right."
        return f"{stop} As planned, it {effect}." if effect else stop
    part = "" if plan["complete"] else " Only the rules that were asked for are in this plan."
    return (view.sentence(effect) if effect else _nothing(plan)) + part


def _nothing(plan: PlanJson) -> str:
    """Return the all-clear, unless a rule that nobody keeps any more goes on running."""
    live = sum(bool(orphan["live"]) for orphan in plan["orphans"])
    if not live and any(change["deferred"] for change in plan["resource_changes"]):
        return "Nothing to write now. Only names and descriptions of live rules differ from Git."
    if not live:
        return "No changes. The API holds what Git wants."
    runs = "has no rule file any more and keeps running" if live == 1 else "have no rule file any more and keep running"
    return f"Nothing to write. {plural(live, 'live rule')} {runs}."


def _are(number: int, noun: str) -> str:
    return f"{plural(number, noun)} {'is' if number == 1 else 'are'}"


def _writes(plan: PlanJson) -> str:
    """Return "creates 1 rule, changes 2", the noun where it is first needed."""
    counts = plan["summary"]
    verbs = {"creates": counts["create"], "changes": counts["update"], "deletes": counts["delete"]}
    parts: list[str] = []
    for verb, number in verbs.items():
        if number:
            parts.append(f"{verb} {number}" if parts else f"{verb} {plural(number, 'rule')}")
    return ", ".join(parts)


def outage(changes: list[ResourceJson], why_off: str = "as Git wants") -> str:
    """Return what stops running: live rules stay off after a write until a person enables them again."""
    paused = [change for change in changes if change["pauses"] and operation(change) == "update"]
    back = sum(is_enabled(change["change"]["after"]) for change in paused)
    parts = []
    if back:
        again = "it" if back == 1 else "them"
        parts.append(f"switches {plural(back, 'live rule')} off until a person enables {again} again")
    if len(paused) > back:
        parts.append(f"switches {plural(len(paused) - back, 'live rule')} off, {why_off}")
    return "; ".join(parts)


def lost(changes: list[ResourceJson]) -> str:
    """Return how many live rules are deleted, the empty text where none is."""
    live = sum(operation(change) == "delete" and is_live(change) for change in changes)
    return f"{plural(live, 'live rule')} {'is' if live == 1 else 'are'} among the deleted" if live else ""


def is_live(change: ResourceJson) -> bool:
    """Tell whether the rule of a change is on now."""
    return change["pauses"] or is_enabled(change["change"]["before"])


# What to look at twice


def _dangers(plan: PlanJson, changes: list[ResourceJson]) -> Iterator[str]:
    """Yield the dangers, the worst first."""
    for change in changes:
        if operation(change) == "delete" and is_live(change):
            yield f"deletes a live rule: {name(change)}"
    for change in changes:
        if change["origin"] in {"app", "both"} and operation(change) != "create":
            yield _overwritten(change, plan["accounts"])
    deleted = {change["id"] for change in changes if operation(change) == "delete"}
    for orphan in plan["orphans"]:
        if orphan["live"] and orphan["id"] not in deleted:
            yield f"is live and has no rule file any more: {view.name(orphan['key'], orphan['nickname'])}"
    for finding in plan["findings"]:
        if finding["check"] == "removed-pin" or (finding["check"] == "in-progress" and finding["severity"] != "error"):
            yield finding["message"]
    paused = [name(change) for change in changes if change["pauses"] and operation(change) == "update"]
    if paused:
        yield f"switches off {plural(len(paused), 'live rule')}: {some(paused, MOST_PAUSED, ', ')}"


def _overwritten(change: ResourceJson, names: Mapping[str, str]) -> str:
    both = ", while Git changed as well" if change["origin"] == "both" else ""
    return overwritten(change, names, f"an edit made in the app{both}")


def overwritten(change: ResourceJson, names: Mapping[str, str], whose: str) -> str:
    """Return whose edit is lost, and which."""
    verb = "deletes" if operation(change) == "delete" else "overwrites"
    what = [view.one_line(line) for line in lines(change, names)] if operation(change) == "update" else []
    return f"{verb} {whose}: {name(change)}" + (f" ({some(what, MOST_EDITS, '; ')})" if what else "")


def some(items: Sequence[str], most: int, between: str) -> str:
    """Return the first items; the others stand further down."""
    more = [f"and {len(items) - most} more"] if len(items) > most else []
    return between.join([*items[:most], *more])


def name(change: ResourceJson) -> str:
    """Return what people call the rule of a change."""
    return view.name(change["name"], change["nickname"])


# One change


def block(change: ResourceJson, names: Mapping[str, str], reason: str, cost: str = "") -> Block:
    """Return one change, with the reason why, and what being off costs."""
    doing = operation(change)
    story = {"create": change["sentence_after"], "delete": change["sentence_before"]}.get(doing)
    return Block(
        symbol=SYMBOLS[doing],
        name=name(change),
        facts=facts(change),
        reason=reason,
        cost=cost,
        story=story,
        lines=lines(change, names) if doing == "update" else (),
    )


def _reason(change: ResourceJson) -> str:
    """Return why the change is planned, and what becomes of a rule that is live."""
    doing, wanted = operation(change), is_enabled(change["change"]["after"])
    if doing == "create":
        parts = [
            "new in Git (or deleted in the app)",
            "off until a person enables it" if wanted else "Git wants it disabled",
        ]
    elif doing == "delete":
        parts = ["its key is gone from Git", "live now" if is_live(change) else "not live"]
        parts += ["changed in the app since the last apply"] if change["origin"] in {"app", "both"} else []
    else:
        parts = [_REASONS.get(change["origin"] or "unknown", _REASONS["unknown"]), _afterwards(change, wanted=wanted)]
    return "; ".join(filter(None, [*parts, change["note"]]))


def _afterwards(change: ResourceJson, *, wanted: bool) -> str:
    if not change["pauses"]:
        return ""
    return "live now, off after this until a person enables it again" if wanted else "live now, off after this"


# The rest


def _unchanged(plan: PlanJson) -> str:
    number = plan["summary"]["no-op"]
    return f"{plural(number, 'rule')} unchanged." if number else ""


def _put_off(plan: PlanJson) -> Iterator[str]:
    """Yield the changes of words alone that wait for a real one, each with what differs."""
    for change in plan["resource_changes"]:
        if change["deferred"]:
            told = some([view.one_line(line) for line in lines(change, plan["accounts"])], MOST_EDITS, "; ")
            yield f"{name(change)} ({told})" if told else name(change)


def _notes(plan: PlanJson) -> Iterator[str]:
    """Yield what is to be said of rules for which nothing is written."""
    for change in plan["resource_changes"]:
        if operation(change) == "no-op" and change["note"]:
            yield f"{name(change)}: {change['note']}"


def _orphans(plan: PlanJson, changes: list[ResourceJson]) -> tuple[str, ...]:
    """Return the rules whose key is gone from Git and which stay, each as live or not."""
    deleted = {change["id"] for change in changes if operation(change) == "delete"}
    words = {True: "live", False: "not live", None: "live or not is not known"}
    return tuple(
        f"{view.name(each['key'], each['nickname'])}, {each['id']}: {words[each['live']]}"
        for each in plan["orphans"]
        if each["id"] not in deleted
    )


def summary(counts: Summary, requests: RequestsJson) -> str:
    """Return the counts of a plan, and what it costs."""
    cost = f"; {plural(requests['write'], 'write')} and {plural(requests['read'], 'read')}"
    cost += f", about {requests['seconds_at_limit']} s at the rate limit"
    return (
        f"Plan: {counts['create']} to create, {counts['update']} to change, {counts['delete']} to delete; "
        f"{counts['no-op']} unchanged{cost if requests['write'] else ''}"
    )
