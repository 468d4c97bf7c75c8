"""`rulesync adopt`: bind a rule file to a rule that exists."""

import contextlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import click

from rulesync import adoption, document, source
from rulesync.accounts import AccountBook
from rulesync.adoption import Way
from rulesync.cli import options as shared
from rulesync.cli.carrying import Task, carry_out, check_asking, delivery
from rulesync.cli.given import Globals
from rulesync.cli.output import colors, show, show_line, width, without_secrets
from rulesync.cli.planning import make_context
from rulesync.cli.session import check_writes, configuration, reading, rules, writing
from rulesync.clock import SYSTEM_CLOCK
from rulesync.config import Config
from rulesync.errors import ApiError, ConfigError, FindingsError, NetworkError, UsageError
from rulesync.findings import did_you_mean, errors
from rulesync.patience import Patience
from rulesync.plan import Options, Plan, build, is_lacking, target, wanted
from rulesync.planfile.reporting import report_json
from rulesync.planfile.writing import Context, plan_json, rule_url
from rulesync.remote import Reader
from rulesync.render import terminal
from rulesync.rule import Status
from rulesync.ruleset import ActualRule, DesiredRule, ListedRule, Refresh
from rulesync.source import Sources

_LARGEST = 1024 * 1024


@dataclass(frozen=True)
class _Found:
    """Both sides, with the rule file as if it was bound, and what is to be done about it."""

    sources: Sources
    wish: DesiredRule
    pinned: tuple[DesiredRule, ...]
    refresh: Refresh
    context: Context
    way: Way

    @property
    def actual(self) -> ActualRule | None:
        """The rule that is bound."""
        return self.refresh.bodies.get(self.wish.pin or "")


@click.command(short_help="Bind a rule file to a rule that exists.")
@click.argument("key")
@click.option("--id", "rule_id", required=True, metavar="ID", help="The id of the rule, as in its address in the app.")
@click.option("--print", "only_shown", is_flag=True, help="Only show the line; write no file.")
@click.option("--take-over", is_flag=True, help="Take it from another scope or key. This switches a live rule off.")
@click.option("--auto-approve", is_flag=True, help="With --take-over: do not ask.")
@click.option(
    "--report", "report_file", type=click.Path(path_type=Path), help="With --take-over: write the report to a file."
)
@shared.timeout(shared.WRITING)
@shared.variables
@shared.workspace
@click.pass_obj
def command(
    options: Globals,
    key: str,
    rule_id: str,
    only_shown: bool,
    take_over: bool,
    auto_approve: bool,
    report_file: Path | None,
    patience: Patience,
) -> int:
    """Bind the rule file with the KEY to the rule with the ID, and show what the next plan makes of it.

    One line is added to the file, and nothing is written to the API. Only where a rule bears the marker of another
    scope or key, and --take-over is given, is it sent as it is with our marker.

    Exits 0; 1 if it could not run or was not approved; 3 if one of the two is another's; 4 or 5 as apply.
    """
    _sensible(options, take_over=take_over, only_shown=only_shown, auto_approve=auto_approve, report_file=report_file)
    config = configuration(options)
    if not take_over:
        with reading(config, patience) as reader:
            found = _look(config, reader, key, rule_id, take_over=False)
        _bind(found, config, rule_id, options.color, only_shown=only_shown)
        return 0
    report_to = delivery(options, config, "text", (), report_file, "adopt")
    with contextlib.ExitStack() as held:
        held.enter_context(report_to.even_on_failure())
        instead = "take the other's `[rulesync:…]` line out of its description, and adopt it without `--take-over`; "
        check_writes("adopt --take-over", config, instead=instead)
        writer = held.enter_context(writing(config, patience))
        found = _look(config, writer, key, rule_id, take_over=True)
        if found.way is not Way.TAKE_OVER:
            _bind(found, config, rule_id, options.color, only_shown=False)
            return 0
        task = _task(found, config)
        report, code = carry_out(task, writer, config, patience, asking=not auto_approve, approved=True)
        report_to.hand_in(report_json(report, task.plan, task.digest, task.context, "adopt"))
    return code


def _sensible(
    options: Globals, *, take_over: bool, only_shown: bool, auto_approve: bool, report_file: Path | None
) -> None:
    """Refuse what cannot be meant, before anything else happens."""
    if not take_over and (auto_approve or report_file):
        raise UsageError("`--auto-approve` and `--report` are about a write, and only `--take-over` writes")
    if take_over and only_shown:
        raise UsageError("`--print` shows a line for a file, and `--take-over` needs none")
    if take_over:
        check_asking("adopt --take-over", options, auto_approve=auto_approve)


def _look(config: Config, reader: Reader, key: str, rule_id: str, *, take_over: bool) -> _Found:
    """Read both sides and decide.

    Raises:
        UsageError: no rule file has this key.
        FindingsError: its file is in error, or it cannot be bound to that rule.
        ApiError, NetworkError: the API could not be read.
    """
    sources, book = rules(config), AccountBook(config.accounts)
    known = {draft.key for draft in sources.drafts}
    if key not in known | sources.broken:
        near = did_you_mean(key, known) or "write the file first: keys are the paths below the rules directory"
        raise UsageError(f"no rule has the key `{key}`", help=near)
    with contextlib.nullcontext() if sources.needs_accounts(book) else contextlib.suppress(ApiError, NetworkError):
        book = replace(book, listed=reader.accounts())  # where no rule needs it, for the names that people read
    desired, unresolved = source.resolve(sources, book, SYSTEM_CLOCK.now().date())
    wish = next((rule for rule in desired if rule.key == key), None)
    if wish is None:
        wrong = errors((*sources.findings, *unresolved))
        raise FindingsError(f"the file of `{key}` has errors, so it cannot be bound", wrong)
    pinned = tuple(replace(rule, pin=rule_id) if rule.key == key else rule for rule in desired)
    seen: list[datetime] = []

    def pick(listed: Sequence[ListedRule]) -> list[str]:
        seen.append(reader.server_time or SYSTEM_CLOCK.now())
        there = [row.id for row in listed if row.id == rule_id]
        return list(dict.fromkeys([*wanted(pinned, listed, config.scope), *there]))

    refresh = reader.refresh(pick, doubts=lambda listed: is_lacking(pinned, listed, config.scope))
    pins = {**config.ids, **sources.pins}
    way = adoption.choose(wish, rule_id, refresh.listed, config.scope, pins, take_over=take_over)
    found = _Found(sources, replace(wish, pin=rule_id), pinned, refresh, make_context(config, seen[0], book), way)
    if found.actual is None:
        unread = refresh.unreadable.get(rule_id)
        raise ApiError(f"the rule `{rule_id}` cannot be read: {unread.reason if unread else 'it is gone'}")
    return found


# By a pin


def _bind(found: _Found, config: Config, rule_id: str, color: str, *, only_shown: bool) -> None:
    """Write the pin, or show where it is to be written; then show what the next plan makes of it."""
    if found.way is Way.NOTHING:
        show_line(f"`{found.wish.key}` is bound to the rule `{rule_id}` already: nothing to do")
    elif config.workspace is not None:
        show_line(f"add this to `{config.file.name}`, to `ids:` of the workspace `{config.workspace}`:")
        show_line(f"  {found.wish.key}: {rule_id}")
    else:
        _pin(found, config, rule_id, only_shown=only_shown)
    plan = build(found.pinned, found.refresh, config.scope, Options(defer_cosmetic=config.cosmetic == "defer"))
    value = without_secrets(plan_json(target(replace(plan, orphans=(), unmanaged=()), [found.wish.key]), found.context))
    show("\n" + terminal.plan(value, color=colors(color), width=width()))


def _pin(found: _Found, config: Config, rule_id: str, *, only_shown: bool) -> None:
    ours = next(draft.document for draft in found.sources.drafts if draft.key == found.wish.key)
    file = (config.root / ours.file).resolve()
    content = document.content(file, _LARGEST) if file.is_file() else b""
    pinned = source.with_pin(content, ours, rule_id)
    if only_shown or pinned is None:
        show_line(f"write this line at the top of the rule, above {ours.at_key([_first(ours.data)])}:")
        show_line(f"  id: {rule_id}" if not ours.file.endswith(".json") else f'  "id": "{rule_id}",')
        return
    _replace(file, content, pinned)
    show_line(f"wrote `id: {rule_id}` into {ours.file}")


def _first(data: document.Data) -> str:
    return next(iter(data)) if isinstance(data, dict) else ""


def _replace(file: Path, before: bytes, after: bytes) -> None:
    """Put a new content in the place of a file at once, if it still holds what it held.

    Raises:
        ConfigError: it holds something else by now, or cannot be written.
    """
    try:
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".rulesync-", delete=False) as stream:
            stream.write(after)
        fresh = Path(stream.name)
        try:
            fresh.chmod(file.stat().st_mode & 0o7777)
            if document.content(file, _LARGEST) != before:
                raise ConfigError(f"`{file.name}` was changed meanwhile, and is left as it is", help="run it again")
            os.replace(fresh, file)  # noqa: PTH105 - beside `fresh`, which is gone then
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as problem:
        reason = (problem.strerror or "unknown reason").lower()
        raise ConfigError(f"cannot write `{file.name}`: {reason}", help="`--print` shows the line to write") from None


# By a marker


def _task(found: _Found, config: Config) -> Task:
    """Return the write of our marker, and say what it is and what it costs."""
    actual = found.actual
    if actual is None or actual.marker is None:
        raise ApiError("the rule does not bear the marker any more that the list showed", help="run it again")
    change = adoption.take_over(found.wish.key, actual, config.scope)
    plan = Plan(config.scope, (change,))
    show_line(f"takes the rule `{actual.id}` over: its marker was `{actual.marker}`, and names `{change.key}` then")
    if actual.rule.status is Status.ENABLED:
        show_line("the rule is live: this switches it off, until a person enables it again at")
        show_line(f"  {rule_url(actual.id, found.context)}")
    digest = plan_json(plan, found.context)["digest"]
    reads = 1 + len(found.refresh.bodies) + len(found.refresh.unread)
    return Task(plan, digest, found.context, reads, "Take this rule over?")
