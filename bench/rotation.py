"""Commands timed as whole processes in rotation, A B A B …, so that a machine that gets slower slows all of them."""

import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Peer:
    """A command, and the directory that it runs in."""

    command: Sequence[str]
    where: Path


def timed(peers: Mapping[str, Peer], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each command, one a round; a first round is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in peers}
    for turn in range(rounds + 1):
        for name, peer in peers.items():
            begin = time.perf_counter()
            subprocess.run(peer.command, cwd=peer.where, check=True, capture_output=True)
            if turn:
                seconds[name].append(time.perf_counter() - begin)
    return seconds


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float, float]:
    """Return the least, the median and the greatest of the ratios, taken round by round."""
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    return min(ratios), statistics.median(ratios), max(ratios)
