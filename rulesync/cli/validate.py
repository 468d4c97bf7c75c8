"""`rulesync validate`: the rule files, checked offline."""

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from rulesync import source
from rulesync.accounts import AccountBook
from rulesync.cli import options as shared
from rulesync.cli.given import Globals
from rulesync.cli.knowing import Read, keep, looked_through, opened
from rulesync.cli.output import check_writable, emit, parse_writes, show, write_file
from rulesync.cli.session import are_several, below, configuration, rules
from rulesync.cli.views import findings_renderers, several_findings
from rulesync.clock import SYSTEM_CLOCK
from rulesync.config import Config
from rulesync.errors import ConfigError, FindingsError
from rulesync.findings import error, errors, worst_first
from rulesync.render.checked import Checked


@click.command(short_help="Check the rule files offline: no network, no key.")
@shared.formats("text", "json", "sarif", "github", "junit")
@shared.variables
@shared.workspaces
@click.pass_obj
def command(options: Globals, shown: str, writes: tuple[str, ...]) -> int:
    """Check rulesync.yaml and every rule file, and say everything that is wrong at once, each at its place.

    Exits 0 if nothing is wrong, 3 if a rule file is, 1 if rulesync.yaml is.
    """
    if are_several(options):
        from rulesync.cli import several

        return several.check(options, _check, several_findings(options.color, below(options)), shown, writes)
    renderers = findings_renderers(options.color, below(options))
    files = parse_writes(writes, renderers)
    check_writable(*files.values())
    try:
        checked = _check(configuration(options))
    except ConfigError as problem:
        _tell_failure(problem, renderers, shown, files)
        raise
    emit(checked, renderers, shown, files)
    return FindingsError.exit_code if errors(checked.findings) else 0


def _check(config: Config) -> Checked:
    known, now = opened(config, "validate"), SYSTEM_CLOCK.now()
    sources, book = rules(config, known), AccountBook(config.accounts)
    desired, unresolved = source.resolve(sources, book, now.date())
    looked = looked_through(desired, sources, book, config, now)
    if known:
        keep(known, Read(sources, book, desired, (*sources.findings, *unresolved), looked))
    found = (*sources.findings, *unresolved, *looked)
    read = {*(draft.file for draft in sources.drafts), *(each.file for each in sources.unsound)}
    return Checked(worst_first(found), sorted(read), len(desired), sources.files)


def _tell_failure(
    problem: ConfigError, renderers: Mapping[str, Callable[[Checked], str]], shown: str, files: Mapping[str, Path]
) -> None:
    """Show and write, in the formats that were asked for, why nothing could be checked."""
    checked = Checked(problem.findings or (error("could-not-run", problem.message, help=problem.help),), complete=False)
    for name, file in files.items():
        write_file(file, renderers[name](checked))
    if shown != "text":
        show(renderers[shown](checked))
