"""The text of a file before anybody reads it as YAML: UTF-8, printable, no larger than stated; JSON made YAML."""

import re

from rulesync.document.marks import Text
from rulesync.findings import Finding, Location, error

MAX_BYTES = 1024 * 1024
_LONGEST_SENTENCE = 400
_UNPRINTABLE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"  # dear to compile
_UNPRINTABLE_ASCII = re.compile("[^\t\n\r\x20-\x7e]")
_JSON_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)  # one that never ends is one, to be read once
_JSON_ESCAPE = re.compile(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|\\.", re.DOTALL | re.IGNORECASE)


def _odd(content: str) -> re.Match[str] | None:
    """Return the first character that no text may hold."""
    return _UNPRINTABLE_ASCII.search(content) if content.isascii() else re.search(_UNPRINTABLE, content)


def one_line(sentence: str) -> str:
    """Return a sentence with a user's text in it on one line, no longer than anybody reads."""
    line = " ".join(sentence.split())
    return line if len(line) <= _LONGEST_SENTENCE else line[: _LONGEST_SENTENCE - 1] + "…"


def decode(text: str | bytes, file: str) -> Text | Finding:
    """Return the text of a file, or why it cannot be read."""
    size = len(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 1024} KiB"
        return error("too-large", message, help="split it into several files", location=Location(file))
    try:
        content = text if isinstance(text, str) else text.decode()
    except UnicodeDecodeError as problem:
        before = Text(file, problem.object[: problem.start].decode())
        place = before.location(len(before.content), len(before.content) + 1)
        return error("syntax", "the file is not UTF-8", help="save it as UTF-8", location=place)
    decoded = Text(file, content.removeprefix("\ufeff"))
    return unprintable(decoded) or decoded


def unprintable(text: Text) -> Finding | None:
    """Return what is wrong with a text that holds what cannot be printed, None where it holds nothing of the kind."""
    odd = _odd(text.content)
    if odd is None:
        return None
    message = f"the character U+{ord(odd[0]):04X} cannot stand in a file"
    place = _printable(text.location(*odd.span()))
    return error("syntax", message, help="remove it, or write it as an escape in double quotes", location=place)


def _printable(place: Location) -> Location:
    text = re.sub(_UNPRINTABLE, "\ufffd", place.text or "")
    return Location(place.file, place.line, place.column, place.width, text)


def as_yaml(text: Text) -> str:
    """Return the text for a YAML parser, every character at the same offset.

    JSON differs from YAML in two things that occur: tabs, and a character written as a pair of escapes.
    """
    if not text.file.endswith(".json"):
        return text.content
    return _JSON_STRING.sub(_with_whole_characters, text.content.replace("\t", " "))


def _with_whole_characters(string: re.Match[str]) -> str:
    return _JSON_ESCAPE.sub(_whole_character, string[0]).ljust(len(string[0]))


def _whole_character(escape: re.Match[str]) -> str:
    if escape[1] is None:
        return escape[0]
    point = 0x10000 + ((int(escape[1], 16) - 0xD800) << 10) + int(escape[2], 16) - 0xDC00
    return f"\\U{point:08X}"
