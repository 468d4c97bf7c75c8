"""`rulesync import`: rule files for what the app holds already."""

import os
import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from rulesync import importing, source
from rulesync.accounts import AccountBook, ListedAccount
from rulesync.cli import options as shared
from rulesync.cli.given import Globals
from rulesync.cli.output import holds_secret, show
from rulesync.cli.progress import say_cached
from rulesync.cli.session import configuration, reading, rules
from rulesync.cli.views import import_renderers
from rulesync.config import Config
from rulesync.errors import ConfigError, FindingsError, RulesyncError, UsageError
from rulesync.findings import did_you_mean, errors
from rulesync.importing import Imported, Left, Ours, Written
from rulesync.patience import Patience
from rulesync.remote import Reader
from rulesync.ruleset import ActualRule, ListedRule
from rulesync.source import NewFile


@click.command("import", short_help="Write rule files for rules that the app holds already.")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Every rule that is not managed yet.")
@click.option("--dry-run", "dry", is_flag=True, help="Show what would be written; write nothing.")
@click.option("--format", "shown", type=click.Choice(["text", "json"]), default="text", help="What to print.")
@shared.cached()
@shared.timeout(shared.READING)
@shared.variables
@shared.workspace
@click.pass_obj
def command(options: Globals, ids: tuple[str, ...], everything: bool, dry: bool, shown: str, patience: Patience) -> int:
    """Write a new rule file for each rule with one of the IDs, or for --all, and change nothing in the app.

    No file is ever overwritten. Rules that a file cannot say exactly are left out, each with the reason.

    Exits 0, also if rules were left out for a reason of their own; 1 if a rule could not be read or a file not be
    written, all others being imported; 3 if a rule file that is there already has an error.
    """
    if bool(ids) == everything:
        what = "both are given" if ids else "neither is given"
        raise UsageError(f"import takes the ids of rules, or `--all`: {what}", help="see `rulesync import --help`")
    config = configuration(options)
    ours = _ours(config)
    with reading(config, patience) as reader:
        found = _look(reader, ours, ids)
    done = _import(config, ours, found, dry=dry)
    show(import_renderers(options.color, _next(options, ids, dry=dry))[shown](done))
    return RulesyncError.exit_code if any(each.failed for each in done.left) else 0


def _ours(config: Config) -> Ours:
    """Return what the workspace has already; a directory of rules that is not there yet has nothing.

    Raises:
        FindingsError: a rule file has an error, so that nobody knows which rule it is about.
    """
    if not os.path.lexists(config.root / config.rules):
        return Ours(config.scope, (), (), (), config.ids)
    found = rules(config)
    if errors(found.findings):
        message = "rule files have errors, so which rules they manage is not known; nothing was written"
        raise FindingsError(message, errors(found.findings), help="mend them, then import again")
    keys = {draft.key for draft in found.drafts}
    moved = {draft.moved_from for draft in found.drafts if draft.moved_from}
    return Ours(config.scope, keys, {*found.pins.values()}, moved, config.ids)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the API holds: its lists, the rules to import, and those that are left."""

    accounts: tuple[ListedAccount, ...]
    listed: tuple[ListedRule, ...]
    rules: tuple[ActualRule, ...]
    left: tuple[Left, ...]


def _look(reader: Reader, ours: Ours, ids: Collection[str]) -> _Found:
    """Read the rules with these ids, all of them where there are none.

    Raises:
        UsageError: an id is that of no rule.
        ApiError, NetworkError: the API could not be read.
    """
    left: list[Left] = []
    rows: dict[str, ListedRule] = {}

    def pick(listed: Sequence[ListedRule]) -> Collection[str]:
        left.clear()  # bodies may have told of markers since it was asked first
        rows.clear()
        _check_known(ids, {row.id for row in listed})
        free, taken = importing.candidates(listed, ours)
        left.extend(each for each in taken if each.id in ids or not ids)
        rows.update({row.id: row for row in free if row.id in ids or not ids})
        return rows.keys()

    accounts = reader.accounts()
    refresh = reader.refresh(pick, doubts=lambda listed: not ids or bool(set(ids) - {row.id for row in listed}))
    say_cached(refresh)
    for rule_id, hidden in refresh.unreadable.items():
        if rule_id in rows:
            why, failed = f"it cannot be read: {hidden.reason}", not hidden.unsupported
            left.append(Left(rule_id, hidden.listed.nickname, why, failed=failed))
    found = []
    for rule_id, body in refresh.bodies.items():
        if body.marker == rows[rule_id].marker:
            found.append(body)
        else:
            left.append(Left(rule_id, body.rule.nickname, "it changed while it was read: import again", failed=True))
    return _Found(accounts, refresh.listed, tuple(found), tuple(left))


def _check_known(ids: Collection[str], known: Collection[str]) -> None:
    for rule_id in ids:
        if rule_id not in known:
            near = did_you_mean(rule_id, known) or "copy the id from the address of the rule in the app"
            raise UsageError(f"no rule has the id `{rule_id}`", help=near)


def _import(config: Config, ours: Ours, found: _Found, *, dry: bool) -> Imported:
    """Write the files, and return what was done."""
    book = AccountBook(config.accounts, found.accounts)
    keys = importing.keys(found.rules, found.listed, ours)
    home = config.workspace is None
    files, unsaid = source.draw_up(found.rules, keys, book, config.rules, pinned=home)
    written: list[NewFile] = []
    left = [*found.left, *unsaid]
    if not dry and files:
        _make_directory(config)
    for file in sorted(files, key=lambda each: each.path):
        reason = _refused(file, config, dry=dry)
        if reason is None:
            written.append(file)
        else:
            left.append(Left(file.about.id, file.about.nickname, reason, failed=not holds_secret(file.text)))
    accounts = importing.new_accounts(
        [file.rule for file in written], source.words(book).ids, config.accounts, found.accounts
    )
    ids = {} if home else {file.about.key: file.about.id for file in written if file.about.key not in config.ids}
    people = {account.id: account.name for account in found.accounts if account.name}
    paste = source.paste(accounts, people, ids, config.workspace)
    return Imported(tuple(_about(written)), tuple(left), accounts, ids, paste, dry)


def _about(files: Sequence[NewFile]) -> list[Written]:
    return [file.about for file in files]


def _make_directory(config: Config) -> None:
    """Make the directory of rules where there is none.

    Raises:
        ConfigError: it cannot be made, or what is there cannot be read as one.
    """
    try:
        (config.root / config.rules).mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise ConfigError(f"cannot make the directory `{config.rules}`: {_why(problem)}") from None
    rules(config)


def _refused(file: NewFile, config: Config, *, dry: bool) -> str | None:
    """Write a file, unless it is a dry run, and return why it was not."""
    if holds_secret(file.text):
        return "the API key of this run stands in it; take it out in the app, and make a new key"
    path = config.root / config.rules / file.path
    if dry:
        return f"cannot write `{file.about.file}`: file exists" if os.path.lexists(path) else None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, file.text)
    except OSError as problem:
        return f"cannot write `{file.about.file}`: {_why(problem)}"
    return None


def _write(path: Path, text: str) -> None:
    """Write a new file, whole or not at all."""
    stream = path.open("x", encoding="utf-8", newline="\n")
    try:
        with stream:
            stream.write(text)
    except BaseException:
        path.unlink()
        raise


def _why(problem: OSError) -> str:
    return (problem.strerror or "unknown reason").lower()


def _next(options: Globals, ids: Sequence[str], *, dry: bool) -> str:
    """Return the command that comes next, for the same files and the same organisation."""
    words = ["rulesync"]
    words += [] if options.directory == Path() else ["-C", str(options.directory)]
    words += ["--config", str(options.config_file)] if options.config_file else []
    words += [word for name in options.workspaces for word in ("--workspace", name)]
    words += ["import", *(ids or ["--all"])] if dry else ["plan"]
    words += [word for file in options.variable_files for word in ("--var-file", str(file))]
    words += [word for each in options.variables for word in ("--var", each)]
    return shlex.join(words)
