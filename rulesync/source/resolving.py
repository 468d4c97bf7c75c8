"""Drafts -> the desired rules, their names of accounts resolved; or which names stand for no account."""

from collections import defaultdict
from datetime import date
from functools import cache, partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from rulesync.accounts import AccountBook
from rulesync.document import MAX_FINDINGS, Document, one_line
from rulesync.findings import Finding, Location, error, once
from rulesync.known import Known, Word
from rulesync.rule import Rule
from rulesync.ruleset import DesiredRule, RecalledRule
from rulesync.source.draft import Draft
from rulesync.source.loading import Sources, place, readable

if TYPE_CHECKING:  # pydantic is dear to import, and rules that are known go without
    from rulesync.source.expand import Mention, UnknownAccount


def resolve(
    sources: Sources, book: AccountBook, today: date | None = None
) -> tuple[tuple[DesiredRule, ...], tuple[Finding, ...]]:
    """Return the desired rules in the order of their keys, and the names of accounts that stand for none.

    What excuses a rule from a check until a day before `today` (in UTC) counts no more; without it, all excuses do.

    Without the API's list of accounts in `book`, ids and types that only it can tell are `?…`: good enough to check
    the rules, never to be sent.
    """
    said = {each.location for each in sources.findings}
    desired: list[DesiredRule] = []
    by_file: dict[str, list[Finding]] = defaultdict(list)
    is_same = cache(lambda word: _is_same(word, book))
    for draft in sources.drafts:
        found = by_file[draft.file]
        if len(found) > MAX_FINDINGS:
            continue  # what stays unresolved here is as good as wrong: it is not desired, and not gone
        if draft.known and all(map(is_same, draft.known.words)):
            desired.append(_recalled(draft, draft.known, book))
            continue
        rule, unknown = _resolved(draft, book)
        found += [_no_account(name.message, name.help, draft.document.at(name.path)) for name in unknown]
        desired += [] if unknown else [_desired(draft, rule, today)]
    for unsound in sources.unsound:
        from rulesync.source.expand import loose_mentions

        found = by_file[unsound.file]
        wrong = filter(None, (_unknown(mention, unsound, book) for mention in loose_mentions(unsound.data)))
        told = (each for each in wrong if each.location not in said)
        found += islice(told, max(0, MAX_FINDINGS + 1 - len(found)))
    return tuple(desired), tuple(sorted(once(chain(*map(readable, by_file.values()))), key=place))


def _resolved(draft: Draft, book: AccountBook) -> "tuple[Rule, tuple[UnknownAccount, ...]]":
    """Return the rule of a draft, and the names of accounts in it that stand for nothing."""
    from rulesync.source.expand import expand
    from rulesync.wire import v1

    body, unknown = expand(draft.rule, book)
    return v1.decode(body).rule, unknown


def _is_same(word: Word, book: AccountBook) -> bool:
    """Tell whether a name stands for what it stood for before."""
    try:
        account = book.stands_for(word.name)
    except LookupError:
        return False
    return account.id == word.id and (account.type == word.type or not word.typed)


def _recalled(draft: Draft, known: Known, book: AccountBook) -> DesiredRule:
    """Return a rule that is known from before; it is read when somebody asks what it says, or where."""
    return RecalledRule.of(known, draft.pin, partial(_whole, draft, book))


def _whole(draft: Draft, book: AccountBook) -> tuple[Rule, Location]:
    return _resolved(draft, book)[0], draft.document.at()


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
