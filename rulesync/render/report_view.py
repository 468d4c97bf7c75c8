"""What an apply did, in words: each change with what to do about it, and the rules that now wait for a person."""

from dataclasses import dataclass
from datetime import datetime

from rulesync.planjson import OutcomeJson, ReportJson
from rulesync.render import view
from rulesync.render.attributes import Line
from rulesync.render.changes import told
from rulesync.render.view import Link

_DONE = {"create": "created", "update": "updated", "delete": "deleted"}
_ADVICE = {
    "failed": "it was not written; put the cause right, then plan and apply again",
    "stale": "it moved since the plan, so it was not written; plan again and look at it",
    "skipped": "it was not written",
    "altered": "it was written, and the API holds something else; write that into Git, or ask Sequence why",
    "unknown": "it may or may not be written; `rulesync plan` shows what the API holds",
}


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
    """A report in words, from top to bottom."""

    verdict: str
    loud: tuple[str, ...]
    results: tuple[Result, ...]
    waiting: tuple[Link, ...]
    totals: str


def report_view(report: ReportJson) -> ReportView:
    """Return a report in words."""
    return ReportView(
        verdict=_verdict(report),
        loud=tuple(_loud(each) for each in report["outcomes"] if each["live"]),
        results=tuple(_result(each) for each in report["outcomes"]),
        waiting=view.links(report["awaiting_enable"]),
        totals=_totals(report),
    )


def _verdict(report: ReportJson) -> str:
    if report["error"]:
        return f"Nothing was written: {report['error']}."
    statuses = [each["status"] for each in report["outcomes"]]
    done = statuses.count("done")
    if not statuses:
        return "Nothing was to be done."
    if done == len(statuses):
        return "Done: all of the plan." if done > 1 else "Done."
    if done or {"altered", "unknown"} & set(statuses):
        return f"Done in part: {done} of {len(statuses)} changes."
    return "Nothing was written."


def _loud(outcome: OutcomeJson) -> str:
    rule = view.name(outcome["key"], outcome["nickname"])
    return (
        f"{rule} is LIVE right after the write, which nobody asked for: look at it in the app, or switch it off there"
    )


def _result(outcome: OutcomeJson) -> Result:
    status, operation = outcome["status"], outcome["operation"]
    remarks = [outcome["error"] or "", _ADVICE.get(status, "")]
    return Result(
        status=_DONE[operation] if status == "done" else status,
        good=status == "done" and not outcome["live"],
        symbol={"create": "+", "update": "~", "delete": "-"}[operation],
        name=view.name(outcome["key"], outcome["nickname"]),
        facts=outcome["id"] or "",
        remarks=tuple(filter(None, remarks)),
        lines=told(outcome["fields"], None, None, {}),
    )


def _totals(report: ReportJson) -> str:
    counts = {word: number for word, number in report["summary"].items() if isinstance(number, int)}
    made = ", ".join(f"{counts[word]} {word}" for word in _DONE.values())
    rest = ", ".join(f"{counts[word]} {word}" for word in _ADVICE if counts[word])
    return f"Apply: {made}" + (f"; {rest}" if rest else "") + _duration(report)


def _duration(report: ReportJson) -> str:
    try:
        spent = datetime.fromisoformat(report["finished_at"]) - datetime.fromisoformat(report["started_at"])
    except (ValueError, TypeError):
        return ""
    return f"; {max(0, round(spent.total_seconds()))} s"
