"""How a wait ended, in words: what is not as it was applied, what still waits, and what is enabled."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rulesync.findings import Finding
from rulesync.planjson import AwaitedJson, WaitJson
from rulesync.render import view
from rulesync.render.changes import told
from rulesync.render.view import Block, Link, plural

State = Literal["enabled", "altered", "gone", "waiting", "unreadable"]


@dataclass(frozen=True, slots=True)
class WaitView:
    """A wait in words; `loud` are the rules that somebody should look at now."""

    verdict: str
    loud: tuple[Block, ...]
    waiting: tuple[Link, ...]
    enabled: tuple[str, ...]
    totals: str
    remarks: tuple[Finding, ...] = ()


_STATES: Mapping[State, str] = {
    "enabled": "enabled",
    "altered": "enabled with something else",
    "gone": "gone",
    "waiting": "waiting",
    "unreadable": "not readable",
}


def wait_view(value: WaitJson) -> WaitView:
    """Return how a wait ended."""
    states = [each["state"] for each in value["rules"]]
    counts = [f"{states.count(state)} {words}" for state, words in _STATES.items() if state in states]
    return WaitView(
        verdict=_verdict(value),
        loud=tuple(_loud(each, value) for each in value["rules"] if each["state"] in {"altered", "gone"}),
        waiting=view.links(value["awaiting_enable"]),
        enabled=tuple(_name(each) for each in value["rules"] if each["state"] == "enabled"),
        totals=f"{plural(len(value['rules']), 'rule')}: {', '.join(counts)}" if counts else "",
        remarks=view.unseen(value),
    )


def _verdict(value: WaitJson) -> str:
    rules, pending = len(value["rules"]), len(value["awaiting_enable"])
    altered, gone = value["summary"]["altered"], value["summary"]["gone"]
    said = []
    if altered:
        verb = "is" if altered == 1 else "are"
        said.append(f"{plural(altered, 'rule')} {verb} live and not what was applied: look at once.")
    if gone:
        said.append(f"{plural(gone, 'rule')} {'was' if gone == 1 else 'were'} deleted in the app.")
    if value["timed_out"]:
        verb = "waits" if pending == 1 else "wait"
        said.append(f"The time is up, and {pending} of {plural(rules, 'rule')} still {verb} for a person.")
    if not said:
        seen = " that the key may read" if view.unseen(value) else ""
        said.append(_all(rules) if rules else f"No rule{seen} waits for a person.")
    return " ".join(said)


def _all(rules: int) -> str:
    if rules == 1:
        return "The rule is enabled, and holds what was applied."
    return f"All {rules} rules are enabled, and hold what was applied."


def _name(rule: AwaitedJson) -> str:
    return view.name(rule["key"], rule["nickname"])


def _loud(rule: AwaitedJson, value: WaitJson) -> Block:
    return Block(
        symbol="!",
        name=_name(rule),
        facts=rule["rule_url"] if rule["state"] == "altered" else rule["id"],
        reason=rule["note"] or "",
        lines=told(rule["fields"], rule["before"], rule["after"], value["accounts"]),
    )


def changed(rule: AwaitedJson, pending: int) -> str:
    """Return what became of a rule while it was waited for, in one line."""
    rest = f"; {pending} still {'waits' if pending == 1 else 'wait'}" if pending else ""
    match rule["state"]:
        case "enabled":
            return f"enabled: {_name(rule)}{rest}"
        case "waiting":
            return f"off again, and waiting: {_name(rule)}{rest}"
        case "altered":
            return f"! look at once: {_name(rule)}: {rule['note']}: {rule['rule_url']}"
        case _:
            return f"! {_name(rule)}: {rule['note']}{rest}"
