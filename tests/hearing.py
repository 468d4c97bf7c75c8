"""Processes that hear ^C, however the tests were started: what a shell starts in the background would ignore it.

Whatever is ignored is ignored by the processes that are started then, too, and a program that finds it so leaves it so.
"""

import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any


@contextmanager
def hearing() -> Iterator[None]:
    """Let processes that are started meanwhile hear ^C, as at a terminal of one's own."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def started(words: Sequence[str], **options: Any) -> "subprocess.Popen[str]":  # noqa: ANN401  # Popen's own
    """Return a process that hears ^C, and whose streams are text."""
    with hearing():
        return subprocess.Popen(words, text=True, **options)
