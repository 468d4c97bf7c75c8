import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.render.lettering import fitted, width

TEXTS = st.text(st.characters(min_codepoint=32), max_size=60) | st.text("ab W ", max_size=60)


@given(TEXTS, st.floats(40, 300), st.integers(1, 3))
def test_fits(text: str, room: float, most: int) -> None:
    """What is fitted is as narrow as asked, on at most so many lines, and says when something is missing."""
    lines = fitted(text, 13, room, most)

    assert 1 <= len(lines) <= most
    assert all(width(line, 13) <= room for line in lines)
    assert lines[-1].endswith("…") or "".join(text.split(" ")) == "".join("".join(lines).split(" "))


@pytest.mark.parametrize(
    ("text", "lines", "expected"),
    [
        ("$50.00", 1, ("$50.00",)),
        ("20 % of the deposit", 2, ("20 % of the", "deposit")),
        ("20 % of the deposit, at most", 2, ("20 % of the", "deposit, at…")),
        ("a" * 100, 1, ("a" * 10 + "…",)),
        ("a" * 100, 2, ("a" * 12, "a" * 10 + "…")),
        ("", 1, ("",)),
    ],
)
def test_lines(text: str, lines: int, expected: tuple[str, ...]) -> None:
    """A line ends between two words where it can, and within a word where it must."""
    assert expected == fitted(text, 13, 100, lines)


def test_width() -> None:
    """Marks on letters take no room of their own; letters that are as wide as two take it."""
    assert width("e\u0301", 10) == width("e", 10)
    assert width("漢", 10) > width("é", 10) > width("i", 10)
