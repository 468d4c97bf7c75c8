from hypothesis import given
from hypothesis import strategies as st

from rulesync.findings import error, warning
from rulesync.render.view import counted, name, plural, sentence, shortened


def test_counts() -> None:
    """Counts agree with their nouns, and what is not there is not counted."""
    assert [plural(number, "rule") for number in (0, 1, 2)] == ["0 rules", "1 rule", "2 rules"]
    assert counted([error("a", "b"), warning("c", "d"), error("e", "f")]) == "2 errors, 1 warning"
    assert counted([]) == ""


@given(st.text(min_size=61))
def test_long_names_are_cut_in_the_middle(text: str) -> None:
    """A long name keeps its beginning and its end."""
    shown = shortened(text)
    head, tail = shown[:39], shown[40:]
    assert (len(shown), shown[39]) == (60, "…")
    assert text.startswith(head)
    assert text.endswith(tail)


def test_names() -> None:
    """A rule is called by its key and, where it has one, its nickname."""
    assert [name("auto-save", nickname) for nickname in ("Save", None, "")] == [
        'auto-save "Save"',
        "auto-save",
        "auto-save",
    ]


def test_sentence() -> None:
    """A sentence has a capital letter and one full stop."""
    assert [sentence(text) for text in ("it is", "it is.", "")] == ["It is.", "It is.", "."]
