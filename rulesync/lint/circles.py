"""Circles in a graph of ways from here to there: which ways lie on one, and the shortest that each of them closes.

No recursion, and work only inside of what hangs together, so that a thousand rules in a row are looked through at once.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

Way = tuple[str, str]


class Circles:
    """The circles that some ways make."""

    def __init__(self, ways: Iterable[Way]) -> None:
        self._onward: dict[str, list[str]] = {}
        for start, end in dict.fromkeys(ways):
            self._onward.setdefault(start, []).append(end)
            self._onward.setdefault(end, [])
        self._knot = _knots(self._onward)

    def through(self, way: Way) -> tuple[str, ...] | None:
        """Return a shortest circle that begins with this way, its first point again at its end; None without one."""
        start, end = way
        if self._knot[start] != self._knot[end]:
            return None
        before: dict[str, str] = {end: end}
        queue = deque([end])
        while start not in before:
            here = queue.popleft()
            for there in self._onward[here]:
                if there not in before and self._knot[there] == self._knot[start]:
                    before[there] = here
                    queue.append(there)
        back = [start]
        while back[-1] != end:
            back.append(before[back[-1]])
        return (start, *reversed(back))


def _knots(onward: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return, for each point, one that stands for all that can be reached from it and back (Kosaraju's way)."""
    backward: dict[str, list[str]] = {point: [] for point in onward}
    for start, ends in onward.items():
        for end in ends:
            backward[end].append(start)
    knots: dict[str, str] = {}
    for root in reversed(_left(onward)):
        queue = [] if root in knots else [root]
        while queue:
            point = queue.pop()
            if point not in knots:
                knots[point] = root
                queue += backward[point]
    return knots


def _left(onward: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the points in the order in which a walk in depth leaves them."""
    left: list[str] = []
    seen: set[str] = set()
    for root in onward:
        if root in seen:
            continue
        seen.add(root)
        walk = [(root, iter(onward[root]))]
        while walk:
            point, ends = walk[-1]
            step = next((end for end in ends if end not in seen), None)
            if step is None:
                left.append(point)
                walk.pop()
            else:
                seen.add(step)
                walk.append((step, iter(onward[step])))
    return left
