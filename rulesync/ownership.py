"""Who owns a rule: the marker line in its description, and the digest that remembers what was last applied."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum

from rulesync.rule import Rule, Text

SCOPE_PATTERN = r"[A-Za-z0-9._-]+"
KEY_PATTERN = r"[a-z0-9._-]+(?:/[a-z0-9._-]+)*"
_MARKER = re.compile(
    rf"\[\s*rulesync\s*:\s*(?P<scope>{SCOPE_PATTERN})/(?P<key>{KEY_PATTERN})@(?P<digest>[0-9a-f]{{12}})\s*\]"
)
DIGEST_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Marker:
    """The line `[rulesync:<scope>/<key>@<digest>]`: this rule is the one that Git knows by that key.

    The digest is the one of the rule as it was last applied.
    """

    scope: str
    key: str
    digest: str

    def __str__(self) -> str:
        """Return the line exactly as it is written."""
        return f"[rulesync:{self.scope}/{self.key}@{self.digest}]"


def split(description: str | None) -> tuple[str | None, Marker | None]:
    """Return a description without its marker, and the marker.

    Read tolerantly, because the app may flatten or re-wrap lines and a person may write below it: the last marker
    counts, wherever it stands.
    """
    found = list(_MARKER.finditer(description or ""))
    if description is None or not found:
        return description, None
    last = found[-1]
    rest = (description[: last.start()].rstrip() + "\n" + description[last.end() :].lstrip()).strip()
    return rest or None, Marker(last["scope"], last["key"], last["digest"])


def join(description: str | None, marker: Marker) -> str:
    """Return a description whose last line is the marker."""
    return f"{description}\n{marker}" if description else str(marker)


def holds_marker(text: str) -> bool:
    """Tell whether a text has a marker in it, which no text from Git may."""
    return _MARKER.search(text) is not None


def digest(rule: Rule) -> str:
    """Return 12 hexadecimal characters that tell rules apart: the version of this recipe, then 11 of a SHA-256.

    The status is not part of it: a person who enables a rule changes nothing that Git wrote.
    """
    content = [rule.nickname, _folded(rule.description), _plain(rule.trigger), _plain(rule.steps)]
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=True)
    return DIGEST_VERSION + hashlib.sha256(text.encode()).hexdigest()[:11]


def _folded(text: Text | None) -> str | None:
    return text.folded if text else None


def _plain(value: object) -> object:
    """Return a value of the rule model as JSON: a record is its name and its fields that are not at their default."""
    match value:
        case Enum():
            return value.name
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.astimezone(UTC).isoformat()
        case tuple():
            return [_plain(item) for item in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return [type(value).__name__, dict(_set_fields(value))]
        case _:
            return value


def _set_fields(record: object) -> Iterator[tuple[str, object]]:
    """Yield the fields that say something, so that a field added to the model later leaves old digests as they are."""
    for entry in fields(record):  # type: ignore[arg-type]  # only called with dataclass instances
        value = getattr(record, entry.name)
        if value != entry.default:
            yield entry.name, _plain(value)
