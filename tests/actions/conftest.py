from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.stage import Stage, a_stage
from tests.actions.warm import warm


@pytest.fixture(scope="session")
def commands() -> Iterator[Path]:
    """A directory with a rulesync that begins at once."""
    with warm() as directory:
        yield directory


@pytest.fixture
def stage(tmp_path: Path, commands: Path) -> Iterator[Stage]:
    """A repository of rules, its app and its GitHub."""
    with a_stage(tmp_path) as set_up:
        set_up.commands = f"{commands}:{set_up.commands}"
        yield set_up
