"""A rule file tried before there is one: does its text say the rule that it was made from, and nothing else?

Law: what is accepted here plans to no change.
"""

from typing import TYPE_CHECKING

from rulesync import document
from rulesync.accounts import AccountBook
from rulesync.diff import fields
from rulesync.findings import errors
from rulesync.rule import Rule
from rulesync.source.loading import Sources
from rulesync.source.resolving import resolve
from rulesync.wire import v1

if TYPE_CHECKING:  # pydantic is dear to import, and most commands try no file
    from rulesync.source.draft import Draft


def refusal(text: str, file: str, key: str, wish: Rule, book: AccountBook) -> str | None:
    """Return why the text of a file with this name and key cannot stand for a rule, None where it does."""
    if any(pair in text for pair in document.TEMPLATE_PAIRS):
        return "its file would be taken for a template"
    draft = _draft(text, file, key)
    if isinstance(draft, str):
        return f"a rule file cannot say it: {draft}"
    desired, unknown = resolve(Sources((draft,), (), 1), book)
    if unknown:
        return unknown[0].message
    (read,) = (each.rule for each in desired)
    return None if read == wish and draft.key == key else _difference(wish, read)


def _draft(text: str, file: str, key: str) -> "Draft | str":
    """Return what a text says, or what is wrong with it."""
    from rulesync.source.draft import Pins
    from rulesync.source.drafts import check

    documents, findings = document.read(text, file)
    if errors(findings):
        return findings[0].message
    (each,) = documents
    checked = check(each, key, Pins({}, from_files=True))
    return checked.draft or checked.findings[0].message


def _difference(wish: Rule, read: Rule) -> str:
    different = fields(v1.encode(wish), v1.encode(read))
    what = f" in `{different[0]['path']}`" if different else ""
    return f"its file would say something else{what}"
