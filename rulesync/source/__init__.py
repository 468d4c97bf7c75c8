"""The Git side: a directory of rule files -> the rules that should be, or what is wrong with them; and the way back."""

from typing import Any

from rulesync.source.dumping import Words, dump, words
from rulesync.source.loading import Sources, load, resolve
from rulesync.source.moving import NewFile, draw_up, paste
from rulesync.source.pinning import with_pin

__all__ = [
    "NewFile",
    "Sources",
    "Words",
    "draw_up",
    "dump",
    "load",
    "paste",
    "resolve",
    "rule_schema",
    "with_pin",
    "words",
]


def rule_schema() -> dict[str, Any]:
    """Return the JSON Schema of a rule file; pydantic is imported for it, and not before."""
    from rulesync.source import ruleschema

    return ruleschema.rule_schema()
