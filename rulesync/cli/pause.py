"""`rulesync pause`: the emergency brake."""

import contextlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from rulesync import brake
from rulesync.accounts import AccountBook
from rulesync.brake import Brake, Managed
from rulesync.cli import options as shared
from rulesync.cli.carrying import Task, carry_out, check_asking, delivery
from rulesync.cli.given import Globals
from rulesync.cli.output import colors, counted, say, show, width, without_secrets
from rulesync.cli.planning import make_context
from rulesync.cli.session import check_writes, configuration, rules, writing
from rulesync.clock import SYSTEM_CLOCK
from rulesync.config import Config
from rulesync.errors import ConfigError, RulesyncError, UsageError
from rulesync.findings import errors
from rulesync.patience import Patience
from rulesync.planfile.pausing import pause_json
from rulesync.planfile.reporting import report_json
from rulesync.planfile.writing import Context, plan_json
from rulesync.remote import Reader
from rulesync.render import screen, terminal
from rulesync.report import Outcome, Result
from rulesync.rule import Status
from rulesync.ruleset import ListedRule, Refresh
from rulesync.stake import sources


@click.command(short_help="The emergency brake: switch live rules off, the most money first.")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--all", "everything", is_flag=True, help="Every live rule that is managed here.")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--report", "report_file", type=click.Path(path_type=Path), help="Write the report, as JSON, to a file.")
@shared.formats("text", "json", "markdown", "html")
@shared.timeout(shared.WRITING)
@shared.variables
@shared.workspace
@click.pass_obj
def command(
    options: Globals,
    keys: tuple[str, ...],
    everything: bool,
    auto_approve: bool,
    report_file: Path | None,
    shown: str,
    writes: tuple[str, ...],
    patience: Patience,
) -> int:
    """Switch live rules off: those with the KEYs, or --all. Nothing else about them changes.

    The rules that can move the most money go first. Rule files may be broken or missing: the rules are found by what
    stands in the app. Only a person can switch them on again: the report says which are off, each with its link.

    Exits 0; 1 if it could not run, was not approved, or no rule could be read; 4 if every rule moved at the same
    moment; 5 if only some are surely off.
    """
    _sensible(options, keys, everything=everything, auto_approve=auto_approve)
    config = configuration(options)
    report_to = delivery(options, config, shown, writes, report_file, "pause")
    with report_to.even_on_failure(), contextlib.ExitStack() as held:
        try:
            check_writes("pause", config, instead="switch the rule off in the app; ")
            writer = held.enter_context(writing(config, patience))
            pulled = _pull(config, writer, keys)
        except RulesyncError:
            say(f"nothing was switched off; a rule that must not run can be switched off at {config.app_url}")
            raise
        value = without_secrets(pause_json(pulled.brake, pulled.context, everything=everything))
        text = terminal.pause(value, color=colors(options.color), width=width())
        with contextlib.suppress(OSError):  # a full disk is no reason not to pull the brake
            (show if shown == "text" else say)(f"{text}\n")
        task = _task(pulled)
        report, code = carry_out(task, writer, config, patience, asking=not auto_approve, approved=True)
        report_to.hand_in(report_json(report, task.plan, task.digest, task.context, "pause"))
        if value["untouched"]:
            say(f"still running: {counted(len(value['untouched']), 'live rule')} not managed here, see above")
    return code


def _sensible(options: Globals, keys: tuple[str, ...], *, everything: bool, auto_approve: bool) -> None:
    """Refuse what cannot be meant, before anything else happens."""
    if bool(keys) == everything:
        what = "both are given" if keys else "neither is given"
        raise UsageError(f"pause takes the keys of rules, or `--all`: {what}", help="`rulesync status` lists the keys")
    check_asking("pause", options, auto_approve=auto_approve)


@dataclass(frozen=True, slots=True)
class _Pulled:
    """What is to be switched off, and what that was decided from."""

    brake: Brake
    context: Context
    refresh: Refresh


def _pull(config: Config, reader: Reader, keys: Collection[str]) -> _Pulled:
    """Read what is to be switched off; without keys, everything that is managed here.

    Raises:
        UsageError: a key is bound to nothing.
        ApiError, NetworkError: the list could not be read.
    """
    pins, moved = _from_files(config)
    seen: list[tuple[datetime, Managed, Sequence[str]]] = []

    def pick(listed: Sequence[ListedRule]) -> list[str]:
        among = brake.managed(listed, config.scope, pins, moved)
        chosen = _chosen(keys, among, config) if keys else list(among.rows)
        seen.append((reader.server_time or SYSTEM_CLOCK.now(), among, chosen))
        return [row.id for key in chosen for row in among.rows[key]]

    refresh = reader.refresh(pick, in_a_hurry=True)
    when, among, chosen = seen[0]
    if not among.rows:
        say(f"no rule bears the marker of the scope `{config.scope}`, and none is pinned: is this the right directory?")
    pulled = brake.build(chosen, among, refresh, _balances(reader, refresh), config.scope)
    return _Pulled(pulled, make_context(config, when, AccountBook(config.accounts)), refresh)


def _from_files(config: Config) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return pinned ids and former keys, by key, as far as the rule files can be read; the brake needs no more."""
    pins = dict(config.ids)
    try:
        found = rules(config)
    except (ConfigError, OSError) as problem:
        why = problem.message if isinstance(problem, ConfigError) else "the rule files cannot be read"
        say(screen.line(f"warning: {why}; rules that are only pinned (`id:`) in rule files are not known"))
        return pins, {}
    broken = sorted({each.location.file for each in errors(found.findings) if each.location})
    if broken:
        say(screen.line(f"warning: pins (`id:`) in broken rule files may not be known: {', '.join(broken)}"))
    pins |= found.pins
    return pins, {draft.key: draft.moved_from for draft in found.drafts if draft.moved_from}


def _chosen(words: Collection[str], among: Managed, config: Config) -> list[str]:
    """Return the keys that words stand for.

    Raises:
        UsageError: some stand for nothing, all of which are named.
    """
    found = {word: among.find(word) for word in words}
    unknown = [word for word, key in found.items() if key is None]
    if unknown:
        hints = [f"`{word}`: {near}" for word in unknown if (near := among.near(word))]
        named = ", ".join(f"`{word}`" for word in unknown)
        raise UsageError(
            f"no rule of the scope `{config.scope}` has the key {named}",
            help="; ".join(hints) or "`rulesync status` lists the keys; `--all` takes every rule that is managed here",
        )
    return list(dict.fromkeys(key for key in found.values() if key))


def _balances(reader: Reader, refresh: Refresh) -> Mapping[str, int]:
    """Return what the accounts hold that decide how much live rules can move; without them it goes on."""
    live = [actual.rule for actual in refresh.bodies.values() if actual.rule.status is Status.ENABLED]
    needed = list(dict.fromkeys(account for rule in live for account in sources(rule)))
    found = reader.balances(needed)
    if len(found) < len(needed):
        unread = counted(len(needed) - len(found), "balance")
        say(f"{unread} cannot be read; what depends on that counts as without a known limit")
    return found


def _task(pulled: _Pulled) -> Task:
    plan, number = pulled.brake.plan, len(pulled.brake.plan.writes)
    beside = tuple(
        Outcome(
            each.change,
            Result.FAILED,
            error=f"it cannot be read, so it cannot be switched off from here: {each.reason}",
        )
        for each in pulled.brake.unreadable
    )
    return Task(
        plan,
        plan_json(plan, pulled.context)["digest"],
        pulled.context,
        1 + len(pulled.refresh.bodies) + len(pulled.refresh.unread),
        "Switch this rule off?" if number == 1 else f"Switch these {number} rules off?",
        beside,
    )
