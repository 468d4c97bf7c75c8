"""`rulesync status`: every managed rule, and which of them wait for a person."""

import click

from rulesync.cli import options as shared
from rulesync.cli.main import Globals
from rulesync.cli.output import check_writable, emit, parse_writes
from rulesync.cli.planning import make_plan, telling_failure
from rulesync.cli.session import configuration, reading
from rulesync.cli.views import status_renderers
from rulesync.patience import Patience
from rulesync.plan import Options


@click.command(short_help="Show every managed rule: enabled, waiting for a person, disabled.")
@shared.formats("text", "json")
@shared.timeout(shared.READING)
@shared.variables
@click.pass_obj
def command(options: Globals, shown: str, writes: tuple[str, ...], patience: Patience) -> int:
    """Show every managed rule: whether it is enabled, or waits for a person, with the link to enable it."""
    config = configuration(options)
    renderers = status_renderers(options.color)
    files = parse_writes(writes, renderers)
    check_writable(*files.values())
    with telling_failure(config, renderers, shown, files), reading(config, patience) as reader:
        planned = make_plan(config, reader, Options(), limited=False)
    emit(planned.json(), renderers, shown, files)
    return 1 if planned.plan.errored else 0
