"""Plans, reports and findings as JSON text: versioned, and harmless on a terminal."""

from collections.abc import Mapping, Sequence

from rulesync.findings import Finding, errors
from rulesync.importing import Imported
from rulesync.planfile.writing import findings_json
from rulesync.planjson import FORMAT_VERSION, Each, PlanJson, ReportJson, SeveralJson, WaitJson
from rulesync.render.checklist_view import checklist_json
from rulesync.render.jsontext import text
from rulesync.render.status_view import states

_HEADER = ("format_version", "rulesync_version", "timestamp", "errored", "workspace", "scope", "api")
_LISTS = ("resource_drift", "awaiting_enable", "orphans", "unmanaged", "findings")


def plan(value: PlanJson) -> str:
    """Return a plan as JSON text, the one that `apply FILE` takes."""
    return text(value)


def report(value: ReportJson) -> str:
    """Return a report as JSON text."""
    return text(value)


def drift(value: PlanJson) -> str:
    """Return what drifted, with the lists around it, under a plan's header."""
    return text(_lists(value))


def _lists(value: PlanJson) -> dict[str, object]:
    names = (*_HEADER, *_LISTS, *(name for name in ("refresh",) if name in value))
    return {name: value[name] for name in names}  # type: ignore[literal-required]  # names of it


def wait(value: WaitJson) -> str:
    """Return how a wait ended as JSON text."""
    return text(value)


def several(value: SeveralJson[Each]) -> str:
    """Return plans or reports of several workspaces as JSON text."""
    return text(value)


def several_drifts(value: SeveralJson[PlanJson]) -> str:
    """Return what drifted in several workspaces, each as `drift` has it."""
    return text({**value, "workspaces": [_lists(plan) for plan in value["workspaces"]]})


def several_findings(value: Sequence[tuple[str | None, Sequence[Finding]]]) -> str:
    """Return the findings of several workspaces, by name, as JSON text; valid is what has none of severity error."""
    each = [{"workspace": name, "valid": not errors(found), "findings": findings_json(found)} for name, found in value]
    valid = not any(errors(found) for _, found in value)
    return text({"format_version": FORMAT_VERSION, "valid": valid, "workspaces": each})


def matrix(include: Sequence[Mapping[str, str]]) -> str:
    """Return the jobs of a CI matrix as JSON text."""
    return text({"include": include})


def status(value: PlanJson) -> str:
    """Return the same lists as `drift`, and every managed rule with its state and what it did lately."""
    return text(_status(value))


def several_statuses(value: SeveralJson[PlanJson]) -> str:
    """Return the status of several workspaces, each as `status` has it."""
    return text({**value, "workspaces": [_status(plan) for plan in value["workspaces"]]})


def _status(value: PlanJson) -> dict[str, object]:
    return {**_lists(value), "rules": states(value)}


def checklist(value: PlanJson, app_url: str) -> str:
    """Return a checklist as JSON text."""
    return text(checklist_json(value, app_url))


def findings(value: Sequence[Finding]) -> str:
    """Return findings as JSON text; valid is what has none of severity error."""
    return text({"format_version": FORMAT_VERSION, "valid": not errors(value), "findings": findings_json(value)})


def rules(value: Sequence[Mapping[str, object]]) -> str:
    """Return rules with their keys, places and plain bodies as JSON text."""
    return text({"format_version": FORMAT_VERSION, "rules": value})


def imported(value: Imported) -> str:
    """Return what was imported as JSON text."""
    written = [{"id": each.id, "key": each.key, "file": each.file} for each in value.written]
    left = [{"id": each.id, "nickname": each.nickname, "reason": each.reason} for each in value.left]
    accounts = {name: {"id": entry.id, "type": entry.type} for name, entry in value.accounts.items()}
    told = {"format_version": FORMAT_VERSION, "dry_run": value.dry, "written": written, "left": left}
    return text({**told, "accounts": accounts, "ids": dict(value.ids)})
