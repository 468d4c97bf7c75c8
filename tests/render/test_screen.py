import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.render.screen import Page, columns, flat, safe


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Rainy Day ☂ 🏠 貯金 höher", "Rainy Day ☂ 🏠 貯金 höher"),
        ("a\nb\tc\x1b[31m", "a\\nb\\tc\\x1b[31m"),
        ("\u202egnp\u2066", "\\u202egnp\\u2066"),
        ("\x9b31m\ud800", "\\x9b31m\\ud800"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("a\u200db", "a\\u200db"),
        ("", ""),
    ],
)
def test_safe(text: str, shown: str) -> None:
    """What a terminal would obey or hide is spelled out; letters and pictures of any script stay."""
    assert safe(text) == shown


@given(st.text(st.characters()))
def test_safe_texts_only_show_themselves(text: str) -> None:
    """Nothing that controls, hides or turns text around is left, and what is safe stays as it is."""
    shown = safe(text)
    left = {unicodedata.category(character) for character in shown if character not in "\u200c\u200d"}
    assert not left & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert safe(shown) == shown


def test_columns() -> None:
    """Wide characters take two columns, marks upon others none."""
    assert [columns(text) for text in ("abc", "貯金", "e\u0301", "🏠")] == [3, 4, 1, 2]


def test_flat() -> None:
    """A tab takes the place of four spaces."""
    assert flat("\tname:\tx") == "    name:    x"


@given(st.text(st.sampled_from("ab \u8caf"), max_size=80), st.integers(5, 30))
def test_wrapping_loses_no_word(text: str, width: int) -> None:
    """Wrapped text holds the same words, and a line is only too wide for a word that is."""
    page = Page(color=False, width=width)
    page.put(text, indent=2, hang=1)
    lines = page.text().splitlines()
    assert " ".join(lines).split() == text.split()
    assert [line for line in lines if columns(line) > width and len(line.split()) > 1] == []


def test_colour_only_where_it_is_wanted() -> None:
    """A style is an escape around the words with colours on, and nothing with colours off."""
    painted, plain = Page(color=True), Page(color=False)
    for page in (painted, plain):
        page.put("word", "bold", indent=2)
        page.gap()
        page.gap()
        page.whole("  link", "cyan")
    assert painted.text() == "  \x1b[1mword\x1b[0m\n\n  \x1b[36mlink\x1b[0m\n"
    assert plain.text() == "  word\n\n  link\n"
    assert Page(color=True).text() == ""
