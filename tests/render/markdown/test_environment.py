import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from jinja2.exceptions import TemplateAssertionError

from rulesync.render.markdown import environment

TEMPLATES = sorted((Path(__file__).parents[3] / "rulesync" / "render" / "templates").glob("*.md.j2"))


def test_what_a_template_puts_out_is_harmless() -> None:
    """Nobody has to remember to escape: what a template is handed comes out harmless."""
    assert "- &#42;x&#42; &lt;b>" not in environment.made("pieces", "item", words="*x* <b>")
    assert "- &#42;x&#42; &#60;b>\n" == environment.made("pieces", "item", words="*x* <b>")


def test_what_is_missing_is_said() -> None:
    """A name that nothing stands for is an error, not a gap in a report."""
    with pytest.raises(UndefinedError):
        environment.made("pieces", "item")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_a_way_around(path: Path) -> None:
    """No template joins with what knows HTML alone, and none marks anything as safe."""
    code = "".join(re.findall(r"\{[{%](.*?)[%}]\}", path.read_text(encoding="utf-8"), re.DOTALL))

    assert [] == re.findall(r"~|\bsafe\b|\bautoescape\b|\bjoin\b", code)


def test_there_are_no_filters_but_ours() -> None:
    """A filter that would make a text safe for HTML alone is not there to be used."""
    with pytest.raises(TemplateAssertionError):
        environment._environment().from_string("{{ x | safe }}")  # noqa: SLF001 - what templates are compiled with
