import pytest

from rulesync.config.fields import Fields, TooManyErrorsError
from rulesync.document import read
from rulesync.findings import Finding


def fields(text: str) -> tuple[Fields, list[Finding]]:
    findings: list[Finding] = []
    return Fields(read(text, "a.yaml")[0][0], (), findings), findings


def test_fields_are_taken_by_type() -> None:
    """What is there and right is returned, what is absent or null is None, and nothing is said."""
    top, findings = fields("a: x\nb: 3\nc: 2.5\nd: {e: 1}\nf:\n")
    assert ("x", 3, 2.5) == (top.text("a"), top.whole("b", 1), top.number("c", 5))
    assert (None, None, 1) == (top.text("f"), top.text("g"), top.raw("d", "e"))
    assert [("e", None)] == [(name, inner.text("x")) for name, inner in top.each("d", 1)]
    assert [] == findings


def test_what_is_wrong_is_said_at_its_place() -> None:
    """Each field that is wrong is a finding and None, and does not stop the next."""
    top, findings = fields("a: 1\nb: x\nc: 101\nd: 5\ne: read\n")
    assert (None, None, None) == (top.text("a"), top.whole("b", 1), top.number("c", 100))
    assert [] == list(top.each("d", 1))
    assert top.choice("e", ["red", "blue"]) is None
    assert [
        ("a.yaml:1:4", "`a` needs text", "put it in quotes"),
        ("a.yaml:2:4", "`b` needs a whole number, 1 or more", None),
        ("a.yaml:3:4", "`c` needs a number between 0 and 100", None),
        ("a.yaml:4:4", "`d` needs fields", None),
        ("a.yaml:5:4", "`read` is no `e`", "did you mean `red`?"),
    ] == [(str(each.location), each.message, each.help) for each in findings]


def test_unknown_fields_are_named_with_the_nearest() -> None:
    """A field that nobody takes is said at its name."""
    top, findings = fields("colour: red\nx: 1\n")
    top.only(["color"], "a thing")
    assert [
        ("a.yaml:1:1", "a thing has no field `colour`", "did you mean `color`?"),
        ("a.yaml:2:1", "a thing has no field `x`", "it has `color`"),
    ] == [(str(each.location), each.message, each.help) for each in findings]


def test_nobody_is_kept_busy_with_errors() -> None:
    """After a hundred findings the file is left, and one more says so; what is said twice counts once."""
    top, findings = fields("\n".join(f"a{number}: 1" for number in range(5000)))
    with pytest.raises(TooManyErrorsError):
        top.only(["color"], "a thing")
    assert (101, "too-many-errors") == (len(findings), findings[-1].check)

    top, findings = fields("x: 1\n")
    top.only(["color"], "a thing")
    top.only(["color"], "a thing")
    assert 1 == len(findings)


def test_too_many_fields_are_not_looked_at() -> None:
    """Where few can be meant, more than that are one finding."""
    top, findings = fields("a: {b: 1, c: 2}\n")
    assert ("b", "c") == top.few("a", 2).names()
    with pytest.raises(TooManyErrorsError):
        top.few("a", 1)
    assert ["`a` holds more than 1 fields"] == [each.message for each in findings]


def test_a_long_name_is_cut() -> None:
    """A name that would fill the screen, or break the line, is shown on one line, in part."""
    top, findings = fields('"a\\nb": 1\n' + "y" * 900 + ": 1\n")
    top.only(["color"], "a thing")
    assert ["a thing has no field `a b`", f"a thing has no field `{'y' * 59}…`"] == [each.message for each in findings]
