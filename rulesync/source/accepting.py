"""What the app holds, written into the text of a rule file: the values that differ, and every other byte as it was.

Law: the result is read again, and says exactly the app's rule and nothing else; what cannot be done so is left alone.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rulesync import document
from rulesync.accounts import AccountBook
from rulesync.diff import fields
from rulesync.document import Document
from rulesync.findings import errors
from rulesync.money import format_cents
from rulesync.rule import Account, Rule
from rulesync.source.dumping import Words, words
from rulesync.source.loading import Sources
from rulesync.source.resolving import resolve
from rulesync.wire import v1

if TYPE_CHECKING:  # pydantic is dear to import
    from rulesync.source.draft import Draft

_PART = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_BOM = b"\xef\xbb\xbf"
_Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Edit:
    """A stretch of a text, by offsets, and what it becomes."""

    start: int
    end: int
    text: str


def index_of(content: bytes, draft: "Draft") -> int | None:
    """Return which document of a file a draft was read from, None where the file is none to be changed by a machine.

    That is a template, and a file that is not any more what the draft was read from.
    """
    ours = draft.document
    if ours.text.pieces or any(pair.encode() in content for pair in _templates(ours.file)):
        return None
    found, _ = document.read(content, ours.file)
    return next((at for at, each in enumerate(found) if (each.data, each.mark) == (ours.data, ours.mark)), None)


def _templates(file: str) -> tuple[str, ...]:
    return () if file.endswith(".json") else document.TEMPLATE_PAIRS


def accepted(content: bytes, index: int, draft: "Draft", wish: Rule, book: AccountBook) -> bytes | None:
    """Return the content of a rule file in which one document says what the app holds, None where it cannot be done.

    `index` is the place of the document among those of the file, of which the others say what they said.
    """
    before, findings = document.read(content, draft.document.file)
    if errors(findings) or len(before) <= index:
        return None
    now = _read(before[index], draft, book)
    edits = _edits(before[index], now, wish, words(book)) if now is not None else None
    if edits is None:
        return None
    text = before[index].text.content
    for edit in sorted(edits, key=lambda each: each.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    after = (_BOM if content.startswith(_BOM) else b"") + text.encode()
    return after if _says(after, before, index, draft, wish, book) else None


def _says(
    content: bytes, before: tuple[Document, ...], index: int, draft: "Draft", wish: Rule, book: AccountBook
) -> bool:
    """Tell whether one document says a rule, and the others what they said before."""
    found, findings = document.read(content, draft.document.file)
    if errors(findings) or len(found) != len(before):
        return False
    others = all(
        one.data == other.data for at, (one, other) in enumerate(zip(before, found, strict=True)) if at != index
    )
    return others and _read(found[index], draft, book) == wish


def _read(found: Document, draft: "Draft", book: AccountBook) -> Rule | None:
    """Return the rule that a document says under the key of a draft, None where it says none."""
    from rulesync.source.draft import Pins
    from rulesync.source.drafts import check

    checked = check(found, draft.key, Pins({}, from_files=True))
    if checked.draft is None or checked.draft.key != draft.key:
        return None
    desired, unknown = resolve(Sources((checked.draft,), (), 1), book)
    return None if unknown else desired[0].rule


def _edits(found: Document, now: Rule, wish: Rule, called: Words) -> list[_Edit] | None:
    """Return the values to write, None where more than values differ."""
    edits: dict[int, _Edit] = {}
    if now.description == wish.description:  # but for the ends of its lines, which the app flattens
        wish = replace(wish, description=now.description)
    body = v1.encode(wish)
    for each in fields(v1.encode(now), body):
        path = tuple(int(place) if place else word for place, word in _PART.findall(each["path"]))
        edit = _edit(found, path, body, called)
        if edit is None:
            return None
        edits[edit.start] = edit
    return list(edits.values())


def _edit(found: Document, path: _Path, body: object, called: Words) -> _Edit | None:
    """Return the value at a path as it is to be written where it stands, None where it does not stand as one."""
    for place, value in _written(path, body, called):
        mark = _mark(found, place)
        if mark is None:
            continue
        old = found.text.content[mark.start : mark.end]
        text = None if value is None or not old or not _is_one(mark, old) else _spelled(value, old, found.file)
        return None if text is None else _Edit(mark.start, mark.end, text)
    return None


def _mark(found: Document, path: _Path) -> document.Mark | None:
    here = found.mark
    for part in path:
        child = here.child(part)
        if child is None:
            return None
        here = child[1]
    return here


def _is_one(mark: document.Mark, old: str) -> bool:
    """Tell whether what stands there is one value on its own: a word, or an account in braces."""
    return (mark.fields is None and mark.items is None) or old.startswith("{")


def _written(path: _Path, body: object, called: Words) -> Iterator[tuple[_Path, object]]:
    """Yield the places where a file may say what stands at a path of the plain rule, and what it then says there."""
    value, above = _at(body, path), _at(body, path[:-1])
    last, before = path[-1], path[:-1]
    if isinstance(value, Mapping):
        yield path, _node(value, called)
        return
    yield path, value
    if last == "amount_in_cents" and isinstance(value, int):
        yield (*before, "amount"), format_cents(value)
    elif last == "account_id":
        yield (*before, "account"), called.ids.get(str(value))
    elif isinstance(above, Mapping) and {"id", "type"} == set(above):
        yield before, _node(above, called)


def _at(body: object, path: _Path) -> object:
    """Return what stands at a path of a rule, None where nothing does."""
    for part in path:
        if isinstance(body, Mapping):
            body = body.get(part)
        elif isinstance(body, list) and isinstance(part, int) and part < len(body):
            body = body[part]
        else:
            return None
    return body


def _node(node: Mapping[str, object], called: Words) -> object:
    """Return an account by its name, else as the API writes it; None for what is no account."""
    if {"id", "type"} != set(node):
        return None
    account = Account(str(node["id"]), str(node["type"]))
    return called.accounts.get(account) or dict(node)


def _spelled(value: object, old: str, file: str) -> str | None:
    """Return a value as it is written in the place of another, in the other's style; None for what is no value."""
    if isinstance(value, int) and old.startswith(("$", '"$', "'$")) and not isinstance(value, bool):
        value = format_cents(value)
    if file.endswith(".json") or isinstance(value, bool | int | float):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{name}: {document.plain(str(each), flow=True)}" for name, each in value.items())
        return f"{{{inside}}}"
    if not isinstance(value, str):
        return None
    if old[0] in "|>":
        return _block(value, old)
    return document.quoted(value) if old[0] in "\"'" else document.plain(value, flow=True)


def _block(text: str, old: str) -> str:
    """Return a text in the place of a block of lines, as one where it can stand in lines."""
    lines, end = document.literal(text), "\n" if old.endswith("\n") else ""
    first = next((line for line in old.split("\n")[1:] if line.strip()), "  ")
    indent = first[: len(first) - len(first.lstrip())]
    if lines is None:
        return document.quoted(text) + end
    return "|\n" + "\n".join(f"{indent}{line}" if line else "" for line in lines) + end
