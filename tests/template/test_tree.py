import pytest
from jinja2 import Environment, nodes

from rulesync.template import RefusedError
from rulesync.template.tree import BOUNDED, COUNTED, EXACT, JOINED, WEIGHED, prepare


def mark(first: int, last: int, *, verbatim: bool, shared: bool) -> str:
    return f"<{first}-{last}{'' if verbatim else '!'}{'*' if shared else ''}>"


def prepared(source: str) -> nodes.Template:
    parser = Environment()  # noqa: S701  # nothing is rendered
    return prepare(parser.parse(source), mark, lambda offset: (offset, offset + 9))


def filters(source: str) -> set[str]:
    return {node.name for node in prepared(source).find_all(nodes.Filter)}


def test_everything_that_is_written_is_marked() -> None:
    """A mark stands before each piece of text and each value."""
    (output,) = prepared("a{{ b }}").find_all(nodes.Output)
    data = [node.data for node in output.nodes if isinstance(node, nodes.TemplateData)]
    assert ["<1-2>a", "<1-10!>"] == data


def test_a_macro_is_shared() -> None:
    """What stands in a macro is marked as used from elsewhere, and nothing after it."""
    found = prepared("{% macro m() %}a{% endmacro %}b").find_all(nodes.TemplateData)
    assert {"a": True, "b": False} == {node.data[-1]: "*" in node.data for node in found}


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("{% for a in b %}{% endfor %}", COUNTED),
        ("{{ a ~ b }}", JOINED),
        ("{{ [a] }}", BOUNDED),
        ("{{ {a: 1} }}", BOUNDED),
        ("{{ (a, b) }}", BOUNDED),
        ("{{ 0.5 }}", EXACT),
        ("{{ a == b }}", WEIGHED),
    ],
)
def test_what_repeats_or_grows_is_counted(source: str, name: str) -> None:
    """A loop, a joined text, a list and a decimal go through a filter that no template can name."""
    assert {name} == {each for each in filters(source) if each in {COUNTED, JOINED, BOUNDED, EXACT, WEIGHED}} - (
        {BOUNDED} if name == JOINED else set()
    )
    assert " " == name[0]


@pytest.mark.parametrize(
    "source",
    [
        "{% extends 'a' %}",
        "{% include 'a' %}",
        "{% block a %}{% endblock %}",
        "{% filter upper %}{% endfilter %}",
        "{% set a %}{% endset %}",
        "{% for a in b recursive %}{% endfor %}",
        "{% import a as b %}",
        "{% from a ~ b import c %}",
    ],
)
def test_what_hides_or_reaches_out_is_refused(source: str) -> None:
    """What would hide where a line comes from, or reach another file unnamed, does not get in."""
    with pytest.raises(RefusedError) as problem:
        prepared(source)
    assert 1 == problem.value.offset
