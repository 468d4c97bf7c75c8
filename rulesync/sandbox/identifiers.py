"""Identifiers and instants as the API writes them: type-prefixed ULID-like ids, and UTC to the second with a `Z`."""

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TIME_CHARACTERS = 10
_ENTROPY_BYTES = 10


def identifier(prefix: str, at: datetime, entropy: bytes) -> str:
    """An id like `rule_01K5Q3ZJ8R7XTB0N4W9S2M6VHC`: its first ten characters order it by time.

    The rest is a digest of `entropy`, so one state and one clock give the same ids again.
    """
    milliseconds = int(at.timestamp() * 1000)
    digest = int.from_bytes(hashlib.sha256(entropy).digest()[:_ENTROPY_BYTES], "big")
    return f"{prefix}_{_base32(milliseconds, _TIME_CHARACTERS)}{_base32(digest, _ENTROPY_BYTES * 8 // 5)}"


def _base32(number: int, length: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def stamp(at: datetime) -> str:
    """The instant as the API writes it, e.g. `2026-10-05T09:00:00Z`; fractions of a second are dropped."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def http_date(at: datetime) -> str:
    """The instant as the headers `Date` and `Retry-After` spell it."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def instant(text: str) -> datetime:
    """The instant that an ISO 8601 date and time with its offset names; raises ValueError for anything else.

    The reference knows of no zone but UTC, and the live API is strict about a missing offset, so the sandbox is too.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("no offset from UTC")
    return at.astimezone(UTC)
