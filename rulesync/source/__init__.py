"""The Git side: a directory of rule files -> the rules that should be, or everything that is wrong with them."""

from rulesync.source.loading import Sources, load, resolve
from rulesync.source.pinning import with_pin

__all__ = ["Sources", "load", "resolve", "with_pin"]
