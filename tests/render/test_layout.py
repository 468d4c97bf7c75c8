from hypothesis import given
from hypothesis import strategies as st

from rulesync.render.layout import WIDTH, Box, Layout, Shape, Way, layout


@st.composite
def pictures(draw: st.DrawFn) -> tuple[list[Shape], list[Way]]:
    """Any boxes and ways, circles and ways from a box to itself among them."""
    shapes = [Shape(f"box-{place}", draw(st.integers(20, 60))) for place in range(draw(st.integers(1, 14)))]
    ids = st.sampled_from([shape.id for shape in shapes])
    return shapes, draw(st.lists(st.builds(Way, ids, ids, st.integers(16, 60)), max_size=25))


def boxes(found: Layout) -> dict[str, Box]:
    return {box.id: box for box in found.boxes}


@given(pictures())
def test_nothing_overlaps(given_: tuple[list[Shape], list[Way]]) -> None:
    """No two boxes overlap or touch, whatever leads where."""
    found = layout(*given_).boxes

    assert [
        (one.id, other.id)
        for place, one in enumerate(found)
        for other in found[:place]
        if abs(one.x - other.x) < WIDTH and one.y < other.y + other.height and other.y < one.y + one.height
    ] == []


@given(pictures())
def test_everything_is_inside(given_: tuple[list[Shape], list[Way]]) -> None:
    """Every box lies within the picture, and so does every point that bends a curve, and with it the curve."""
    found = layout(*given_)

    assert all(0 <= box.x and box.x + WIDTH <= found.width for box in found.boxes)
    assert all(0 <= box.y and box.y + box.height <= found.height for box in found.boxes)
    assert all(0 <= x <= found.width and 0 <= y <= found.height for curve in found.curves for x, y in curve.points)


@given(pictures())
def test_rows(given_: tuple[list[Shape], list[Way]]) -> None:
    """A box has room for its title and for a row of its own for each way that arrives, and nothing more."""
    shapes, ways = given_
    found = layout(shapes, ways)

    for shape in shapes:
        box = boxes(found)[shape.id]
        rows = sorted(
            (curve.row, way.row) for curve, way in zip(found.curves, ways, strict=True) if way.destination == shape.id
        )
        tops = [box.y + shape.head]
        for _, height in rows:
            tops.append(tops[-1] + height)
        assert tops == [*(top for top, _ in rows), box.y + box.height]


@given(pictures())
def test_ends(given_: tuple[list[Shape], list[Way]]) -> None:
    """A curve leaves its source at the right side, and arrives at the left side of its destination, in its row."""
    shapes, ways = given_
    found = layout(shapes, ways)

    for way, curve in zip(ways, found.curves, strict=True):
        source, destination = boxes(found)[way.source], boxes(found)[way.destination]
        (start_x, start_y), (end_x, end_y) = curve.points[0], curve.points[-1]
        assert (source.x + WIDTH, destination.x) == (start_x, end_x)
        assert source.y <= start_y <= source.y + source.height
        assert curve.row <= end_y <= curve.row + way.row
        assert 1 == len(curve.points) % 3


@given(pictures())
def test_the_same_again(given_: tuple[list[Shape], list[Way]]) -> None:
    """The same boxes and ways are always drawn in the same places."""
    assert layout(*given_) == layout(*given_)


def test_columns() -> None:
    """Money flows from left to right: a box stands right of all that leads to it, and no further left than it may."""
    shapes = [Shape(name, 40) for name in ("late", "pay", "bills", "savings", "brokerage")]
    ways = [
        Way("pay", "bills", 30),
        Way("pay", "savings", 30),
        Way("savings", "brokerage", 30),
        Way("late", "brokerage", 30),
    ]
    placed = boxes(layout(shapes, ways))

    assert placed["pay"].x < placed["bills"].x == placed["savings"].x == placed["late"].x < placed["brokerage"].x


def test_a_circle() -> None:
    """Of a circle, one way goes back: from the right, underneath or above, to the left."""
    shapes = [Shape("a", 40), Shape("b", 40), Shape("c", 40)]
    found = layout(shapes, [Way("a", "b", 30), Way("b", "c", 30), Way("c", "a", 30)])
    there, onward, back = found.curves

    assert [4, 4] == [len(there.points), len(onward.points)]
    assert max(x for x, _ in back.points) > boxes(found)["c"].x + WIDTH
    assert min(x for x, _ in back.points) < boxes(found)["a"].x


def test_a_long_way() -> None:
    """A way that passes a column has a lane of its own there, so that it crosses no box."""
    shapes = [Shape("a", 40), Shape("b", 40), Shape("c", 40)]
    found = layout(shapes, [Way("a", "b", 30), Way("b", "c", 30), Way("a", "c", 30)])
    box, lane = boxes(found)["b"], found.curves[2].points

    assert (box.x, box.x + WIDTH) == (lane[3][0], lane[6][0])
    assert lane[3][1] == lane[6][1]
    assert not box.y <= lane[3][1] <= box.y + box.height


def test_nothing() -> None:
    """Nothing to draw is an empty picture."""
    assert ((), ()) == (layout([], []).boxes, layout([], []).curves)
