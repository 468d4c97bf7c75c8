"""What a command that writes did, in words: each change with what to do about it, and the rules that wait or run on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rulesync.planjson import Command, OutcomeJson, ReportJson
from rulesync.render import view
from rulesync.render.attributes import Line
from rulesync.render.changes import told
from rulesync.render.view import Link, plural


@dataclass(frozen=True, slots=True)
class _Words:
    """How one command speaks of what it did: `done` and `already` by operation, `advice` by status."""

    name: str
    done: Mapping[str, str]
    already: Mapping[str, str]
    advice: Mapping[str, str]
    everything: str = "all of the plan"


_ADVICE = {
    "failed": "it was not written; put the cause right, then plan and apply again",
    "stale": "it moved since the plan, so it was not written; plan again and look at it",
    "skipped": "it was not written",
    "altered": "it was written, and the API holds something else; write that into Git, or ask Sequence why",
    "unknown": "it may or may not be written; `rulesync plan` shows what the API holds",
}
_ALREADY = {"create": "so already", "update": "so already", "delete": "gone already"}
_WORDS: Mapping[Command, _Words] = {
    "apply": _Words("Apply", {"create": "created", "update": "updated", "delete": "deleted"}, _ALREADY, _ADVICE),
    "undo": _Words(
        "Undo",
        {"create": "made anew", "update": "put back", "delete": "deleted"},
        _ALREADY,
        _ADVICE
        | {
            "failed": "it was not written; put the cause right, then undo again",
            "stale": "it moved since it was looked at, so it was not written; undo again and look at it",
            "altered": "it was written, and the API holds something else; look at it in the app",
            "unknown": "it may or may not be written; the same undo again tells, and does what is left",
        },
        "all of it",
    ),
    "pause": _Words(
        "Pause",
        {"update": "switched off"},
        {"update": "off already"},
        {
            "failed": "it was not switched off; switch it off in the app, or run the same pause again",
            "stale": "it moved at the same moment, so it was not written; run the same pause again",
            "skipped": "it was not switched off",
            "altered": "it was written, and the API holds something else; look at it in the app",
            "unknown": "it may or may not be off; look at it in the app, or run the same pause again",
        },
    ),
    "adopt": _Words("Adopt", {"update": "taken over"}, {"update": "ours already"}, _ADVICE),
}
_ANEW = "it has a new id: links to the old one lead nowhere, and its history is gone"
_STILL_IN_GIT = "Git is as it was. While it holds what you undid, the next apply does it again: revert the commit."


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one change; `remarks` say why and what to do."""

    status: str
    good: bool
    symbol: str
    name: str
    facts: str
    remarks: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report in words, from top to bottom; `still_on` are rules that a pause did not surely switch off."""

    verdict: str
    loud: tuple[str, ...]
    still_on_title: str
    still_on: tuple[Link, ...]
    results: tuple[Result, ...]
    waiting_title: str
    waiting: tuple[Link, ...]
    remark: str
    totals: str


def report_view(report: ReportJson) -> ReportView:
    """Return a report in words."""
    pause, waiting = report["command"] == "pause", view.links(report["awaiting_enable"])
    still_on = _still_on(report["outcomes"]) if pause else ()
    return ReportView(
        verdict=_paused(report) if pause else _verdict(report),
        loud=() if pause else tuple(_loud(each) for each in report["outcomes"] if each["live"]),
        still_on_title="Not surely off: look at it, and switch it off in the app:"
        if len(still_on) == 1
        else "Not surely off: look at them, and switch them off in the app:",
        still_on=still_on,
        results=tuple(_result(each, report["command"]) for each in report["outcomes"]),
        waiting_title=_off_now(waiting) if pause else view.waiting_title(waiting),
        waiting=waiting,
        remark=_STILL_IN_GIT if report["command"] == "undo" and _may_have_written(report) else "",
        totals=_totals(report),
    )


def _verdict(report: ReportJson) -> str:
    if report["error"]:
        return f"Nothing was written: {report['error']}."
    statuses = [each["status"] for each in report["outcomes"]]
    done = statuses.count("done")
    if not statuses:
        return "Nothing had to be done."
    if done == len(statuses):
        if all(map(_was_so, report["outcomes"])):
            return "Done already: nothing had to be written."
        return f"Done: {_WORDS[report['command']].everything}." if done > 1 else "Done."
    if done or {"altered", "unknown"} & set(statuses):
        return f"Done in part: {done} of {len(statuses)} changes."
    return "Nothing was written."


def _paused(report: ReportJson) -> str:
    """Return first of all whether anything still runs."""
    outcomes = report["outcomes"]
    if report["error"]:
        return f"Nothing was switched off: {report['error']}."
    if not outcomes:
        return "No rule had to be switched off."
    number, still_on = len(outcomes), _still_on(outcomes)
    if not still_on:
        return "The rule is off now." if number == 1 else f"All {number} rules are off now."
    if all(each["status"] in {"failed", "skipped"} for each in outcomes):
        return f"NOTHING WAS SWITCHED OFF: {plural(number, 'rule')} may still run."
    if len(still_on) == number:
        return f"NOTHING IS SURELY OFF: {plural(number, 'rule')} may still run."
    verb = "is" if number - len(still_on) == 1 else "are"
    return f"{number - len(still_on)} of {number} rules {verb} off now. {len(still_on)} MAY STILL RUN."


def _still_on(outcomes: Sequence[OutcomeJson]) -> tuple[Link, ...]:
    """Return the rules that were seen on, or of which nothing is known."""
    return tuple(
        Link(view.name(each["key"], each["nickname"]), each["rule_url"] or "")
        for each in outcomes
        if each["enabled"] is not False
    )


def _off_now(waiting: Sequence[Link]) -> str:
    return f"Off now. When {'it' if len(waiting) == 1 else 'they'} may run again, a person enables it here:"


def _loud(outcome: OutcomeJson) -> str:
    rule = view.name(outcome["key"], outcome["nickname"])
    return (
        f"{rule} is LIVE right after the write, which nobody asked for: look at it in the app, or switch it off there"
    )


def _was_so(outcome: OutcomeJson) -> bool:
    """Tell whether a change was there before anything was sent."""
    return outcome["status"] == "done" and outcome["idempotency_key"] is None


def _may_have_written(report: ReportJson) -> bool:
    return any(each["status"] in {"done", "altered", "unknown"} for each in report["outcomes"])


def _result(outcome: OutcomeJson, command: Command) -> Result:
    status, operation, words = outcome["status"], outcome["operation"], _WORDS[command]
    remarks = [outcome["error"] or "", words.advice.get(status, "")]
    if command == "undo" and operation == "create" and status == "done" and not _was_so(outcome):
        remarks.append(_ANEW)
    shown = {"done": (words.already if _was_so(outcome) else words.done).get(operation, status)}.get(status, status)
    return Result(
        status=shown,
        good=status == "done" and not outcome["live"],
        symbol={"create": "+", "update": "~", "delete": "-"}[operation],
        name=view.name(outcome["key"], outcome["nickname"]),
        facts=outcome["id"] or "",
        remarks=tuple(filter(None, remarks)),
        lines=tuple(_sent(line, command) for line in told(outcome["fields"], None, None, {})),
    )


def _sent(line: Line, command: Command) -> Line:
    """Return a difference in the words of a command that did not send what Git wants."""
    if command == "apply" or line.text is not None:
        return line
    return Line(line.where, text=f"sent {line.before or 'nothing'}, the app holds {line.after or 'nothing'}{line.tail}")


def _totals(report: ReportJson) -> str:
    words, counts = _WORDS[report["command"]], report["summary"]
    made = {"create": counts["created"], "update": counts["updated"], "delete": counts["deleted"]}
    parts = ", ".join(f"{made[operation]} {word}" for operation, word in words.done.items())
    so = sum(map(_was_so, report["outcomes"]))
    rest = {status: sum(each["status"] == status for each in report["outcomes"]) for status in words.advice}
    others = ", ".join(f"{number} {status}" for status, number in rest.items() if number)
    already = f" ({so} of them so already)" if so else ""
    return f"{words.name}: {parts}{already}" + (f"; {others}" if others else "") + _duration(report)


def _duration(report: ReportJson) -> str:
    try:
        spent = datetime.fromisoformat(report["finished_at"]) - datetime.fromisoformat(report["started_at"])
    except (ValueError, TypeError):
        return ""
    return f"; {max(0, round(spent.total_seconds()))} s"
