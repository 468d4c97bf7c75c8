import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.github.marker import Kind, Marker, place_of, read

COMMIT, DIGEST = "c" * 40, "d" * 64
HEX = st.text("0123456789abcdef", min_size=7, max_size=64)


@given(
    kind=st.sampled_from(Kind),
    directory=st.text(max_size=30),
    workspace=st.none() | st.text(max_size=30),
    facts=st.dictionaries(st.sampled_from(["commit", "digest", "drift"]), HEX),
)
def test_a_marker_is_read_back(kind: Kind, directory: str, workspace: str | None, facts: dict[str, str]) -> None:
    """Whatever a directory and a workspace are called, a marker is one hidden line, and read back as it was."""
    marker = Marker(kind, place_of(directory.replace("\0", "") or ".", workspace), facts)
    line = marker.line()

    assert marker == read(f"{line}\nand more")
    assert "-->" not in line.removesuffix("-->")
    assert "\n" not in line


def test_places_differ() -> None:
    """A directory and a workspace name a place, however the directory is written, and no two share one."""
    named = [(".", None), ("money", None), (".", "money"), ("a:b", None), ("a", "b")]
    places = [place_of(directory, workspace) for directory, workspace in named]

    assert len(places) == len(set(places))
    assert place_of("money", None) == place_of("./money/", "")


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        "",
        "words",
        f"> <!-- rulesync:plan place=.: commit={COMMIT} -->",
        f"quoting\n<!-- rulesync:plan place=.: commit={COMMIT} -->",
        "<!-- rulesync:other place=.: -->",
        "<!-- rulesync:plan place=.: digest=NOTHEX7 -->",
        "<!-- rulesync:plan place=.: --> and more",
    ],
)
def test_what_is_no_marker(text: object) -> None:
    """A marker that is quoted, unknown, or anything but the first line is none."""
    assert None is read(text)


def test_of_the_same_text() -> None:
    """Two markers mark one text if kind and place are alike, whatever they remember."""
    one = Marker(Kind.PLAN, ".:", {"digest": DIGEST})

    assert one.is_of(Marker(Kind.PLAN, ".:", {"commit": COMMIT}))
    assert not one.is_of(Marker(Kind.APPLY, ".:", {"digest": DIGEST}))
    assert not one.is_of(Marker(Kind.PLAN, ".:firm", {"digest": DIGEST}))
    assert not one.is_of(None)
