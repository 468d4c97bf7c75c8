"""Findings as SARIF 2.1.0, which code scanning reads."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from rulesync import __version__
from rulesync.findings import Finding, Location, Severity, worst_first
from rulesync.render.checked import Checked, place, sentences
from rulesync.render.jsontext import text

MOST_RESULTS = 25_000  # of one run; GitHub takes no file that has more
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def findings(checked: Checked) -> str:
    """Return one run with a result for each finding; of more than 25,000 the worst, and a note that says so."""
    found, left = _kept(checked.findings)
    checks = {check: index for index, check in enumerate(dict.fromkeys(each.check for each in found))}
    first = {each.check: each for each in reversed(found)}
    seen: Counter[str] = Counter()
    run = {
        "tool": {
            "driver": {
                "name": "rulesync",
                "semanticVersion": __version__,
                "rules": [_rule(first[check]) for check in checks],
            }
        },
        "automationDetails": {"id": "rulesync/validate/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": checked.complete, "toolExecutionNotifications": _notes(left)}],
        "results": [_result(each, checks[each.check], seen) for each in found],
    }
    return text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _kept(found: Sequence[Finding]) -> tuple[list[Finding], int]:
    kept = list(found)
    if len(kept) > MOST_RESULTS:
        kept = list(worst_first(kept)[:MOST_RESULTS])
    return kept, len(found) - len(kept)


def _notes(left: int) -> list[dict[str, Any]]:
    message = f"{left} more findings are left out; `rulesync validate` shows them"
    return [{"level": "warning", "message": {"text": message}}] if left else []


def _rule(finding: Finding) -> dict[str, Any]:
    check = finding.check
    words = check.replace("-", " ")
    where = f"The check `{check}` of rulesync; docs/reference/findings.md says what it means, and the way out."
    return {
        "id": check,
        "shortDescription": {"text": words[:1].upper() + words[1:]},
        "fullDescription": {"text": where},
        "help": {"text": where},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
    }


def _result(finding: Finding, index: int, seen: Counter[str]) -> dict[str, Any]:
    where = place(finding)
    mark = _fingerprint(finding, where.file)
    seen[mark] += 1
    return {
        "ruleId": finding.check,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": sentences(finding)},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": _uri(where.file)}, "region": _region(where)}},
        ],
        "partialFingerprints": {"rulesyncFinding/v1": f"{mark}:{seen[mark]}"},
    }


def _uri(file: str) -> str:
    return quote(file.encode("utf-8", "surrogatepass"))


def _region(where: Location) -> dict[str, int]:
    return {"startLine": where.line, "startColumn": where.column, "endColumn": where.column + where.width}


def _fingerprint(finding: Finding, file: str) -> str:
    """Return what stays equal when lines are added above; the same finding a second time is told apart by a number."""
    content = f"{finding.check}\x00{file}\x00{finding.message}"
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]
