import pytest
from jinja2 import Environment, TemplateSyntaxError

from rulesync.template import RefusedError
from rulesync.template.offsets import MOST_TOKENS, OffsetLexer, Tags


def lexed(source: str) -> tuple[OffsetLexer, list[tuple[int, str, str]]]:
    lexer = OffsetLexer(Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True))  # noqa: S701  # nothing is rendered
    return lexer, list(lexer.tokeniter(source, "a"))


def test_a_token_bears_its_offset() -> None:
    """Each token stands in the source where its number says, white space that is stripped or not."""
    for source in (
        "a {{ b }}\n  {% if c -%}\n d\n {%- endif %}\n{# e #}f",
        "{% raw %}{{ x }}{% endraw %}",
        "\n\n{{ é }}",
    ):
        _, tokens = lexed(source)
        assert tokens
        assert all(source.startswith(value, offset) for offset, _, value in tokens)


def test_tags_are_known() -> None:
    """An offset inside of a tag is that of the whole tag, one outside is its own."""
    source = "ab {{ c }} {% if d %}x{% endif %}"
    tags = lexed(source)[0].tags["a"]
    around = [source[slice(*tags.around(offset))] for offset in (0, 6, 16, 21, 25)]
    assert ["a", "{{ c }}", "{% if d %}", "x", "{% endif %}"] == around
    assert (5, 6) == Tags().around(5)


def test_an_error_is_where_reading_stopped() -> None:
    """What is no token stands behind the last one that was."""
    with pytest.raises(TemplateSyntaxError) as problem:
        lexed("abc {{ x ? }}")
    assert 9 == problem.value.lineno


def test_tags_without_end_are_refused() -> None:
    """A file of nothing but tags is refused before it costs anything."""
    with pytest.raises(RefusedError):
        lexed("{{ a" + "+a" * MOST_TOKENS + " }}")


@pytest.mark.parametrize(
    ("source", "deepest"),
    [
        ("x {{ a }} {{ " + "(" * 40 + "a" + ")" * 40 + " }} {{ b }}", "(a"),
        ("{% if a %}x{% for b in c %}y{% endfor %}" * 3 + "{% if a %}" * 20 + "z" + "{% endif %}" * 23, "if a %}z"),
        ("x {{ a }} {{ a" + " + b" * 500 + " }} {{ c }}", "{{ a + b"),
        ("{{ a" + " + b" * 500 + " ? }}", "{{ a + b"),
        ("x", "x"),
    ],
)
def test_what_is_deepest(source: str, deepest: str) -> None:
    """The innermost bracket or block of many is found, else the tag that is the fullest, as far as the file is read."""
    lexer, _ = lexed("")
    offset = lexer.deepest(source)
    assert deepest == source[offset : offset + len(deepest)]
