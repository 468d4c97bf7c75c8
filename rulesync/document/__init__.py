"""One YAML or JSON document, read strictly: its data, and where every value stood; and a text as YAML writes it."""

from rulesync.document.marks import Mark, Piece, Text
from rulesync.document.opening import content, load_text
from rulesync.document.plaintext import one_line
from rulesync.document.quoting import TEMPLATE_PAIRS, literal, plain, quoted, remark
from rulesync.document.reading import MAX_FINDINGS, Data, Document, load, parse, read
from rulesync.document.scalar import word

__all__ = [
    "MAX_FINDINGS",
    "TEMPLATE_PAIRS",
    "Data",
    "Document",
    "Mark",
    "Piece",
    "Text",
    "content",
    "literal",
    "load",
    "load_text",
    "one_line",
    "parse",
    "plain",
    "quoted",
    "read",
    "remark",
    "word",
]
