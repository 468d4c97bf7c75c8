"""Findings as workflow commands, which GitHub shows as annotations.

Law: no text of a finding begins a command or ends one; each line is one command, and one of ours.
"""

from rulesync.findings import Finding, Severity
from rulesync.planjson import PlanJson, SeveralJson
from rulesync.render import screen, view
from rulesync.render.checked import Checked, place, sentences

SHOWN = 10  # of each kind; GitHub shows no more of one step
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def findings(checked: Checked, below: str = "") -> str:
    """Return a command for each finding, the worst first; where GitHub would drop some, a last one counts those.

    `below` is the path of rulesync.yaml's directory in the repository, from whose top GitHub names files.
    """
    lines, left = [], 0
    for severity, command in _COMMANDS.items():
        found = [each for each in checked.findings if each.severity is severity]
        most = SHOWN - (severity is Severity.INFO)  # the last notice is kept for what counts the others
        lines += [_command(command, each, below) for each in found[:most]]
        left += max(0, len(found) - most)
    if left:
        lines.append(f"::notice title=rulesync::{left} more findings; `rulesync validate` shows them all")
    return "".join(f"{line}\n" for line in lines)


def plan(value: PlanJson, below: str = "") -> str:
    """Return the findings of a plan as `findings` does, each at its place in the rule files."""
    return findings(Checked(view.findings(value["findings"], *Severity)), below)


def plans(value: SeveralJson[PlanJson], below: str = "") -> str:
    """Return the findings of the plans of several workspaces, each once."""
    found = (finding for each in value["workspaces"] for finding in view.findings(each["findings"], *Severity))
    return findings(Checked(tuple(dict.fromkeys(found))), below)


def _command(command: str, finding: Finding, below: str) -> str:
    where = place(finding)
    properties = {
        "file": f"{below}/{where.file}" if below else where.file,
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
