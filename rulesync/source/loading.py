"""A directory of documents -> the desired ruleset, or every error of every file at once.

Law: a rule comes out only of a document without an error, and no file can hide what is wrong with another.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from rulesync import document
from rulesync.accounts import AccountBook
from rulesync.document import MAX_FINDINGS, Data, Document, Text, one_line
from rulesync.findings import Finding, Location, error, errors, info, named, once, warning
from rulesync.rule import Rule
from rulesync.ruleset import DesiredRule
from rulesync.source import claims, files, hints
from rulesync.source.claims import Claim
from rulesync.source.files import RuleFilePath

if TYPE_CHECKING:  # pydantic is dear to import, and a command that loads no rules goes without
    from rulesync.source.drafts import Draft, Pins
    from rulesync.source.expand import Mention
    from rulesync.template import Templates


_TOO_MANY = "too-many-errors"
_BARE = {"status": hints.TRUTH_WORDS}  # no truth value can stand there: what can is said instead


@dataclass(frozen=True)
class Sources:
    """What a directory of rules holds: the rules that can be read, in the order of their keys, and what is wrong.

    `files` counts the rule files, readable or not; `broken` are the keys, as far as they are known, whose documents
    have errors, and `unsound` those documents. `pins` are the ids of pinned rules by key, as far as they can be read,
    also of documents with errors.
    """

    drafts: "tuple[Draft, ...]"
    findings: tuple[Finding, ...]
    files: int
    broken: frozenset[str] = frozenset()
    unsound: tuple[Document, ...] = ()
    pins: Mapping[str, str] = field(default_factory=dict)

    def account_words(self) -> tuple[str, ...]:
        """Return the names of accounts that the rules use, each once, sorted."""
        from rulesync.source.expand import mentions

        return tuple(sorted({mention.word for draft in self.drafts for mention in mentions(draft.rule)}))

    def needs_accounts(self, book: AccountBook) -> bool:
        """Tell whether a name that the rules use cannot be resolved without the API's list of accounts."""
        from rulesync.source.expand import mentions

        found = [mention for draft in self.drafts for mention in mentions(draft.rule)]
        typed = {mention.word for mention in found if mention.typed}
        return book.needs_list(typed, typed=True) or book.needs_list({each.word for each in found}, typed=False)

    def locate(self, key: str, path: Sequence[str | int] = ()) -> Location | None:
        """Return where a field of the rule with this key was written, None where there is no such rule."""
        draft = self._by_key.get(key)
        return draft.locate(path) if draft else None

    @cached_property
    def _by_key(self) -> "Mapping[str, Draft]":
        return {draft.key: draft for draft in self.drafts}


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a document claims, if its key is one, and its draft, if nothing is wrong with it."""

    document: Document
    claim: Claim | None
    draft: "Draft | None"


class _Files:
    """The documents of rule files; those that are templates are rendered first, with what that takes made once."""

    def __init__(self, top: Path, rules: str, variables: Mapping[str, Data]) -> None:
        self._top = top
        self._rules = rules
        self._variables = variables
        self._templates: Templates | None = None

    def documents(self, file: RuleFilePath) -> tuple[tuple[Document, ...], tuple[Finding, ...]]:
        """Return the documents of a file, and what is wrong with it. JSON is what it is: nobody writes it by hand."""
        text = document.load_text(file.path, file.name)
        if isinstance(text, Text) and file.path.suffix != ".json" and "{" in text.content:
            text = self._rendered(text)
        return ((), (text,)) if isinstance(text, Finding) else document.parse(text, _BARE)

    def _rendered(self, text: Text) -> Text | Finding:
        if not any(pair in text.content for pair in document.TEMPLATE_PAIRS):
            return text
        from rulesync.source.macros import macros
        from rulesync.template import Templates

        if self._templates is None:
            self._templates = Templates(self._variables, lambda name: macros(self._top, self._rules, name))
        return self._templates.render(text)


def load(
    root: Path,
    rules: str,
    *,
    pins: Mapping[str, str] | None = None,
    default_workspace: bool = True,
    variables: Mapping[str, Data] | None = None,
) -> Sources:
    """Read and check every rule file below `root / rules`.

    `pins` binds keys to ids of rules that exist; an `id:` in a file does the same, in the default workspace alone.
    `variables` are the values that templates can use.

    Raises:
        ConfigError: there is no such directory.
    """
    from rulesync.source.drafts import Pins

    found, reader = files.rule_files(root, rules), _Files(root / rules, rules, variables or {})
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
        findings=tuple(sorted(once((*findings, *(finding for _, finding in clashes))), key=_place)),
        files=len(found.files),
        broken=frozenset(broken),
        unsound=tuple(entry.document for entry in entries if entry.draft is None),
        pins=_pins(entries, from_files=default_workspace),
    )


def _pins(entries: Sequence[_Entry], *, from_files: bool) -> Mapping[str, str]:
    """Return the pins by key, those of documents in error included."""
    from rulesync.source.drafts import written_pin

    found = {}
    for entry in entries:
        pin = entry.claim and (entry.claim.pin or (written_pin(entry.document) if from_files else None))
        if entry.claim and pin:
            found[entry.claim.key] = pin
    return found


def _place(finding: Finding) -> tuple[str, int, int]:
    place = finding.location
    return (place.file, place.line, place.column) if place else ("", 0, 0)


def _read(file: RuleFilePath, reader: _Files, pins: "Pins", entries: list[_Entry]) -> Sequence[Finding]:
    """Add what a file's documents claim to the entries, and return what is wrong with them."""
    from rulesync.source.drafts import check

    documents, problems = reader.documents(file)
    if not documents and not problems:
        return [warning("empty-file", f"`{file.name}` holds no rule", location=Location(file.name))]
    findings = _once_a_place(problems)
    for each in documents:
        checked = check(each, file.key if len(documents) == 1 else None, pins)
        findings += _not_said_by(problems, checked.findings)
        entries.append(_Entry(each, checked.claim, checked.draft))
    return _readable(list(dict.fromkeys(findings)))  # a loop says the same of each of its documents


def _readable(findings: Sequence[Finding]) -> Sequence[Finding]:
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
    keys = [draft.key for draft in sources.drafts if draft.rule.id and draft.key in created]
    if not keys:
        return ()
    message = f"an `id:` in a rule file counts in the default workspace alone, so these are created here: {named(keys)}"
    advice = "where a rule of this workspace is meant, write its id into rulesync.yaml, under the workspace's `ids:`"
    return (info("pin", message, help=advice),)


def resolve(
    sources: Sources, book: AccountBook, today: date | None = None
) -> tuple[tuple[DesiredRule, ...], tuple[Finding, ...]]:
    """Return the desired rules in the order of their keys, and the names of accounts that stand for none.

    What excuses a rule from a check until a day before `today` (in UTC) counts no more; without it, all excuses do.

    Without the API's list of accounts in `book`, ids and types that only it can tell are `?…`: good enough to check
    the rules, never to be sent.
    """
    from rulesync.source.expand import expand, loose_mentions
    from rulesync.wire import v1

    said = {each.location for each in sources.findings}
    desired: list[DesiredRule] = []
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for draft in sources.drafts:
        found = by_file[draft.document.file]
        if len(found) > MAX_FINDINGS:
            continue  # what stays unresolved here is as good as wrong: it is not desired, and not gone
        body, unknown = expand(draft.rule, book)
        found += [_no_account(name.message, name.help, draft.document.at(name.path)) for name in unknown]
        desired += [] if unknown else [_desired(draft, v1.decode(body).rule, today)]
    for unsound in sources.unsound:
        found = by_file[unsound.file]
        wrong = filter(None, (_unknown(mention, unsound, book) for mention in loose_mentions(unsound.data)))
        told = (each for each in wrong if each.location not in said)
        found += islice(told, max(0, MAX_FINDINGS + 1 - len(found)))
    return tuple(desired), tuple(sorted(once(chain(*map(_readable, by_file.values()))), key=_place))


def _unknown(mention: "Mention", unsound: Document, book: AccountBook) -> Finding | None:
    """Return what is wrong with a name of an account, None where it stands for one."""
    try:
        book.resolve(mention.word)
    except LookupError as problem:
        message, advice = (*problem.args, None)[:2]
        return _no_account(message, advice, unsound.at(mention.path))
    return None


def _no_account(message: str, advice: str | None, place: Location) -> Finding:
    return error("unknown-account", one_line(message), help=advice and one_line(advice), location=place)


def _desired(draft: "Draft", rule: Rule, today: date | None) -> DesiredRule:
    excuses = draft.rule.suppress or {}
    lapsed = {check: each.until for check, each in excuses.items() if each.until and today and each.until < today}
    return DesiredRule(
        key=draft.key,
        rule=rule,
        location=draft.document.at(),
        pin=draft.pin,
        moved_from=draft.rule.moved_from,
        suppress={check: each.reason for check, each in excuses.items() if check not in lapsed},
        lapsed=lapsed,
        protect=bool(draft.rule.protect),
    )
