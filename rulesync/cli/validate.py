"""`rulesync validate`: the rule files, checked offline."""

import click

from rulesync import source
from rulesync.accounts import AccountBook
from rulesync.cli import options as shared
from rulesync.cli.main import Globals
from rulesync.cli.output import colors, counted, show
from rulesync.cli.planning import looked_through
from rulesync.cli.session import configuration, rules
from rulesync.clock import SYSTEM_CLOCK
from rulesync.errors import FindingsError
from rulesync.findings import errors
from rulesync.render import json, terminal


@click.command(short_help="Check the rule files offline: no network, no key.")
@click.option("--format", "shown", type=click.Choice(["text", "json"]), default="text", help="What to print.")
@shared.variables
@click.pass_obj
def command(options: Globals, shown: str) -> int:
    """Check rulesync.yaml and every rule file, and say everything that is wrong at once, each at its place.

    Exits 0 if nothing is wrong, 3 if a rule file is, 1 if rulesync.yaml is.
    """
    config = configuration(options)
    sources, book, now = rules(config), AccountBook(config.accounts), SYSTEM_CLOCK.now()
    desired, unresolved = source.resolve(sources, book, now.date())
    findings = (*sources.findings, *unresolved, *looked_through(desired, sources, book, config, now))
    if shown == "json":
        show(json.findings(findings))
    else:
        if findings:
            show(terminal.findings(findings, color=colors(options.color)))
        if not errors(findings):
            show(f"valid: {counted(len(desired), 'rule')} in {counted(sources.files, 'file')}")
    return FindingsError.exit_code if errors(findings) else 0
