"""What a YAML parser says of broken YAML, in a sentence for the person who wrote it."""

from dataclasses import dataclass

_UNCLOSED = {
    "while scanning a quoted scalar": "a quote that opens here is never closed",
    "while parsing a flow sequence": "a `[` that opens here is never closed",
    "while parsing a flow mapping": "a `{` that opens here is never closed",
}
_SENTENCES: dict[str, tuple[str, str | None]] = {
    "mapping values are not allowed in this context": (
        "a `:` cannot stand here",
        "align the field with the others of its block, or put text that holds `: ` in quotes",
    ),
    "block sequence entries are not allowed in this context": (
        "a list item cannot begin here",
        "put `- ` on a line of its own, below the name of the list",
    ),
    "could not find expected ':'": ("this line has no `:` after its name", "write `name: value`, and `- ` for an item"),
    "did not find expected key": (
        "this is neither a field of the block above nor the end of it",
        "align it with the other fields of the block, and close every quote",
    ),
    "did not find expected '-' indicator": (
        "this is neither an item of the list above nor the end of it",
        "align it with the field that it belongs to",
    ),
    "did not find expected ',' or ']'": ("a `,` or a `]` is missing", "text that holds `: `, `,` or `[` needs quotes"),
    "did not find expected ',' or '}'": ("a `,` or a `}` is missing", "text that holds `: `, `,` or `{` needs quotes"),
    "did not find expected node content": ("a value is missing here", None),
    "did not find expected <document start>": ("a new document begins with a line `---`", None),
    "found unknown escape character": (
        "double quotes do not know this escape",
        "write `\\\\` for a backslash, or use single quotes",
    ),
    "found invalid Unicode character escape code": (
        "this escape is half a character",
        "write the character itself, or name the file `.json`",
    ),
    "did not find expected hexdecimal number": ("an escape is cut short here", None),
    "did not find expected comment or line break": (
        "text cannot follow `|` or `>` on the same line",
        "begin the text on the next line, indented",
    ),
    "found undefined tag handle": ("a tag (`!…`) means nothing here", "put text that begins with `!` in quotes"),
    "found incompatible YAML document": ("this is not YAML 1.1 or 1.2", "remove the `%YAML` line"),
    "found unexpected document indicator": ("a document ends inside of a quote", "close the quote"),
    "found unexpected end of stream": ("the file ends too early", None),
    "did not find expected alphabetic or numeric character": (
        "text cannot begin with `*` or `&` here",
        "put it in quotes",
    ),
}
_TAB = ("a tab cannot indent YAML", "indent with spaces")
_CONTEXT_FIRST = frozenset({"found unexpected end of stream", "could not find expected ':'"})


@dataclass(frozen=True, slots=True)
class Complaint:
    """One sentence with its advice; `at_context` where the place is the beginning of the broken piece."""

    message: str
    help: str | None = None
    at_context: bool = False


def explain(problem: str, context: str | None, character: str, *, at_end: bool) -> Complaint:
    """Return what a parser's problem means; `character` stands at its place, `at_end` tells that nothing follows."""
    if context in _UNCLOSED and (at_end or problem == "found unexpected end of stream"):
        return Complaint(_UNCLOSED[context], at_context=True)
    if problem.startswith("found character that cannot start any token"):
        return _bad_first(character)
    if "tab" in problem:
        return Complaint(*_TAB)
    known = _SENTENCES.get(problem)
    if known is None:
        return Complaint(f"this is not YAML: {problem[:1].lower()}{problem[1:]}")
    return Complaint(*known, at_context=problem in _CONTEXT_FIRST)


def _bad_first(character: str) -> Complaint:
    if character == "\t":
        return Complaint(*_TAB)
    return Complaint(f"text cannot begin with `{character}`", "put it in quotes")
