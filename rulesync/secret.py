"""A secret that somebody repeats: masked in a text, in every spelling that machines give it.

Law: masked are the secret as it is, percent-encoded, escaped for JSON, Python or HTML, and in base64 whatever stands
around it.
"""

import json
from base64 import b64encode
from functools import lru_cache
from html import escape
from urllib.parse import quote

MASK = "***"
_SHORTEST_PART = 8  # characters of base64; fewer could be part of anything


def mask(text: str, secret: str) -> str:
    """Return a text that does not hold the secret; an empty one is no secret."""
    for spelling in _spellings(secret) if secret else ():
        if spelling in text:
            text = text.replace(spelling, MASK)
    return text


@lru_cache(maxsize=4_096)
def _spellings(secret: str) -> tuple[str, ...]:
    """Return how the secret may stand in a text, the longest first, so that none leaves the rest of another."""
    odd = {character for character in secret if not character.isalnum()}
    percent = {character: f"%{ord(character):02x}" for character in secret}
    json_escape = {character: f"\\u{ord(character):04x}" for character in secret}
    found = {
        secret,
        quote(secret, safe="", errors="surrogatepass"),
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
        escape(secret),
    }
    for table in (percent, json_escape):
        for escaped in (odd, set(secret)):
            spelled = "".join(table[each] if each in escaped else each for each in secret)
            found |= {spelled, "".join(_upper(table[each]) if each in escaped else each for each in secret)}
    found |= {part for part in _base64_parts(secret) if len(part) >= _SHORTEST_PART}
    return tuple(sorted(found, key=len, reverse=True))


def _upper(spelled: str) -> str:
    """Return an escape with its digits in upper case; the letter that begins it stays."""
    return spelled[:2] + spelled[2:].upper() if spelled.startswith("\\") else spelled.upper()


def _base64_parts(secret: str) -> set[str]:
    """Return what base64 makes of the secret wherever it stands, less what depends on its neighbours."""
    parts = set()
    for before in range(3):
        raw = b"\0" * before + secret.encode("utf-8", "surrogatepass")
        encoded = b64encode(raw).decode()[-(-before * 8 // 6) : len(raw) * 8 // 6]
        parts |= {encoded, encoded.replace("+", "-").replace("/", "_")}
    return parts
