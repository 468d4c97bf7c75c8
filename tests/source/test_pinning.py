import pytest

from rulesync import document
from rulesync.source import with_pin

PLAIN = b"# who pays\n\nnickname: Rent  # the flat\nsteps: []\n"


def pinned(content: bytes, file: str = "rules/a.yaml", *, place: int = 0, rule_id: str = "rule_1") -> bytes | None:
    documents, _ = document.read(content, file)
    return with_pin(content, documents[place], rule_id)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PLAIN, b"# who pays\n\nid: rule_1\nnickname: Rent  # the flat\nsteps: []\n"),
        (b"a: 1\r\nb: 2", b"id: rule_1\r\na: 1\r\nb: 2"),
        (b"\xef\xbb\xbfa: 1\n", b"\xef\xbb\xbfid: rule_1\na: 1\n"),
        (b"a: 1", b"id: rule_1\na: 1"),
        (b"--- # x\n'a': |\n  id: no\n...\n", b"--- # x\nid: rule_1\n'a': |\n  id: no\n...\n"),
    ],
    ids=["comments", "another line end", "a byte order mark", "no line end", "quoted"],
)
def test_one_line_more(content: bytes, expected: bytes) -> None:
    """The pin is the first line of the rule, and every other byte is as it was."""
    assert expected == pinned(content)


def test_the_right_one_of_several() -> None:
    """In a file of several documents, the line is put into the one that is meant."""
    assert b"key: a\n---\nid: rule_1\nkey: b\n" == pinned(b"key: a\n---\nkey: b\n", place=1)


def test_an_id_that_looks_like_a_number() -> None:
    """What YAML would read as something else than text is put in quotes."""
    assert b'id: "123"\na: 1\n' == pinned(b"a: 1\n", rule_id="123")


@pytest.mark.parametrize(
    ("content", "file"),
    [
        (b"{a: 1}\n", "a.yaml"),
        (b"--- {a: 1}\n", "a.yaml"),
        (b"  a: 1\n  b: 2\n", "a.yaml"),
        (b"a: 1\nid: null\n", "a.yaml"),
        (b'a: "{{ x }}"\n', "a.yaml"),
        (b"a: 1\n# {% if x %}\n", "a.yaml"),
        (b"a: 1\n# {# x #}\n", "a.yml"),
        (b'{"a": 1}', "a.json"),
        (b"- a\n", "a.yaml"),
    ],
    ids=[
        "flow",
        "flow below a line",
        "indented",
        "an id that is null",
        "variable",
        "tag",
        "remark",
        "JSON",
        "list",
    ],
)
def test_what_is_left_to_a_person(content: bytes, file: str) -> None:
    """Where one line at the top is not certain to be right, nothing is written."""
    assert pinned(content, file) is None


def test_a_file_that_moved_on() -> None:
    """A file that is no longer what was read, or holds errors by now, is left alone."""
    documents, _ = document.read(b"a: 1\n", "a.yaml")

    for now in (b"a: 2\n", b"\na: 1\n", b"a: [\n", b""):
        assert with_pin(now, documents[0], "rule_1") is None
