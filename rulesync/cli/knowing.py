"""What a command may take as known of rule files, and what it leaves for the next one.

Known are documents with which nothing was wrong. A rule that is excused until a day, or that runs once at a time that
will pass, is read each time, since what is said of it changes by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from rulesync import __version__, lint
from rulesync.accounts import AccountBook
from rulesync.config import Config
from rulesync.findings import Finding
from rulesync.known import Known, Word
from rulesync.lint import ACROSS, Surroundings
from rulesync.recall import KnownFiles, build, digest
from rulesync.rule import Schedule, ScheduledTrigger
from rulesync.ruleset import DesiredRule

if TYPE_CHECKING:  # `validate` has no plan
    from rulesync.plan import Change, Plan
    from rulesync.source import Draft, Sources


def opened(config: Config, command: str, *, secret: str = "", believed: bool = True) -> KnownFiles | None:
    """Return what a command may take as known of the rule files of a workspace; None where nothing can be kept.

    Each command knows by itself, since one has the API's accounts and the other has not. Where a run reads everything
    again, or what it makes is to be written, nothing is `believed`, and what it finds is kept all the same.
    """
    at, hours = config.caching.directory, config.caching.hours
    if at is None:
        return None
    entries = {name: [each.id, each.type, each.name] for name, each in config.accounts.items()}
    checks = {name: severity and severity.value for name, severity in config.checks.items()}
    whose = [str(config.root.absolute()), config.rules, config.workspace, command]
    try:
        code = build()
    except OSError:
        return None
    around = [__version__, code, dict(config.ids), dict(config.vars), entries, checks]
    return KnownFiles(at, whose, around, secret=secret, believed=believed and hours != 0)


def looked_through(
    desired: Sequence[DesiredRule], sources: "Sources", book: AccountBook, config: Config, now: datetime
) -> tuple[Finding, ...]:
    """Return what the checks say of the rules; those that need the API's accounts only where they were fetched."""
    at = Surroundings(book.listed, book.names(), now, config.checks, sources.locate, around(book))
    return lint.run(desired, at)


def around(book: AccountBook) -> str:
    """Return what stands for all that the checks look at besides the rules."""
    listed = None if book.listed is None else [repr(each) for each in book.listed]
    return digest([sorted(book.names().items()), listed])


@dataclass(frozen=True, slots=True)
class Read:
    """What a run made of the rule files: what is wrong with them, and what the checks said of the rules."""

    sources: "Sources"
    book: AccountBook
    desired: Sequence[DesiredRule]
    wrong: Iterable[Finding]
    looked: Iterable[Finding]


def keep(known: KnownFiles, read: Read, plan: "Plan | None" = None) -> None:
    """Keep what the documents said with which nothing is wrong, and which of them a plan found unchanged."""
    wrong = {each.location.file for each in read.wrong if each.location}
    by_key = {rule.key: rule for rule in read.desired}
    changes = {change.key: change for change in plan.changes} if plan else {}
    said: dict[str, list[Finding]] = defaultdict(list)
    for each in read.looked:
        if each.check not in ACROSS:
            said[each.keys[0]].append(each)
    by_file: dict[str, list[Draft]] = defaultdict(list)
    for draft in read.sources.drafts:
        by_file[draft.file].append(draft)
    now = around(read.book)
    for file, text in read.sources.texts.items():
        drafts = sorted(by_file[file], key=lambda draft: draft.number)
        if file in wrong or [draft.number for draft in drafts] != list(range(text.documents)):
            continue
        found = []
        for draft in drafts:
            rule, change = by_key.get(draft.key), changes.get(draft.key)
            what = _known(draft, rule, said[draft.key], change, read.book, now) if rule else None
            found += [what] if what else []
        as_before = all(what is draft.known for what, draft in zip(found, drafts, strict=False))
        if found and len(found) == text.documents and not as_before:
            known.keep(text.digest, found)
    known.save()


def _known(
    draft: "Draft", rule: DesiredRule, said: Sequence[Finding], change: "Change | None", book: AccountBook, now: str
) -> Known | None:
    """Return what is known of a document from now on, None where it is to be read again."""
    before = rule.known.same_as if rule.known else None
    same_as = _same_as(change) if change else before
    if rule.known is not None:
        if (rule.known.around, rule.known.same_as) == (now, same_as):
            return rule.known
        return replace(rule.known, findings=tuple(said), around=now, same_as=same_as)
    excuses, trigger = draft.rule.suppress or {}, rule.rule.trigger
    passing = isinstance(trigger, ScheduledTrigger) and trigger.schedule is Schedule.ONE_TIME
    if passing or any(each.until for each in excuses.values()):
        return None
    try:
        words = tuple(_word(word, book, typed=typed) for word, typed in draft.words.items())
    except LookupError:  # an id that the API does not list, of which the checks speak
        return None
    return Known(
        key=draft.key,
        pin=draft.rule.id,
        moved_from=rule.moved_from,
        protect=rule.protect,
        suppress=dict(rule.suppress),
        words=words,
        outline=rule.outline,
        findings=tuple(said),
        around=now,
        same_as=same_as,
    )


def _same_as(change: "Change") -> str | None:
    """Return the fingerprint of the body that holds what Git wants, to the last field that is known here."""
    from rulesync.plan import Operation

    actual = change.actual
    if actual is None or change.operation is not Operation.NO_OP or change.deferred:
        return None
    return actual.fingerprint


def _word(word: str, book: AccountBook, *, typed: bool) -> Word:
    account = book.stands_for(word)
    return Word(word, typed, account.id, account.type)
