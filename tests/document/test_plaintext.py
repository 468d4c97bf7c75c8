from hypothesis import given
from hypothesis import strategies as st

from rulesync.document.marks import Text
from rulesync.document.plaintext import MAX_BYTES, as_yaml, decode
from rulesync.findings import Finding, Location, Severity


def test_a_byte_order_mark_is_no_character() -> None:
    """A file that an editor began with a byte order mark reads as one without."""
    assert Text("a.yaml", "a: 1") == decode("\ufeffa: 1".encode(), "a.yaml")


def test_what_is_not_utf_8_is_refused_at_its_place() -> None:
    """Bytes that are not UTF-8 are refused at line and column."""
    expected = Finding(
        "syntax",
        Severity.ERROR,
        "the file is not UTF-8",
        "save it as UTF-8",
        Location("a.yaml", 2, 4, 1, "b: "),
    )
    assert expected == decode(b"a: 1\nb: \xff", "a.yaml")


def test_control_characters_are_refused_and_not_printed() -> None:
    """A character that a terminal might obey is refused, and its line shown without it."""
    found = decode("a: \x1b[2J", "a.yaml")
    assert isinstance(found, Finding)
    assert "the character U+001B cannot stand in a file" == found.message
    assert Location("a.yaml", 1, 4, 1, "a: \ufffd[2J") == found.location


def test_a_file_beyond_the_size_is_refused() -> None:
    """A file larger than a mebibyte is refused, one of exactly that size is read."""
    found = decode(b" " * (MAX_BYTES + 1), "a.yaml")
    assert isinstance(found, Finding)
    assert "the file is larger than 1024 KiB" == found.message
    assert isinstance(decode(b" " * MAX_BYTES, "a.yaml"), Text)


@given(st.text())
def test_json_made_yaml_moves_nothing(content: str) -> None:
    """Every character of a JSON file keeps its offset when the file is made YAML."""
    text = '{"\\ud83d\\ude00":\t"' + content + '", "end": 1}'
    made = as_yaml(Text("a.json", text))
    assert len(text) == len(made)
    assert text.index('"end"') == made.index('"end"')


@given(st.text())
def test_yaml_stays_as_it_is(content: str) -> None:
    """A YAML file is read as it stands."""
    assert content == as_yaml(Text("a.yaml", content))
