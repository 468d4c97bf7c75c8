"""The Git side: a directory of rule files -> the rules that should be, or what is wrong with them; and the way back."""

from typing import TYPE_CHECKING

from rulesync.lazily import door
from rulesync.source.loading import Sources, idle_ids, load
from rulesync.source.resolving import resolve

if TYPE_CHECKING:
    from rulesync.source.accepting import accepted as accepted
    from rulesync.source.accepting import index_of as index_of
    from rulesync.source.draft import Draft as Draft
    from rulesync.source.dumping import Words as Words
    from rulesync.source.dumping import dump as dump
    from rulesync.source.dumping import words as words
    from rulesync.source.moving import NewFile as NewFile
    from rulesync.source.moving import draw_up as draw_up
    from rulesync.source.moving import paste as paste
    from rulesync.source.pinning import with_pin as with_pin
    from rulesync.source.ruleschema import rule_schema as rule_schema
    from rulesync.source.trial import refusal as refusal

__all__ = ["Sources", "idle_ids", "load", "resolve"]

_PARTS = {
    "accepting": ("accepted", "index_of"),
    "draft": ("Draft",),
    "dumping": ("Words", "dump", "words"),
    "moving": ("NewFile", "draw_up", "paste"),
    "pinning": ("with_pin",),
    "ruleschema": ("rule_schema",),
    "trial": ("refusal",),
}
__getattr__ = door(__name__, {name: part for part, names in _PARTS.items() for name in names})
