"""One YAML or JSON document, read strictly: its data, and where every value stood."""

from rulesync.document.marks import Piece, Text
from rulesync.document.plaintext import one_line
from rulesync.document.reading import MAX_FINDINGS, Data, Document, content, load, load_text, parse, read
from rulesync.document.scalar import word

__all__ = [
    "MAX_FINDINGS",
    "Data",
    "Document",
    "Piece",
    "Text",
    "content",
    "load",
    "load_text",
    "one_line",
    "parse",
    "read",
    "word",
]
