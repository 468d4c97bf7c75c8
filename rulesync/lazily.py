"""Doors of rooms whose parts are dear to import: a part is imported when one of its names is first asked for."""

from collections.abc import Callable, Mapping
from importlib import import_module


def door(room: str, names: Mapping[str, str]) -> Callable[[str], object]:
    """Return the `__getattr__` of a room; `names` has the part that each name stands in, itself for a part as such.

    Raises, when called:
        AttributeError: no part has this name.
    """

    def get(name: str) -> object:
        part = names.get(name)
        if part is None:
            raise AttributeError(f"module `{room}` has no `{name}`")
        module = import_module(f"{room}.{part}")
        return module if part == name else getattr(module, name)

    return get
