"""`rulesync schema`: the shapes of the files, for editors."""

from collections.abc import Callable, Mapping
from typing import Any

import click

from rulesync.cli.output import show


def text(name: str) -> str:
    """Return a schema as it is printed and kept in files."""
    import json

    return json.dumps(_SCHEMAS[name](), indent=2, ensure_ascii=False) + "\n"


def _rule() -> dict[str, Any]:
    from rulesync.source import rule_schema

    return rule_schema()


def _config() -> dict[str, Any]:
    from rulesync.config import config_schema

    return config_schema()


_SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {"rule": _rule, "config": _config}


@click.command(short_help="Print the JSON Schema of rule files or of rulesync.yaml, for editors.")
@click.argument("name", type=click.Choice(list(_SCHEMAS)), metavar="[rule|config]", default="rule")
def command(name: str) -> int:
    """Print the JSON Schema (2020-12) of rule files, or of rulesync.yaml.

    `rulesync init` puts both beside rulesync.yaml, where editors find them by the first line of each file.
    """
    show(text(name))
    return 0
