"""Several workspaces in one report: a section for each, one line where there is nothing to say, and totals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from rulesync.findings import Severity, errors
from rulesync.planjson import Each, PlanJson, ReportJson, RequestsJson, SeveralJson, Summary, WaitJson
from rulesync.render import view
from rulesync.render.checked import Checked
from rulesync.render.drift_view import drift_view, drifting
from rulesync.render.plan_view import plan_view, summary, written
from rulesync.render.report_view import report_view
from rulesync.render.status_view import status_view, totals
from rulesync.render.view import plural
from rulesync.render.wait_view import wait_view

DEFAULT = "(default)"


@dataclass(frozen=True, slots=True)
class Section:
    """What there is to say of one workspace: a line, or else `body`, the text that it has when it stands alone."""

    heading: str
    line: str = ""
    body: str = ""
    help: str = ""
    bad: bool = False


@dataclass(frozen=True, slots=True)
class SeveralView:
    """Several workspaces in words."""

    sections: tuple[Section, ...]
    totals: str


@dataclass(frozen=True, slots=True)
class CheckedWorkspace:
    """What was found in the rule files of one workspace; `found` is not complete where it could not be looked at."""

    workspace: str | None
    found: Checked

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong."""
        return not errors(self.found.findings)


def called(workspace: str | None) -> str:
    """Return what a workspace is called; no name has brackets, so that the default one cannot be mistaken."""
    return workspace or DEFAULT


def plans(value: SeveralJson[PlanJson], body: Callable[[PlanJson], str]) -> SeveralView:
    """Return plans in words."""
    requests: RequestsJson = {
        "read": sum(plan["requests"]["read"] for plan in value["workspaces"]),
        "write": sum(plan["requests"]["write"] for plan in value["workspaces"]),
        "seconds_at_limit": max((plan["requests"]["seconds_at_limit"] for plan in value["workspaces"]), default=0),
    }
    return _several(value, _quiet_plan, body, summary(cast("Summary", value["summary"]), requests))


def _quiet_plan(plan: PlanJson) -> str:
    said = [*written(plan), *plan["findings"], *plan["resource_drift"], *plan["orphans"], *plan["awaiting_enable"]]
    return "" if said else plan_view(plan).verdict


def drifts(value: SeveralJson[PlanJson], body: Callable[[PlanJson], str]) -> SeveralView:
    """Return what drifted in words."""
    drifted = sum(len(plan["resource_drift"]) for plan in value["workspaces"])
    return _several(value, _quiet_drift, body, drifting(drifted, unsure=_unsure(value)))


def _quiet_drift(plan: PlanJson) -> str:
    told = drift_view(plan)
    said = [*told.errors, *told.blocks, *told.remarks, *plan["orphans"], *plan["awaiting_enable"]]
    return "" if said else told.verdict


def statuses(value: SeveralJson[PlanJson], body: Callable[[PlanJson], str]) -> SeveralView:
    """Return states in words."""
    rows = [row for plan in value["workspaces"] for row in status_view(plan).rows]
    unmanaged = value["summary"].get("unmanaged", 0)
    return _several(value, _quiet_status, body, totals(rows, unmanaged, unsure=_unsure(value)))


def _unsure(value: SeveralJson[PlanJson]) -> bool:
    """Tell whether some rules may not have been looked at, since their files have errors or nothing could be read."""
    return any(view.findings(plan["findings"], Severity.ERROR) for plan in value["workspaces"])


def _quiet_status(plan: PlanJson) -> str:
    told = status_view(plan)
    return "" if told.rows or told.errors or told.remarks else told.totals


def waits(value: SeveralJson[WaitJson], body: Callable[[WaitJson], str]) -> SeveralView:
    """Return how waits ended in words."""
    everything = {**value["workspaces"][0], "rules": [rule for each in value["workspaces"] for rule in each["rules"]]}
    return _several(value, _quiet_wait, body, wait_view(cast("WaitJson", everything)).totals)


def _quiet_wait(value: WaitJson) -> str:
    told = wait_view(value)
    return "" if value["rules"] or told.remarks else told.verdict


def reports(value: SeveralJson[ReportJson], body: Callable[[ReportJson], str]) -> SeveralView:
    """Return reports in words."""
    each = value["workspaces"]
    everything = {
        **each[0],
        "summary": value["summary"],
        "outcomes": [outcome for report in each for outcome in report["outcomes"]],
        "started_at": min(report["started_at"] for report in each),
        "finished_at": max(report["finished_at"] for report in each),
    }
    return _several(value, _quiet_report, body, report_view(cast("ReportJson", everything)).totals)


def _quiet_report(report: ReportJson) -> str:
    said = [*report["outcomes"], *report["awaiting_enable"], *filter(None, [report["error"]])]
    return "" if said else report_view(report).verdict


def checks(checked: Sequence[CheckedWorkspace], body: Callable[[CheckedWorkspace], str]) -> SeveralView:
    """Return what is wrong with rule files in words."""
    sections = tuple(_checked(each, body) for each in checked)
    wrong = sum(not each.valid for each in checked)
    found = view.counted([finding for each in checked for finding in each.found.findings])
    verdict = f"{wrong} not valid" if wrong else _valid(together(checked))
    return SeveralView(sections, f"{plural(len(checked), 'workspace')}: " + "; ".join(filter(None, [verdict, found])))


def together(checked: Sequence[CheckedWorkspace]) -> Checked:
    """Return what was found in all workspaces, each finding once."""
    return Checked(
        tuple(dict.fromkeys(finding for each in checked for finding in each.found.findings)),
        sorted({file for each in checked for file in each.found.files}),
        sum(each.found.rules for each in checked),
        sum(each.found.read for each in checked),
        complete=all(each.found.complete for each in checked),
    )


def _valid(found: Checked) -> str:
    return f"valid: {plural(found.rules, 'rule')} in {plural(found.read, 'file')}"


def _checked(checked: CheckedWorkspace, body: Callable[[CheckedWorkspace], str]) -> Section:
    heading, found = called(checked.workspace), checked.found.findings
    if not checked.found.complete:
        return Section(heading, f"failed: {found[0].message}", help=found[0].help or "", bad=True)
    return Section(heading, body=body(checked)) if found else Section(heading, _valid(checked.found))


def _several(
    value: SeveralJson[Each], quiet: Callable[[Each], str], body: Callable[[Each], str], counts: str
) -> SeveralView:
    failed = {each["workspace"]: each for each in value["failed"]}
    sections = []
    for each in value["workspaces"]:
        name, why = each["workspace"], failed.get(each["workspace"])
        line = f"failed: {why['error']}" if why else quiet(each)
        sections.append(
            Section(called(name), line, "" if line else body(each), (why and why["help"]) or "", bad=bool(why))
        )
    number = plural(len(sections), "workspace") + (f", {len(failed)} failed" if failed else "")
    return SeveralView(tuple(sections), f"{number}. {counts}".rstrip())
