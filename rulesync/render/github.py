"""Findings as workflow commands, which GitHub shows as annotations.

Law: no text of a finding begins a command or ends one; each line is one command, and one of ours.
"""

from rulesync.findings import Finding, Severity
from rulesync.render import screen
from rulesync.render.checked import Checked, place, sentences

SHOWN = 10  # of each kind; GitHub shows no more of one step
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def findings(checked: Checked) -> str:
    """Return a command for each finding, the worst first; where GitHub would drop some, a last one counts those."""
    lines, left = [], 0
    for severity, command in _COMMANDS.items():
        found = [each for each in checked.findings if each.severity is severity]
        most = SHOWN - (severity is Severity.INFO)  # the last notice is kept for what counts the others
        lines += [_command(command, each) for each in found[:most]]
        left += max(0, len(found) - most)
    if left:
        lines.append(f"::notice title=rulesync::{left} more findings; `rulesync validate` shows them all")
    return "".join(f"{line}\n" for line in lines)


def _command(command: str, finding: Finding) -> str:
    where = place(finding)
    properties = {
        "file": where.file,
        "line": str(where.line),
        "col": str(where.column),
        "endColumn": str(where.column + where.width),
        "title": finding.check,
    }
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{command} {said}::{_data(sentences(finding))}"


def _data(text: str) -> str:
    """Return a text as the rest of a command, in which a runner reads three escapes."""
    return screen.safe(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
