"""A rule file with one line more, the pin of its rule, and every other byte as it was.

Law: what cannot be done for certain is left to a person. The result is read again, and says nothing new but the pin.
"""

import re
from pathlib import PurePosixPath

from rulesync import document
from rulesync.document import Document

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BREAK = re.compile(rb"\r\n|\r|\n")
_TEMPLATE = (b"{{", b"{%", b"{#")
_BOM = b"\xef\xbb\xbf"


def with_pin(content: bytes, ours: Document, rule_id: str) -> bytes | None:
    """Return the content of a rule file with `id:` as the first field of a document, None where a person must write it.

    That is so in JSON and in `{…}`, in a template, and where the file is not any more what the document was read from.
    """
    if PurePosixPath(ours.file).suffix not in {".yaml", ".yml"} or any(mark in content for mark in _TEMPLATE):
        return None
    before, findings = document.read(content, ours.file)
    place = next((at for at, each in enumerate(before) if (each.data, each.mark) == (ours.data, ours.mark)), None)
    if findings or place is None or not isinstance(ours.data, dict):
        return None
    where = ours.at_key([next(iter(ours.data))])
    for line in (f"id: {rule_id}", f'id: "{rule_id}"'):
        pinned = _inserted(content, where.line, line.encode())
        if where.column == 1 and _says_the_same(before, pinned, place, rule_id):
            return pinned
    return None


def _inserted(content: bytes, number: int, line: bytes) -> bytes:
    """Return a text with one line more, before the one with this number."""
    lines, found = _LINE.findall(content), _BREAK.search(content)
    end = found[0] if found else b"\n"
    before, after = lines[: number - 1], lines[number - 1 :]
    if number == 1 and content.startswith(_BOM):
        before, after[0] = [_BOM], after[0].removeprefix(_BOM)
    return b"".join([*before, line, end, *after])


def _says_the_same(before: tuple[Document, ...], content: bytes, place: int, rule_id: str) -> bool:
    after, findings = document.read(content, before[place].file)
    wish = [each.data for each in before]
    pinned = wish[place]
    wish[place] = {"id": rule_id, **pinned} if isinstance(pinned, dict) else pinned
    return not findings and wish == [each.data for each in after]
