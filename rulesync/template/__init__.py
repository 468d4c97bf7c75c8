"""A rule file with variables -> YAML text: Jinja2, sandboxed, strict, exact about money, and bounded."""

from rulesync.template.refusal import RefusedError
from rulesync.template.rendering import Templates, is_template

__all__ = ["RefusedError", "Templates", "is_template"]
