"""`rulesync drift`: what the app holds that nobody put into Git."""

import click

from rulesync.cli import options as shared
from rulesync.cli import several
from rulesync.cli.main import Globals
from rulesync.cli.output import check_writable, emit, parse_writes
from rulesync.cli.planning import exit_code, make_plan, telling_failure
from rulesync.cli.session import are_several, configuration, reading
from rulesync.cli.views import drift_renderers, several_drifts
from rulesync.config import Config
from rulesync.patience import Patience
from rulesync.plan import Options
from rulesync.planjson import PlanJson
from rulesync.remote import Reader

_DRIFT = 2


@click.command(short_help="Show what the app holds that nobody put into Git.")
@shared.formats("text", "json", "markdown", "html")
@shared.linked
@shared.timeout(shared.READING)
@shared.variables
@shared.workspaces
@click.pass_obj
def command(options: Globals, shown: str, writes: tuple[str, ...], patience: Patience) -> int:
    """Show the rules that the app changed since they were last applied, and those that are missing there.

    Exits 0 if there is nothing, 2 if there is something, 1 if it could not run, 3 if rule files have errors.
    """
    if are_several(options):
        return several.look(options, patience, _drift, several_drifts(options.color, options.link), shown, writes)
    config = configuration(options)
    renderers = drift_renderers(options.color, options.link)
    files = parse_writes(writes, renderers)
    check_writable(*files.values())
    with telling_failure(config, renderers, shown, files), reading(config, patience) as reader:
        value, code = _drift(config, reader)
    emit(value, renderers, shown, files)
    return code


def _drift(config: Config, reader: Reader) -> tuple[PlanJson, int]:
    """Return what drifted in a workspace, and what it ends with."""
    planned = make_plan(config, reader, Options(), limited=False)
    value = planned.json(missing_is_drift=True)
    if value["resource_drift"] and not planned.plan.errored:
        return value, _DRIFT
    return value, exit_code(planned.plan)
