"""`rulesync plan`: what apply would do, and why."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rulesync.cli import options as shared
from rulesync.cli.given import Globals
from rulesync.cli.knowing import opened
from rulesync.cli.output import check_writable, emit, parse_writes, write_file
from rulesync.cli.planning import exit_code, make_plan, telling_failure
from rulesync.cli.session import are_several, below, configuration, dialect, reading
from rulesync.cli.views import plan_renderers, several_plans
from rulesync.config import Config
from rulesync.errors import UsageError
from rulesync.lookback import Looking
from rulesync.patience import Patience
from rulesync.plan import Options
from rulesync.planjson import PlanJson

if TYPE_CHECKING:
    from rulesync.remote import Reader


@click.command(short_help="Show what apply would do, and why. Writes nothing.")
@shared.formats("text", "json", "markdown", "html")
@shared.linked
@shared.planning
@shared.history
@click.option("--out", type=click.Path(path_type=Path), help="Save the plan, for `rulesync apply FILE`.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 if there are changes.")
@shared.cached()
@shared.timeout(shared.READING)
@shared.variables
@shared.workspaces
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
    history_requests: int,
    out: Path | None,
    detailed_exitcode: bool,
    patience: Patience,
) -> int:
    """Compare the rules in Git with those that the API holds, and show what apply would do. Nothing is written.

    Exits 0; 1 if it could not run; 2 with --detailed-exitcode if there are changes; 3 if a finding forbids to apply.
    """
    if prune and targets:
        raise UsageError("`--prune` cannot be used with `--target`: what is not targeted is not gone")
    wish = Options(prune, allow_field_loss, allow_protected, allow_in_progress=allow_in_progress)
    looking = Looking(history_requests)
    place = below(options)
    again = _next(options, out, targets, wish, base)
    if are_several(options):
        from rulesync.cli import several

        if out:
            advice = "save one for each, with `--workspace NAME`, or keep them all with `--write json=FILE`"
            raise UsageError("`--out` saves the plan of one workspace", help=advice)

        def make(at: Config, reader: "Reader") -> tuple[PlanJson, int]:
            planned = make_plan(at, reader, wish, targets, elsewhere=True, base=base, looking=looking)
            return planned.json(), exit_code(planned.plan, detailed=detailed_exitcode)

        return several.look(
            options, patience, make, several_plans(options.color, again, options.link, place), shown, writes, targets
        )
    config = configuration(options)
    if not dialect(config).takes_writes:
        again = _next(options, None, targets, wish, base, "checklist")
    renderers = plan_renderers(options.color, again, options.link, place)
    files = parse_writes(writes, renderers)
    check_writable(out, *files.values())
    with telling_failure(config, renderers, shown, files), reading(config, patience) as reader:
        known = opened(config, "plan", secret=config.key or "", believed=not out)  # what is saved is to be written
        planned = make_plan(config, reader, wish, targets, base=base, looking=looking, known=known)
    value = planned.json(whole=bool(out) or {shown, *files} != {"text"})
    if out:
        write_file(out, renderers["json"](value))
    emit(value, renderers, shown, files)
    return exit_code(planned.plan, detailed=detailed_exitcode)


def _next(
    options: Globals,
    out: Path | None,
    targets: tuple[str, ...],
    wish: Options,
    base: str | None,
    verb: str = "apply",
) -> str:
    """Return the command that carries this very plan out: for the same rules, in the same organisation."""
    words = ["rulesync"]
    words += [] if options.directory == Path() else ["-C", str(options.directory)]
    words += ["--config", str(options.config_file)] if options.config_file else []
    words += ["--all-workspaces"] if options.every_workspace else []
    words += [word for name in options.workspaces for word in ("--workspace", name)]
    words += [word for file in options.variable_files for word in ("--var-file", str(file))]
    words += [word for each in options.variables for word in ("--var", each)]
    if out:
        return shlex.join([*words, verb, str(out)])
    words += [verb, *(word for key in targets for word in ("--target", key))]
    words += ["--prune"] if wish.prune else []
    words += ["--allow-field-loss"] if wish.allow_field_loss else []
    words += ["--allow-protected"] if wish.allow_protected else []
    words += ["--allow-in-progress"] if wish.allow_in_progress else []
    words += ["--base", base] if base is not None else []
    return shlex.join(words)
