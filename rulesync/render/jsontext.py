"""JSON as text that a terminal and a CI runner only show."""

import json
import re

from rulesync.render import screen

# What JSON may hold as it is and a terminal or a CI runner may not: C1 controls, invisible characters, bidirectional
# overrides, separators, half characters, and what begins a command in the middle of a line.
_HARMFUL = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    f"\U000e0000-\U000e0fff]|{screen.ANYWHERE.pattern}"
)


def text(value: object) -> str:
    """Return a value as indented JSON, with a newline at the end."""
    return _HARMFUL.sub(_spelled, json.dumps(value, indent=2, ensure_ascii=False)) + "\n"


def _spelled(match: re.Match[str]) -> str:
    """Return a character as JSON may spell it by number, in two halves beyond the first 65536."""
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
