"""Laws of the memory of rule files."""

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.findings import Location, info
from rulesync.known import Known, Word
from rulesync.outline import outline
from rulesync.recall import KnownFiles, build, digest, text_digest
from rulesync.rule import Rule
from tests.builders import a_rule
from tests.strategies import rules

TEXT = text_digest("rules/save.yaml", "nickname: Save\n")

OWNER = (True, {"nameless": "so what"})  # it is protected, and excused from a check


def a_known(rule: Rule, key: str = "save") -> Known:
    """Return what may be known of a document."""
    place = Location("rules/save.yaml", 3, 1, 4, "  – an odd line", None)
    said = (info("nameless", "it has no name", help="give it one", location=place, keys=(key,)),)
    words = (Word("checking", typed=False, id="acc_1", type="?"),)
    return Known(key, "rule_1", "old", *OWNER, words, outline(rule), said, "around", "body")


def opened(root: Path, surroundings: object = "these") -> KnownFiles:
    """Open the memory, as a run of its own does."""
    return KnownFiles(root, "here", surroundings)


@given(rules())
def test_what_is_kept_is_found_as_it_was(tmp_path_factory: pytest.TempPathFactory, rule: Rule) -> None:
    """Whatever a document said comes back equal, by the next run."""
    root = tmp_path_factory.mktemp("kept")
    kept = [a_known(rule, "a"), replace(a_known(rule, "b"), findings=(), same_as=None)]
    memory = opened(root)
    memory.keep(TEXT, kept)
    memory.save()
    assert tuple(kept) == opened(root).find(TEXT)


def test_only_the_same_text_and_surroundings_are_known(tmp_path: Path) -> None:
    """Another text, another name or other surroundings: nothing is known."""
    memory = opened(tmp_path)
    memory.keep(TEXT, [])
    memory.save()
    others = (text_digest("rules/save.yaml", "nickname: Safe\n"), text_digest("rules/a.yaml", "nickname: Save\n"))
    assert [None, None] == [opened(tmp_path).find(text) for text in others]
    assert (None, ()) == (opened(tmp_path, "others").find(TEXT), opened(tmp_path).find(TEXT))


def test_what_is_not_used_any_more_is_let_go(tmp_path: Path) -> None:
    """A run that did not ask for a text leaves it out of what it writes; one that changed nothing writes nothing."""
    first = opened(tmp_path)
    for text in ("1", "2"):
        first.keep(digest(text), [])
    first.save()
    (file,) = (tmp_path / "files").iterdir()
    second = opened(tmp_path)
    assert () == second.find(digest("1"))
    second.save()
    assert (None, ()) == (opened(tmp_path).find(digest("2")), opened(tmp_path).find(digest("1")))

    before = file.stat().st_mtime_ns
    third = opened(tmp_path)
    third.find(digest("1"))
    third.save()
    assert [file] == list((tmp_path / "files").iterdir())
    assert before == file.stat().st_mtime_ns


@given(st.integers(0, 10**9))
def test_damage_is_as_if_nothing_was_kept(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """Whatever becomes of a byte of the file: a text is found as it was kept, or not at all."""
    root, random = tmp_path_factory.mktemp("damage"), Random(seed)
    kept = {
        TEXT: (a_known(a_rule(), "one"), a_known(a_rule(nickname=None), "two")),
        digest("other"): (replace(a_known(a_rule(5), "three"), pin=None, findings=(), same_as=None),),
    }
    memory = opened(root)
    for text, documents in kept.items():
        memory.keep(text, documents)
    memory.save()
    (file,) = (root / "files").iterdir()
    content = bytearray(file.read_bytes())
    content[random.randrange(len(content))] ^= random.randrange(1, 256)
    file.write_bytes(content)
    again = opened(root)
    assert all(again.find(text) in (None, documents) for text, documents in kept.items())


def sealed(name: bytes, rest: bytes) -> bytes:
    """Return a line that is whole, whatever it says, as anybody can make it where there is no secret."""
    key = hashlib.sha256(b"rulesync files, seal\0").digest()
    return b"%s %s %s" % (hashlib.blake2b(name + rest, key=key, digest_size=8).hexdigest().encode(), name, rest)


def spoil(root: Path, change: Callable[[Any], Any], name: bytes = TEXT.encode()) -> None:
    """Change what is kept of a text, under a seal that is right."""
    memory = opened(root)
    memory.keep(TEXT, [a_known(a_rule())])
    memory.save()
    (file,) = (root / "files").iterdir()
    head, line, _ = file.read_bytes().split(b"\n")
    rest = change(json.loads(line.split(b" ", 2)[2]))
    file.write_bytes(b"%s\n%s\n" % (head, sealed(name, rest if isinstance(rest, bytes) else json.dumps(rest).encode())))


def other(*path: int, to: object) -> Callable[[Any], Any]:
    """Return what puts another value in one place of what is known of a document."""

    def change(plain: Any) -> Any:  # noqa: ANN401  # JSON
        place = plain[0]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to
        return plain

    return change


@pytest.mark.parametrize(
    "change",
    [
        *(lambda _, rest=rest: rest for rest in (b"[", b"[[]]", b"[1]", b"\xff", b"[" * 100_000)),
        *(other(place, to=value) for place, value in ((1, 5), (2, []), (4, 5), (4, [1]), (5, [[5]]), (5, 5), (6, []))),
        *(other(6, 2, to=True), other(6, 4, to=[[0, 0, 1, 2]]), other(7, to=[["a", "b", "c", None, None]])),
        *(other(8, to=5), other(9, to=5)),
    ],
)  # fmt: skip
def test_what_was_never_kept_is_as_if_nothing_was(tmp_path: Path, change: Callable[[Any], Any]) -> None:
    """A line that is whole and says what was never said here is no knowledge."""
    spoil(tmp_path, change)
    assert opened(tmp_path).find(TEXT) is None


def test_a_strange_digest_does_no_harm(tmp_path: Path) -> None:
    """A line that is whole, of a text with a digest that is none, is passed over."""
    spoil(tmp_path, lambda plain: plain, name=b"\xff" * 64)
    assert opened(tmp_path).find(TEXT) is None


def test_spoiling_nothing_spoils_nothing(tmp_path: Path) -> None:
    """A line under a seal that is right is found, or nothing was shown above."""
    spoil(tmp_path, lambda plain: plain)
    assert (a_known(a_rule()),) == opened(tmp_path).find(TEXT)


def test_nobody_makes_a_seal_without_the_secret(tmp_path: Path) -> None:
    """What is kept with a secret is found with it, and without it nothing is."""
    for secret in ("sk_1", "sk_2"):
        memory = KnownFiles(tmp_path, "here", "these", secret=secret)
        assert memory.find(TEXT) is None
        memory.keep(TEXT, [])
        memory.save()
    found = [KnownFiles(tmp_path, "here", "these", secret=secret).find(TEXT) for secret in ("sk_2", "sk_1", "")]
    assert [(), None, None] == found
    (file,) = (tmp_path / "files").iterdir()
    assert b"sk_" not in file.read_bytes()


def test_what_is_not_believed_is_kept_anew(tmp_path: Path) -> None:
    """Who does not believe what is there finds nothing, and leaves what it finds out itself."""
    wrong, right = a_known(a_rule(), "wrong"), a_known(a_rule(), "right")
    for known, believed in ((wrong, True), (right, False)):
        memory = KnownFiles(tmp_path, "here", "these", believed=believed)
        assert memory.find(TEXT) is None
        memory.keep(TEXT, [known])
        memory.save()
    assert (right,) == opened(tmp_path).find(TEXT)


@pytest.mark.parametrize("others", [{"b": 2, "a": 1}, {"a": "1", "b": 2}, {"a": True, "b": 2}, {"a": 1.0, "b": 2}])
def test_order_and_kind_of_values_count(others: dict[str, object]) -> None:
    """A template goes through a mapping in its order, and writes `1` and `True` apart: so do digests."""
    assert digest([{"a": 1, "b": 2}]) != digest([others])


def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path) -> None:
    """A directory that cannot be made costs the memory, and no run."""
    (tmp_path / "file").write_text("")
    memory = opened(tmp_path / "file" / "below")
    memory.keep(TEXT, [])
    memory.save()
    assert opened(tmp_path / "file" / "below").find(TEXT) is None


def test_what_nobody_writes_to_goes(tmp_path: Path) -> None:
    """Who keeps something takes away what nobody wrote to for a quarter of a year, and nothing that is not ours."""
    inner, day = tmp_path / "files", 86_400
    inner.mkdir()
    ages = {"0" * 24: 91, "1" * 24: 89, f"{'2' * 24}.123456.new": 91, "notes.txt": 91}
    for name, days in ages.items():
        (inner / name).write_bytes(b"")
        os.utime(inner / name, (time.time() - days * day,) * 2)
    memory = opened(tmp_path)
    memory.keep(TEXT, [])
    memory.save()

    assert {"1" * 24, "notes.txt"} == {file.name for file in inner.iterdir()} & ages.keys()
    assert () == opened(tmp_path).find(TEXT)


def test_a_file_that_cannot_take_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a new file cannot take the place of the old one, that stays as it was, and nothing is left over."""
    memory = opened(tmp_path)
    memory.keep(TEXT, [a_known(a_rule())])
    memory.save()
    (file,) = (tmp_path / "files").iterdir()
    before = file.read_bytes()

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    again = opened(tmp_path)
    again.keep(TEXT, [])
    again.save()

    assert [file] == list((tmp_path / "files").iterdir())
    assert before == file.read_bytes()


def test_other_code_of_the_same_version_knows_nothing(tmp_path: Path) -> None:
    """A file of the code that came, or changed in size or in time alone, makes another build; the same ones do not."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "a.py").write_text("1")
    (tmp_path / "inner" / "b.py").write_text("2")
    before = build(str(tmp_path))
    (tmp_path / ".#a.py").symlink_to("me@host.1:2")  # an editor's lock
    assert before == build(str(tmp_path))
    (tmp_path / "notes.txt").write_text("no code")
    assert before == build(str(tmp_path))
    file = tmp_path / "inner" / "b.py"
    at = file.stat().st_mtime_ns
    file.write_text("22")
    os.utime(file, ns=(at, at))
    longer = build(str(tmp_path))
    os.utime(file, ns=(at, at + 1))
    later = build(str(tmp_path))
    (tmp_path / "c.py").write_text("")
    assert 4 == len({str(each) for each in (before, longer, later, build(str(tmp_path)))})
    assert any("recall.py" in str(each) for each in build())


@pytest.mark.parametrize("name", ["jinja2", "markupsafe", "pydantic", "pydantic_core", "yaml"])
def test_another_library_is_another_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A library that has its part in what a text means, and lies elsewhere or was changed, makes another build."""
    before, elsewhere = build(), tmp_path / "__init__.py"
    elsewhere.write_text("")
    monkeypatch.setattr(import_module(name).__spec__, "origin", str(elsewhere))
    moved = build()
    elsewhere.write_text("changed")

    assert 3 == len({str(each) for each in (before, moved, build())})


def test_another_python_is_another_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one Python made of a text is not taken from it by another."""
    before = build()
    monkeypatch.setattr(sys, "version", "3.99.0 (main)")

    assert before != build()
