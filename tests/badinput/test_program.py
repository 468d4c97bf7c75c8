import io
import tarfile
import time
from pathlib import Path

import pytest
from hypothesis import strategies as st

from tests.badinput import fuzzing, laws
from tests.badinput.__main__ import main
from tests.badinput.fuzzing import fuzz, replay
from tests.badinput.holding import BrokenLawError, hold, in_time
from tests.badinput.mutations import INPUTS
from tests.badinput.suite import NotFetchedError, files


def test_the_seed_is_told_and_makes_the_same_inputs(capsys: pytest.CaptureFixture[str]) -> None:
    """A run prints its seed; the same seed gives the same inputs."""
    assert 0 == main(["--examples", "3", "--law", "decoder", "--no-suite"])
    assert "--seed " in capsys.readouterr().out.splitlines()[0]

    assert fuzz("decoder", 5, 3) == fuzz("decoder", 5, 3)


def test_a_violation_is_found_made_small_and_can_be_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An input that breaks a law comes out as small as it can be, with the command that shows it again."""
    monkeypatch.setattr(fuzzing, "LAWS", {"short": lambda content: hold("inputs are short", when=len(content) < 3)})
    given, broken = fuzz("short", 100, 1, st.binary())

    assert given >= 1
    assert broken is not None
    assert (3, True) == (len(broken.content), "inputs are short" in broken.what)
    with pytest.raises(BrokenLawError):
        replay(broken.replay.rpartition(" ")[2])


def test_what_does_not_end_is_broken_off() -> None:
    """A law that runs on is broken."""
    with pytest.raises(BrokenLawError, match=r"it ends within 0\.05 s"), in_time(0.05):
        time.sleep(5)


def test_the_suite_is_read_from_its_archive(tmp_path: Path) -> None:
    """Every YAML text of the archive is found, under the name of its entry; an archive without any is none."""
    module = b'export default {"cases": [{"yaml": "a: 1", "json": "{}", "dump": null}, {"yaml": "-"}]}\n'
    for name, inside in (("good", "package/data/229Q.js"), ("bad", "package/index.js")):
        with tarfile.open(tmp_path / name, "w:gz") as archive:
            member = tarfile.TarInfo(inside)
            member.size = len(module)
            archive.addfile(member, io.BytesIO(module))

    assert [("229Q-0-yaml", b"a: 1"), ("229Q-1-json", b"{}"), ("229Q-2-yaml", b"-")] == [
        (each.name, each.content) for each in files(tmp_path / "good")
    ]
    with pytest.raises(NotFetchedError):
        files(tmp_path / "bad")


def test_every_law_has_inputs() -> None:
    """Each law is given something by the program."""
    assert set(laws.LAWS) == set(INPUTS)
