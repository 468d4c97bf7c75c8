"""`rulesync checklist`: the plan as steps for a person in the app."""

import click

from rulesync.cli import options as shared
from rulesync.cli.given import Globals
from rulesync.cli.output import check_writable, emit, parse_writes
from rulesync.cli.planning import exit_code, make_plan, telling_failure
from rulesync.cli.session import configuration, reading
from rulesync.cli.views import checklist_renderers
from rulesync.errors import UsageError
from rulesync.patience import Patience
from rulesync.plan import Options


@click.command(short_help="Show the plan as steps for a person in the app. Writes nothing.")
@shared.formats("text", "markdown", "json")
@shared.planning
@shared.cached()
@shared.timeout(shared.READING)
@shared.variables
@shared.workspace
@click.pass_obj
def command(
    options: Globals,
    shown: str,
    writes: tuple[str, ...],
    targets: tuple[str, ...],
    prune: bool,
    allow_field_loss: bool,
    allow_protected: bool,
    allow_in_progress: bool,
    base: str | None,
    patience: Patience,
) -> int:
    """Show what a person does in the app so that it holds what Git wants: what to open, type, and switch on or off.

    It is for where the API takes no writes, and works everywhere. A rule that is made or changed by hand gets the line
    `[rulesync:…]` at the end of its description, as it stands in the list: by it the next plan knows the rule, and
    proves that everything was done.

    A person replaces no rule, so --allow-field-loss changes nothing here, and neither does --allow-in-progress.

    Exits 0; 1 if it could not run; 3 if a finding forbids it.
    """
    if prune and targets:
        raise UsageError("`--prune` cannot be used with `--target`: what is not targeted is not gone")
    config = configuration(options)
    renderers = checklist_renderers(options.color, config.app_url)
    files = parse_writes(writes, renderers)
    check_writable(*files.values())
    wish = Options(prune, allow_field_loss=True, allow_protected=allow_protected, allow_in_progress=True)
    with telling_failure(config, renderers, shown, files), reading(config, patience) as reader:
        planned = make_plan(config, reader, wish, targets, base=base)
    emit(planned.json(), renderers, shown, files)
    return exit_code(planned.plan)
