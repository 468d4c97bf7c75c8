"""The draft of a rule under its key, as its document says it; its accounts are names still.

Of a document that is known from before, only what is asked for is read again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from rulesync.document import Document
from rulesync.findings import Location
from rulesync.known import Known

if TYPE_CHECKING:  # pydantic is dear to import, and a document that is known goes without
    from rulesync.source.rulefile import RuleFile

_SHORTHAND = {"amount_in_cents": "amount", "account_id": "account"}


@dataclass(frozen=True, slots=True)
class Pins:
    """The pins of a workspace by key, and whether those in rule files are meant for it."""

    by_key: Mapping[str, str]
    from_files: bool


@dataclass(frozen=True)
class Draft:
    """A rule as its document says it, under its key; `pin` is the id of the rule that it is bound to.

    `read_document` and `read_rule` are asked once, when somebody wants to know; `known` is what a document said before
    whose text is the same. `number` is its place among the documents of its file, from 0.
    """

    key: str
    file: str
    read_document: Callable[[], Document] = field(repr=False)
    read_rule: "Callable[[Document], RuleFile]" = field(repr=False)
    pin: str | None = None
    known: Known | None = None
    number: int = 0

    @cached_property
    def document(self) -> Document:
        """The document, which knows where each of its fields was written."""
        return self.read_document()

    @cached_property
    def rule(self) -> "RuleFile":
        """What the document says."""
        return self.read_rule(self.document)

    @property
    def written_id(self) -> str | None:
        """The `id:` of the document, whichever workspace it counts in."""
        return self.known.pin if self.known else self.rule.id

    @property
    def moved_from(self) -> str | None:
        """The key that the rule had before."""
        return self.known.moved_from if self.known else self.rule.moved_from

    @property
    def protect(self) -> bool:
        """Whether no plan may update or delete the rule unasked."""
        return self.known.protect if self.known else bool(self.rule.protect)

    @property
    def words(self) -> Mapping[str, bool]:
        """The names of accounts that the rule uses, each with whether its type is wanted somewhere."""
        return {word.name: word.typed for word in self.known.words} if self.known else self._words

    @cached_property
    def _words(self) -> Mapping[str, bool]:
        from rulesync.source.expand import mentions

        found: dict[str, bool] = {}
        for mention in mentions(self.rule):
            found[mention.word] = found.get(mention.word, False) or mention.typed
        return found

    def at(self, path: Sequence[str | int] = ()) -> Location:
        """Return where a field of the document was written."""
        return self.document.at(path)

    def locate(self, path: Sequence[str | int] = ()) -> Location:
        """Return where a field of the plain rule was written, be it in its shorthand."""
        written = _SHORTHAND.get(str(path[-1])) if path else None
        if written is not None and len(self.document.standing(path)) < len(path):
            path = (*path[:-1], written)
        return self.document.at(path)
