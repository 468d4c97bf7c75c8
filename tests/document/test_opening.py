import os
from pathlib import Path

from rulesync.document.reading import load
from tests.unprivileged import as_nobody, open_directory


def test_a_file_that_may_not_be_read_is_named() -> None:
    """A file without permission is a finding with the reason; its neighbour is read."""
    with open_directory() as directory:
        (directory / "a.yaml").touch(mode=0o000)
        (directory / "b.yaml").touch(mode=0o644)
        with as_nobody():
            closed, readable = (load(directory / name, name)[1] for name in ("a.yaml", "b.yaml"))

    assert (["`a.yaml` cannot be read: permission denied"], ()) == ([each.message for each in closed], readable)


def test_what_is_no_file_is_named_and_never_waited_for(tmp_path: Path) -> None:
    """A pipe, a directory and nothing at all are findings, at once."""
    os.mkfifo(tmp_path / "pipe.yaml")
    messages = [
        load(tmp_path / "pipe.yaml", "pipe.yaml")[1],
        load(tmp_path, "here")[1],
        load(tmp_path / "gone.yaml", "gone.yaml")[1],
    ]
    assert [
        "`pipe.yaml` is not a regular file",
        "`here` is not a regular file",
        "`gone.yaml` cannot be read: no such file or directory",
    ] == [finding.message for (finding,) in messages]
