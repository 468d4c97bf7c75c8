"""`rulesync drift`: what the app holds that nobody put into Git."""

import click

from rulesync.cli import options as shared
from rulesync.cli.main import Globals
from rulesync.cli.output import check_writable, emit, parse_writes
from rulesync.cli.planning import exit_code, make_plan, telling_failure
from rulesync.cli.session import configuration, reading
from rulesync.cli.views import drift_renderers
from rulesync.patience import Patience
from rulesync.plan import Options

_DRIFT = 2


@click.command(short_help="Show what the app holds that nobody put into Git.")
@shared.formats("text", "json")
@shared.timeout(shared.READING)
@shared.variables
@click.pass_obj
def command(options: Globals, shown: str, writes: tuple[str, ...], patience: Patience) -> int:
    """Show the rules that the app changed since they were last applied, and those that are missing there.

    Exits 0 if there is nothing, 2 if there is something, 1 if it could not run, 3 if rule files have errors.
    """
    config = configuration(options)
    renderers = drift_renderers(options.color)
    files = parse_writes(writes, renderers)
    check_writable(*files.values())
    with telling_failure(config, renderers, shown, files), reading(config, patience) as reader:
        planned = make_plan(config, reader, Options(), limited=False)
    value = planned.json(missing_is_drift=True)
    emit(value, renderers, shown, files)
    if value["resource_drift"] and not planned.plan.errored:
        return _DRIFT
    return exit_code(planned.plan)
