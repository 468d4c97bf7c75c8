"""Commands run as whole processes in rotation, A B A B …, so that a machine that gets slower slows all of them."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Peer:
    """A command, the directory that it runs in, what its environment has besides, and what is done before each run."""

    command: Sequence[str]
    where: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], None] = lambda: None


_WAITING = (
    "import os, sys; pid = os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:]); print(os.wait4(pid, 0)[2].ru_maxrss)"
)
"""A small program that starts another: what a process had at most counts what its parent had when it was born."""


def rotated(peers: Mapping[str, Peer], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each command, one figure a round; a first round is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in peers}
    for turn in range(rounds + 1):
        for name, peer in peers.items():
            peer.before()
            took = once(peer)
            if turn:
                seconds[name].append(took)
    return seconds


def once(peer: Peer) -> float:
    """Run a command once, and return its seconds from start to end.

    Raises:
        CalledProcessError: it ended with another code than 0.
    """
    begin = time.perf_counter()
    subprocess.run(
        peer.command,
        cwd=peer.where,
        env={**os.environ, **peer.environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - begin


def megabytes(peer: Peer) -> float:
    """Return the most memory that a command had, in MB."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", _WAITING, *peer.command],
        cwd=peer.where,
        env={**os.environ, **peer.environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1]) / 1024


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float, float]:
    """Return the least, the median and the greatest of the ratios, taken round by round."""
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    return min(ratios), statistics.median(ratios), max(ratios)
