"""Markdown as GitHub reads it: its own parser, and then what runs over the finished page."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

OURS = {"h2", "h3", "p", "ul", "li", "blockquote", "b", "code", "pre", "details", "summary", "sub", "a"}
OURS |= {"table", "thead", "tbody", "tr", "th", "td"}
_QUIET = {"code", "pre", "a"}  # what runs over the page passes over their texts
_REFERENCES = {
    "a mention": re.compile(r"@\w"),
    "an issue": re.compile(r"#\d|\bgh-\d", re.IGNORECASE),
    "a commit": re.compile(r"(?<![\w])[0-9a-f]{7,40}(?!\w)"),
    "an emoji": re.compile(r":[\w+-]+:"),
}


@dataclass
class Seen(HTMLParser):
    """What is on a page: its tags in their order, its links, and the texts in which references are looked for."""

    tags: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        self.open.append(tag)
        for name, value in attrs:
            if (tag, name) == ("a", "href"):
                self.links.append(value or "")
            elif (tag, name, value) != ("code", "class", "language-mermaid") and (tag, name) != ("pre", "lang"):
                self.odd.append(f"<{tag} {name}>")

    def handle_endtag(self, tag: str) -> None:
        """Note the end of a tag, which must be the last one that is open."""
        self.tags.append(f"/{tag}")
        if not self.open or self.open.pop() != tag:
            self.odd.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if not _QUIET & set(self.open):
            self.words.append(data)

    def handle_comment(self, data: str) -> None:
        """Note a comment, of which there should be none."""
        self.odd.append(f"<!--{data}-->")

    @property
    def layout(self) -> list[str]:
        """What is where, whatever is said in it; code is a matter of words, and a link of whether it may be one."""
        return [tag for tag in self.tags if tag.removeprefix("/") not in {"code", "a"}]


def read(text: str) -> Seen:
    """Return what GitHub sees in a text."""
    seen = Seen()
    seen.feed(cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE))
    seen.close()
    return seen


def harmless(text: str) -> None:
    """Hold that a page has no elements but ours, all closed, no link but to our places, and refers to nobody."""
    seen = read(text)
    assert [] == seen.odd + seen.open
    assert set() == {tag.removeprefix("/") for tag in seen.tags} - OURS
    assert [] == [link for link in seen.links if not link.startswith(("https://", "http://"))]
    found = {what: words for what, pattern in _REFERENCES.items() for words in seen.words if pattern.search(words)}
    assert {} == found
