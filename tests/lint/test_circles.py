from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rulesync.lint.circles import Circles, Way

MANY = 20_000


def ways() -> st.SearchStrategy[list[Way]]:
    points = st.sampled_from("abcdef")
    return st.lists(st.tuples(points, points), max_size=15)


def steps_back(found: list[Way], way: Way) -> int | None:
    """The number of ways from the end of one back to its start, by trying every length."""
    here = {way[1]}
    for steps in range(len(found) + 1):
        if way[0] in here:
            return steps
        here = {end for start, end in found if start in here}
    return None


@given(ways())
def test_a_circle_is_found_where_there_is_one_and_is_as_short_as_can_be(found: list[Way]) -> None:
    """A way has a circle exactly if one can come back to its start; it is made of the ways, and none is shorter."""
    circles = Circles(found)
    for way in found:
        points, steps = circles.through(way), steps_back(found, way)
        assert (steps is None) == (points is None)
        if points is not None and steps is not None:
            assert (way, way[0], steps + 1) == (points[:2], points[-1], len(points) - 1)
            assert set(pairwise(points)) <= set(found)


def test_a_long_row_is_no_trouble() -> None:
    """Neither a row of many thousands of ways nor the circle that its last one closes is too deep."""
    row = [(str(n), str(n + 1)) for n in range(MANY)]

    assert Circles(row).through(row[0]) is None
    closed = Circles([*row, (str(MANY), "0")]).through(row[0])
    assert MANY + 2 == len(closed or ())
