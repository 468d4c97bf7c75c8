"""The Git side: a directory of rule files -> the rules that should be, or what is wrong with them; and the way back."""

from rulesync.source.dumping import Words, dump, words
from rulesync.source.loading import Sources, load, resolve
from rulesync.source.moving import NewFile, draw_up, paste

__all__ = ["NewFile", "Sources", "Words", "draw_up", "dump", "load", "paste", "resolve", "words"]
