import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rulesync.document.marks import Mark
from rulesync.document.reading import MAX_DEPTH, Data, Document, load, read
from rulesync.findings import Finding

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
NUMBERS = st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False)
VALUES: st.SearchStrategy[Data] = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)
MAPPINGS = st.dictionaries(WORDS, VALUES, min_size=1, max_size=5)


def only(text: str | bytes, file: str = "a.yaml") -> Document:
    documents, findings = read(text, file)
    assert () == findings
    (document,) = documents
    return document


def wrong(text: str | bytes, file: str = "a.yaml") -> list[tuple[str, str, str]]:
    return [(str(each.location), each.check, each.message) for each in read(text, file)[1]]


@given(MAPPINGS, st.sampled_from([None, 1, "\t"]))
def test_json_is_read_as_json(data: dict[str, Data], indent: int | str | None) -> None:
    """Any JSON object, however indented and escaped, is the data that it says."""
    assert data == only(json.dumps(data, indent=indent), "a.json").data


@given(MAPPINGS)
def test_yaml_says_what_was_dumped(data: dict[str, Data]) -> None:
    """Data that another writer of YAML wrote, with every word in quotes, is read back with the same words."""
    words = json.loads(json.dumps(data), parse_int=str, parse_float=str, parse_constant=str)
    text = yaml.safe_dump(_worded(words), sort_keys=False, default_style='"')
    assert _worded(words) == only(text).data


def _worded(data: Data) -> Data:
    """Return data in which everything but lists and mappings is text."""
    match data:
        case dict():
            return {name: _worded(value) for name, value in data.items()}
        case list():
            return [_worded(value) for value in data]
        case _:
            return str(data)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_give_data_or_findings(content: bytes) -> None:
    """Nothing that a file can hold makes anything else than documents and findings."""
    for file in ("a.yaml", "a.json"):
        documents, findings = read(content, file)
        assert all(document.sound for document in documents) or findings


@given(st.text(alphabet="abc:-?&*!|>%@`'\"{}[],#\t\n 0.<~\\$/", max_size=80))
def test_any_punctuation_gives_data_or_findings(content: str) -> None:
    """YAML's own characters in any order make documents and findings, with a place for each."""
    for finding in read(content, "a.yaml")[1]:
        assert finding.location is not None
        assert finding.message[:1] in {"`", finding.message[:1].lower()}
        assert "\n" not in finding.message


def places(mark: Mark, data: Data, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Data]]:
    found: list[tuple[tuple[str | int, ...], Data]] = [(path, data)]
    if isinstance(data, dict) and mark.fields:
        for name, (_, inner) in mark.fields.items():
            found += places(inner, data[name], (*path, name))
    if isinstance(data, list) and mark.items:
        for index, inner in enumerate(mark.items):
            found += places(inner, data[index], (*path, index))
    return found


@given(MAPPINGS, st.sampled_from([None, 2, "\t"]), st.sampled_from(["\n", "\r\n"]))
def test_every_mark_points_at_its_value(data: dict[str, Data], indent: int | str | None, end: str) -> None:
    """What stands at the place of a value is that value, with either end of line."""
    text = json.dumps(data, indent=indent).replace("\n", end)
    document = only(text, "a.json")
    for path, value in places(document.mark, document.data):
        place = document.at(path)
        assert place.text is not None
        line = place.text[place.column - 1 :]
        if not isinstance(value, dict | list):
            assert json.dumps(value).startswith(line[: place.width])
        else:
            assert line[0] in "{["


def test_columns_count_characters_in_any_script() -> None:
    """A character is one column, however many bytes it has."""
    document = only("{🏠é: 1, b: '日本'}\r\n")
    assert ["a.yaml:1:6", "a.yaml:1:12"] == [str(document.at(["🏠é"])), str(document.at(["b"]))]
    assert 4 == document.at(["b"]).width


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "---\n# a\n---\n", "\ufeff"])
def test_a_file_that_says_nothing_has_no_documents(text: str) -> None:
    """An empty file, comments and bare dividers are no documents and no error."""
    assert ((), ()) == read(text, "a.yaml")


def test_documents_are_read_apart() -> None:
    """Each document of a file has its own data, and places in the file."""
    (first, second), findings = read("a: 1\n---\nb: 2\n", "a.yaml")
    assert () == findings
    assert ({"a": 1}, {"b": 2}) == (first.data, second.data)
    assert "a.yaml:3:4" == str(second.at(["b"]))


def test_a_broken_document_does_not_hide_the_one_before() -> None:
    """What can be read before a syntax error is still read."""
    documents, findings = read("a: 1\n---\nb: [1\n", "a.yaml")
    assert [{"a": 1}] == [document.data for document in documents]
    assert ["a `[` that opens here is never closed"] == [finding.message for finding in findings]


def test_places_of_keys_and_values() -> None:
    """A value, its key and a path that leads nowhere each have a place, with the line and a width."""
    document = only("name: Ann\nage:\n")
    assert (7, 3) == (document.at(["name"]).column, document.at(["name"]).width)
    assert (1, 4) == (document.at_key(["name"]).column, document.at_key(["name"]).width)
    assert "a.yaml:2:1" == str(document.at(["age"]))
    assert "a.yaml:1:1" == str(document.at(["nothing", 3]))
    assert "name: Ann" == document.at(["name"]).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\na: 2\n", ("a.yaml:2:1", "duplicate-key", "`a` stands here a second time; the first is on line 1")),
        ("1: a\n", ("a.yaml:1:1", "key-not-text", "the name of a field must be text")),
        ("? [a]\n: b\n", ("a.yaml:1:3", "key-not-text", "the name of a field must be text")),
        ("a: !!python/object x\n", ("a.yaml:1:4", "unknown-tag", "the tag `!!python/object` means nothing here")),
        ("a: !secret x\n", ("a.yaml:1:4", "unknown-tag", "the tag `!secret` means nothing here")),
        ("a: &x {b: 1}\nc: {<<: *x}\n", ("a.yaml:2:5", "merge-key", "merge keys (`<<`) hide where a value comes from")),
        ("a: *x\n", ("a.yaml:1:4", "syntax", "nothing above is named `&x`")),
        ("a: &x [*x]\n", ("a.yaml:1:8", "syntax", "nothing above is named `&x`")),
        ("a: {b: $1,000.00}\n", ("a.yaml:1:8", "cut-amount", "inside of `{…}` and `[…]` a comma ends a value")),
        ("a: {b: $1,200}\n", ("a.yaml:1:8", "cut-amount", "inside of `{…}` and `[…]` a comma ends a value")),
        ("a:\n\t- b\n", ("a.yaml:2:1", "syntax", "a tab cannot indent YAML")),
        ("a: b: c\n", ("a.yaml:1:5", "syntax", "a `:` cannot stand here")),
        ("a: 'x\n", ("a.yaml:1:4", "syntax", "a quote that opens here is never closed")),
        ("a: @b\n", ("a.yaml:1:4", "syntax", "text cannot begin with `@`")),
        ('a: "\\ud83d\\ude00"\n', ("a.yaml:1:7", "syntax", "this escape is half a character")),
        ("a:\n- b\n-c\n", ("a.yaml:3:1", "syntax", "this line has no `:` after its name")),
        ("a: !x!y b\n", ("a.yaml:1:4", "syntax", "a tag (`!…`) means nothing here")),
    ],
)
def test_what_hides_its_meaning_is_refused(text: str, expected: tuple[str, str, str]) -> None:
    """What PyYAML would accept in silence or explain in its own words is refused at its place, in ours."""
    assert [expected] == wrong(text)


def test_all_errors_of_a_document_are_found_at_once() -> None:
    """One error of values does not hide the next, and the document is marked as unsound."""
    documents, findings = read("a: yes\nb: 010\na: 1\nc: 2\n", "a.yaml")
    assert ["ambiguous-value", "ambiguous-value", "duplicate-key"] == [finding.check for finding in findings]
    assert [({"a": "yes", "b": "010", "c": 2}, False)] == [(each.data, each.sound) for each in documents]


def test_an_unsound_document_does_not_taint_the_next() -> None:
    """Each document answers for its own errors only."""
    assert [False, True] == [document.sound for document in read("a: yes\n---\nb: 1\n", "a.yaml")[0]]


def test_a_file_of_errors_ends_after_a_hundred() -> None:
    """Nobody reads fifty thousand findings: after a hundred the file is left, and that is said."""
    found = wrong("- yes\n" * 50_000)
    assert 101 == len(found)
    assert "more than 100 errors; what follows was not read" == found[-1][2]


def test_an_alias_is_the_value_it_names() -> None:
    """A value with an anchor can be used again within its document, and is found where it was written."""
    document = only("a: &x {b: 1}\nc: *x\nd: [&y 5, *y]\n")
    assert {"a": {"b": 1}, "c": {"b": 1}, "d": [5, 5]} == document.data
    assert "a.yaml:1:11" == str(document.at(["c", "b"]))


def test_aliases_that_explode_are_refused() -> None:
    """Nine levels of nine aliases are refused by what they would cost, in no time."""
    levels = [f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 9)}]" for level in range(1, 9)]
    found = wrong("\n".join(["l0: &l0 [x, x]", *levels]))
    assert ["too-large"] == [check for _, check, _ in found]


def test_depth_is_a_finding_and_no_crash() -> None:
    """A hundred thousand brackets, or aliases that nest, are refused at the stated depth."""
    assert ["too-deep"] == [check for _, check, _ in wrong("[" * 100_000)]
    assert ["too-deep"] == [check for _, check, _ in wrong('{"a":' * 100_000, "a.json")]
    nested = "\n".join(["a0: &a0 [1]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 100))])
    assert ["too-deep"] == [check for _, check, _ in wrong(nested)]
    assert [] == wrong("[" * MAX_DEPTH + "]" * MAX_DEPTH)


def test_quotes_make_anything_text() -> None:
    """What stands in quotes, or behind `!!str`, is text whatever it looks like."""
    assert {"a": "yes", "b": "010", "c": "5", "<<": "x"} == only("a: 'yes'\nb: \"010\"\nc: !!str 5\n'<<': x\n").data


def test_a_file_is_read_from_disk(tmp_path: Path) -> None:
    """A file gives its documents under the name that was asked for."""
    (tmp_path / "a.yaml").write_bytes(b"a: 1\r\nb: \r\n  - 2\r\n")
    (document,), findings = load(tmp_path / "a.yaml", "rules/a.yaml")
    assert ((), {"a": 1, "b": [2]}) == (findings, document.data)
    assert "rules/a.yaml:3:5" == str(document.at(["b", 0]))


def test_findings_are_values() -> None:
    """The same text gives the same findings."""
    first, second = read("a: yes", "a.yaml")[1], read("a: yes", "a.yaml")[1]
    assert first == second
    assert isinstance(first[0], Finding)


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("a: {b: $1,000.00}\n", 'put it in quotes: `"$1,000.00"`'),
        ("a: {b: $50,00}\n", "write `$50.00`"),
    ],
)
def test_what_to_write_for_an_amount_that_was_cut(text: str, help: str) -> None:
    """Commas between thousands need quotes; one before cents is a point."""
    _, (finding,) = read(text, "a.yaml")
    assert ("cut-amount", help) == (finding.check, finding.help)
