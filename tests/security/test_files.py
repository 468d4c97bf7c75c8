"""What may name accounts is written for its owner alone."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rulesync.cli.output import check_writable, write_file
from rulesync.sandbox import Sandbox
from tests.security.conftest import Said, Workshop, impostor


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=lambda mask: f"umask {mask:03o}")
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run under a umask, which is not to matter."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def absent(file: Path) -> Path:
    return file


def open_to_all(file: Path) -> Path:
    file.write_text("before, and longer than what comes")
    file.chmod(0o666)
    return file


def behind_a_link(file: Path) -> Path:
    target = open_to_all(file.with_name("target"))
    file.symlink_to(target)
    return target


def behind_a_link_to_nothing(file: Path) -> Path:
    target = file.with_name("target")
    file.symlink_to(target)
    return target


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("make", [absent, open_to_all, behind_a_link, behind_a_link_to_nothing])
def test_a_file_is_its_owners(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    """A file can be read by its owner alone, whether it was there before, open to all or behind a link."""
    file = tmp_path / "plan.json"
    target = make(file)

    check_writable(file)
    write_file(file, "after")

    assert ("after", 0o600) == (target.read_text(), mode(target))
    assert file.is_symlink() == (make in {behind_a_link, behind_a_link_to_nothing})


def test_asking_whether_a_file_can_be_written_leaves_nothing(tmp_path: Path) -> None:
    """What was not there before it was tried is not there after, and what was there is as it was."""
    link, there = tmp_path / "link", tmp_path / "there"
    link.symlink_to(tmp_path / "target")
    there.write_text("as it was")

    check_writable(tmp_path / "new", link, there)

    assert ["link", "there"] == sorted(file.name for file in tmp_path.iterdir())
    assert link.is_symlink()
    assert "as it was" == there.read_text()


def test_what_is_no_file_keeps_its_mode(tmp_path: Path) -> None:
    """A device that is written to is not made private: it belongs to others too."""
    before = mode(Path(os.devnull))
    write_file(Path(os.devnull), "text")
    assert before == mode(Path(os.devnull))
    assert [] == list(tmp_path.iterdir())


def test_every_file_that_a_command_writes(workshop: Workshop) -> None:
    """Plans, reports and whatever else is asked for by `--out`, `--report` and `--write` are for their owner alone."""
    made = {name: workshop.root / name for name in ("a.json", "b.txt", "c.json", "d.json", "e.txt", "f.json")}
    for file in made.values():
        open_to_all(file)
    with impostor(lambda _: Said()) as server:
        url = f"{server.url}/api/v1"
        workshop.run(url, "plan", "--out", str(made["a.json"]), "--write", f"text={made['b.txt']}")
        workshop.run(
            url, "apply", "--auto-approve", "--report", str(made["c.json"]), "--write", f"text={made['e.txt']}"
        )
        workshop.run(url, "drift", "--write", f"json={made['d.json']}")
        workshop.run(url, "status", "--write", f"json={made['f.json']}")

    assert dict.fromkeys(made, 0o600) == {name: mode(file) for name, file in made.items()}
    assert not any("longer than what comes" in file.read_text() for file in made.values())


@pytest.mark.usefixtures("umask")
def test_the_state_of_a_sandbox_is_its_owners(tmp_path: Path) -> None:
    """The state of a new sandbox, which holds its keys, is for its owner alone, with what SQLite keeps beside it."""
    with Sandbox(tmp_path / "state.db"):
        assert {0o600} == {mode(file) for file in tmp_path.iterdir()}
