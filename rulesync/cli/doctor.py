"""`rulesync doctor`: what works and what to ask for, before the first write."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import click

from rulesync import source
from rulesync.accounts import AccountBook
from rulesync.answer import Hidden
from rulesync.cli import options as shared
from rulesync.cli.given import Globals
from rulesync.cli.output import counted, show, show_line
from rulesync.cli.session import configuration, dialect, key, reading, rules
from rulesync.config import Config
from rulesync.errors import ApiError, NetworkError, RulesyncError
from rulesync.findings import errors
from rulesync.patience import Patience
from rulesync.remote import Reader
from rulesync.ruleset import ActualRule
from rulesync.wire import Dialect

_MOST_SKEW = 60  # seconds

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was tried: whether it works, in one sentence, and what to do where it does not.

    What is `needless` is good to have, and no reason to say that something does not work.
    """

    name: str
    works: bool
    says: str
    help: str | None = None
    needless: bool = False

    @property
    def word(self) -> str:
        """How it went, in a word."""
        return "ok" if self.works else "note" if self.needless else "FAIL"


@click.command(short_help="Check configuration, key, scopes and clock before the first write.")
@shared.timeout(shared.READING)
@shared.variables
@shared.workspace
@click.pass_obj
def command(options: Globals, patience: Patience) -> int:
    """Try everything that plan and apply need, without writing, and say what works and what to ask for.

    Exits 0 if everything works, 1 if something does not.
    """
    config = configuration(options)
    fine = True
    for checked in _checks(config, patience):
        show_line(f"{checked.word:<4}  {checked.name:<14} {checked.says}")
        if checked.help:
            show_line(f"      {'':<14} = help: {checked.help}")
        fine = fine and (checked.works or checked.needless)
    show("")
    show("Everything that was tried works. Nothing was written." if fine else "Not everything works yet.")
    return 0 if fine else 1


def _checks(config: Config, patience: Patience) -> Iterator[Checked]:
    """Try one thing after the other; where there is no key or no answer, nothing further can be tried."""
    yield Checked("configuration", works=True, says=f"`{config.file.name}`, scope `{config.scope}`, {config.rules}/")
    yield _rules(config)
    try:
        key(config)
    except RulesyncError as problem:
        yield Checked("key", works=False, says=problem.message, help=problem.help)
        return
    yield Checked("key", works=True, says=f"{config.key_env} is set; it is shown nowhere")
    with reading(config, patience) as reader:
        yield from _remote(config, reader)


def _rules(config: Config) -> Checked:
    try:
        sources = rules(config)
    except RulesyncError as problem:
        return Checked("rule files", works=False, says=problem.message, help=problem.help)
    _, unresolved = source.resolve(sources, AccountBook(config.accounts))
    wrong = errors((*sources.findings, *unresolved))
    if wrong:
        return Checked("rule files", works=False, says=counted(len(wrong), "error"), help="run `rulesync validate`")
    told = f"{counted(len(sources.drafts), 'rule')} in {counted(sources.files, 'file')}"
    return Checked("rule files", works=True, says=told)


def _remote(config: Config, reader: Reader) -> Iterator[Checked]:
    spoken = dialect(config)
    listed = _try(reader.listing)
    yield _say(
        "list rules", listed, lambda rows: f"{counted(len(rows), 'rule')} at {config.base_url} ({config.dialect})"
    )
    if isinstance(listed, NetworkError) or (isinstance(listed, ApiError) and listed.status == 401):  # noqa: PLR2004
        return
    if not isinstance(listed, RulesyncError):
        readable = [row.id for row in listed if row.supported]
        yield from _unsupported(len(listed) - len(readable))
        yield _body(reader, readable, spoken)
        yield _runs(reader, readable, spoken)
    yield _say("list accounts", _try(reader.accounts), lambda rows: counted(len(rows), "account"))
    yield _clock(reader)
    yield _writes(spoken)


def _writes(spoken: Dialect) -> Checked:
    if spoken.takes_writes:
        says = "announced by the vendor, and only a write can try them: none was sent"
        return Checked("writes", works=True, says=says)
    advice = "`rulesync checklist` lists what a person can do in the app instead, and `rulesync plan` proves it"
    return Checked("writes", works=False, says=f"the {spoken.name} API takes none", help=advice, needless=True)


def _unsupported(number: int) -> Iterator[Checked]:
    if number:
        says = f"{counted(number, 'rule')} that the API can't show: they can only be managed in the app"
        yield Checked("app only", works=False, says=says, needless=True)


def _body(reader: Reader, ids: list[str], spoken: Dialect) -> Checked:
    if not ids:
        return Checked("read a rule", works=True, says="there is none yet, so reading one was not tried")
    look = _try(lambda: reader.look(ids[0]))
    if isinstance(look, Hidden):
        advice = f"{_grant(spoken, spoken.read_rules_scope)}: new rules get new ids"
        return Checked("read a rule", works=False, says=f"`{ids[0]}`: {look.reason}", help=advice)
    others = f", one of {len(ids):,}; whether the key may read the others was not tried" if len(ids) > 1 else ""
    return _say(
        "read a rule", look, lambda rule: f"`{ids[0]}`{others}" if isinstance(rule, ActualRule) else "it is gone by now"
    )


def _grant(spoken: Dialect, scope: str) -> str:
    """Return what a key is to be given, in the dialect's words; v1 writes `*` for all rules."""
    star = " (`*`)" if spoken.scope_noun == "scope" else ""
    return f"give the key the {spoken.scope_noun} {scope} for all rules{star}"


def _runs(reader: Reader, ids: list[str], spoken: Dialect) -> Checked:
    """Return whether it can be read what a rule did, and what is lost where it cannot."""
    if not ids:
        return Checked("read its runs", works=True, says="there is no rule yet, so reading its runs was not tried")
    history = reader.executions(ids[:1])[ids[0]]
    if history.unknown is None:
        number = counted(len(history.runs), "run") + (" or more" if history.more else "")
        return Checked("read its runs", works=True, says=f"`{ids[0]}`: {number}")
    lost = "a plan does not say when a rule ran last, and changes one that is running"
    advice = _grant(spoken, spoken.read_executions_scope)
    return Checked("read its runs", works=False, says=f"{history.unknown}: {lost}", help=advice, needless=True)


def _clock(reader: Reader) -> Checked:
    then = reader.server_time
    if then is None:
        return Checked("clock", works=True, says="the API does not tell its time")
    skew = round((datetime.now(UTC) - then).total_seconds())
    if abs(skew) > _MOST_SKEW:
        advice = "set the clock of this machine: waiting for the API's views to settle depends on it"
        apart = f"{abs(skew)} s {'ahead of' if skew > 0 else 'behind'} the API"
        return Checked("clock", works=False, says=apart, help=advice)
    return Checked("clock", works=True, says="agrees with the API's")


def _try(what: Callable[[], Value]) -> Value | RulesyncError:
    try:
        return what()
    except (ApiError, NetworkError) as problem:
        return problem


def _say(name: str, result: Value | RulesyncError, words: Callable[[Value], str]) -> Checked:
    if isinstance(result, RulesyncError):
        return Checked(name, works=False, says=result.message, help=result.help)
    return Checked(name, works=True, says=words(result))
