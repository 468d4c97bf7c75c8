"""Which renderer makes which format: one table for each thing that a command shows.

Jinja takes a while to be there, so that pages are loaded when somebody wants one.
"""

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import TypeVar

from rulesync.cli.output import colors, counted, width, without_secrets
from rulesync.findings import errors
from rulesync.importing import Imported
from rulesync.planjson import PlanJson, ReportJson, SeveralJson, WaitJson
from rulesync.render import (
    checklist_view,
    github,
    gitlab,
    import_view,
    json,
    junit,
    markdown,
    sarif,
    several_view,
    terminal,
)
from rulesync.render.checked import Checked
from rulesync.render.plan_view import plan_view
from rulesync.render.several_view import CheckedWorkspace
from rulesync.wire import DIALECTS

Value = TypeVar("Value")
Renderers = Mapping[str, Callable[[Value], str]]


def _pages() -> ModuleType:
    from rulesync.render import html

    return html


def plan_renderers(
    color: str, next_command: str | None, link: str | None = None, below: str = ""
) -> Mapping[str, Callable[[PlanJson], str]]:
    """Return the formats of a plan; `below` is where its directory lies in the repository."""
    return {
        "text": lambda plan: terminal.plan(plan, color=colors(color), width=width(), next_command=next_command),
        "json": json.plan,
        "markdown": lambda plan: markdown.plan(plan, link=link),
        "html": lambda plan: _pages().plan(plan),
        "github": lambda plan: github.plan(plan, below),
        "gitlab": gitlab.plan,
    }


def report_renderers(color: str, link: str | None = None) -> Mapping[str, Callable[[ReportJson], str]]:
    """Return the formats of a report."""
    return {
        "text": lambda report: terminal.report(report, color=colors(color)),
        "json": json.report,
        "markdown": lambda report: markdown.report(report, link=link),
        "html": lambda report: _pages().report(report),
    }


def drift_renderers(color: str, link: str | None = None) -> Mapping[str, Callable[[PlanJson], str]]:
    """Return the formats of what drifted."""
    return {
        "text": lambda plan: terminal.drift(plan, color=colors(color)),
        "json": json.drift,
        "markdown": lambda plan: markdown.drift(plan, link=link),
        "html": lambda plan: _pages().drift(plan),
    }


def status_renderers(color: str, link: str | None = None) -> Mapping[str, Callable[[PlanJson], str]]:
    """Return the formats of the rules' status."""
    return {
        "text": lambda plan: terminal.status(plan, color=colors(color), width=width()),
        "json": json.status,
        "markdown": lambda plan: markdown.status(plan, link=link),
        "html": lambda plan: _pages().status(plan),
    }


def checklist_renderers(color: str, app_url: str) -> Mapping[str, Callable[[PlanJson], str]]:
    """Return the formats of a checklist; `app_url` is where the app is."""
    return {
        "text": lambda plan: checklist_view.text(plan, app_url, color=colors(color), width=width()),
        "markdown": lambda plan: markdown.checklist(plan, app_url),
        "json": lambda plan: json.checklist(plan, app_url),
    }


def wait_renderers(color: str) -> Renderers[WaitJson]:
    """Return the formats of how a wait ended."""
    return {"text": lambda value: terminal.wait(value, color=colors(color)), "json": json.wait}


def several_waits(color: str) -> Renderers[SeveralJson[WaitJson]]:
    """Return the formats of how a wait ended in several workspaces."""
    each = wait_renderers(color)["text"]
    return {
        "text": lambda value: terminal.several(several_view.waits(value, each), color=colors(color)),
        "json": json.several,
    }


def import_renderers(color: str, next_command: str) -> Mapping[str, Callable[[Imported], str]]:
    """Return the formats of what was imported."""
    return {
        "text": lambda done: import_view.text(done, color=colors(color), width=width(), next_command=next_command),
        "json": json.imported,
    }


def plans_text(
    value: SeveralJson[PlanJson], color: str, *, next_command: str | None = None, waiting: bool = True
) -> str:
    """Return the plans of several workspaces as text; without `waiting`, as `terminal.plan`."""
    value, painted, columns = without_secrets(value), colors(color), width()
    told = several_view.plans(value, lambda plan: terminal.plan(plan, color=painted, width=columns, waiting=waiting))
    writes = all(DIALECTS[plan["api"]["dialect"]].takes_writes for plan in value["workspaces"])
    ready = writes and any(_is_ready(plan) for plan in value["workspaces"])
    return terminal.several(told, color=painted, next_command=next_command if ready else None)


def _is_ready(plan: PlanJson) -> bool:
    return plan_view(plan).applicable


def several_plans(
    color: str, next_command: str | None, link: str | None = None, below: str = ""
) -> Mapping[str, Callable[[SeveralJson[PlanJson]], str]]:
    """Return the formats of the plans of several workspaces."""
    return {
        "text": lambda value: plans_text(value, color, next_command=next_command),
        "json": json.several,
        "markdown": lambda value: markdown.several_plans(value, link=link),
        "html": lambda value: _pages().plans(value),
        "github": lambda value: github.plans(value, below),
        "gitlab": gitlab.plans,
    }


def several_drifts(color: str, link: str | None = None) -> Mapping[str, Callable[[SeveralJson[PlanJson]], str]]:
    """Return the formats of what drifted in several workspaces."""
    each = drift_renderers(color)["text"]
    return {
        "text": lambda value: terminal.several(several_view.drifts(value, each), color=colors(color)),
        "json": json.several_drifts,
        "markdown": lambda value: markdown.several_drifts(value, link=link),
        "html": lambda value: _pages().drifts(value),
    }


def several_statuses(color: str, link: str | None = None) -> Mapping[str, Callable[[SeveralJson[PlanJson]], str]]:
    """Return the formats of the status of several workspaces."""
    each = status_renderers(color)["text"]
    return {
        "text": lambda value: terminal.several(several_view.statuses(value, each), color=colors(color)),
        "json": json.several_statuses,
        "markdown": lambda value: markdown.several_statuses(value, link=link),
        "html": lambda value: _pages().statuses(value),
    }


def several_reports(color: str, link: str | None = None) -> Mapping[str, Callable[[SeveralJson[ReportJson]], str]]:
    """Return the formats of the reports of several workspaces."""
    each = report_renderers(color)["text"]
    return {
        "text": lambda value: terminal.several(several_view.reports(value, each), color=colors(color)),
        "json": json.several,
        "markdown": lambda value: markdown.several_reports(value, link=link),
        "html": lambda value: _pages().reports(value),
    }


def findings_renderers(color: str, below: str = "") -> Mapping[str, Callable[[Checked], str]]:
    """Return the formats of what `validate` found."""

    def text(checked: Checked) -> str:
        valid = f"valid: {counted(checked.rules, 'rule')} in {counted(checked.read, 'file')}\n"
        found = terminal.findings(checked.findings, color=colors(color)) if checked.findings else ""
        return found + ("" if errors(checked.findings) else valid)

    return {
        "text": text,
        "json": lambda checked: json.findings(checked.findings),
        "sarif": sarif.findings,
        "github": lambda checked: github.findings(checked, below),
        "junit": junit.findings,
    }


def several_findings(color: str, below: str = "") -> Mapping[str, Callable[[Sequence[CheckedWorkspace]], str]]:
    """Return the formats of what `validate` found in several workspaces; where a format knows none, all at once."""
    renderers = findings_renderers(color, below)

    def text(found: Sequence[CheckedWorkspace]) -> str:
        told = several_view.checks(found, lambda each: renderers["text"](each.found))
        return terminal.several(told, color=colors(color))

    def merged(name: str) -> Callable[[Sequence[CheckedWorkspace]], str]:
        return lambda found: renderers[name](several_view.together(found))

    return {
        "text": text,
        "json": lambda found: json.several_findings([(each.workspace, each.found.findings) for each in found]),
        **{name: merged(name) for name in renderers if name not in {"text", "json"}},
    }
