"""Plans, reports and findings as JSON text: versioned, and harmless on a terminal."""

import json
import re
from collections.abc import Sequence

from rulesync.findings import Finding, errors
from rulesync.planfile.writing import findings_json
from rulesync.planjson import FORMAT_VERSION, PlanJson, ReportJson

_HEADER = ("format_version", "rulesync_version", "timestamp", "workspace", "scope", "api")
_LISTS = ("resource_drift", "awaiting_enable", "orphans", "unmanaged")
# What JSON may hold as it is and a terminal may not: C1 controls, bidirectional overrides, separators, half characters.
_HARMFUL = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def plan(value: PlanJson) -> str:
    """Return a plan as JSON text, the one that `apply FILE` takes."""
    return _text(value)


def report(value: ReportJson) -> str:
    """Return a report as JSON text."""
    return _text(value)


def drift(value: PlanJson) -> str:
    """Return what drifted, with the lists around it, under a plan's header."""
    return _text({name: value[name] for name in (*_HEADER, *_LISTS)})  # type: ignore[literal-required]  # names of it


def status(value: PlanJson) -> str:
    """Return the same lists as `drift`: which rules wait, and which nobody manages."""
    return drift(value)


def findings(value: Sequence[Finding]) -> str:
    """Return findings as JSON text; valid is what has none of severity error."""
    return _text({"format_version": FORMAT_VERSION, "valid": not errors(value), "findings": findings_json(value)})


def _text(value: object) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return _HARMFUL.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"
