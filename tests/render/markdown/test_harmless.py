import html
from collections.abc import Callable, Sequence
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.render.markdown import harmless
from tests.render.markdown import github

NASTY = [
    "</details>@here|`-something-nasty`",
    "</code></b></summary></details></td></table><script>alert(1)</script><!-- x -->",
    "[x](javascript:alert(1)) ![x](https://evil.test/x.png) [x]: https://evil.test <https://evil.test>",
    "https://evil.test www.evil.test WWW.evil.test ftp://evil.test mailto:a@evil.test xmpp:a@evil.test/x a.b@evil.test",
    "@here @octocat/team #1 GH-1 gh-12 o/r#1 o/r@0123456789abcdef0123456789abcdef01234567 deadbeef ABCDEF1 :tada: :+1:",
    "`x` ``x`` ```x``` ~x~ ~~x~~ *x* **x** _x_ __x__ a__b__c \\*x\\* \\",
    "``` mermaid", "~~~", "---", "===", "- x", "+ x", "* x", "1. x", "1) x", "> x", "# x", "| a | b |", "|---|---|",
    "    x", "[!CAUTION]", "[ ] x", "[^1]", "[^1]: x", "$a$ $$b$$ $`x`$", "&amp; &#64;here &copy; &lt;b&gt;",
    "a\nb\n\n# c\n> d", "\r\n\t x", "\x1b[2J\u202egnp.exe\u2066\u200b\ufeff\u2028\x00", "\ud800",
    "#", "x #", "x \\", "<b", "<", "&", "%%{init: {'x': 1}}%%", "end", "fa:fa-car", '"] --> x["', "貯金 🏦 é",
]  # fmt: skip
PIECES = [
    *"ab1 <>[](){}|`~*_#@:&;.!\\/$%^=+-\"'\n\t",
    "http://",
    "www.",
    "</b>",
    "a@b.cd",
    "@x",
    "#1",
    "deadbeef",
    ":x:",
]
TEXTS = st.sampled_from(NASTY) | st.lists(st.sampled_from(PIECES)).map("".join) | st.text(st.characters(), max_size=20)


SAID = st.lists(TEXTS, min_size=1, max_size=3)


def saying(words: Sequence[str]) -> Callable[[], str]:
    """Return what says these words in turn, each time with another number behind them, so that no two are the same."""
    number = count()
    return lambda: f"{words[next(number) % len(words)]}{next(number)}"


@pytest.mark.parametrize("words", NASTY)
def test_what_is_shown_is_what_was_said(words: str) -> None:
    """A text that holds nothing invisible is read as it was written, whatever it would be as Markdown."""
    shown = "".join(github.read(f"x {harmless.text(words)}").words).removeprefix("x ").replace("\u200b", "")

    if words.isprintable() and "`" not in words:
        assert " ".join(words.split()) == shown.strip()


def places(shown: str, code: str) -> list[str]:
    """Return everything that a text stands in."""
    return [
        f"- {shown}\n",
        f"> - {shown}\n",
        f"## {shown}\n",
        f"| a | b |\n|---|---|\n| {shown} | {code} |\n",
        f"<details><summary>{shown} {code}</summary>\n\n- {code}\n\n</details>\n",
        f"x <b>{shown}</b>: {code}\n",
    ]


@given(TEXTS)
def test_a_text_is_obeyed_by_nobody(words: str) -> None:
    """Wherever a text stands, it makes no element, ends none, and refers to nobody."""
    nasty = places(harmless.text(words), harmless.code(words))

    for page, plain in zip(nasty, places("x", "<code>x</code>"), strict=True):
        github.harmless(page)
        assert github.read(plain).layout == github.read(page).layout


@given(TEXTS)
def test_a_link_leads_where_it_says(words: str) -> None:
    """An address stays in its link, and the link is where it was put."""
    page = f"[here]({harmless.link('https://app.test/' + words)}) and more"

    assert ["p", "a", "/a", "/p"] == github.read(page).tags
    assert ["https://app.test/"] == [link[:17] for link in github.read(page).links]


@given(TEXTS)
def test_a_label_stays_in_its_quotes(words: str) -> None:
    """A label has nothing that ends it, and nothing that Mermaid would read as more than a text."""
    label = str(harmless.label(words))

    assert set() == set('"`[]{}<>|\\*_~@&=\n') & set(label)
    assert [] == [
        each for each in ("%%", "$$", "://", "fa:fa", "- ", "+ ") if label.startswith(each) or each in label[:2]
    ]
    assert len(label) <= 60 * 14


@given(st.text(st.characters(), min_size=0, max_size=3000), st.integers(10, 500))
def test_a_text_is_bounded(words: str, longest: int) -> None:
    """However long a text is, so many characters of it are shown, each of them as at most so many."""
    assert len(html.unescape(str(harmless.code(words, longest)).removeprefix("<code>"))) <= longest * 2 + 7


def test_what_is_quoted_is_code() -> None:
    """What a message has between backticks is shown as code, as people read it elsewhere."""
    assert "<code>rulesync plan</code> shows all" == str(harmless.text("`rulesync plan` shows all"))


@pytest.mark.parametrize(("address", "followed"), [("https://x", True), ("http://x", True), ("javascript:x", False)])
def test_which_links_are_followed(address: str, followed: bool) -> None:  # noqa: FBT001 - a row of the table
    """Only what a browser fetches is made a link."""
    assert followed == harmless.is_link(address)


def test_a_digest_can_be_copied() -> None:
    """A digest in a sentence stays in one piece: GitHub takes no word of its length for a commit."""
    digest, commit = "0123456789abcdef" * 4, "0123456789abcdef0123456789abcdef01234567"

    assert f"another plan: <code>{digest}</code>" == harmless.text(f"another plan: `{digest}`")
    assert commit not in harmless.text(f"another plan: `{commit}`")
