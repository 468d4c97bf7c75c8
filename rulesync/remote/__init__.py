"""The API as a place: a Reader looks, a Writer may also create, replace and delete."""

from rulesync.remote.budget import Budget, shared_file
from rulesync.remote.logs import hide
from rulesync.remote.parallel import each
from rulesync.remote.place import Reader, Writer, client
from rulesync.remote.transport import LONGEST_ATTEMPT, Bounded, Whole
from rulesync.remote.webhook import post

__all__ = [
    "LONGEST_ATTEMPT",
    "Bounded",
    "Budget",
    "Reader",
    "Whole",
    "Writer",
    "client",
    "each",
    "hide",
    "post",
    "shared_file",
]
