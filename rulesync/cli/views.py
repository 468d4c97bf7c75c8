"""Which renderer makes which format: one table for each thing that a command shows.

A renderer is imported when somebody wants its format.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from rulesync import render
from rulesync.cli.output import colors, counted, width, without_secrets
from rulesync.findings import errors
from rulesync.planjson import PlanJson, ReportJson, SeveralJson, WaitJson

if TYPE_CHECKING:
    from rulesync.importing import Imported
    from rulesync.render.checked import Checked
    from rulesync.render.several_view import CheckedWorkspace

Value = TypeVar("Value")
Renderers = Mapping[str, Callable[[Value], str]]


def plan_renderers(
    color: str, next_command: str | None, link: str | None = None, below: str = ""
) -> Mapping[str, Callable[[PlanJson], str]]:
    """Return the formats of a plan; `below` is where its directory lies in the repository."""
    return {
        "text": lambda plan: render.terminal.plan(plan, color=colors(color), width=width(), next_command=next_command),
        "json": lambda value: render.json.plan(value),
        "markdown": lambda plan: render.markdown.plan(plan, link=link),
        "html": lambda plan: render.html.plan(plan),
        "github": lambda plan: render.github.plan(plan, below),
        "gitlab": lambda value: render.gitlab.plan(value),
    }


def report_renderers(color: str, link: str | None = None) -> Mapping[str, Callable[[ReportJson], str]]:
    """Return the formats of a report."""
    return {
        "text": lambda report: render.terminal.report(report, color=colors(color)),
        "json": lambda value: render.json.report(value),
        "markdown": lambda report: render.markdown.report(report, link=link),
        "html": lambda report: render.html.report(report),
    }


def drift_renderers(color: str, link: str | None = None) -> Mapping[str, Callable[[PlanJson], str]]:
    """Return the formats of what drifted."""
    return {
        "text": lambda plan: render.terminal.drift(plan, color=colors(color)),
        "json": lambda value: render.json.drift(value),
        "markdown": lambda plan: render.markdown.drift(plan, link=link),
        "html": lambda plan: render.html.drift(plan),
    }


def status_renderers(color: str, link: str | None = None) -> Mapping[str, Callable[[PlanJson], str]]:
    """Return the formats of the rules' status."""
    return {
        "text": lambda plan: render.terminal.status(plan, color=colors(color), width=width()),
        "json": lambda value: render.json.status(value),
        "markdown": lambda plan: render.markdown.status(plan, link=link),
        "html": lambda plan: render.html.status(plan),
    }


def checklist_renderers(color: str, app_url: str) -> Mapping[str, Callable[[PlanJson], str]]:
    """Return the formats of a checklist; `app_url` is where the app is."""
    return {
        "text": lambda plan: render.checklist_view.text(plan, app_url, color=colors(color), width=width()),
        "markdown": lambda plan: render.markdown.checklist(plan, app_url),
        "json": lambda plan: render.json.checklist(plan, app_url),
    }


def wait_renderers(color: str) -> Renderers[WaitJson]:
    """Return the formats of how a wait ended."""
    return {"text": lambda value: render.terminal.wait(value, color=colors(color)), "json": render.json.wait}


def several_waits(color: str) -> Renderers[SeveralJson[WaitJson]]:
    """Return the formats of how a wait ended in several workspaces."""
    each = wait_renderers(color)["text"]
    return {
        "text": lambda value: render.terminal.several(render.several_view.waits(value, each), color=colors(color)),
        "json": lambda value: render.json.several(value),
    }


def import_renderers(color: str, next_command: str) -> Mapping[str, Callable[["Imported"], str]]:
    """Return the formats of what was imported."""
    return {
        "text": lambda done: render.import_view.text(
            done, color=colors(color), width=width(), next_command=next_command
        ),
        "json": lambda value: render.json.imported(value),
    }


def plans_text(
    value: SeveralJson[PlanJson], color: str, *, next_command: str | None = None, waiting: bool = True
) -> str:
    """Return the plans of several workspaces as text; without `waiting`, as `render.terminal.plan`."""
    from rulesync.wire import DIALECTS

    value, painted, columns = without_secrets(value), colors(color), width()
    told = render.several_view.plans(
        value, lambda plan: render.terminal.plan(plan, color=painted, width=columns, waiting=waiting)
    )
    writes = all(DIALECTS[plan["api"]["dialect"]].takes_writes for plan in value["workspaces"])
    ready = writes and any(_is_ready(plan) for plan in value["workspaces"])
    return render.terminal.several(told, color=painted, next_command=next_command if ready else None)


def _is_ready(plan: PlanJson) -> bool:
    from rulesync.render.plan_view import plan_view

    return plan_view(plan).applicable


def several_plans(
    color: str, next_command: str | None, link: str | None = None, below: str = ""
) -> Mapping[str, Callable[[SeveralJson[PlanJson]], str]]:
    """Return the formats of the plans of several workspaces."""
    return {
        "text": lambda value: plans_text(value, color, next_command=next_command),
        "json": lambda value: render.json.several(value),
        "markdown": lambda value: render.markdown.several_plans(value, link=link),
        "html": lambda value: render.html.plans(value),
        "github": lambda value: render.github.plans(value, below),
        "gitlab": lambda value: render.gitlab.plans(value),
    }


def several_drifts(color: str, link: str | None = None) -> Mapping[str, Callable[[SeveralJson[PlanJson]], str]]:
    """Return the formats of what drifted in several workspaces."""
    each = drift_renderers(color)["text"]
    return {
        "text": lambda value: render.terminal.several(render.several_view.drifts(value, each), color=colors(color)),
        "json": lambda value: render.json.several_drifts(value),
        "markdown": lambda value: render.markdown.several_drifts(value, link=link),
        "html": lambda value: render.html.drifts(value),
    }


def several_statuses(color: str, link: str | None = None) -> Mapping[str, Callable[[SeveralJson[PlanJson]], str]]:
    """Return the formats of the status of several workspaces."""
    each = status_renderers(color)["text"]
    return {
        "text": lambda value: render.terminal.several(render.several_view.statuses(value, each), color=colors(color)),
        "json": lambda value: render.json.several_statuses(value),
        "markdown": lambda value: render.markdown.several_statuses(value, link=link),
        "html": lambda value: render.html.statuses(value),
    }


def several_reports(color: str, link: str | None = None) -> Mapping[str, Callable[[SeveralJson[ReportJson]], str]]:
    """Return the formats of the reports of several workspaces."""
    each = report_renderers(color)["text"]
    return {
        "text": lambda value: render.terminal.several(render.several_view.reports(value, each), color=colors(color)),
        "json": lambda value: render.json.several(value),
        "markdown": lambda value: render.markdown.several_reports(value, link=link),
        "html": lambda value: render.html.reports(value),
    }


def findings_renderers(color: str, below: str = "") -> Mapping[str, Callable[["Checked"], str]]:
    """Return the formats of what `validate` found."""

    def text(checked: "Checked") -> str:
        valid = f"valid: {counted(checked.rules, 'rule')} in {counted(checked.read, 'file')}\n"
        found = render.terminal.findings(checked.findings, color=colors(color)) if checked.findings else ""
        return found + ("" if errors(checked.findings) else valid)

    return {
        "text": text,
        "json": lambda checked: render.json.findings(checked.findings),
        "sarif": lambda value: render.sarif.findings(value),
        "github": lambda checked: render.github.findings(checked, below),
        "junit": lambda value: render.junit.findings(value),
    }


def several_findings(color: str, below: str = "") -> Mapping[str, Callable[[Sequence["CheckedWorkspace"]], str]]:
    """Return the formats of what `validate` found in several workspaces; where a format knows none, all at once."""
    renderers = findings_renderers(color, below)

    def text(found: Sequence["CheckedWorkspace"]) -> str:
        told = render.several_view.checks(found, lambda each: renderers["text"](each.found))
        return render.terminal.several(told, color=colors(color))

    def merged(name: str) -> Callable[[Sequence["CheckedWorkspace"]], str]:
        return lambda found: renderers[name](render.several_view.together(found))

    return {
        "text": text,
        "json": lambda found: render.json.several_findings([(each.workspace, each.found.findings) for each in found]),
        **{name: merged(name) for name in renderers if name not in {"text", "json"}},
    }
