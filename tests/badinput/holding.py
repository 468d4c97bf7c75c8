"""How a law is held: by an error of its own, in bounded time, and by what may be said to a person."""

import json
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

from rulesync.errors import RulesyncError
from rulesync.findings import Finding
from rulesync.render import json as render_json
from rulesync.render import terminal

SECONDS = 10.0
MOST_FINDINGS = 101
_LONGEST_MESSAGE = 4000


class BrokenLawError(AssertionError):
    """A law does not hold for an input."""


def hold(law: str, *, when: object) -> None:
    """Raise unless the law holds."""
    if not when:
        raise BrokenLawError(law)


@contextmanager
def in_time(seconds: float = SECONDS) -> Iterator[None]:
    """Break off what takes longer, wherever Python can be broken off."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise BrokenLawError(f"it ends within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)  # and again, where somebody took it for a failure of his own
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def is_a_sentence(said: RulesyncError | Finding) -> None:
    """Hold that what is said is one line of bounded length, which a terminal and JSON can carry."""
    words = f"{said.message} {said.help or ''}"
    hold("a message is one line", when=len(words.splitlines()) == 1)
    hold("a message is short", when=len(words) < _LONGEST_MESSAGE)
    hold("a message can be printed", when=words.encode())
    hold("a message shows nothing of Python", when="Traceback" not in words and " object at 0x" not in words)


def are_findings(found: Iterable[Finding], files: int = 1) -> None:
    """Hold that findings are bounded in number for each file, have a place, and can be shown in each format."""
    found = tuple(found)
    hold("no more than a hundred findings, and the one that says so", when=len(found) <= 2 * files * MOST_FINDINGS)
    for finding in found:
        is_a_sentence(finding)
        hold("a finding has a place", when=finding.location is not None)
    terminal.findings(found, color=True).encode()
    json.loads(render_json.findings(found))
