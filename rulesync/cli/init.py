"""`rulesync init`: a directory of rules to start from, and the workflows that keep it."""

import os
import re
from pathlib import Path

import click

from rulesync.cli import callers, schema
from rulesync.cli.given import Globals
from rulesync.cli.output import show, show_line
from rulesync.errors import ConfigError, UsageError
from rulesync.ownership import SCOPE_PATTERN

_FOR_EDITORS = "# yaml-language-server: $schema={}\n"
_SCHEMAS = {"rule": "rule.schema.json", "config": "rulesync.schema.json"}
_CONFIG = """\
# What rulesync reads first. Its README and docs/reference/rulesync-yaml.md explain every field.

scope: {scope}          # who owns the rules made from here; it becomes part of a line in their descriptions
rules: rules           # the directory of rule files

api:
  dialect: v1                  # or platform: the API that is live today, and takes no writes
  key_env: SEQUENCE_API_KEY    # the environment variable that holds the API key, which never stands in a file

# Names for accounts, to be used in rules. Write an id, an id with its type, or a name to look up.
accounts:
  checking: {{name: Checking}}
  savings: {{name: Savings}}
#  taxes: {{id: acc_01HTAX3333, type: pod}}
"""

_RULE = """\
# The key of this rule is its path below rules/ without the ending: first-rule.
# Try it: `rulesync validate`, then `rulesync plan`. Nothing is written before you say yes to `rulesync apply`, and
# a rule that was written stays off until a person enables it in the app.

nickname: Save some of every deposit
description: Sends 10 % of every deposit to Savings.

trigger: {type: ON_FUNDS_TRANSFERRED, account: checking}

steps:
  - conditions: {condition: {fact: BALANCE, operator: GREATER_THAN, value: $500.00}}
    actions:
      - type: percentage
        percentage_value: 10
        percentage_target: INCOMING_AMOUNT
        source: checking
        destination: savings
"""


@click.command(short_help="Start a directory of rules: a commented rulesync.yaml and a first rule.")
@click.option("--scope", help="Who owns the rules made from here; the directory's name by default.")
@click.option("--github", is_flag=True, help="Also write workflows for GitHub; alone, where rulesync.yaml is there.")
@click.option("--uses", metavar="OWNER/NAME@COMMIT", help="With --github: where rulesync is, and its commit to run.")
@click.pass_obj
def command(options: Globals, scope: str | None, github: bool, uses: str | None) -> int:
    """Write a commented rulesync.yaml, a first rule, and in .rulesync/ the schemas by which editors help with both.

    With --github also the workflows that plan on a pull request, apply on merge and look for drift; where rulesync.yaml
    is there already, these alone. What exists is never overwritten.
    """
    if uses is not None and not github:
        raise UsageError("`--uses` is for the workflows", help="add `--github`")
    if scope is not None and not re.fullmatch(SCOPE_PATTERN, scope):
        raise UsageError(f"`--scope {scope}`: a scope is one word of letters, digits, `.`, `_` and `-`")
    root = options.directory
    config, rule = root / (options.config_file or "rulesync.yaml"), root / "rules" / "first-rule.yaml"
    schemas = {name: root / ".rulesync" / file for name, file in _SCHEMAS.items()}
    files = {
        config: _for_editors(config, schemas["config"]) + _CONFIG.format(scope=scope or _scope(root)),
        rule: _for_editors(rule, schemas["rule"]) + _RULE,
        **{file: schema.text(name) for name, file in schemas.items()},
    }
    is_set_up = github and config.exists()
    files = {**({} if is_set_up else files), **(callers.texts(root, uses) if github else {})}
    there = [file for file in files if file.exists()]
    if there:
        named = ", ".join(f"`{file}`" for file in there)
        raise ConfigError(
            f"already there: {named}; nothing was written",
            help="if this directory is set up, go on with `rulesync plan`; or start elsewhere with -C DIR",
        )
    for file, text in files.items():
        _write(file, text)
        show_line(f"wrote {file}")
    if not is_set_up:
        show("next: put your accounts' names into rulesync.yaml, then run `rulesync validate` and `rulesync doctor`")
    if github and uses is None:
        where = " ".join(callers.PLACEHOLDER)
        show(f"next: in the workflows, say where rulesync is instead of `{where}`; see docs/ci.md")
    return 0


def _for_editors(file: Path, its_schema: Path) -> str:
    """Return the line by which an editor finds the schema of a file, offline and in this very version."""
    return _FOR_EDITORS.format(Path(os.path.relpath(its_schema, file.parent)).as_posix())


def _scope(root: Path) -> str:
    """Return a scope of its own for a directory, never the `default` that anybody's rules may bear."""
    name = re.sub(r"[^a-z0-9]+", "-", root.resolve().name.lower()).strip("-")
    return name if name and name != "default" else "my-rules"


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as problem:
        raise ConfigError(f"cannot write `{file}`: {(problem.strerror or 'unknown reason').lower()}") from None
