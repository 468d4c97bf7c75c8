"""`rulesync wait`: until the rules that wait for a person are enabled, and hold what was applied."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click

from rulesync.cli import hooks, several
from rulesync.cli import options as shared
from rulesync.cli.carrying import saved_text
from rulesync.cli.given import Globals
from rulesync.cli.output import check_writable, emit, parse_writes, say, say_findings, show, write_file
from rulesync.cli.planning import Planned, make_context, make_plan
from rulesync.cli.session import are_several, configuration, reading
from rulesync.cli.several import Failure
from rulesync.cli.views import Renderers, several_waits, wait_renderers
from rulesync.clock import SYSTEM_CLOCK
from rulesync.config import Config, Webhook
from rulesync.errors import ApiError, ConfigError, FindingsError, RulesyncError, UsageError
from rulesync.findings import Finding, did_you_mean, errors, named
from rulesync.patience import Patience
from rulesync.plan import Options
from rulesync.planfile import awaiting, report_reading
from rulesync.planfile.writing import Context
from rulesync.planjson import WaitJson
from rulesync.remote import Reader
from rulesync.render import screen, view, wait_view
from rulesync.rule import Status
from rulesync.waiting import Awaited, Found, awaited, is_applied, of_plan
from rulesync.watch import Telling, Watched, watch

_WRONG = 2
_TIME_UP = 6
_AT_ONCE = 256  # workspaces: a wait takes next to nothing, and must not wait for the end of another


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be waited for, all that waits where nothing is named; and who is told."""

    keys: tuple[str, ...]
    report: Path | None
    hook: Webhook | None


@click.command(short_help="Wait until the rules that wait for a person are enabled.")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option(
    "--report", type=click.Path(path_type=Path), help="Wait for the rules that this report of an apply names."
)
@hooks.options
@shared.formats("text", "json")
@shared.cached()
@shared.timeout(shared.WAITING)
@shared.variables
@shared.workspaces
@click.pass_obj
def command(
    options: Globals,
    keys: tuple[str, ...],
    report: Path | None,
    webhook: str | None,
    webhook_format: str | None,
    shown: str,
    writes: tuple[str, ...],
    patience: Patience,
) -> int:
    """Wait until the rules that wait for a person are enabled, and hold what was applied; or only those with the KEYs.

    The links are shown at once, on standard error, and each rule when it is enabled. The API is asked a few times a
    minute.

    Exits 0 when all are enabled; 2 if somebody enabled a rule that holds something else, or deleted one; 6 if the time
    is up before; 3 if errors in rule files hide whether a rule waits; 1 if it could not run.
    """
    if are_several(options):
        return _several(options, Asked(keys, report, None), (webhook, webhook_format), shown, writes, patience)
    config = configuration(options)
    asked = Asked(keys, report, hooks.opened(webhook, webhook_format, config.key))
    renderers = wait_renderers(options.color)
    files = parse_writes(writes, renderers)
    check_writable(*files.values())
    with _telling_failure(config, renderers, shown, files), reading(config, patience) as reader:
        value, code = _wait(config, reader, asked, patience)
    emit(value, renderers, shown, files)
    return code


def _several(
    options: Globals,
    asked: Asked,
    hook: tuple[str | None, str | None],
    shown: str,
    writes: tuple[str, ...],
    patience: Patience,
) -> int:
    """Wait in several workspaces side by side."""
    if asked.keys or asked.report:
        raise UsageError("KEYs and `--report` are those of one workspace", help="name it with `--workspace NAME`")
    told = hooks.opened(*hook)

    def work(config: Config) -> tuple[WaitJson, int]:
        hooks.mask(told)
        mine = patience.twin()
        with reading(config, mine) as reader:
            return _wait(config, reader, replace(asked, hook=told), mine)

    def failed(config: Config, failure: Failure) -> WaitJson:
        return awaiting.failed_wait(failure.why, config.scope, _context(config))

    renderers, order = several_waits(options.color), (1, FindingsError.exit_code, _WRONG, _TIME_UP)
    return several.gather(options, work, failed, renderers, shown, writes, order, at_once=_AT_ONCE)


def _context(config: Config) -> Context:
    """Return what can be told of a workspace before anything is read."""
    return make_context(config, SYSTEM_CLOCK.now())


@contextmanager
def _telling_failure(
    config: Config, renderers: Renderers[WaitJson], shown: str, files: Mapping[str, Path]
) -> Iterator[None]:
    """Where waiting cannot begin, show and write why, before the error goes its way."""
    try:
        yield
    except UsageError:
        raise
    except RulesyncError as problem:
        value = awaiting.failed_wait(problem.message, config.scope, _context(config))
        for name, file in files.items():
            write_file(file, renderers[name](value))
        if shown == "json":
            show(renderers[shown](value))
        raise


def _wait(config: Config, reader: Reader, asked: Asked, patience: Patience) -> tuple[WaitJson, int]:
    """Wait, and return how it ended, and the exit code."""
    doubts: tuple[Finding, ...] = ()
    if asked.report:
        wanted, context = _from_report(config, asked)
    else:
        wanted, context, doubts = _from_files(config, reader, asked.keys)
    telling = _Telling(config.scope, context, asked.hook)
    done = Watched((), timed_out=False)
    if wanted:
        told = Telling(telling.begun, telling.changed, telling.failed)
        done = watch(reader, wanted, patience, told, per_minute=config.requests_per_minute)
    at = reader.server_time or SYSTEM_CLOCK.now()
    context = replace(context, timestamp=at)
    value = awaiting.wait_json(done.found, config.scope, context, timed_out=done.timed_out, findings=doubts)
    wrong = [each for each in value["rules"] if each["state"] in {"altered", "gone"}]
    hooks.tell(asked.hook, {**awaiting.notice(value, wrong, "not-as-applied"), "awaiting_enable": []})
    return value, _WRONG if wrong else _TIME_UP if done.timed_out else 0


def _from_report(config: Config, asked: Asked) -> tuple[Sequence[Awaited], Context]:
    """Return the rules that a report says to wait for."""
    context = make_context(config, SYSTEM_CLOCK.now())
    found = report_reading.awaited(saved_text(asked.report or Path(), "report"), config.scope, context)
    if not asked.keys:
        return found, context
    known = {each.key: each for each in found}
    for key in asked.keys:
        if key not in known:
            raise UsageError(
                f"`{key}` is not among the rules that wait by this report",
                help=did_you_mean(key, known) or "the report names them under `awaiting_enable`",
            )
    return [known[key] for key in dict.fromkeys(asked.keys)], context


def _from_files(
    config: Config, reader: Reader, keys: Sequence[str]
) -> tuple[Sequence[Awaited], Context, tuple[Finding, ...]]:
    """Return the rules that Git wants enabled and that are off; those with certain keys, be they enabled already.

    With them comes what is not known of others, where all that wait were asked for.

    Raises:
        UsageError: a key is that of no rule, or of one that Git wants off.
        ConfigError: a rule with such a key is not applied.
        ApiError, FindingsError: it cannot be told what waits.
    """
    planned = make_plan(config, reader, Options(), limited=False)
    plan = planned.plan
    say_findings(errors(plan.findings))
    if plan.errored and not keys:
        raise ApiError("a managed rule cannot be read, so whether it waits is not known", help="name KEYs to wait for")
    _check_judged(planned, keys)
    if not keys:
        return of_plan(plan.changes), planned.context, _unseen(planned)
    known = {change.key: change for change in plan.changes if change.desired is not None}
    wanted = []
    for key in dict.fromkeys(keys):
        change = known.get(key)
        if change is None or change.desired is None:
            near = did_you_mean(key, known) or "`rulesync status` lists the keys"
            raise UsageError(f"no rule that can be waited for has the key `{key}`", help=near)
        if change.desired.rule.status is Status.DISABLED:
            raise UsageError(f"`{key}`: Git wants it off, so nobody is to enable it", help="see its `status:`")
        if not is_applied(change):
            raise _not_applied(key, planned)
        wanted.append(awaited(change))
    return wanted, planned.context, ()


def _unseen(planned: Planned) -> tuple[Finding, ...]:
    """Return what says of rules that they may be there, and only not for this key."""
    return tuple(each for each in planned.plan.findings if each.check == "unseen")


def _not_applied(key: str, planned: Planned) -> ConfigError:
    """Return why a rule is not waited for that the list does not show."""
    unseen = _unseen(planned)
    if not unseen:
        return ConfigError(f"`{key}` is not in the app, so nobody can enable it", help="run `rulesync apply` before")
    message = f"`{key}` is not in the app, or the key may not read it, so it cannot be waited for"
    return ConfigError(message, help=f"{unseen[0].help}; `rulesync checklist` tells how to make it")


def _check_judged(planned: Planned, keys: Sequence[str]) -> None:
    """Refuse to wait where errors hide whether a rule waits, or one of those with certain keys.

    Raises:
        FindingsError: they do; the errors themselves have been said.
    """
    hidden = [key for key in dict.fromkeys(keys) if key in planned.unjudged] if keys else planned.unjudged
    if hidden or (not keys and errors(planned.seen.sources.findings)):
        message = f"whether {named(hidden) or 'a rule'} waits is not known, since there are errors in the way"
        raise FindingsError(message, (), help="mend them" + ("" if keys else ", or name KEYs to wait for"))


@dataclass(frozen=True, slots=True)
class _Telling:
    """Says how the wait goes: the links at once, and each rule when it is enabled."""

    scope: str
    context: Context
    hook: Webhook | None

    def begun(self, found: Sequence[Found]) -> None:
        """Show what waits, and tell whoever wants to know."""
        value = awaiting.wait_json(found, self.scope, self.context, timed_out=False)
        waiting = view.links(value["awaiting_enable"])
        if waiting:
            say(view.waiting_title(waiting))
        for link in waiting:
            say("  " + screen.safe(link.name))
            say("    " + screen.safe(link.url))
        for each in value["rules"]:
            if each["state"] in {"altered", "gone"}:
                say(screen.line(wait_view.changed(each, 0)))
        hooks.tell(self.hook, awaiting.notice(value))

    def changed(self, found: Found, pending: int) -> None:
        """Say what became of one rule."""
        (rule,) = awaiting.wait_json([found], self.scope, self.context, timed_out=False)["rules"]
        say(screen.line(wait_view.changed(rule, pending)))

    def failed(self, why: str) -> None:
        """Say why a look failed; there will be others."""
        say(screen.line(f"the API could not be looked at, waiting goes on: {why}"))
