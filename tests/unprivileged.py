"""A place and a person without privileges: root reads everything, so what must not be readable is read as nobody."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NOBODY = 65534


@contextmanager
def open_directory() -> Iterator[Path]:
    """Give out a directory that everybody may enter."""
    with tempfile.TemporaryDirectory() as made:
        directory = Path(made)
        directory.chmod(0o755)
        yield directory


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be nobody for a while, if we are root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
