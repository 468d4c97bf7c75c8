import pytest

from rulesync.document.syntax import Complaint, explain


@pytest.mark.parametrize(
    ("problem", "context", "character", "complaint"),
    [
        (
            "found character that cannot start any token",
            "while scanning for the next token",
            "\t",
            Complaint("a tab cannot indent YAML", "indent with spaces"),
        ),
        (
            "found character that cannot start any token",
            "while scanning for the next token",
            "@",
            Complaint("text cannot begin with `@`", "put it in quotes"),
        ),
        (
            "found unexpected end of stream",
            "while scanning a quoted scalar",
            "",
            Complaint("a quote that opens here is never closed", at_context=True),
        ),
        (
            "did not find expected ',' or ']'",
            "while parsing a flow sequence",
            "b",
            Complaint("a `,` or a `]` is missing", "text that holds `: `, `,` or `[` needs quotes"),
        ),
        ("Something new", None, "x", Complaint("this is not YAML: something new")),
    ],
)
def test_a_parser_is_translated(problem: str, context: str | None, character: str, complaint: Complaint) -> None:
    """What the parser says becomes a sentence in lower case that names no class and no token."""
    assert complaint == explain(problem, context, character, at_end=False)


def test_an_open_bracket_at_the_end_is_blamed_on_the_bracket() -> None:
    """Where nothing follows, the place of the error is where the piece begins that was never closed."""
    expected = Complaint("a `[` that opens here is never closed", at_context=True)
    assert expected == explain("did not find expected ',' or ']'", "while parsing a flow sequence", "", at_end=True)
