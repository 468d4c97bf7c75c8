"""From configuration to plan: the one path that plan, apply, drift and status share."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rulesync import __version__, git, source
from rulesync.accounts import AccountBook
from rulesync.cli import base as at_base
from rulesync.cli.knowing import Read, keep, looked_through
from rulesync.cli.lately import look_back
from rulesync.cli.output import show, without_secrets, write_file
from rulesync.cli.progress import say_cached
from rulesync.cli.session import dialect, rules
from rulesync.clock import SYSTEM_CLOCK, Clock
from rulesync.config import Config
from rulesync.errors import ApiError, NetworkError, RulesyncError, UsageError
from rulesync.findings import Finding, did_you_mean, errors, info, named
from rulesync.lookback import Looking
from rulesync.plan import Operation, Options, Plan, build, is_lacking, target, wanted
from rulesync.planfile.refreshing import refreshed
from rulesync.planfile.writing import Context, plan_json
from rulesync.planjson import PlanJson
from rulesync.policy import managed_in, over_limits
from rulesync.protection import Base, protected, removed_pins
from rulesync.recall import KnownFiles
from rulesync.ruleset import ListedRule, Refresh
from rulesync.source import Sources
from rulesync.wire import Dialect

if TYPE_CHECKING:
    from rulesync.remote import Reader

_NAMED = 10  # rules; more of them say no more


@dataclass(frozen=True)
class Seen:
    """Both sides as they were read, and the base: for whoever wants to know more than the plan tells."""

    sources: Sources
    book: AccountBook
    refresh: Refresh
    base: Base | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what it was told about besides the rules; `reads` is how many requests it took, at the least."""

    plan: Plan
    context: Context
    reads: int
    seen: Seen

    @property
    def unjudged(self) -> list[str]:
        """Return the keys that rule files have and that the plan says nothing of, since an error is in the way."""
        in_git = {draft.key for draft in self.seen.sources.drafts} | self.seen.sources.broken
        return sorted(in_git - {change.key for change in self.plan.changes})

    def json(self, *, whole: bool = True) -> PlanJson:
        """Return the plan as JSON, with the rules that stay as they are only if it is to be `whole`."""
        return plan_json(self.plan, self.context, whole=whole)


def make_plan(
    config: Config,
    reader: "Reader",
    options: Options,
    targets: Sequence[str] = (),
    *,
    elsewhere: bool = False,
    base: str | None = None,
    limited: bool = True,
    also: Callable[[Sequence[ListedRule]], Collection[str]] = lambda listed: (),
    looking: Looking | None = None,
    sure: bool = False,
    known: KnownFiles | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Planned:
    """Read both sides and return the plan; `limited` holds it against limits, and against what Git protects.

    `base` is the commit whose word counts for that. `also` picks further rules whose bodies are wanted. `elsewhere`
    says that a target may be the key of no rule here. `looking` is how far to look back at what the rules did lately.
    `sure` says that something is decided by what is not in the list, be every rule of Git in it or not.
    `known` is what is known of rule files: enough to see that nothing changed, and not to be had for an apply.

    Raises:
        UsageError: a target is the key of no rule.
        ConfigError: there are no rule files to speak of.
        ApiError, NetworkError: the API could not be read.
    """
    sources, book = rules(config, known), AccountBook(config.accounts)
    then = at_base.read(config, base) if base is not None else None
    if sources.needs_accounts(book):
        book = replace(book, listed=reader.accounts())
    today = clock.now()
    desired, unresolved = source.resolve(sources, book, today.date())
    broken = sources.broken | ({draft.key for draft in sources.drafts} - {rule.key for rule in desired})
    seen: list[datetime] = []

    def pick(listed: Sequence[ListedRule]) -> list[str]:
        seen.append(reader.server_time or clock.now())
        return [*dict.fromkeys((*wanted(desired, listed, config.scope), *also(listed)))]

    same = {rule.known.same_as for rule in desired if rule.known and rule.known.same_as}
    refresh = reader.refresh(pick, doubts=lambda listed: sure or is_lacking(desired, listed, config.scope), same=same)
    say_cached(refresh)
    by_hand = not dialect(config).takes_writes
    options = replace(options, defer_cosmetic=config.cosmetic == "defer", by_hand=by_hand)
    plan = build(desired, refresh, config.scope, options, broken=broken, damaged=bool(errors(sources.findings)))
    claimed = {sources.pins[key] for key in broken if key in sources.pins}
    plan = replace(plan, unmanaged=tuple(row for row in plan.unmanaged if row.id not in claimed))
    book, unlisted = _with_accounts(book, plan, reader)
    looked = looked_through(desired, sources, book, config, today)
    if known:
        keep(known, Read(sources, book, desired, (*sources.findings, *unresolved), looked), plan)
    managed = managed_in(plan)
    trusted = then.resolved(book.listed) if then else None
    lost = removed_pins(plan, refresh, trusted, set(sources.pins.values())) if trusted else ()
    created = {change.key for change in plan.writes if change.operation is Operation.CREATE}
    beside = (*unlisted, *_unseen(plan, dialect(config)), *lost)
    idle = source.idle_ids(sources, created) if config.workspace is not None else ()
    plan = replace(plan, findings=(*sources.findings, *unresolved, *looked, *plan.findings, *beside, *idle))
    if targets:
        in_git = {draft.key for draft in sources.drafts} | sources.broken
        plan = target(plan, targets) if elsewhere else _targeted(plan, targets, in_git)
    if limited:
        shielded = protected(plan, refresh, trusted, allowed=options.allow_protected)
        loose = trusted.findings if trusted else ()
        excess = over_limits(plan, config.limits, managed)
        plan = replace(plan, findings=(*loose, *plan.findings, *shielded, *excess))
    read = len(refresh.bodies) + len(refresh.unread) - len(refresh.cached)
    reads = 1 + read + (book.listed is not None)
    context = replace(make_context(config, seen[0], book), refreshed=refreshed(refresh))
    planned = Planned(plan, context, reads, Seen(sources, book, refresh, trusted))
    return planned if looking is None else _looked_back(planned, reader, looking, allowed=options.allow_in_progress)


def _looked_back(planned: Planned, reader: "Reader", looking: Looking, *, allowed: bool) -> Planned:
    """Return a plan with what its rules did lately; applying it as saved looks once more, which its cost says."""
    back = look_back(planned.plan, reader, looking, allowed=allowed, now=planned.context.timestamp)
    context = replace(planned.context, runs=back.runs, looks_back=back.again + back.watched)
    return Planned(back.plan, context, planned.reads + back.reads, planned.seen)


def _with_accounts(book: AccountBook, plan: Plan, reader: "Reader") -> tuple[AccountBook, tuple[Finding, ...]]:
    """Return the book with the API's list where the plan would write a rule, and what is to say where it cannot be had.

    Names in rule files may be known without the list, and the checks of accounts are then worth the request. Where
    nothing changes they said what they had to say before.
    """
    if book.listed is not None or not any(change.desired for change in plan.writes):
        return book, ()
    try:
        return replace(book, listed=reader.accounts()), ()
    except (ApiError, NetworkError) as problem:
        message = f"the accounts in the rules were not looked at: {problem.message}"
        return book, (info("accounts-unread", message, help=problem.help),)


def _unseen(plan: Plan, spoken: Dialect) -> list[Finding]:
    """Return that rules which look new may be there, and only not for this key, where the list cannot tell."""
    new = [change.key for change in plan.writes if change.operation is Operation.CREATE]
    if not new or spoken.lists_all:
        return []
    message = f"the {spoken.name} API lists only what the key may read, so whether {named(new, _NAMED)} "
    message += ("exists" if len(new) == 1 else "exist") + " already is only known"
    message += " if that is every rule"
    advice = f"give the key the {spoken.scope_noun} `{spoken.read_rules_scope}` for all rules"
    return [info("unseen", message, help=advice)]


def make_context(config: Config, when: datetime, book: AccountBook | None = None) -> Context:
    """Return what a plan is told about besides the rules."""
    return Context(
        version=__version__,
        timestamp=when,
        workspace=config.workspace,
        dialect=dialect(config),
        base_url=config.base_url,
        app_url=config.app_url,
        requests_per_minute=config.requests_per_minute,
        names=(book or AccountBook(config.accounts)).names(),
        commit=git.head(config.root),
    )


def _targeted(plan: Plan, targets: Sequence[str], in_git: Collection[str]) -> Plan:
    """Return the plan for some keys; a key in trouble has no change, and its finding says why."""
    known = {change.key for change in plan.changes} | set(in_git)
    for key in targets:
        if key not in known:
            near = did_you_mean(key, known)
            raise UsageError(
                f"`--target {key}`: no rule has this key", help=near or "keys are the paths below the rules directory"
            )
    return target(plan, targets)


@contextmanager
def telling_failure(
    config: Config, renderers: Mapping[str, Callable[[PlanJson], str]], shown: str, files: Mapping[str, Path]
) -> Iterator[None]:
    """Where a plan cannot be made, show and write one that says why, before the error goes its way."""
    try:
        yield
    except UsageError:
        raise
    except RulesyncError as problem:
        value = without_secrets(failed(problem, make_context(config, SYSTEM_CLOCK.now()), config.scope))
        for name, file in files.items():
            write_file(file, renderers[name](value))
        if shown != "text":
            show(renderers[shown](value))
        raise


def failed(problem: RulesyncError, context: Context, scope: str) -> PlanJson:
    """Return a plan that could not be made, so that what CI shows and stores says so."""
    from rulesync.findings import error

    nothing = Plan(scope, (), findings=(error("could-not-run", problem.message, help=problem.help),), errored=True)
    return plan_json(nothing, context)


def exit_code(plan: Plan, *, detailed: bool = False) -> int:
    """Return what `plan` exits with."""
    if plan.errored:
        return 1
    if plan.forbidden:
        return 3
    return 2 if detailed and plan.writes else 0
