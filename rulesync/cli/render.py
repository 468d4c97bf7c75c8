"""`rulesync render`: what rule files become after templates and names."""

from dataclasses import replace

import click

from rulesync import source
from rulesync.accounts import AccountBook
from rulesync.cli import options as shared
from rulesync.cli.given import Globals
from rulesync.cli.output import say, say_findings, show
from rulesync.cli.session import configuration, reading, rules
from rulesync.clock import SYSTEM_CLOCK
from rulesync.config import Config
from rulesync.errors import FindingsError, UsageError
from rulesync.findings import did_you_mean, errors
from rulesync.patience import Patience
from rulesync.render import json
from rulesync.ruleset import DesiredRule
from rulesync.wire import v1


@click.command(short_help="Show what rule files become after templates and names.")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--format", "shown", type=click.Choice(["text", "json"]), default="text", help="What to print.")
@shared.timeout(shared.READING)
@shared.variables
@shared.workspace
@click.pass_obj
def command(options: Globals, keys: tuple[str, ...], shown: str, patience: Patience) -> int:
    """Show the rules with every name and value put in, all or those with the KEYs: a document each, a rule file too.

    What only rulesync reads (`id`, `moved_from`, `protect`, `suppress`) is left out. With `--format json`, each comes
    with the body that the API would get.

    The API is asked only for accounts that `rulesync.yaml` names without their id or type, and only if there is a key.

    Exits 0; 3 if rule files have errors; 1 if it could not run.
    """
    config = configuration(options)
    desired, book, damaged = _desired(config, patience)
    unknown = [key for key in keys if key not in {rule.key for rule in desired}]
    if unknown and not damaged:
        near = did_you_mean(unknown[0], (rule.key for rule in desired))
        raise UsageError(f"no rule has the key `{unknown[0]}`", help=near or "keys are paths below the rules directory")
    chosen = [rule for rule in desired if not keys or rule.key in keys]
    if shown == "json":
        show(json.rules([_json(rule) for rule in chosen]))
    elif chosen:
        called = source.Words({}, {}, book.names())
        show("---\n".join(f"# {_place(rule)}\n{source.dump(rule.rule, called, key=rule.key)}" for rule in chosen))
    return FindingsError.exit_code if damaged else 0


def _desired(config: Config, patience: Patience) -> tuple[tuple[DesiredRule, ...], AccountBook, bool]:
    """Return the rules, what accounts are called, and whether some files have errors, which are said."""
    sources, book = rules(config), AccountBook(config.accounts)
    if sources.needs_accounts(book):
        if config.key:
            with reading(config, patience) as reader:
                book = replace(book, listed=reader.accounts())
        else:
            say("accounts that are named without id or type stand as `?`: there is no key to look them up with")
    desired, unresolved = source.resolve(sources, book, SYSTEM_CLOCK.now().date())
    wrong = errors((*sources.findings, *unresolved))
    say_findings(wrong)
    return desired, book, bool(wrong)


def _place(rule: DesiredRule) -> str:
    return f"{rule.location.file}:{rule.location.line}"


def _json(rule: DesiredRule) -> dict[str, object]:
    place = rule.location
    return {"key": rule.key, "file": place.file, "line": place.line, "body": v1.encode(rule.rule)}
