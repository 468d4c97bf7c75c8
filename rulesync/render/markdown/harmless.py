"""Texts and links made harmless for Markdown as GitHub reads it: shown as they are, and obeyed by nobody.

Two readers are told nothing. The parser sees structure, HTML and addresses; it does not look behind a character that is
spelled by its number. What runs over the finished page sees mentions, issues, commits and emoji even so; an invisible
space in the middle keeps it from them. What the parser makes of an address with an `@` belongs to the second kind.
"""

import re
from urllib.parse import quote

from markupsafe import Markup

from rulesync.render import screen
from rulesync.render.view import shortened

LONGEST = 400  # characters, of a text that nobody bounded otherwise
_GAP = "&#8203;"
_HERE = "\ue000"  # where a gap will be; of a kind that no harmless text holds
# What the parser obeys in the middle of a line; a table looks for its bars even in code. An underscore between letters
# is none of it, and left readable; `>` could only end a tag, and none begins.
_OBEYED = re.compile(r"[&<`*\[\]|\\~#$@]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=//)|(?<=www)\.", re.IGNORECASE)
_BEGINNING = re.compile(r"([-+=>])|(\d+)([.)])")
_REFERENCE = re.compile(r"#(?=\d)|\bGH-(?=\d)|:(?=[\w+-]+(?::|$))", re.IGNORECASE)
# What is longer than a commit is none: the digest of a plan can be copied out of any sentence.
_COMMIT = re.compile(r"(?<!\w)[0-9a-f]{7,40}(?!\w)", re.IGNORECASE)
_CODE = re.compile("&#96;(.+?)&#96;")
# ASCII that is no letter, but for what only shows itself; a hyphen, a plus and a number would begin a list.
_DRAWN = re.compile(
    "[^\\w\\s.,%$/()'+:\u0080-\U0010ffff-]|_|:(?=fa-|//)|%(?=%)|(?<=%)%|\\$(?=\\$)|(?<=\\$)\\$|^[-+]|(?<=^\\d)[.)]",
    re.ASCII,
)
_IN_A_LINK = "/:?#@!&'*+,=._~%-"


def text(words: str, longest: int = LONGEST) -> Markup:
    """Return a text of at most so many characters as Markdown, and as HTML, that shows it; what is quoted is code."""
    shown = _REFERENCE.sub(lambda match: match[0] + _HERE, _shown(words, longest))
    shown = _COMMIT.sub(lambda match: _HERE.join(re.findall(".{1,6}", match[0])), shown)
    spelled = _spelled(shown).replace(_HERE, _GAP)
    if _BEGINNING.match(spelled):
        spelled = _BEGINNING.sub(_begun, spelled, count=1)
    return _safe(_CODE.sub(r"<code>\1</code>", spelled))


def code(words: str, longest: int = LONGEST) -> Markup:
    """Return a text as code, for what people copy: nothing invisible is put into it, but behind an `@`."""
    return _safe(f"<code>{_spelled(_shown(words, longest))}</code>")


def label(words: str, longest: int = 60) -> Markup:
    """Return a short text as it may stand between the quotes of a label of Mermaid.

    Mermaid reads Markdown, HTML, icons and formulas in labels, and directives wherever they stand; so nearly all that
    is no letter is spelled by number, in Mermaid's own way.
    """
    shown = _shown(words, longest)
    return _safe(_DRAWN.sub(lambda match: f"#{ord(match[0])};", shown))


def link(address: str) -> Markup:
    """Return an address as the target of a link: what could end it, or begin anything, is spelled by percent."""
    return _safe(quote(address, safe=_IN_A_LINK, errors="replace"))


def is_link(address: str | None) -> bool:
    """Tell whether there is an address, and one that may be followed."""
    return address is not None and address.startswith(("https://", "http://"))


def finalize(value: object) -> object:
    """Return what a template puts out: what is marked safe as it is, everything else made harmless."""
    return value if hasattr(value, "__html__") else text(str(value))


def _shown(words: str, longest: int) -> str:
    return shortened(screen.safe(words.strip()), longest).strip()


def _spelled(words: str) -> str:
    return _OBEYED.sub(_by_number, words)


def _by_number(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};" + (_GAP if match[0] == "@" else "")


def _begun(match: re.Match[str]) -> str:
    """Return what would begin a list, a quotation or an underlining with its character spelled by number."""
    return f"&#{ord(match[1])};" if match[1] else f"{match[2]}&#{ord(match[3])};"


def _safe(markup: str) -> Markup:
    return Markup(markup)  # noqa: S704 - what is marked safe here has just been made so
