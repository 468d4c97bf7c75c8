"""Files and directories for nobody else."""

import os
import re
from pathlib import Path

import pytest

from rulesync import private


def test_what_is_made_is_for_its_user_alone(tmp_path: Path) -> None:
    """Directories are made for their user alone, files too, and Git passes over all of it."""
    inner = private.directory(tmp_path / "above" / "cache", "bodies")
    os.close(private.opened(inner / "file", os.O_RDWR))

    modes = [path.stat().st_mode & 0o777 for path in (tmp_path / "above" / "cache", inner, inner / "file")]
    assert [0o700, 0o700, 0o600] == modes
    assert "*\n" == (tmp_path / "above" / "cache" / ".gitignore").read_text()


def test_what_is_there_is_closed_to_others(tmp_path: Path) -> None:
    """A directory or file that others could read is closed to them; a root that somebody made stays as it is."""
    (tmp_path / "bodies").mkdir(0o755)
    (tmp_path / "bodies" / "file").write_text("x")
    (tmp_path / "bodies" / "file").chmod(0o644)
    inner = private.directory(tmp_path, "bodies")
    os.close(private.opened(inner / "file", os.O_RDWR))

    assert [0o700, 0o600] == [path.stat().st_mode & 0o777 for path in (inner, inner / "file")]
    assert [inner] == list(tmp_path.iterdir())


@pytest.mark.parametrize("what", ["file", "link", "nowhere"])
def test_a_directory_that_is_none(tmp_path: Path, what: str) -> None:
    """What is no directory of its own is refused, and what a link leads to is not touched."""
    place = tmp_path / "bodies"
    if what == "file":
        place.write_text("x")
    else:
        place.symlink_to(tmp_path if what == "link" else tmp_path / "nowhere")

    with pytest.raises(OSError, match=r"(?i)not a directory|file exists"):
        private.directory(tmp_path, "bodies")


@pytest.mark.parametrize("what", ["link", "pipe", "directory"])
def test_a_file_that_is_none(tmp_path: Path, what: str) -> None:
    """A link is not followed, a pipe not waited for, and a directory not written to."""
    place, elsewhere = tmp_path / "place", tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    if what == "link":
        place.symlink_to(elsewhere)
    elif what == "pipe":
        os.mkfifo(place)
    else:
        place.mkdir()

    with pytest.raises(OSError, match=r"(?i)symbolic|plain|is a directory"):
        private.opened(place, os.O_RDWR)
    assert "mine" == elsewhere.read_text()


def test_a_file_of_somebody_else(tmp_path: Path) -> None:
    """A file of another user is refused, whoever may write to it."""
    if os.geteuid():
        with pytest.raises(OSError, match="another user"):
            private._check(os.open("/etc/passwd", os.O_RDONLY))  # noqa: SLF001  # nobody may give a file away
        return
    file = tmp_path / "file"
    file.write_text("x")
    os.chown(file, 12345, 12345)
    with pytest.raises(PermissionError, match="another user"):
        private.opened(file, os.O_RDWR)


def test_what_nobody_used_goes(tmp_path: Path) -> None:
    """Old files with a name of ours are taken away, others and younger ones stay; a directory that is gone is fine."""
    for name in ("a-old", "b-old", "a-new"):
        (tmp_path / name).write_text("x")
    (tmp_path / "a-dir").mkdir()
    for name in ("a-old", "b-old", "a-dir"):
        os.utime(tmp_path / name, (1, 1))

    private.remove_unused(tmp_path, re.compile("a-.*"), 60)
    private.remove_unused(tmp_path / "nowhere", re.compile("a-.*"), 60)

    assert {"b-old", "a-new", "a-dir"} == {path.name for path in tmp_path.iterdir()}


def test_content_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    """A file below its bound is read whole, and closed to others; of one that is larger, nothing is read."""
    (tmp_path / "file").write_bytes(b"12345")

    (tmp_path / "file").chmod(0o644)

    assert [b"12345", b""] == [private.content(tmp_path / "file", most) for most in (6, 5)]
    assert 0o600 == (tmp_path / "file").stat().st_mode & 0o777


def test_what_another_user_may_have_written(tmp_path: Path) -> None:
    """A file of another user is read only where it proves by itself who wrote it."""
    if os.geteuid():
        pytest.skip("only root can give a file away")
    (tmp_path / "file").write_bytes(b"1")
    os.chown(tmp_path / "file", 12345, 12345)

    assert b"1" == private.content(tmp_path / "file", 9, sealed=True)
    with pytest.raises(PermissionError, match="another user"):
        private.content(tmp_path / "file", 9)


@pytest.mark.parametrize("sealed", [False, True])
def test_a_pipe_is_not_read(tmp_path: Path, *, sealed: bool) -> None:
    """What is no plain file is refused, although somebody may be about to write to it."""
    os.mkfifo(tmp_path / "pipe")
    held = os.open(tmp_path / "pipe", os.O_RDWR)
    with pytest.raises(OSError, match="plain"):
        private.content(tmp_path / "pipe", 9, sealed=sealed)
    os.close(held)


def test_a_file_is_put_in_the_place_of_another_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is put is there whole, for its user alone; where that fails, the old one is, and nothing lies beside it."""
    file = tmp_path / "file"
    os.close(private.put(file, b"old"))
    stream = private.put(file, b"new")
    private.write(stream, b", and more")
    os.close(stream)

    assert (b"new, and more", 0o600) == (file.read_bytes(), file.stat().st_mode & 0o777)
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        private.put(file, b"newer")
    assert [(file, b"new, and more")] == [(each, each.read_bytes()) for each in tmp_path.iterdir()]
