"""The API as a place: a Reader looks, a Writer may also create, replace and delete."""

from typing import TYPE_CHECKING

from rulesync.lazily import door
from rulesync.remote.parallel import each

if TYPE_CHECKING:
    from rulesync.remote.budget import Budget as Budget
    from rulesync.remote.budget import shared_file as shared_file
    from rulesync.remote.connections import Connections as Connections
    from rulesync.remote.logs import hide as hide
    from rulesync.remote.place import Reader as Reader
    from rulesync.remote.place import Writer as Writer
    from rulesync.remote.sending import Client as Client
    from rulesync.remote.sending import client as client
    from rulesync.remote.transport import LONGEST_ATTEMPT as LONGEST_ATTEMPT
    from rulesync.remote.transport import Bounded as Bounded
    from rulesync.remote.transport import Whole as Whole
    from rulesync.remote.webhook import post as post

__all__ = ["each"]

_PARTS = {
    "budget": ("Budget", "shared_file"),
    "logs": ("hide",),
    "connections": ("Connections",),
    "place": ("Reader", "Writer"),
    "sending": ("Client", "client"),
    "transport": ("LONGEST_ATTEMPT", "Bounded", "Whole"),
    "webhook": ("post",),
}
__getattr__ = door(__name__, {name: part for part, names in _PARTS.items() for name in names})
