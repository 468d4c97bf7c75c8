"""The one environment of the Markdown templates: what they put out is harmless unless it was made so already.

Law: no text from outside comes out of a template as it is. There are no filters but ours, since those of Jinja that
join and replace make texts harmless for HTML alone; for the same reason no template joins with `~`.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from rulesync.render.markdown import harmless


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("rulesync", "render/templates"),
        autoescape=True,
        finalize=harmless.finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters = {
        "code": _code,
        "short": harmless.text,
        "link": harmless.link,
        "label": harmless.label,
    }
    environment.tests |= {"link": harmless.is_link}
    environment.globals = {}
    return environment


def _code(value: object) -> str:
    return harmless.code(str(value))


@cache
def template(name: str) -> Mapping[str, Any]:
    """Return the macros of a template, by name."""
    return vars(_environment().get_template(f"{name}.md.j2").module)


def made(name: str, macro: str, /, **values: object) -> str:
    """Return what a macro of a template makes of values."""
    return str(template(name)[macro](**values))
