"""Many schedules, spread over the cores: what was seen of all of them, and a way to see each violation again."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context

from tests.sweep.judge import Verdict, judge
from tests.sweep.play import play
from tests.sweep.schedule import draw

_AT_ONCE = 20  # schedules that a worker is given at a time


@dataclass
class Total:
    """What came of many schedules: counts by what was counted, and the violations by the number of their schedule."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: dict[int, list[str]] = field(default_factory=dict)
    seconds: float = 0.0


def tried(number: int) -> Verdict:
    """Return the verdict on one schedule; whatever it raises is wrong as well."""
    try:
        return judge(play(draw(number)))
    except Exception as problem:  # noqa: BLE001  # a bug is what a sweep is for
        return Verdict([f"bug: {type(problem).__name__}: {problem}"])


def sweep(seed: int, schedules: int, workers: int, *, to_the_first: bool = False) -> Total:
    """Play the schedules `seed`, `seed + 1` and so on, and judge each."""
    return gather(tried, range(seed, seed + schedules), workers, to_the_first=to_the_first)


def gather(
    attempt: Callable[[int], Verdict], numbers: Sequence[int], workers: int, *, to_the_first: bool = False
) -> Total:
    """Return the total of one attempt for each number; to the first violation, if that is asked."""
    total, begun = Total(), time.monotonic()
    at_once = 1 if to_the_first else _AT_ONCE
    parts = [numbers[start : start + at_once] for start in range(0, len(numbers), at_once)]
    for part in _done(attempt, parts, workers):
        for number, verdict in part:
            total.counts += verdict.counts
            if verdict.wrong:
                total.wrong[number] = verdict.wrong
        if total.wrong and to_the_first:
            break
    total.seconds = time.monotonic() - begun
    return total


def _done(
    attempt: Callable[[int], Verdict], parts: Sequence[Sequence[int]], workers: int
) -> Iterator[list[tuple[int, Verdict]]]:
    each = partial(_part, attempt)
    if workers == 1:
        yield from map(each, parts)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(each, parts)


def _part(attempt: Callable[[int], Verdict], numbers: Sequence[int]) -> list[tuple[int, Verdict]]:
    return [(number, attempt(number)) for number in numbers]


def any_seed() -> int:
    """Return a seed by chance, far from those of other sweeps."""
    return random.SystemRandom().randrange(10**9) * 10**6
