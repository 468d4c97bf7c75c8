from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from rulesync.clock import Clock
from rulesync.github import GitHub
from tests.clocks import FakeClock
from tests.github.hub import REPOSITORY, TOKEN, Hub, serve_hub


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A repository on a stand-in for GitHub."""
    with serve_hub() as served:
        yield served


@contextmanager
def opened(hub: Hub, clock: Clock | None = None, token: str = TOKEN) -> Iterator[GitHub]:
    """Open the repository with the token of a workflow; nobody sleeps for long."""
    with GitHub.open(hub.url, token, REPOSITORY, clock=clock or FakeClock().clock) as github:
        yield github


@pytest.fixture
def github(hub: Hub) -> Iterator[GitHub]:
    """The repository, opened."""
    with opened(hub) as github:
        yield github
