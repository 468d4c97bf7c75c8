from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.stage import Stage, a_stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A repository of rules, its app and its GitHub."""
    with a_stage(tmp_path) as set_up:
        yield set_up
