"""Fields of a document, taken by name and type; what is wrong with one is a finding at its place, and no stop.

Law: after a hundred findings it is a stop all the same, so that no file can keep its reader busy with its errors.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from rulesync.document import MAX_FINDINGS, Data, Document
from rulesync.findings import Finding, did_you_mean, error

_LONGEST_QUOTE = 60


class TooManyErrorsError(Exception):
    """What follows was not looked at; what was found so far is in the list of findings."""


def shown(text: str) -> str:
    """Return a text of the user's on one line, no longer than anybody reads."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"


@dataclass(frozen=True)
class Fields:
    """A mapping in a document: what it holds is taken field by field, and complaints are collected in `findings`.

    A field that is absent or null is None; so is one that is wrong, once a finding says so.
    """

    document: Document
    path: tuple[str | int, ...]
    findings: list[Finding]

    def complain(self, check: str, message: str, *names: str, help: str | None = None, show_line: bool = True) -> None:
        """Add a finding at a field, or at the whole mapping; the line is not shown where it may hold a secret."""
        place = self.document.at((*self.path, *names))
        place = place if show_line else replace(place, text=None)
        self.add(error(check, message, help=help, location=place))

    def add(self, finding: Finding) -> None:
        """Add a finding.

        Raises:
            TooManyErrorsError: there are enough of them; the last one says so.
        """
        if len(self.findings) >= MAX_FINDINGS:
            message = f"more than {MAX_FINDINGS} errors; what follows was not read"
            self.findings.append(error("too-many-errors", message, location=finding.location))
            raise TooManyErrorsError
        if finding not in self.findings:
            self.findings.append(finding)

    def raw(self, *names: str) -> Data:
        """Return a field, or the whole, as it stands."""
        here: Data = self.document.data
        for part in (*self.path, *names):
            here = here.get(str(part)) if isinstance(here, dict) else None
        return here

    def names(self) -> tuple[str, ...]:
        """Return the names of the fields that are there."""
        here = self.raw()
        return tuple(here) if isinstance(here, dict) else ()

    def only(self, known: Iterable[str], what: str) -> None:
        """Complain of every field that is not known."""
        known = tuple(known)
        for name in self.names():
            if name not in known:
                advice = did_you_mean(name, known) or "it has " + ", ".join(f"`{each}`" for each in known)
                place = self.document.at_key((*self.path, name))
                self.add(error("unknown-field", f"{what} has no field `{shown(name)}`", help=advice, location=place))

    def inner(self, name: str) -> "Fields":
        """Return a field that holds fields itself; one that is absent holds none."""
        inside = Fields(self.document, (*self.path, name), self.findings)
        if inside.raw() is not None and not isinstance(inside.raw(), dict):
            self.complain("invalid-value", f"`{shown(name)}` needs fields", name)
        return inside

    def few(self, name: str, most: int) -> "Fields":
        """Return a field that holds fields itself, and not too many of them.

        Raises:
            TooManyErrorsError: there are more than `most`, of which there is no sense in looking at any.
        """
        inside = self.inner(name)
        if len(inside.names()) > most:
            message = f"`{name}` holds more than {most:,} fields"
            self.complain("too-large", message, name, help="give some of them a rulesync.yaml of their own")
            raise TooManyErrorsError
        return inside

    def each(self, name: str, most: int) -> Iterator[tuple[str, "Fields"]]:
        """Yield the fields of a field, by name, each as what holds fields itself; there may be as many as for `few`."""
        inside = self.few(name, most)
        for each in inside.names():
            yield each, Fields(self.document, (*inside.path, each), self.findings)

    def text(self, name: str) -> str | None:
        """Return a text that says something."""
        value = self.raw(name)
        if value is None:
            return None
        if isinstance(value, str) and value.strip():
            return value
        advice = "put it in quotes" if isinstance(value, int | float) else None
        self.complain("invalid-value", f"`{shown(name)}` needs text", name, help=advice)
        return None

    def choice(self, name: str, choices: Iterable[str]) -> str | None:
        """Return one of a few words."""
        value = self.text(name)
        choices = tuple(choices)
        if value is None or value in choices:
            return value
        advice = did_you_mean(value, choices) or "write " + " or ".join(f"`{each}`" for each in choices)
        self.complain("invalid-value", f"`{shown(value)}` is no `{name}`", name, help=advice)
        return None

    def whole(self, name: str, least: int) -> int | None:
        """Return a whole number that is not less than `least`."""
        value = self.raw(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        self.complain("invalid-value", f"`{name}` needs a whole number, {least} or more", name)
        return None

    def number(self, name: str, most: int) -> float | None:
        """Return a number between 0 and `most`."""
        value = self.raw(name)
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most:
            return value
        self.complain("invalid-value", f"`{name}` needs a number between 0 and {most}", name)
        return None
