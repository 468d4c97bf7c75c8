"""A directory of documents -> drafts of rules, or every error of every file at once.

Law: a rule comes out only of a document without an error, and no file can hide what is wrong with another.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from rulesync import document
from rulesync.accounts import AccountBook
from rulesync.document import MAX_FINDINGS, Data, Document, Text
from rulesync.errors import ConfigError
from rulesync.findings import Finding, Location, error, errors, info, named, once, warning
from rulesync.known import Known
from rulesync.recall import KnownFiles, text_digest
from rulesync.source import claims, files, hints
from rulesync.source.claims import Claim
from rulesync.source.draft import Draft, Pins
from rulesync.source.files import RuleFilePath

if TYPE_CHECKING:
    from rulesync.source.rulefile import RuleFile
    from rulesync.template import Templates


_TOO_MANY = "too-many-errors"
_BARE = {"status": hints.TRUTH_WORDS}  # no truth value can stand there: what can is said instead


@dataclass(frozen=True, slots=True)
class TextRead:
    """The text of a file: the digest that it is known again by, and how many documents it has."""

    digest: str
    documents: int


@dataclass(frozen=True)
class Sources:
    """What a directory of rules holds: the rules that can be read, in the order of their keys, and what is wrong.

    `files` counts the rule files, readable or not; `broken` are the keys, as far as they are known, whose documents
    have errors, and `unsound` those documents. `pins` are the ids of pinned rules by key, as far as they can be read,
    also of documents with errors. `texts` are those of the files, where somebody asked what is known of them.
    """

    drafts: tuple[Draft, ...]
    findings: tuple[Finding, ...]
    files: int
    broken: frozenset[str] = frozenset()
    unsound: tuple[Document, ...] = ()
    pins: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, TextRead] = field(default_factory=dict)

    def needs_accounts(self, book: AccountBook) -> bool:
        """Tell whether a name that the rules use cannot be resolved without the API's list of accounts."""
        typed = {word for draft in self.drafts for word, is_typed in draft.words.items() if is_typed}
        words = {word for draft in self.drafts for word in draft.words}
        return book.needs_list(typed, typed=True) or book.needs_list(words, typed=False)

    def locate(self, key: str, path: Sequence[str | int] = ()) -> Location | None:
        """Return where a field of the rule with this key was written, None where there is no such rule."""
        draft = self._by_key.get(key)
        return draft.locate(path) if draft else None

    @cached_property
    def _by_key(self) -> Mapping[str, Draft]:
        return {draft.key: draft for draft in self.drafts}


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a document claims, if its key is one; and its draft if nothing is wrong with it, else the document."""

    claim: Claim | None
    draft: Draft | None
    unsound: Document | None = None


class _Files:
    """The documents of rule files; those that are templates are rendered first, with what that takes made once."""

    def __init__(self, top: Path, rules: str, variables: Mapping[str, Data], known: KnownFiles | None) -> None:
        self._top = top
        self._rules = rules
        self._variables = variables
        self._templates: Templates | None = None
        self._known = known
        self._several: dict[str, tuple[Document, ...]] = {}
        self.texts: dict[str, TextRead] = {}

    def known(self, text: Text) -> Sequence[Known] | None:
        """Return what the documents of a text said before, None where that is not known."""
        if self._known is None or _imports(text):
            return None
        digest = text_digest(text.file, text.content)
        found = self._known.find(digest)
        self.texts[text.file] = TextRead(digest, len(found or ()))
        return found

    def count(self, text: Text, documents: int) -> None:
        """Remember how many documents a text was found to have."""
        if text.file in self.texts:
            self.texts[text.file] = replace(self.texts[text.file], documents=documents)

    def again(self, text: Text) -> tuple[Document, ...]:
        """Return the documents of a text that is known; those of one that has several are read once."""
        found = self._several.get(text.file)
        if found is None:
            found, _ = self.documents(text)
            if len(found) > 1:
                self._several[text.file] = found
        return found

    def documents(self, text: Text) -> tuple[tuple[Document, ...], tuple[Finding, ...]]:
        """Return the documents of a text, and what is wrong with it."""
        rendered = self._rendered(text) if _is_template(text) else text
        return ((), (rendered,)) if isinstance(rendered, Finding) else document.parse(rendered, _BARE)

    def _rendered(self, text: Text) -> Text | Finding:
        from rulesync.source.macros import macros
        from rulesync.template import Templates

        if self._templates is None:
            self._templates = Templates(self._variables, lambda name: macros(self._top, self._rules, name))
        return self._templates.render(text)


def _is_template(text: Text) -> bool:
    """Tell whether a text is to be rendered first; JSON is what it is: nobody writes it by hand."""
    if "{" not in text.content or text.file.endswith(".json"):
        return False
    return any(pair in text.content for pair in document.TEMPLATE_PAIRS)


def load(
    root: Path,
    rules: str,
    *,
    pins: Mapping[str, str] | None = None,
    default_workspace: bool = True,
    variables: Mapping[str, Data] | None = None,
    known: KnownFiles | None = None,
) -> Sources:
    """Read and check every rule file below `root / rules`.

    `pins` binds keys to ids of rules that exist; an `id:` in a file does the same, in the default workspace alone.
    `variables` are the values that templates can use. `known` is asked first what the text of a file said before.

    Raises:
        ConfigError: there is no such directory.
    """
    found, reader = files.rule_files(root, rules), _Files(root / rules, rules, variables or {}, known)
    entries: list[_Entry] = []
    findings = list(found.findings)
    unread: set[str] = set()
    for file in found.files:
        before = len(entries)
        said = _read(file, reader, Pins(pins or {}, default_workspace), entries)
        unread |= {file.key} if len(entries) == before and errors(said) else set()
        findings += said
    claimed = [(entry.claim, entry.draft) for entry in entries if entry.claim]
    if not errors(findings):
        findings += _idle_pins(pins or {}, [claim for claim, _ in claimed])
    clashes = list(claims.clashes([claim for claim, _ in claimed]))
    fallen = {index for indexes, _ in clashes for index in indexes}
    drafts = [draft for index, (_, draft) in enumerate(claimed) if draft and index not in fallen]
    in_order = tuple(sorted(drafts, key=lambda draft: draft.key))
    broken = (unread | {claim.key for claim, _ in claimed}) - {draft.key for draft in in_order}
    return Sources(
        drafts=in_order,
        findings=tuple(sorted(once((*findings, *(finding for _, finding in clashes))), key=place)),
        files=len(found.files),
        broken=frozenset(broken),
        unsound=tuple(entry.unsound for entry in entries if entry.unsound),
        pins=_pins(entries, from_files=default_workspace),
        texts=reader.texts,
    )


def _pins(entries: Sequence[_Entry], *, from_files: bool) -> Mapping[str, str]:
    """Return the pins by key, those of documents in error included."""
    found = {}
    for entry in entries:
        written = _written_pin(entry.unsound) if entry.unsound and from_files else None
        pin = entry.claim and (entry.claim.pin or written)
        if entry.claim and pin:
            found[entry.claim.key] = pin
    return found


def _written_pin(unsound: Document) -> str | None:
    from rulesync.source.drafts import written_pin

    return written_pin(unsound)


def _imports(text: Text) -> bool:
    """Tell whether what a text says may depend on other files, which hold macros."""
    return "import" in text.content and _is_template(text)


def _recalled(text: Text, known: Sequence[Known], reader: _Files, pins: Pins) -> Iterator[_Entry]:
    """Yield what the documents of a text claim that is known from before; it is read when somebody asks for more."""
    for index, each in enumerate(known):
        pin = pins.by_key.get(each.key) or (each.pin if pins.from_files else None)
        read_again = partial(_read_again, reader, text, index, known)
        draft = Draft(each.key, text.file, read_again, partial(_reread, each), pin, each, index)
        yield _Entry(Claim(each.key, draft.at, pin, each.moved_from), draft)


def _read_again(reader: _Files, text: Text, index: int, known: Sequence[Known]) -> Document:
    """Return a document that is known from before.

    Raises:
        ConfigError: it is not the one that is known.
    """
    documents = reader.again(text)
    found = documents[index] if len(documents) == len(known) else None
    key = found.data.get("key", known[index].key) if found and isinstance(found.data, dict) else None
    if found is None or key != known[index].key:
        raise _misremembered(text.file)
    return found


def _reread(known: Known, document: Document) -> "RuleFile":
    from rulesync.source.drafts import reread

    rule = reread(document)
    if rule is None or (rule.id, rule.moved_from, bool(rule.protect)) != (known.pin, known.moved_from, known.protect):
        raise _misremembered(document.file)
    return rule


def _misremembered(file: str) -> ConfigError:
    """Return that what is known of a file cannot be of it; nothing that is shown or done can rest on that."""
    advice = "run `rulesync plan --refresh` once, or delete the directory `files` where things are kept"
    return ConfigError(f"what is remembered of `{file}` is not what it says", help=advice)


def place(finding: Finding) -> tuple[str, int, int]:
    """Return what findings are sorted by."""
    where = finding.location
    return (where.file, where.line, where.column) if where else ("", 0, 0)


def _read(file: RuleFilePath, reader: _Files, pins: Pins, entries: list[_Entry]) -> Sequence[Finding]:
    """Add what a file's documents claim to the entries, and return what is wrong with them."""
    text = document.load_text(file.path, file.name)
    if isinstance(text, Finding):
        return [text]
    known = reader.known(text)
    if known is not None:
        entries += _recalled(text, known, reader, pins)
        return []
    from rulesync.source.drafts import check

    documents, problems = reader.documents(text)
    if not documents and not problems:
        return [warning("empty-file", f"`{file.name}` holds no rule", location=Location(file.name))]
    findings = _once_a_place(problems)
    for index, each in enumerate(documents):
        checked = check(each, file.key if len(documents) == 1 else None, pins)
        findings += _not_said_by(problems, checked.findings)
        draft = checked.draft and replace(checked.draft, number=index)
        entries.append(_Entry(checked.claim, draft, None if draft else each))
    reader.count(text, len(documents))
    return readable(list(dict.fromkeys(findings)))  # a loop says the same of each of its documents


def readable(findings: Sequence[Finding]) -> Sequence[Finding]:
    """Return what is wrong with one file, no more of it than anybody reads; that there is more is the last of it."""
    if len(findings) <= MAX_FINDINGS or findings[MAX_FINDINGS].check == _TOO_MANY:
        return findings[: MAX_FINDINGS + 1]
    message = f"more than {MAX_FINDINGS} errors; what follows is not shown"
    return [*findings[:MAX_FINDINGS], error(_TOO_MANY, message, location=findings[MAX_FINDINGS].location)]


def _once_a_place(found: Iterable[Finding]) -> list[Finding]:
    """Return the first finding of each place: two of one place speak of one value, which a template put there."""
    first: dict[Location | int, Finding] = {}
    for index, each in enumerate(found):
        first.setdefault(each.location or index, each)
    return list(first.values())


def _not_said_by(first: Iterable[Finding], then: Iterable[Finding]) -> list[Finding]:
    """Return the findings at places of which none of the first speaks: they only echo what was refused there."""
    spoken_of = {spot for each in first if each.location for spot in _spots(each, each.location)}
    return [each for each in then if not each.location or (each.location.line, each.location.column) not in spoken_of]


def _spots(finding: Finding, place: Location) -> Iterable[tuple[int, int]]:
    """Return where a finding may be echoed; an amount that was cut leaves its second half further along the line."""
    reach = place.width + 1 if finding.check == "cut-amount" else 1
    return ((place.line, place.column + step) for step in range(reach))


def _idle_pins(pins: Mapping[str, str], claimed: Iterable[Claim]) -> list[Finding]:
    known = {claim.key for claim in claimed}
    return [warning("pin", f"`ids:` pins `{key}`, which is the key of no rule") for key in pins if key not in known]


def idle_ids(sources: Sources, created: Collection[str]) -> tuple[Finding, ...]:
    """Return one remark about the rules that another workspace than the default one would create despite an `id:`."""
    keys = [draft.key for draft in sources.drafts if draft.key in created and draft.written_id]
    if not keys:
        return ()
    message = f"an `id:` in a rule file counts in the default workspace alone, so these are created here: {named(keys)}"
    advice = "where a rule of this workspace is meant, write its id into rulesync.yaml, under the workspace's `ids:`"
    return (info("pin", message, help=advice),)
