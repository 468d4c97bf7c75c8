"""Findings as JUnit XML, which most CI systems show as tests: a file is a suite, a finding a case that failed."""

from collections.abc import Iterator, Sequence
from html import escape

from rulesync.findings import Finding, Severity
from rulesync.render import screen
from rulesync.render.checked import Checked, place


def findings(checked: Checked) -> str:
    """Return a suite for each file: errors are failures, other findings are said by cases that passed.

    A file without findings has one case, which passed.
    """
    by_file: dict[str, list[Finding]] = {file: [] for file in checked.files}
    for each in checked.findings:
        by_file.setdefault(place(each).file, []).append(each)
    tests = sum(max(1, len(found)) for found in by_file.values())
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f'<testsuites name="rulesync validate" {_counts(tests, checked.findings)}>')
    for file in sorted(by_file):
        lines += _suite(file, by_file[file])
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _counts(tests: int, found: Sequence[Finding]) -> str:
    failures = sum(each.severity is Severity.ERROR for each in found)
    return f'tests="{tests}" failures="{failures}" errors="0" skipped="0"'


def _suite(file: str, found: Sequence[Finding]) -> Iterator[str]:
    name = _attribute(file)
    yield f'  <testsuite name="{name}" {_counts(max(1, len(found)), found)}>'
    if not found:
        yield f'    <testcase classname="valid" name="{name}" file="{name}"/>'
    for each in found:
        where = place(each)
        case = f'classname="{_attribute(each.check)}" name="{_attribute(f"{where}: {each.message}")}"'
        yield f'    <testcase {case} file="{name}" line="{where.line}">'
        yield from _said(each)
        yield "    </testcase>"
    yield "  </testsuite>"


def _said(finding: Finding) -> Iterator[str]:
    lines = [f"{finding.severity.value}: {finding.message}", f"--> {place(finding)}"]
    lines += [f"help: {finding.help}"] if finding.help else []
    said = "\n".join(escape(screen.line(line)) for line in lines)
    if finding.severity is Severity.ERROR:
        message, kind = _attribute(finding.message), _attribute(finding.check)
        yield f'      <failure message="{message}" type="{kind}">{said}</failure>'
    else:
        yield f"      <system-out>{said}</system-out>"


def _attribute(text: str) -> str:
    """Return a text that XML can hold: what it cannot, no matter how it is escaped, is spelled by its number."""
    return escape(screen.safe(text))
