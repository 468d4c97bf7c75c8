"""Commands run as whole processes in rotation, A B A B …, so that a machine that gets slower slows all of them."""

import os
import statistics
import subprocess
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
    codes: frozenset[int] = frozenset({0})


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took: seconds from start to end, and the most memory that it had, in MB."""

    seconds: float
    megabytes: float


def rotated(peers: Mapping[str, Peer], rounds: int) -> dict[str, list[Run]]:
    """Return the runs of each command, one a round; a first round is not counted."""
    runs: dict[str, list[Run]] = {name: [] for name in peers}
    for turn in range(rounds + 1):
        for name, peer in peers.items():
            peer.before()
            run = once(peer)
            if turn:
                runs[name].append(run)
    return runs


def once(peer: Peer) -> Run:
    """Run a command once.

    Raises:
        RuntimeError: it ended with a code that it should not end with.
    """
    begin = time.perf_counter()
    process = subprocess.Popen(
        peer.command,
        cwd=peer.where,
        env={**os.environ, **peer.environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in peer.codes:
        raise RuntimeError(f"ended with {process.returncode}: {' '.join(peer.command)}")
    return Run(seconds, used.ru_maxrss / 1024)


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float, float]:
    """Return the least, the median and the greatest of the ratios, taken round by round."""
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    return min(ratios), statistics.median(ratios), max(ratios)
