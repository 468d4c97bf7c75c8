"""`rulesync validate`: the rule files, checked offline."""

import click

from rulesync import source
from rulesync.accounts import AccountBook
from rulesync.cli import options as shared
from rulesync.cli import several
from rulesync.cli.main import Globals
from rulesync.cli.output import colors, show
from rulesync.cli.planning import looked_through
from rulesync.cli.session import are_several, configuration, rules
from rulesync.clock import SYSTEM_CLOCK
from rulesync.config import Config
from rulesync.errors import FindingsError
from rulesync.findings import errors
from rulesync.render import json, several_view, terminal
from rulesync.render.several_view import Checked


@click.command(short_help="Check the rule files offline: no network, no key.")
@click.option("--format", "shown", type=click.Choice(["text", "json"]), default="text", help="What to print.")
@shared.variables
@shared.workspaces
@click.pass_obj
def command(options: Globals, shown: str) -> int:
    """Check rulesync.yaml and every rule file, and say everything that is wrong at once, each at its place.

    Exits 0 if nothing is wrong, 3 if a rule file is, 1 if rulesync.yaml is.
    """
    if are_several(options):
        return _several(options, shown)
    found = _checked(configuration(options))
    findings = found.findings
    if shown == "json":
        show(json.findings(findings))
    else:
        if findings:
            show(terminal.findings(findings, color=colors(options.color)))
        if not errors(findings):
            show(found.verdict)
    return FindingsError.exit_code if errors(findings) else 0


def _checked(config: Config) -> Checked:
    """Return what is to say about the rule files of a workspace."""
    sources, book, now = rules(config), AccountBook(config.accounts), SYSTEM_CLOCK.now()
    desired, unresolved = source.resolve(sources, book, now.date())
    findings = (*sources.findings, *unresolved, *looked_through(desired, sources, book, config, now))
    return Checked(config.workspace, findings, len(desired), sources.files)


def _several(options: Globals, shown: str) -> int:
    """Check every workspace, and show what is wrong with each."""
    painted = colors(options.color)

    def body(each: Checked) -> str:
        return terminal.findings(each.findings, color=painted) + each.verdict

    checked, code = several.check(options, _checked)
    if shown == "json":
        show(json.several_findings([(each.workspace, each.findings) for each in checked]))
    else:
        show(terminal.several(several_view.checks(checked, body), color=painted))
    return code
