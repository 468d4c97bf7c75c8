"""The text of a file, read whole: of a regular file alone, and within bounds."""

import errno
import os
import stat
from pathlib import Path

from rulesync.document import plaintext
from rulesync.document.marks import Text
from rulesync.findings import Finding, Location, error

_NO_FILE = errno.ENOTSUP


def load_text(path: Path, file: str) -> Text | Finding:
    """Return the text of a file, or why it cannot be read; `file` is its name in findings."""
    try:
        return plaintext.decode(content(path, plaintext.MAX_BYTES + 1), file)
    except OSError as problem:
        reason = (problem.strerror or "unknown reason").lower()
        what = "is not a regular file" if problem.errno == _NO_FILE else f"cannot be read: {reason}"
        return error("unreadable-file", f"`{file}` {what}", location=Location(file))


def content(path: Path, most: int) -> bytes:
    """Return the first bytes of a regular file; a pipe, a device or a directory is refused without being opened.

    Raises:
        OSError: it is none, or cannot be read.
    """
    _check_regular(path.stat())
    stream = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # what is a pipe by now is not waited for
    try:
        _check_regular(os.fstat(stream))
        read = bytearray()
        while piece := os.read(stream, most - len(read)):
            read += piece
        return bytes(read)
    finally:
        os.close(stream)


def _check_regular(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OSError(_NO_FILE, "not a regular file")
