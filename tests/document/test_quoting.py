import pytest
from hypothesis import example, given

from rulesync import document
from rulesync.document.quoting import TEMPLATE_PAIRS, literal, plain, quoted, remark
from tests.strategies import texts


def value(written: str) -> object:
    """Return what a reader makes of a file with this one field."""
    ((each,), findings) = document.read(written, "rules/a.yaml")
    assert () == findings
    assert isinstance(each.data, dict)
    return each.data["a"]


@given(texts())
@example("{{ a }} {% b %} {# c {{{")
@example('say "no" \\ it\'s')
@example("a: b #c")
@example("---")
@example("\ufeff\u2028\x85\x00\U000e0001")
@example("=")
@example("<<")
@example("yes")
@example("010")
def test_a_text_comes_back(text: str) -> None:
    """A text is read as it was written, outside of braces and inside, and makes no file a template."""
    for written in (f"a: {plain(text)}\n", f"{{a: {plain(text, flow=True)}}}\n", f"a: {quoted(text)}\n"):
        assert text == value(written)
        assert not any(pair in written for pair in TEMPLATE_PAIRS)


@given(texts())
@example("one\n  two\n\nthree # no comment\n\t")
@example("one\ntwo: {x}\n---\nthree")
@example("one\n{{ two }}")
@example("one\ntwo\n")
@example("\none")
@example(" one\ntwo")
def test_lines_come_back(text: str) -> None:
    """A text of several lines that can stand as it is, is read as it stands."""
    lines = literal(text)

    if lines is not None:
        block = "".join(f"  {line}\n" if line else "\n" for line in lines)
        assert f"{text}\n" == value(f"a: |\n{block}")
        assert not any(pair in block for pair in TEMPLATE_PAIRS)


def test_lines_are_kept() -> None:
    """An ordinary text of several lines is written line by line; one line is none."""
    assert ["Rent first,", "", "  then bills."] == literal("Rent first,\n\n  then bills.")
    assert None is literal("Rent first")
    assert None is literal("Rent\tfirst,\nthen bills")


@pytest.mark.parametrize(
    ("text", "outside", "inside"),
    [
        ("Auto-save on deposit", "Auto-save on deposit", "Auto-save on deposit"),
        ("Rent, bills", "Rent, bills", '"Rent, bills"'),
        ("Büro 🏠", "Büro 🏠", "Büro 🏠"),
        ("$1,000.00", "$1,000.00", '"$1,000.00"'),
        ("null", '"null"', '"null"'),
        ("", '""', '""'),
        ("{{ a }}", r'"\x7b{ a }}"', r'"\x7b{ a }}"'),
    ],
)
def test_quotes_only_where_needed(text: str, outside: str, inside: str) -> None:
    """A text stands without quotes wherever it can."""
    assert (outside, inside) == (plain(text), plain(text, flow=True))


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Rainy\nDay ", "Rainy Day"), ("a\u202eb", "a b"), ("{{x}}", "{ {x}}"), ("x" * 61, "x" * 59 + "…")],
)
def test_a_remark_is_one_line(text: str, shown: str) -> None:
    """What stands in a comment ends with its line, shows itself, and makes no file a template."""
    assert shown == remark(text)
