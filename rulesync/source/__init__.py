"""The Git side: a directory of rule files -> the rules that should be, or what is wrong with them; and the way back."""

from typing import TYPE_CHECKING, Any

from rulesync.source.accepting import accepted, index_of
from rulesync.source.dumping import Words, dump, words
from rulesync.source.loading import Sources, idle_ids, load, resolve
from rulesync.source.moving import NewFile, draw_up, paste
from rulesync.source.pinning import with_pin
from rulesync.source.trial import refusal

if TYPE_CHECKING:  # pydantic is dear to import
    from rulesync.source.drafts import Draft as Draft

__all__ = [
    "NewFile",
    "Sources",
    "Words",
    "accepted",
    "draw_up",
    "dump",
    "idle_ids",
    "index_of",
    "load",
    "paste",
    "refusal",
    "resolve",
    "rule_schema",
    "with_pin",
    "words",
]


def rule_schema() -> dict[str, Any]:
    """Return the JSON Schema of a rule file; pydantic is imported for it, and not before."""
    from rulesync.source import ruleschema

    return ruleschema.rule_schema()
