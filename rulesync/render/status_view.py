"""The rules as they are: what drifted, which are enabled, which wait for a person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rulesync.findings import Finding, Severity
from rulesync.planjson import PlanJson, ResourceJson
from rulesync.render import view
from rulesync.render.changes import lines
from rulesync.render.view import Block, facts, is_enabled, plural

_LONGEST_NICKNAME = 40
_REASONS = {
    "app": "the app changed it since the last apply",
    "both": "Git and the app both changed it since the last apply",
}


@dataclass(frozen=True, slots=True)
class DriftView:
    """What drifted, in words."""

    verdict: str
    errors: tuple[Finding, ...]
    blocks: tuple[Block, ...]
    counts: tuple[str, ...]
    advice: str


@dataclass(frozen=True, slots=True)
class Row:
    """One rule in the table of states; `link` where a person has to do something."""

    state: str
    key: str
    nickname: str
    remark: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True)
class StatusView:
    """Every managed rule and how many there are in which state."""

    errors: tuple[Finding, ...]
    rows: tuple[Row, ...]
    totals: str


def drift_view(plan: PlanJson) -> DriftView:
    """Return what the app holds that nobody put into Git."""
    blocks = drifted(plan)
    advice = "`rulesync plan` shows what puts Git's version back; to keep the app's, write it into the rule file."
    return DriftView(
        verdict=drifting(len(blocks)),
        errors=view.findings(plan["findings"], Severity.ERROR),
        blocks=blocks,
        counts=tuple(
            filter(None, [_orphaned(plan), _waiting(plan["summary"]["awaiting_enable"]), view.unmanaged(plan)])
        ),
        advice=advice if blocks else "",
    )


def drifting(number: int) -> str:
    """Return how many rules drifted."""
    return f"{plural(number, 'rule')} drifted." if number else "Nothing drifted."


def _orphaned(plan: PlanJson) -> str:
    live = sum(bool(each["live"]) for each in plan["orphans"])
    number = len(plan["orphans"])
    return f"{plural(number, 'rule')} managed once, and gone from Git; {live} of them live." if number else ""


def _waiting(number: int) -> str:
    verb = "waits" if number == 1 else "wait"
    return f"{plural(number, 'rule')} {verb} for a person: `rulesync status` has the links." if number else ""


def drifted(plan: PlanJson, leaving_out: Collection[str | None] = ()) -> tuple[Block, ...]:
    """Return a block for each rule that drifted, but for those with certain ids."""
    return tuple(_drifted(each, plan["accounts"]) for each in plan["resource_drift"] if each["id"] not in leaving_out)


def _drifted(resource: ResourceJson, names: Mapping[str, str]) -> Block:
    before, after = resource["change"]["before"], resource["change"]["after"]
    story = None
    if after is None:
        story = f"Git wants: {resource['sentence_before']}"
    elif before is None:
        story = f"The app holds: {resource['sentence_after']}"
    gone = "its key is gone from Git" if before is None else ""
    reasons = [_REASONS.get(resource["origin"] or "", ""), gone, resource["note"] or ""]
    return Block(
        symbol="!",
        name=view.name(resource["name"], resource["nickname"]),
        facts=facts(resource),
        reason="; ".join(filter(None, reasons)),
        story=story,
        lines=lines(resource, names) if before and after else (),
    )


def status_view(plan: PlanJson) -> StatusView:
    """Return the table of states: what waits for a person first, the rest in the plan's order."""
    links = {each["id"]: each["review_url"] for each in plan["awaiting_enable"]}
    rows = [_row(each, links) for each in plan["resource_changes"]]
    rows += [
        Row(_ORPHANS[each["live"]], each["key"], _nickname(each["nickname"]), "orphan: its key is gone from Git")
        for each in plan["orphans"]
        if each["id"] not in {change["id"] for change in plan["resource_changes"]}
    ]
    rows.sort(key=lambda row: _STATES.index(row.state))
    return StatusView(
        view.findings(plan["findings"], Severity.ERROR), tuple(rows), totals(rows, plan["summary"]["unmanaged"])
    )


_STATES = ("waiting", "enabled", "disabled", "missing", "unknown")
_TOTALS = {"waiting": "waiting for a person", "missing": "not in the API", "unknown": "not known"}
_ORPHANS = {True: "enabled", False: "disabled", None: "unknown"}


def _row(resource: ResourceJson, links: Mapping[str, str]) -> Row:
    state, remark = _state(resource, links)
    link = links.get(resource["id"] or "")
    return Row(state, resource["name"], _nickname(resource["nickname"]), remark, link)


def _nickname(nickname: str | None) -> str:
    return view.shortened(nickname or "", _LONGEST_NICKNAME)


def _state(resource: ResourceJson, links: Mapping[str, str]) -> tuple[str, str]:
    """Return the state of a rule, and what is to say about it."""
    before, after = resource["change"]["before"], resource["change"]["after"]
    differs = resource["change"]["actions"] != ["no-op"]
    if resource["id"] in links:
        return "waiting", ""
    if before is None:
        return "missing", "not applied yet, or deleted in the app"
    if is_enabled(before):
        return "enabled", "Git differs" if differs else ""
    if differs:
        return "disabled", "Git differs"
    return "disabled", "" if is_enabled(after) else "as Git wants"


def totals(rows: Sequence[Row], unmanaged: int) -> str:
    """Return how many rules there are in which state."""
    counts = [(state, sum(row.state == state for row in rows)) for state in _STATES]
    parts = [f"{number} {_TOTALS.get(state, state)}" for state, number in counts if number]
    rest = f"; {unmanaged} not managed here" if unmanaged else ""
    return f"{plural(len(rows), 'rule')}" + (f": {', '.join(parts)}" if parts else "") + rest
