from hypothesis import given
from hypothesis import strategies as st

from rulesync.document import Text
from rulesync.template.trail import Chunk, Marked, Trail, bare, indented

SOURCE = Text("rules/a.yaml", "one\ntwo {{ x }}\nthree\n")


def test_a_text_knows_where_it_came_from() -> None:
    """A place in what was written is the place in the template, character by character or as a whole tag."""
    trail = Trail()
    copied = trail.mark(Chunk(SOURCE, 4, 8, verbatim=True))
    written = trail.mark(Chunk(SOURCE, 8, 15, verbatim=False))
    text = trail.followed(f"{copied}two {written}a long value", "rules/a.yaml")

    assert "two a long value" == text.content
    assert [("2:2", 1), ("2:5", 7), ("2:1", 11)] == [
        (f"{place.line}:{place.column}", place.width)
        for place in (text.location(1, 2), text.location(6, 9), text.location(0, 16))
    ]


def test_a_macro_text_has_two_faces() -> None:
    """What a macro wrote reads as plain text, and is written with its marks."""
    marked = Trail().mark(Chunk(SOURCE, 0, 3, verbatim=True)) + "one"
    text = Marked.of(marked)
    assert ("one", marked, "one") == (text, text.marked, bare(marked))


def test_what_a_macro_wrote_knows_what_used_it() -> None:
    """A place in another file knows the tag that used it, or the end of the text after which it was called."""
    trail, macro = Trail(), Text("rules/_m.yaml", "amount: x\n")
    inside = trail.mark(Chunk(macro, 0, 9, verbatim=True)) + "amount: x"
    own = trail.mark(Chunk(SOURCE, 0, 3, verbatim=True, shared=True)) + "one"
    tag, plain = trail.mark(Chunk(SOURCE, 8, 15, verbatim=False)), trail.mark(Chunk(SOURCE, 0, 8, verbatim=True))
    places = [
        trail.followed(marked, "rules/a.yaml").location(at, at + 1)
        for marked, at in (
            (tag + inside, 8),
            (plain + "one\ntwo " + inside, 16),
            (inside, 8),
            (tag + "one", 1),
            (tag + own, 1),
        )
    ]

    assert [
        ("rules/_m.yaml:1:9", "rules/a.yaml:2:5"),
        ("rules/_m.yaml:1:9", "rules/a.yaml:2:5"),
        ("rules/_m.yaml:1:9", None),
        ("rules/a.yaml:2:5", None),
        ("rules/a.yaml:1:2", "rules/a.yaml:2:5"),
    ] == [(str(place), place.used) for place in places]


@given(st.lists(st.text("ab\n", min_size=1, max_size=6), max_size=5), st.integers(0, 4))
def test_indenting_moves_text_and_keeps_places(pieces: list[str], width: int) -> None:
    """An indented text is the text with a margin, and each of its characters still knows its own place."""
    trail, whole = Trail(), Text("m.yaml", "".join(pieces))
    marked, at = "", 0
    for piece in pieces:
        marked += trail.mark(Chunk(whole, at, at + len(piece), verbatim=True)) + piece
        at += len(piece)
    moved = trail.followed(indented(marked, " " * width), "a.yaml")

    assert whole.content.replace("\n", "\n" + " " * width) == moved.content
    letters = [offset for offset, letter in enumerate(moved.content) if letter in "ab"]
    came = [offset for offset, letter in enumerate(whole.content) if letter in "ab"]
    assert [whole.location(offset, offset + 1) for offset in came] == [
        moved.location(offset, offset + 1) for offset in letters
    ]
