"""The rules as they are: which are enabled, which wait for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rulesync.findings import Finding, Severity
from rulesync.planjson import PlanJson, ResourceJson
from rulesync.render import view
from rulesync.render.view import is_enabled, plural

_LONGEST_NICKNAME = 40


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
