"""What `validate` found, as a value for every format."""

from collections.abc import Sequence
from dataclasses import dataclass

from rulesync.findings import Finding, Location

CONFIG = "rulesync.yaml"


@dataclass(frozen=True, slots=True)
class Checked:
    """The findings in their order, the names of the files that were looked at, and how much of them could be read.

    `rules` counts the rules that are valid, `read` the rule files, readable or not;
    `complete` is false where the rule files were not looked at, because rulesync.yaml is wrong.
    """

    findings: Sequence[Finding]
    files: Sequence[str] = ()
    rules: int = 0
    read: int = 0
    complete: bool = True


def place(finding: Finding) -> Location:
    """Return where a finding is shown: one that has no place, as of the environment, at the head of rulesync.yaml."""
    return finding.location or Location(CONFIG)


def sentences(finding: Finding) -> str:
    """Return what a finding says, with its way out."""
    return f"{finding.message}; help: {finding.help}" if finding.help else finding.message
