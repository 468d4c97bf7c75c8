"""Directories and files for nobody but their user: made so, made so again, and refused where they are another's."""

import contextlib
import errno
import os
import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path

PLAIN = sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
"""How any file is opened: not by a link, without waiting for anybody, for this process alone."""

APPEND = os.O_RDWR | os.O_APPEND
"""How a file is opened to which lines are added, each in one piece."""

_OTHERS = 0o077
_DAY = 86_400.0  # seconds
_HAS_OWNERS = os.name == "posix"


def directory(root: Path, name: str) -> Path:
    """Return a directory in `root`, both of which are made where they are not there; Git passes over a new root.

    Raises:
        OSError: it cannot be made, or is no directory.
    """
    if not root.is_dir():
        root.parent.mkdir(parents=True, exist_ok=True)
        root.mkdir(0o700, exist_ok=True)
        (root / ".gitignore").write_text("*\n", encoding="ascii")
    inner = root / name
    inner.mkdir(0o700, exist_ok=True)
    told = inner.lstat()
    if not stat.S_ISDIR(told.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, "not a directory")
    if _HAS_OWNERS and stat.S_IMODE(told.st_mode) & _OTHERS:
        inner.chmod(0o700)
    return inner


def opened(file: Path, how: int) -> int:
    """Return a file opened for writing, made where it is not there.

    Raises:
        OSError: it cannot be opened, is no plain file, or is another user's.
    """
    stream = os.open(file, how | os.O_CREAT | PLAIN, 0o600)
    try:
        _check(stream)
    except BaseException:
        os.close(stream)
        raise
    return stream


def put(file: Path, content: bytes) -> int:
    """Put a file with this content in the place of another, all at once, and return it opened for adding.

    Raises:
        OSError: it cannot be written; the other one is still there.
    """
    fresh = file.with_suffix(f".{os.getpid()}{time.time_ns()}.new")
    stream = opened(fresh, APPEND | os.O_EXCL)
    try:
        write(stream, content)
        os.replace(fresh, file)  # noqa: PTH105  # beside `fresh`, which is gone then
    except BaseException:
        os.close(stream)
        fresh.unlink(missing_ok=True)
        raise
    return stream


def write(stream: int, content: bytes) -> None:
    """Write all of it."""
    view = memoryview(content)
    while view:
        view = view[os.write(stream, view) :]


def content(file: Path, most: int, *, sealed: bool = False) -> bytes:
    """Return what a file holds, nothing of one that holds so many bytes or more.

    What is `sealed` proves by itself who wrote it, so that it may be another user's.

    Raises:
        OSError: it cannot be read, is no plain file, or is another user's.
    """
    stream = os.open(file, os.O_RDONLY | PLAIN)
    try:
        told = _check(stream, foreign=sealed)
        _use(stream, told)
        size = told.st_size
        return b"".join(_pieces(stream, size)) if size < most else b""
    finally:
        os.close(stream)


def _use(stream: int, told: os.stat_result) -> None:
    """Let a file that is read count as used, however long ago somebody wrote to it; once a day is enough."""
    if time.time() - told.st_mtime > _DAY and os.utime in os.supports_fd:
        with contextlib.suppress(OSError):
            os.utime(stream)


def _pieces(stream: int, size: int) -> Iterator[bytes]:
    """Yield what stands in a file now; what somebody adds meanwhile is not waited for."""
    while size > 0 and (piece := os.read(stream, size)):
        size -= len(piece)
        yield piece


def _check(stream: int, *, foreign: bool = False) -> os.stat_result:
    """Return what is told of a file, closed to others if it is ours; one of another user may only be `foreign`."""
    told = os.fstat(stream)
    if not stat.S_ISREG(told.st_mode):
        raise OSError(errno.EINVAL, "not a plain file")
    is_ours = not _HAS_OWNERS or told.st_uid == os.geteuid()
    if not is_ours and not foreign:
        raise PermissionError(errno.EPERM, "a file of another user")
    if _HAS_OWNERS and is_ours and stat.S_IMODE(told.st_mode) & _OTHERS:
        os.fchmod(stream, 0o600)
    return told


def remove_unused(inner: Path, name: re.Pattern[str], seconds: float) -> None:
    """Take away the files of a directory that have such a name and that nobody used for so long."""
    with contextlib.suppress(OSError):
        for file in inner.iterdir():
            if name.fullmatch(file.name):
                told = file.lstat()
                if stat.S_ISREG(told.st_mode) and time.time() - told.st_mtime > seconds:
                    file.unlink()
