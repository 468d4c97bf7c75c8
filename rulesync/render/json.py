"""Plans, reports and findings as JSON text: versioned, and harmless on a terminal."""

import json
import re
from collections.abc import Mapping, Sequence

from rulesync.findings import Finding, errors
from rulesync.planfile.writing import findings_json
from rulesync.planjson import FORMAT_VERSION, Each, PlanJson, ReportJson, SeveralJson
from rulesync.render import screen

_HEADER = ("format_version", "rulesync_version", "timestamp", "workspace", "scope", "api")
_LISTS = ("resource_drift", "awaiting_enable", "orphans", "unmanaged")
# What JSON may hold as it is and a terminal or a CI runner may not: C1 controls, invisible characters, bidirectional
# overrides, separators, half characters, and what begins a command in the middle of a line.
_HARMFUL = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    f"\U000e0000-\U000e0fff]|{screen.ANYWHERE.pattern}"
)


def plan(value: PlanJson) -> str:
    """Return a plan as JSON text, the one that `apply FILE` takes."""
    return _text(value)


def report(value: ReportJson) -> str:
    """Return a report as JSON text."""
    return _text(value)


def drift(value: PlanJson) -> str:
    """Return what drifted, with the lists around it, under a plan's header."""
    return _text(_lists(value))


def _lists(value: PlanJson) -> dict[str, object]:
    return {name: value[name] for name in (*_HEADER, *_LISTS)}  # type: ignore[literal-required]  # names of it


def several(value: SeveralJson[Each]) -> str:
    """Return plans or reports of several workspaces as JSON text."""
    return _text(value)


def several_drifts(value: SeveralJson[PlanJson]) -> str:
    """Return what drifted in several workspaces, each as `drift` has it; `status` is the same."""
    return _text({**value, "workspaces": [_lists(plan) for plan in value["workspaces"]]})


def several_findings(value: Sequence[tuple[str | None, Sequence[Finding]]]) -> str:
    """Return the findings of several workspaces, by name, as JSON text; valid is what has none of severity error."""
    each = [{"workspace": name, "valid": not errors(found), "findings": findings_json(found)} for name, found in value]
    valid = not any(errors(found) for _, found in value)
    return _text({"format_version": FORMAT_VERSION, "valid": valid, "workspaces": each})


def matrix(include: Sequence[Mapping[str, str]]) -> str:
    """Return the jobs of a CI matrix as JSON text."""
    return _text({"include": include})


def status(value: PlanJson) -> str:
    """Return the same lists as `drift`: which rules wait, and which nobody manages."""
    return drift(value)


def findings(value: Sequence[Finding]) -> str:
    """Return findings as JSON text; valid is what has none of severity error."""
    return _text({"format_version": FORMAT_VERSION, "valid": not errors(value), "findings": findings_json(value)})


def rules(value: Sequence[Mapping[str, object]]) -> str:
    """Return rules with their keys, places and plain bodies as JSON text."""
    return _text({"format_version": FORMAT_VERSION, "rules": value})


def _text(value: object) -> str:
    return _HARMFUL.sub(_spelled, json.dumps(value, indent=2, ensure_ascii=False)) + "\n"


def _spelled(match: re.Match[str]) -> str:
    """Return a character as JSON may spell it by number, in two halves beyond the first 65536."""
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
