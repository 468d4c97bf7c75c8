"""What the app holds that nobody put into Git, in words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rulesync.findings import Finding, Severity
from rulesync.planjson import PlanJson, ResourceJson
from rulesync.render import view
from rulesync.render.changes import lines
from rulesync.render.view import Block, facts, plural

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


def drift_view(plan: PlanJson) -> DriftView:
    """Return what the app holds that nobody put into Git."""
    blocks = drifted(plan)
    advice = "`rulesync plan` shows what puts Git's version back; to keep the app's, write it into the rule file."
    return DriftView(
        verdict=_verdict(plan, len(blocks)),
        errors=view.findings(plan["findings"], Severity.ERROR),
        blocks=blocks,
        counts=tuple(
            filter(None, [_orphaned(plan), _waiting(plan["summary"]["awaiting_enable"]), view.unmanaged(plan)])
        ),
        advice=advice if blocks else "",
    )


def _verdict(plan: PlanJson, number: int) -> str:
    """Return how many rules drifted; where not everything could be read, that is no all-clear."""
    if not plan["errored"]:
        return drifting(number)
    return "What drifted is not known: not everything could be read." + (
        f" So far, {drifting(number)}" if number else ""
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
