"""One document -> the draft of a rule under its key, or everything that is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from rulesync.document import Document
from rulesync.findings import Finding, error
from rulesync.source import rulefile_errors
from rulesync.source.claims import Claim
from rulesync.source.draft import Draft, Pins
from rulesync.source.rulefile import RuleFile
from rulesync.source.written import check_key


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a document: what it claims, if its key is one; its draft, if nothing is wrong; what is wrong."""

    claim: Claim | None
    draft: Draft | None
    findings: tuple[Finding, ...]


def check(document: Document, file_key: str | None, pins: Pins) -> Checked:
    """Check a document; `file_key` is the key by its file's place, None where it must have a key of its own."""
    rule, wrong_shape = _shape(document)
    key, wrong_key = _key(document, file_key)
    if key is None:
        return Checked(None, None, (*wrong_shape, *wrong_key))
    wrong_pin = tuple(_contradiction(key, rule, document, pins))
    pin = _pin(key, rule, pins)
    findings = (*wrong_shape, *wrong_key, *wrong_pin)
    draft = None
    if rule and document.sound and not findings:
        draft = Draft(key, document.file, lambda: document, lambda _: rule, pin)
    claim = Claim(key, document.at, pin, rule.moved_from if rule else None)
    return Checked(claim, draft, findings)


def _shape(document: Document) -> tuple[RuleFile | None, tuple[Finding, ...]]:
    if document.data is None:
        advice = "write a rule, or remove the document"
        return None, (error("missing-field", "the document is empty", help=advice, location=document.at()),)
    try:
        return RuleFile.model_validate(document.data), ()
    except ValidationError as problem:
        return None, rulefile_errors.translate(problem, document)


def _key(document: Document, file_key: str | None) -> tuple[str | None, tuple[Finding, ...]]:
    own = document.data.get("key") if isinstance(document.data, dict) else None
    if isinstance(own, str):
        return (own, ()) if _refusal(own) is None else (None, ())  # the shape has said why
    if file_key is None:
        message = "in a file of several documents, each needs a `key:`"
        return None, (error("key", message, help="give it one, or a file of its own", location=document.at()),)
    refusal = _refusal(file_key)
    if refusal is None:
        return file_key, ()
    advice = f"rename the file, or give the rule a `key:`; {refusal['help']}"
    return None, (
        error("key", f"{refusal['message']}, so the file cannot give it", help=advice, location=document.at()),
    )


def _refusal(key: str) -> dict[str, object] | None:
    try:
        check_key(key)
    except PydanticCustomError as problem:
        return problem.context
    return None


def _pin(key: str, rule: RuleFile | None, pins: Pins) -> str | None:
    own = rule.id if rule and pins.from_files else None
    return pins.by_key.get(key) or own


def reread(document: Document) -> RuleFile | None:
    """Return the rule of a document with which nothing was wrong, None where something is."""
    return _shape(document)[0]


def written_pin(document: Document) -> str | None:
    """Return what a document that may be in error says that its rule is pinned to."""
    found = document.data.get("id") if isinstance(document.data, dict) else None
    return found if isinstance(found, str) else None


def _contradiction(key: str, rule: RuleFile | None, document: Document, pins: Pins) -> Iterator[Finding]:
    other = pins.by_key.get(key)
    if rule and rule.id and pins.from_files and other and rule.id != other:
        message = f"`{key}` is pinned to `{rule.id}` here and to `{other}` by `ids:`"
        yield error("pin", message, help="keep one of the two", location=document.at(["id"]))
