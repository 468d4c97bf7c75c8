from hypothesis import given
from hypothesis import strategies as st

from rulesync.render.compared import Piece, compared

SENTENCES = st.text(st.sampled_from("ab  .%15\n"), max_size=40) | st.text(max_size=40)


@given(SENTENCES, SENTENCES)
def test_nothing_is_lost(before: str, after: str) -> None:
    """The pieces of each side are that side, and what is the same is the same on both."""
    old, new = compared(before, after)

    assert (before, after) == ("".join(piece.text for piece in old), "".join(piece.text for piece in new))
    assert _shared(old) == _shared(new)


def _shared(pieces: tuple[Piece, ...]) -> list[str]:
    return "".join(piece.text for piece in pieces if piece.same).split()


@given(SENTENCES)
def test_equal_sentences(text: str) -> None:
    """A sentence that stays is the same in all its pieces."""
    assert all(piece.same for side in compared(text, text) for piece in side)


def test_a_percentage() -> None:
    """A number and its % change as one, and the space before them is not part of the change."""
    assert (
        (Piece("send"), Piece(" "), Piece("15 %", same=False), Piece(" of it")),
        (Piece("send"), Piece(" "), Piece("20 %", same=False), Piece(" of it")),
    ) == compared("send 15 % of it", "send 20 % of it")


def test_very_long_sentences() -> None:
    """Sentences too long to be compared in time are shown as they are."""
    before, after = "a " * 3000, "b " * 3000

    assert ((Piece(before),), (Piece(after),)) == compared(before, after)
