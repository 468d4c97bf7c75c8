"""The rules as they are: which are enabled, which wait for a person, and how their last runs ended."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from rulesync.findings import Finding, Severity
from rulesync.planjson import OrphanJson, PlanJson, ResourceJson, StateJson
from rulesync.render import lately, view
from rulesync.render.view import is_enabled, plural

State = Literal["waiting", "enabled", "disabled", "missing", "unknown"]
_LONGEST_NICKNAME = 40
_DIFFERS = {"app": "changed in the app", "both": "changed in the app and in Git"}
_STATES: tuple[State, ...] = ("waiting", "enabled", "disabled", "missing", "unknown")
_ABSENT = "not applied yet, or deleted in the app"
_NOT_SEEN = "not applied yet, deleted in the app, or the key may not read it"
_UNKNOWN = "How the rules are is not known: they could not be read"
_TOTALS = {"waiting": "waiting for a person", "missing": "not in the API", "unknown": "not known"}


@dataclass(frozen=True, slots=True)
class Row:
    """One rule in the table of states.

    `link` is where a person has to do something, `page` where any rule can be looked at; `runs` is what it did lately.
    """

    state: str
    key: str
    nickname: str
    remark: str = ""
    link: str | None = None
    runs: str = ""
    page: str | None = None


@dataclass(frozen=True, slots=True)
class StatusView:
    """Every managed rule, how many there are in which state, and what is not known of them."""

    errors: tuple[Finding, ...]
    rows: tuple[Row, ...]
    totals: str
    remarks: tuple[Finding, ...] = ()


def status_view(plan: PlanJson) -> StatusView:
    """Return the table of states: what waits for a person first, the rest in the plan's order."""
    links = {each["id"]: each["review_url"] for each in plan["awaiting_enable"]}
    lives = {each["name"]: lately.told(each, plan["timestamp"]) for each in plan["resource_changes"]}
    rows = [
        Row(
            each["state"],
            each["key"],
            view.shortened(each["nickname"] or "", _LONGEST_NICKNAME),
            each["remark"],
            links.get(each["id"] or "") if each["state"] == "waiting" else None,
            lives.get(each["key"], "") if each["runs"] else "",
            (each["review_url"] or "").partition("?")[0] or None,
        )
        for each in states(plan)
    ]
    unknown = (each for each in plan["findings"] if each["check"] == "runs-unknown")
    errors = view.findings(plan["findings"], Severity.ERROR)
    return StatusView(
        errors,
        tuple(rows),
        totals(rows, plan["summary"]["unmanaged"], unsure=bool(errors)) if rows or not plan["errored"] else _UNKNOWN,
        (*view.unseen(plan), *view.findings(unknown, Severity.INFO)),
    )


def states(plan: PlanJson) -> list[StateJson]:
    """Return every managed rule with its state: what waits for a person first, the rest in the plan's order."""
    waiting = {each["id"] for each in plan["awaiting_enable"]}
    absent = _NOT_SEEN if view.unseen(plan) else _ABSENT
    there = {change["id"] for change in plan["resource_changes"]}
    found = [_of_rule(each, waiting, absent) for each in plan["resource_changes"]]
    found += [_of_orphan(each) for each in plan["orphans"] if each["id"] not in there]
    return sorted(found, key=lambda each: _STATES.index(each["state"]))


def _of_rule(resource: ResourceJson, waiting: Collection[str], absent: str) -> StateJson:
    state, remark = _state(resource, waiting, absent)
    return {
        "key": resource["name"],
        "id": resource["id"],
        "nickname": resource["nickname"],
        "state": state,
        "remark": remark,
        "review_url": resource["review_url"],
        "runs": resource["runs"],
    }


def _of_orphan(orphan: OrphanJson) -> StateJson:
    states: dict[bool | None, State] = {True: "enabled", False: "disabled", None: "unknown"}
    return {
        "key": orphan["key"],
        "id": orphan["id"],
        "nickname": orphan["nickname"],
        "state": states[orphan["live"]],
        "remark": "orphan: its key is gone from Git",
        "review_url": None,
        "runs": None,
    }


def _state(resource: ResourceJson, waiting: Collection[str], absent: str) -> tuple[State, str]:
    """Return the state of a rule, and what is to say about it; `absent` is what is said of one that is not there."""
    before, after = resource["change"]["before"], resource["change"]["after"]
    differs = resource["change"]["actions"] != ["no-op"]
    if resource["id"] in waiting:
        return "waiting", ""
    if before is None:
        return "missing", absent
    if is_enabled(before):
        return "enabled", _whose(resource) if differs else ""
    if differs:
        return "disabled", _whose(resource)
    return "disabled", "" if is_enabled(after) else "as Git wants"


def _whose(resource: ResourceJson) -> str:
    """Return who made the difference between Git and the app, as far as that is known."""
    return _DIFFERS.get(resource["origin"] or "", "Git differs")


def totals(rows: Sequence[Row], unmanaged: int, *, unsure: bool = False) -> str:
    """Return how many rules there are in which state; where there are errors it is `unsure` whether that is all."""
    words = _TOTALS | ({"missing": "not seen"} if any(row.remark == _NOT_SEEN for row in rows) else {})
    counts = [(state, sum(row.state == state for row in rows)) for state in _STATES]
    parts = [f"{number} {words.get(state, state)}" for state, number in counts if number]
    rest = f"; {unmanaged} not managed here" if unmanaged else ""
    others = "; a rule with an error may not be listed" if unsure else ""
    return f"{plural(len(rows), 'rule')}" + (f": {', '.join(parts)}" if parts else "") + rest + others
