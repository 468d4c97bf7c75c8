"""One YAML or JSON document, read strictly: its data, and where every value stood; and a text as YAML writes it."""

from rulesync.document.plaintext import one_line
from rulesync.document.quoting import TEMPLATE_PAIRS, literal, plain, quoted, remark
from rulesync.document.reading import MAX_FINDINGS, Data, Document, content, load, read

__all__ = [
    "MAX_FINDINGS",
    "TEMPLATE_PAIRS",
    "Data",
    "Document",
    "content",
    "literal",
    "load",
    "one_line",
    "plain",
    "quoted",
    "read",
    "remark",
]
