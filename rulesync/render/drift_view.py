"""What the app holds that nobody put into Git, in words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rulesync.findings import Finding, Severity
from rulesync.planjson import PlanJson, ResourceJson
from rulesync.render import view
from rulesync.render.changes import lines
from rulesync.render.view import Block, facts, plural

_ORIGINS = {
    "app": "the app changed it since the last apply",
    "both": "Git and the app both changed it since the last apply",
}
_HAPPENED = {
    "enabled": "somebody enabled it in the app, and Git wants it off",
    "deleted": "deleted in the app since the last apply",
    "paused": "somebody paused it in the app",
}
_KINDS = {
    "enabled": "enabled",
    "edited": "edited",
    "differs": "edited or not applied yet",
    "deleted": "deleted",
    "missing": "missing",
    "marker-removed": "without its marker",
    "paused": "paused",
    "orphan": "live and gone from Git",
    "unmanaged": "made by hand",
    "waiting": "waiting for too long",
}
"""What happened, as it is counted, in the order of telling."""
_NOT_PUT_BACK = {"orphan", "unmanaged", "waiting"}


@dataclass(frozen=True, slots=True)
class DriftView:
    """What drifted, in words."""

    verdict: str
    errors: tuple[Finding, ...]
    blocks: tuple[Block, ...]
    counts: tuple[str, ...]
    advice: str
    remarks: tuple[Finding, ...] = ()


def drift_view(plan: PlanJson) -> DriftView:
    """Return what the app holds that nobody put into Git."""
    blocks = drifted(plan)
    told = {each["happened"] for each in plan["resource_drift"]} - _NOT_PUT_BACK
    keeps = "; `rulesync drift --accept KEY` keeps the app's" if told - {"missing"} else ""
    return DriftView(
        verdict=_verdict(plan, len(blocks)),
        errors=view.findings(plan["findings"], Severity.ERROR),
        blocks=blocks,
        counts=tuple(filter(None, [_kinds(plan), _orphaned(plan), _waiting(plan), view.unmanaged(plan)])),
        advice=f"`rulesync plan` shows what puts Git's version back{keeps}." if told else "",
        remarks=view.unseen(plan),
    )


def _verdict(plan: PlanJson, number: int) -> str:
    """Return how many rules drifted; where not everything could be read, that is no all-clear."""
    if not plan["errored"]:
        return drifting(number, unsure=bool(view.findings(plan["findings"], Severity.ERROR)))
    return "What drifted is not known: not everything could be read." + (
        f" So far, {drifting(number)}" if number else ""
    )


def drifting(number: int, *, unsure: bool = False) -> str:
    """Return how many rules drifted; where there are errors it is `unsure` whether all of them were looked at."""
    said = f"{plural(number, 'rule')} drifted." if number else "Nothing drifted."
    return f"{said} A rule with an error may not have been looked at." if unsure else said


def _orphaned(plan: PlanJson) -> str:
    live = sum(bool(each["live"]) for each in plan["orphans"])
    number = len(plan["orphans"])
    return f"{plural(number, 'rule')} managed once, and gone from Git; {live} of them live." if number else ""


def _kinds(plan: PlanJson) -> str:
    """Return how many rules what happened to, the empty text where one kind says it all."""
    told = [each["happened"] or "" for each in plan["resource_drift"]]
    counts = [f"{told.count(kind)} {words}" for kind, words in _KINDS.items() if kind in told]
    return f"Drift: {', '.join(counts)}." if len(counts) > 1 else ""


def _waiting(plan: PlanJson) -> str:
    number = plan["summary"]["awaiting_enable"]
    verb = "waits" if number == 1 else "wait"
    return f"{plural(number, 'rule')} {verb} for a person: `rulesync status` has the links." if number else ""


def drifted(plan: PlanJson, leaving_out: Collection[str | None] = ()) -> tuple[Block, ...]:
    """Return a block for each rule that drifted, but for those with certain ids."""
    return tuple(_drifted(each, plan["accounts"]) for each in plan["resource_drift"] if each["id"] not in leaving_out)


def _drifted(resource: ResourceJson, names: Mapping[str, str]) -> Block:
    before, after = resource["change"]["before"], resource["change"]["after"]
    story = None
    if before is None and after is None:
        story = "What the app holds cannot be read."
    elif after is None:
        story = f"Git wants: {resource['sentence_before']}"
    elif before is None:
        story = f"The app holds: {resource['sentence_after']}"
    happened, note = resource["happened"], resource["note"] or ""
    gone = "its key is gone from Git" if before is None and happened not in {"orphan", "unmanaged"} else ""
    is_edit = happened in {None, "edited"}
    why = _ORIGINS.get(resource["origin"] or "", "") if is_edit else _HAPPENED.get(happened or "", "")
    if happened == "enabled" and note:
        why = ""  # who did it is not known, as the note says
    reasons = [why, gone, note]
    return Block(
        symbol="!",
        name=view.name(resource["name"], resource["nickname"]),
        facts=facts(resource),
        reason="; ".join(filter(None, reasons)),
        story=story,
        lines=lines(resource, names) if before and after else (),
    )
