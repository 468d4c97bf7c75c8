"""What can be said about a line: a parse error, a failed check, a refusal, each with its place and a way out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import islice


class Severity(StrEnum):
    """How much a finding weighs: an error stops the writing of what it speaks of, a warning and an info do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a text file: `line` and `column` count from 1, `width` is in characters.

    `text` is the whole line as it stands in the file, so that a finding can be shown after the file is gone. `used` is
    the place that uses a macro, where this one is in a macro that several files share: the same place all the same.
    """

    file: str
    line: int = 1
    column: int = 1
    width: int = 1
    text: str | None = None
    used: str | None = field(default=None, compare=False)

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


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return errors, then warnings, then infos, those of one severity in their order."""
    return tuple(sorted(findings, key=lambda each: _WORST_FIRST.index(each.severity)))


def once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return each finding once, in the order of the first; the help of one in a macro says where that is used."""
    uses: dict[Finding, dict[str, None]] = {}
    for each in findings:
        places = uses.setdefault(each, {})
        if each.location and each.location.used:
            places[each.location.used] = None
    return tuple(_with_uses(each, list(places)) if places else each for each, places in uses.items())


def _with_uses(finding: Finding, places: list[str]) -> Finding:
    more = f" and at {len(places) - _USES} more" if len(places) > _USES else ""
    used = f"it is used at {', '.join(places[:_USES])}{more}"
    advice = f"{finding.help}; {used}" if finding.help else used
    return replace(finding, help=advice, location=finding.location and replace(finding.location, used=None))


_WORST_FIRST = list(Severity)
_USES = 3


def named(words: Collection[str], most: int = 3) -> str:
    """Return the first few of some keys or files as a sentence names them, and how many more there are."""
    shown = ", ".join(f"`{word}`" for word in islice(words, most))
    rest = len(words) - most
    return f"{shown} and {rest} more" if rest > 0 else shown


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return "did you mean `…`?" for the known name nearest to `word`, or None where none is near."""
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return f"did you mean `{by_lower[near[0]]}`?" if near else None
