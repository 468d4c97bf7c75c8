"""One YAML or JSON document, read strictly: its data, and where every value stood."""

from rulesync.document.plaintext import one_line
from rulesync.document.reading import MAX_FINDINGS, Data, Document, content, load, read

__all__ = ["MAX_FINDINGS", "Data", "Document", "content", "load", "one_line", "read"]
