"""What can be said about a line: a parse error, a failed check, a refusal, each with its place and a way out."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs: an error stops the writing of what it speaks of, a warning and an info do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a text file: `line` and `column` count from 1, `width` is in characters.

    `text` is the whole line as it stands in the file, so that a finding can be shown after the file is gone.
    """

    file: str
    line: int = 1
    column: int = 1
    width: int = 1
    text: str | None = None

    def __str__(self) -> str:
        """Return `file:line:column`, which editors and terminals turn into a link."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one place, with the id of the check that says it and, where there is one, a way out.

    `keys` are those of the rules that it is about, none where it is about everything.
    """

    check: str
    severity: Severity
    message: str
    help: str | None = None
    location: Location | None = None
    keys: tuple[str, ...] = ()


def error(
    check: str,
    message: str,
    *,
    help: str | None = None,
    location: Location | None = None,
    keys: tuple[str, ...] = (),
) -> Finding:
    """Return a finding of severity error."""
    return Finding(check, Severity.ERROR, message, help, location, keys)


def warning(
    check: str,
    message: str,
    *,
    help: str | None = None,
    location: Location | None = None,
    keys: tuple[str, ...] = (),
) -> Finding:
    """Return a finding of severity warning."""
    return Finding(check, Severity.WARNING, message, help, location, keys)


def info(
    check: str,
    message: str,
    *,
    help: str | None = None,
    location: Location | None = None,
    keys: tuple[str, ...] = (),
) -> Finding:
    """Return a finding of severity info."""
    return Finding(check, Severity.INFO, message, help, location, keys)


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings of severity error, in their order."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return "did you mean `…`?" for the known name nearest to `word`, or None where none is near."""
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return f"did you mean `{by_lower[near[0]]}`?" if near else None
