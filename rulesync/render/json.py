"""Plans, reports and findings as JSON text: versioned, and harmless on a terminal."""

import json
import re
from collections.abc import Sequence

from rulesync.findings import Finding, errors
from rulesync.importing import Imported
from rulesync.planfile.writing import findings_json
from rulesync.planjson import FORMAT_VERSION, PlanJson, ReportJson
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
    return _text({name: value[name] for name in (*_HEADER, *_LISTS)})  # type: ignore[literal-required]  # names of it


def status(value: PlanJson) -> str:
    """Return the same lists as `drift`: which rules wait, and which nobody manages."""
    return drift(value)


def findings(value: Sequence[Finding]) -> str:
    """Return findings as JSON text; valid is what has none of severity error."""
    return _text({"format_version": FORMAT_VERSION, "valid": not errors(value), "findings": findings_json(value)})


def imported(value: Imported) -> str:
    """Return what was imported as JSON text."""
    written = [{"id": each.id, "key": each.key, "file": each.file} for each in value.written]
    left = [{"id": each.id, "nickname": each.nickname, "reason": each.reason} for each in value.left]
    accounts = {name: {"id": entry.id, "type": entry.type} for name, entry in value.accounts.items()}
    told = {"format_version": FORMAT_VERSION, "dry_run": value.dry, "written": written, "left": left}
    return _text({**told, "accounts": accounts, "ids": dict(value.ids)})


def _text(value: object) -> str:
    return _HARMFUL.sub(_spelled, json.dumps(value, indent=2, ensure_ascii=False)) + "\n"


def _spelled(match: re.Match[str]) -> str:
    """Return a character as JSON may spell it by number, in two halves beyond the first 65536."""
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
