"""Which renderer makes which format: one table for each thing that a command shows."""

from collections.abc import Callable, Mapping

from rulesync.cli.output import colors, counted, width
from rulesync.findings import errors
from rulesync.importing import Imported
from rulesync.planjson import PlanJson, ReportJson
from rulesync.render import github, import_view, json, junit, sarif, terminal
from rulesync.render.checked import Checked


def plan_renderers(color: str, next_command: str | None) -> Mapping[str, Callable[[PlanJson], str]]:
    """Return the formats of a plan."""
    return {
        "text": lambda plan: terminal.plan(plan, color=colors(color), width=width(), next_command=next_command),
        "json": json.plan,
    }


def report_renderers(color: str) -> Mapping[str, Callable[[ReportJson], str]]:
    """Return the formats of a report."""
    return {"text": lambda report: terminal.report(report, color=colors(color)), "json": json.report}


def drift_renderers(color: str) -> Mapping[str, Callable[[PlanJson], str]]:
    """Return the formats of what drifted."""
    return {"text": lambda plan: terminal.drift(plan, color=colors(color)), "json": json.drift}


def status_renderers(color: str) -> Mapping[str, Callable[[PlanJson], str]]:
    """Return the formats of the rules' status."""
    return {"text": lambda plan: terminal.status(plan, color=colors(color)), "json": json.status}


def import_renderers(color: str, next_command: str) -> Mapping[str, Callable[[Imported], str]]:
    """Return the formats of what was imported."""
    return {
        "text": lambda done: import_view.text(done, color=colors(color), width=width(), next_command=next_command),
        "json": json.imported,
    }


def findings_renderers(color: str) -> Mapping[str, Callable[[Checked], str]]:
    """Return the formats of what `validate` found."""

    def text(checked: Checked) -> str:
        valid = f"valid: {counted(checked.rules, 'rule')} in {counted(checked.read, 'file')}\n"
        found = terminal.findings(checked.findings, color=colors(color)) if checked.findings else ""
        return found + ("" if errors(checked.findings) else valid)

    return {
        "text": text,
        "json": lambda checked: json.findings(checked.findings),
        "sarif": sarif.findings,
        "github": github.findings,
        "junit": junit.findings,
    }
