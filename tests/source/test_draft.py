"""Laws of a draft that is read when somebody asks."""

from rulesync.document import Document, read
from rulesync.source.draft import Draft
from rulesync.source.rulefile import RuleFile

TEXT = """\
trigger: {type: MANUAL, account: checking}
steps: [{actions: [{type: fixed_amount, amount: $5, source: checking, destination: savings}]}]
moved_from: old
"""


def test_a_document_is_read_once_and_only_when_asked_for() -> None:
    """Nothing is read for the key; the document is read for a place, and not again for what it says."""
    reads: list[str] = []

    def document() -> Document:
        reads.append("document")
        return read(TEXT, "rules/a.yaml")[0][0]

    draft = Draft("a", "rules/a.yaml", document, lambda one: RuleFile.model_validate(one.data))
    assert ("a", []) == (draft.key, reads)
    assert "rules/a.yaml:2:49" == str(draft.locate(["steps", 0, "actions", 0, "amount_in_cents"]))
    assert ("old", False, {"checking": True, "savings": True}) == (draft.moved_from, draft.protect, draft.words)
    assert ["document"] == reads
