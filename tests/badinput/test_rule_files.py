import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rulesync import source
from rulesync.document import read
from tests.badinput import laws, mutations
from tests.badinput.fuzzing import fuzz
from tests.badinput.holding import are_findings, in_time

EXAMPLES = int(os.environ.get("BADINPUT_EXAMPLES", "40"))
MEBIBYTE = 1 << 20
SEED = 7
RULE = b"trigger: {type: MANUAL, account: checking}\nsteps:\n"
ACTION = b"  - actions: [{type: fixed_amount, amount: $5, source: a%d, destination: b}]\n"


@pytest.mark.parametrize("law", ["rule-file", "rule-json"])
def test_rule_files_with_changes(law: str) -> None:
    """Whatever is changed in a rule file of the examples, it is a rule or its errors, each at its place."""
    given, broken = fuzz(law, EXAMPLES, SEED)
    assert (True, None) == (given >= EXAMPLES, broken)


@pytest.mark.parametrize("plane", range(17))
def test_every_plane_in_names(plane: int) -> None:
    """Characters of every plane, in names, keys and file, are text like any other, or refused by their number."""
    characters = "".join(chr(plane * 0x10000 + offset) for offset in (0x20, 0x41, 0x3B1, 0x5D0, 0x2028, 0xF600, 0xFFFD))
    for name in characters:
        rule = mutations.rule_files()[0].decode().replace("nickname: ", f"nickname: {name}", 1)
        laws.rule_file(rule.encode())
        laws.rule_file(f"{name}: {{{name}: {name}}}\n".encode())
        laws.configuration(f"accounts: {{{name}: acc_1}}\n".encode())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"\xff\xfe" + "nickname: x".encode("utf-16-le"),
        "nickname: x".encode("utf-16"),
        "nickname: x".encode("utf-32"),
        b"\xef\xbb\xbf\xef\xbb\xbfnickname: x",
        b"\x7fELF" + bytes(range(256)) * 16,
        b"\x1f\x8b\x08" + bytes(range(256)),
        mutations.rule_files()[0].replace(b"\n", b"\r\n"),
        mutations.rule_files()[0].replace(b"\n", b"\r"),
        b"\xef\xbb\xbf" + mutations.rule_files()[0],
        b" " * (MEBIBYTE + 1),
        b"a: 1\n" * (2 * MEBIBYTE),
    ],
    ids=lambda content: repr(content[:12]),
)
def test_files_that_are_no_text(content: bytes) -> None:
    """Binary, other encodings, marks at the beginning, any ends of lines and ten megabytes are rules or errors."""
    laws.rule_file(content)
    laws.configuration(content)


def test_ten_megabytes_are_refused_unread(tmp_path: Path) -> None:
    """A file beyond the stated size is refused by its size, however it goes on."""
    (tmp_path / "rules").mkdir()
    with (tmp_path / "rules" / "a.yaml").open("wb") as stream:
        stream.truncate(10 * MEBIBYTE)

    found = source.load(tmp_path, "rules").findings

    assert ["the file is larger than 1024 KiB"] == [each.message for each in found]


ENDLESS: dict[str, Callable[[int], bytes]] = {
    "a string that never ends": lambda size: b'{"' + b'\\"' * (size // 2),
    "backslashes": lambda size: b'{"' + b"\\" * size,
    "documents": lambda size: b"--- a\n" * (size // 6),
    "unknown fields on one line": lambda size: b"{" + b"".join(b"a%d: 1, " % n for n in range(size // 13)) + b"}",
    "unknown fields": lambda size: b"".join(b"a%d: 1\n" % n for n in range(size // 12)),
    "steps that are none": lambda size: b"steps: [" + b"1, " * min(size // 3, 30_000) + b"]",
    "names of accounts": lambda size: RULE + b"".join(ACTION % n for n in range(min(size // 80, 2_500))),
    "brackets": lambda size: b"[" * size,
    "mappings": lambda size: b"{a: " * (size // 4),
    "a list in a list": lambda size: b"- " * (size // 2),
    "directives": lambda size: b"".join(b"%%TAG !%x! x\n" % n for n in range(size // 14)) + b"--- a\n",
    "anchors": lambda size: b"[" + b"".join(b"&a%d b, " % n for n in range(size // 12)) + b"]",
    "aliases": lambda size: b"a: &a [x, x]\nb: [" + b"*a, " * (size // 4) + b"]",
    "an alias bomb": lambda _: (
        b"a0: &a0 [x, x]\n"
        + b"".join(b"a%d: &a%d [*a%d, *a%d, *a%d]\n" % (n, n, n - 1, n - 1, n - 1) for n in range(1, 60))
    ),
    "one name": lambda size: b"a" * size + b": 1",
    "quotes": lambda size: b'"' * size,
    "ambiguous words": lambda size: b"- yes\n" * (size // 6),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_files_that_are_made_to_be_slow(name: str) -> None:
    """Nothing that fits into a file keeps its reader busy: each ends in time, with at most a hundred errors."""
    laws.rule_file(ENDLESS[name](MEBIBYTE // 2))
    laws.rule_file(ENDLESS[name](MEBIBYTE // 4), "a.json")


@pytest.mark.parametrize("name", ["a string that never ends", "ambiguous words", "documents"])
def test_the_reader_alone_is_bounded(name: str) -> None:
    """A document is read in time and its errors are bounded, whoever reads it."""
    with in_time(3):
        are_findings(read(ENDLESS[name](MEBIBYTE - 200), "a.json")[1])


def test_a_hundred_errors_are_said_and_no_more(tmp_path: Path) -> None:
    """Of a file of errors, a hundred are said; its keys stay known as broken, so that nothing of it counts as gone."""
    (tmp_path / "rules").mkdir()
    text = "".join(f"---\nkey: k{number}\nnicknam: x\n" for number in range(150))
    (tmp_path / "rules" / "a.yaml").write_text(text)
    sources = source.load(tmp_path, "rules")

    assert (101, "too-many-errors") == (len(sources.findings), sources.findings[-1].check)
    assert {f"k{number}" for number in range(150)} == sources.broken


def test_texts_with_line_breaks_are_told_on_one_line() -> None:
    """A key, an id or the name of an account that holds a line break, or never ends, is told on one line."""
    for odd in (r"a\nb", r"a\u2028b", "x" * 5000):
        lines = (
            f'"{odd}": 1',
            f'"{odd}": 2',
            f'key: "{odd}"',
            f'id: "{odd}"',
            f'trigger: {{type: "{odd}"}}',
            "steps: []",
        )
        laws.rule_file("\n".join(lines).encode())
        laws.rule_file(f'trigger: {{type: MANUAL, account: "{odd}"}}\nsteps: []\n'.encode())
