"""The hidden first line by which a comment or an issue of ours is found again, and what it remembers.

Law: a marker counts only as the first line of a text, so that quoting one makes none; who wrote the text is for the
caller to ask.
"""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote

_LINE = re.compile(r"<!-- rulesync:(?P<kind>[a-z]+) place=(?P<place>\S+)(?P<facts>(?: [a-z]+=[0-9a-f]{7,64})*) -->")


class Kind(StrEnum):
    """What a text of ours is about."""

    PLAN = "plan"
    APPLY = "apply"
    DRIFT = "drift"


@dataclass(frozen=True, slots=True)
class Marker:
    """Which text it is, of which place, and its facts: names of one word with commits or digests."""

    kind: Kind
    place: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def line(self) -> str:
        """Return it as a line of Markdown that nobody sees."""
        facts = "".join(f" {name}={value}" for name, value in sorted(self.facts.items()))
        return f"<!-- rulesync:{self.kind} place={self.place}{facts} -->"

    def is_of(self, other: "Marker | None") -> bool:
        """Tell whether both mark the same text, whatever it remembers."""
        return other is not None and (self.kind, self.place) == (other.kind, other.place)


def place_of(directory: str, workspace: str | None) -> str:
    """Return the name of a workspace of a repository: its directory, and its own name after a colon, escaped."""
    path = posixpath.normpath(directory or ".")
    return ":".join(quote(part, safe="/._").replace("--", "-%2D") for part in (path, workspace or ""))


def read(text: object) -> Marker | None:
    """Return the marker that a text begins with, None where it begins with none."""
    first = text.lstrip().partition("\n")[0].rstrip() if isinstance(text, str) else ""
    found = _LINE.fullmatch(first)
    if not found or found["kind"] not in set(Kind):
        return None
    facts = dict(fact.split("=", 1) for fact in found["facts"].split())
    return Marker(Kind(found["kind"]), found["place"], facts)
