import contextlib
import os
import socket
from pathlib import Path

import pytest

from rulesync import source
from rulesync.document import content, load
from rulesync.errors import ConfigError
from rulesync.source.files import MAX_DEPTH, MAX_ENTRIES, rule_files
from tests.badinput.holding import are_findings, in_time, is_a_sentence
from tests.unprivileged import as_nobody, open_directory


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Return a directory of rules with one good file in it."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "good.yaml").write_text("# nothing\n")
    return tmp_path / "rules"


def said(rules: Path) -> list[str]:
    """Return what loading a directory says about all files but the good one."""
    with in_time():
        found = source.load(rules.parent, rules.name).findings
    are_findings(found, files=5)
    return [each.message for each in found if "good.yaml" not in each.message]


def test_what_is_no_file_is_never_waited_for(rules: Path) -> None:
    """A pipe, a socket, a link to a device and a link in a circle are errors that name them, at once."""
    os.mkfifo(rules / "pipe.yaml")
    (rules / "to-pipe.yaml").symlink_to("pipe.yaml")
    (rules / "null.yaml").symlink_to("/dev/zero")
    (rules / "self.yaml").symlink_to("self.yaml")
    (rules / "gone.yaml").symlink_to("nowhere.yaml")
    with socket.socket(socket.AF_UNIX) as listening:
        with contextlib.chdir(rules):  # the path of a socket must be short
            listening.bind("socket.yaml")
        messages = said(rules)

    assert [
        "`rules/gone.yaml` cannot be read: no such file or directory",
        "`rules/null.yaml` is a link to a directory, or out of the directory of rules",
        "`rules/pipe.yaml` is not a regular file",
        "`rules/self.yaml` cannot be read: too many levels of symbolic links",
        "`rules/socket.yaml` is not a regular file",
        "`rules/to-pipe.yaml` is not a regular file",
    ] == messages


def test_a_file_that_becomes_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Only a regular file is read, and no more of it than is asked for."""
    (tmp_path / "a").write_bytes(b"x" * 100)
    os.mkfifo(tmp_path / "pipe")

    assert b"xxx" == content(tmp_path / "a", 3)
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with in_time(), pytest.raises(OSError, match="not a regular file"):
            content(path, 3)


def test_a_directory_is_one_whatever_its_name(rules: Path) -> None:
    """A directory named like a file holds rules as any other does."""
    (rules / "x.yaml").mkdir()
    (rules / "x.yaml" / "a.yaml").touch()

    assert ["good", "x.yaml/a"] == [file.key for file in rule_files(rules.parent, "rules").files]


def test_names_that_nobody_can_read(rules: Path) -> None:
    """Line breaks, escapes, marks that turn text around and bytes that are no text are named on one line."""
    for name in (b"a\nb.yaml", b"\x1b[2J.yaml", "\u202etxt.yaml".encode(), b"\xff\xfe.yaml", b"A B.yaml", b"-rf.yaml"):
        Path(os.fsdecode(os.fsencode(rules) + b"/" + name)).write_text("status: enabled\n")

    with in_time():
        sources = source.load(rules.parent, "rules")
    are_findings(sources.findings, files=7)
    assert all((each.location is not None and each.location.file.isprintable()) for each in sources.findings)
    assert () == sources.drafts


def test_keys_that_differ_in_case(rules: Path) -> None:
    """Of two files whose names differ in case, the one with capitals is refused, so neither can pass for the other."""
    (rules / "Pay.yaml").write_text("status: enabled\n")
    (rules / "pay.yaml").write_text("key: pay\nstatus: enabled\n")
    (rules / "other.yaml").write_text("key: PAY\nstatus: enabled\n")

    messages = [message for message in said(rules) if "key" in message]

    assert ["`Pay` is no key, so the file cannot give it", "`PAY` is no key"] == messages


@pytest.mark.parametrize("mode", [0o000, 0o444, 0o111])
def test_directories_that_may_not_be_read(mode: int) -> None:
    """A directory without permission to list it, or to enter it, is an error and never an empty one."""
    with open_directory() as root:
        (root / "rules" / "closed").mkdir(parents=True)
        (root / "rules" / "closed" / "a.yaml").touch()
        (root / "rules" / "closed" / "b.yaml").symlink_to("a.yaml")
        (root / "rules" / "closed").chmod(mode)
        with as_nobody():
            found = source.load(root, "rules").findings
        (root / "rules" / "closed").chmod(0o755)

    assert found
    assert all(each.message.endswith("cannot be read: permission denied") for each in found)


def test_a_place_that_may_not_be_entered() -> None:
    """Where the directory itself cannot be looked at, that is said, and not that it does not exist."""
    with open_directory() as root:
        (root / "inner" / "rules").mkdir(parents=True)
        (root / "inner").chmod(0o000)
        with as_nobody(), pytest.raises(ConfigError, match="cannot be read: permission denied"):
            rule_files(root / "inner", "rules")
        (root / "inner").chmod(0o755)


@pytest.mark.parametrize("name", ["a" * 300, "a\0b", "a\nb", "b/../../../x", "\udcff", "x/" * 3000])
def test_directories_that_cannot_be(tmp_path: Path, name: str) -> None:
    """A name that no directory can have is an error in one line."""
    with pytest.raises(ConfigError) as caught:
        rule_files(tmp_path, name)
    is_a_sentence(caught.value)


def test_the_directory_of_rules_is_no_link(tmp_path: Path) -> None:
    """A link in the place of the directory would let other rules be read than those that Git and a review show."""
    (tmp_path / "elsewhere" / "rules").mkdir(parents=True)
    (tmp_path / "rules").symlink_to("elsewhere/rules")
    (tmp_path / "linked").symlink_to("elsewhere")

    for name in ("rules", "linked/rules"):
        with pytest.raises(ConfigError, match="is a link, or lies behind one"):
            rule_files(tmp_path, name)
    assert [] == rule_files(tmp_path / "linked", "rules").files
    assert [] == rule_files(tmp_path / "elsewhere" / "rules", "../rules").files


def test_directories_in_directories_without_end(rules: Path) -> None:
    """Far more directories in each other than any key has are an error, not a stack that overflows."""
    inner = rules
    for _ in range(300):
        inner = inner / "d"
    inner.mkdir(parents=True)

    assert [f"lies more than {MAX_DEPTH} directories deep"] == [message.partition("` ")[2] for message in said(rules)]


def test_a_directory_of_everything(rules: Path) -> None:
    """A directory with more files than rules can be is refused as a whole: `rules:` means another one."""
    for number in range(MAX_ENTRIES):
        os.close(os.open(rules / f"{number}.txt", os.O_CREAT | os.O_WRONLY))

    with in_time(), pytest.raises(ConfigError, match="holds more than 10,000 files"):
        source.load(rules.parent, "rules")


def test_a_file_that_may_not_be_read_hides_no_other() -> None:
    """A file without permission is named, and the one beside it is still read."""
    with open_directory() as root:
        (root / "a.yaml").touch(mode=0o000)
        with as_nobody():
            documents, findings = load(root / "a.yaml", "a.yaml")

    assert ((), ["`a.yaml` cannot be read: permission denied"]) == (documents, [each.message for each in findings])
