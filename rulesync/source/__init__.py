"""The Git side: a directory of rule files -> the rules that should be, or everything that is wrong with them."""

from typing import Any

from rulesync.source.loading import Sources, load, resolve

__all__ = ["Sources", "load", "resolve", "rule_schema"]


def rule_schema() -> dict[str, Any]:
    """Return the JSON Schema of a rule file; pydantic is imported for it, and not before."""
    from rulesync.source import ruleschema

    return ruleschema.rule_schema()
