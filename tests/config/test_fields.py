from rulesync.config.fields import Fields
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
    assert [("e", None)] == [(name, inner.text("x")) for name, inner in top.each("d")]
    assert [] == findings


def test_what_is_wrong_is_said_at_its_place() -> None:
    """Each field that is wrong is a finding and None, and does not stop the next."""
    top, findings = fields("a: 1\nb: x\nc: 101\nd: 5\ne: read\n")
    assert (None, None, None) == (top.text("a"), top.whole("b", 1), top.number("c", 100))
    assert [] == list(top.each("d"))
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
