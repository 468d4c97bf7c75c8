"""Laws of the memory of rule files."""

import hashlib
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.findings import Location, info
from rulesync.known import Known, Word
from rulesync.outline import outline
from rulesync.recall import KnownFiles, build, digest, text_digest
from rulesync.rule import Rule
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
    memory = opened(root)
    memory.keep(TEXT, [])
    memory.keep(digest("other"), [])
    memory.save()
    (file,) = (root / "files").iterdir()
    content = bytearray(file.read_bytes())
    content[random.randrange(len(content))] ^= random.randrange(1, 256)
    file.write_bytes(content)
    again = opened(root)
    assert {again.find(TEXT), again.find(digest("other"))} <= {None, ()}


@pytest.mark.parametrize("rest", [b"[", b"{}", b"[[]]", b"[1]", b"\xff", b"[" * 100_000])
def test_what_was_sealed_by_something_else_is_as_if_nothing_was_kept(tmp_path: Path, rest: bytes) -> None:
    """A line that is whole and says nothing that was ever said here is no knowledge, nor does a strange digest harm."""
    memory = opened(tmp_path)
    memory.keep(TEXT, [])
    memory.save()
    file = next((tmp_path / "files").iterdir())
    lines = [file.read_bytes().split(b"\n")[0]]
    for name in (TEXT.encode(), b"\xff" * 64):
        seal = hashlib.blake2b(name + rest, digest_size=8).hexdigest().encode()
        lines.append(b"%s %s %s" % (seal, name, rest))
    file.write_bytes(b"\n".join(lines) + b"\n")

    assert opened(tmp_path).find(TEXT) in {None, ()}


def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path) -> None:
    """A directory that cannot be made costs the memory, and no run."""
    (tmp_path / "file").write_text("")
    memory = opened(tmp_path / "file" / "below")
    memory.keep(TEXT, [])
    memory.save()
    assert opened(tmp_path / "file" / "below").find(TEXT) is None


def test_other_code_of_the_same_version_knows_nothing(tmp_path: Path) -> None:
    """A file of the code that changed in size or time makes another build; the same files make the same."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "a.py").write_text("1")
    (tmp_path / "inner" / "b.py").write_text("2")
    before = build(str(tmp_path))
    assert before == build(str(tmp_path))
    (tmp_path / "notes.txt").write_text("no code")
    assert before == build(str(tmp_path))
    (tmp_path / "inner" / "b.py").write_text("22")
    assert before != build(str(tmp_path))
    assert any("recall.py" in str(each) for each in build())
