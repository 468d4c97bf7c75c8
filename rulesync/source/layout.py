"""How a rule file is laid out: a tree of words -> lines, on one line in braces where that is easy to read.

What holds a list, two remarks or too much for one line is written one field a line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rulesync import document

WIDEST = 110
_STEP = "  "


@dataclass(frozen=True, slots=True)
class Word:
    """A value as it stands on a line of its own and as it stands in braces; `note` is said in a comment behind it."""

    outside: str
    inside: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields in the order of reading; `note` is said of all of them together."""

    fields: "tuple[tuple[str, Tree], ...]"
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """A list, always one item a line."""

    items: "tuple[Tree, ...]"


Tree = Word | Fields | Items


def word(text: str, note: str | None = None) -> Word:
    """Return a text as a word."""
    return Word(document.plain(text), document.plain(text, flow=True), note)


def bare(text: str) -> Word:
    """Return what is no text, a number or a truth value, as a word."""
    return Word(text, text)


def lines(tree: Tree, head: str = "", indent: str = "") -> Iterator[str]:
    """Yield the lines of what stands behind a head: `name:`, `-`, or nothing."""
    flat = _line(tree, head, indent)
    if flat is not None:
        yield flat
    elif isinstance(tree, Items):
        yield f"{indent}{head}".rstrip()
        for item in tree.items:
            yield from _behind_a_dash(item, indent + (_STEP if head else ""))
    elif isinstance(tree, Fields):
        if head:
            yield f"{indent}{head}"
        for name, value in tree.fields:
            yield from lines(value, f"{name}:", indent + (_STEP if head else ""))


def _behind_a_dash(item: Tree, indent: str) -> Iterator[str]:
    alone = isinstance(item, Fields) and len(item.fields) == 1  # `- name: …` needs no braces
    flat = None if alone else _line(item, "-", indent)
    if flat is not None:
        yield flat
        return
    inner = list(lines(item, "", indent + _STEP))
    yield f"{indent}- {inner[0].lstrip()}"
    yield from inner[1:]


def _line(tree: Tree, head: str, indent: str) -> str | None:
    """Return everything on one line, None where that would not be read easily, or nothing stands before it."""
    notes = tuple(_notes(tree))
    end = f"  # {notes[0]}" if notes else ""
    if isinstance(tree, Word):
        return f"{indent}{head} {tree.outside}{end}"
    if not head or len(notes) > 1 or not _is_short(tree):
        return None
    flat = f"{indent}{head} {_inside(tree)}{end}"
    return flat if len(flat) <= WIDEST else None


def _is_short(tree: Tree) -> bool:
    """Tell whether no list is in it."""
    match tree:
        case Word():
            return True
        case Items():
            return False
        case Fields(fields):
            return all(_is_short(value) for _, value in fields)


def _inside(tree: Tree) -> str:
    match tree:
        case Word(inside=text):
            return text
        case Items(items):
            return f"[{_joined(_inside(item) for item in items)}]"
        case Fields(fields):
            return "{" + _joined(f"{name}: {_inside(value)}" for name, value in fields) + "}"


def _joined(parts: Iterator[str]) -> str:
    return ", ".join(parts)


def _notes(tree: Tree) -> Sequence[str]:
    match tree:
        case Word(note=note):
            return [note] if note else []
        case Items(items):
            return [note for item in items for note in _notes(item)]
        case Fields(fields, own):
            inner = [note for _, value in fields for note in _notes(value)]
            return [own, *inner] if own else inner
