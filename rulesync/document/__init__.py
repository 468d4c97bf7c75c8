"""One YAML or JSON document, read strictly: its data, and where every value stood."""

from rulesync.document.reading import Data, Document, load, read

__all__ = ["Data", "Document", "load", "read"]
