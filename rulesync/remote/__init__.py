"""The API as a place: a Reader looks, a Writer may also create, replace and delete."""

from rulesync.remote.parallel import each
from rulesync.remote.place import Reader, Writer, client
from rulesync.remote.webhook import post

__all__ = ["Reader", "Writer", "client", "each", "post"]
