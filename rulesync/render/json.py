"""Plans, reports and findings as JSON text: versioned, equal for equal values, and harmless on a terminal."""

import json
import re
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import get_type_hints

from rulesync import planjson
from rulesync.findings import Finding, Severity
from rulesync.planjson import FORMAT_VERSION, PlanJson, ReportJson

_HEADER = ("format_version", "rulesync_version", "timestamp", "workspace", "scope", "api")
_LISTS = ("resource_drift", "awaiting_enable", "orphans", "unmanaged")
# fmt: off
_RULE = (
    "nickname", "description", "status", "trigger", "steps", "conditions", "actions", "type", "id", "account_id",
    "source", "destination", "amount_in_cents", "percentage_value", "percentage_target", "group_index",
)
# fmt: on
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
    valid = all(finding.severity is not Severity.ERROR for finding in value)
    return _text({"format_version": FORMAT_VERSION, "valid": valid, "findings": [_finding(each) for each in value]})


def _finding(finding: Finding) -> dict[str, object]:
    place = finding.location
    return {
        "check": finding.check,
        "severity": finding.severity.value,
        "message": finding.message,
        "help": finding.help,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }


def _text(value: object) -> str:
    text = json.dumps(_ordered(value), indent=2, ensure_ascii=False)
    return _HARMFUL.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def _ordered(value: object) -> object:
    """Return JSON whose keys stand in one order, however the value was put together."""
    match value:
        case Mapping():
            return {key: _ordered(value[key]) for key in sorted(value, key=_place)}
        case list() | tuple():
            return [_ordered(inner) for inner in value]
        case _:
            return value


def _declared() -> dict[str, int]:
    """Return the place of every key that planjson declares, in the order of its declarations, then those of a rule."""
    shapes = (planjson.PlanJson, planjson.ResourceJson, planjson.ChangeJson, planjson.FieldJson, planjson.FindingJson)
    more = (planjson.Summary, planjson.ReportJson, planjson.ReportSummary, planjson.OutcomeJson)
    names = [*chain.from_iterable(get_type_hints(shape) for shape in (*shapes, *more)), "valid", *_RULE]
    return {name: place for place, name in enumerate(dict.fromkeys(names))}


_PLACES = _declared()


def _place(key: str) -> tuple[int, str]:
    return _PLACES.get(key, len(_PLACES)), key
