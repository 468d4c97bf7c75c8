"""`rulesync status`: every managed rule, and which of them wait for a person."""

from typing import TYPE_CHECKING

import click

from rulesync.cli import hooks
from rulesync.cli import options as shared
from rulesync.cli.given import Globals
from rulesync.cli.output import check_writable, emit, parse_writes
from rulesync.cli.planning import make_plan, telling_failure
from rulesync.cli.session import are_several, configuration, reading
from rulesync.cli.views import several_statuses, status_renderers
from rulesync.config import Config
from rulesync.lookback import Looking
from rulesync.patience import Patience
from rulesync.plan import Options
from rulesync.planfile.awaiting import notice
from rulesync.planjson import PlanJson

if TYPE_CHECKING:
    from rulesync.remote import Reader


@click.command(short_help="Show every managed rule: enabled, waiting for a person, disabled.")
@hooks.options
@shared.formats("text", "json", "markdown", "html")
@shared.linked
@shared.history
@shared.cached()
@shared.timeout(shared.READING)
@shared.variables
@shared.workspaces
@click.pass_obj
def command(
    options: Globals,
    webhook: str | None,
    webhook_format: str | None,
    shown: str,
    writes: tuple[str, ...],
    history_requests: int,
    patience: Patience,
) -> int:
    """Show every managed rule: whether it is enabled, or waits for a person, with the link to enable it.

    Of each rule it also says how its last run ended, and when it runs next.
    """
    looking = Looking(history_requests, every=True)

    def look(config: Config, reader: "Reader") -> tuple[PlanJson, int]:
        return _status(config, reader, looking)

    if are_several(options):
        from rulesync.cli import several

        told = hooks.opened(webhook, webhook_format)

        def tell(config: Config, reader: "Reader") -> tuple[PlanJson, int]:
            hooks.mask(told)
            value, code = look(config, reader)
            hooks.tell(told, notice(value))
            return value, code

        return several.look(options, patience, tell, several_statuses(options.color, options.link), shown, writes)
    config = configuration(options)
    hook = hooks.opened(webhook, webhook_format, config.key)
    renderers = status_renderers(options.color, options.link)
    files = parse_writes(writes, renderers)
    check_writable(*files.values())
    with telling_failure(config, renderers, shown, files), reading(config, patience) as reader:
        value, code = look(config, reader)
    emit(value, renderers, shown, files)
    hooks.tell(hook, notice(value))
    return code


def _status(config: Config, reader: "Reader", looking: Looking) -> tuple[PlanJson, int]:
    """Return the rules of a workspace as they are, and what it ends with."""
    nothing_is_written = Options(allow_in_progress=True)
    planned = make_plan(config, reader, nothing_is_written, limited=False, looking=looking)
    return planned.json(), 1 if planned.plan.errored else 0
