"""The two callers of one sandbox, each with the judge of its dialect."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from rulesync.sandbox import Sandbox
from tests.api.judge import SCHEMES, Judge, judge


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(requests_per_minute=None) as made:
        yield made


@pytest.fixture
def connect() -> Iterator[Callable[[Sandbox, str], httpx.Client]]:
    """Clients of a sandbox, in the dialect they are asked for, with the key of its first organisation."""
    with ExitStack() as opened:

        def client(box: Sandbox, dialect: str) -> httpx.Client:
            return opened.enter_context(
                httpx.Client(
                    transport=httpx.WSGITransport(app=box.wsgi),
                    base_url=f"http://127.0.0.1{judge(dialect).base}",
                    headers={"Authorization": f"{SCHEMES[dialect]} {box.key}"},
                )
            )

        yield client


@pytest.fixture(params=["v1", "platform"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def held(dialect: str) -> Judge:
    return judge(dialect)


@pytest.fixture
def api(box: Sandbox, dialect: str, connect: Callable[[Sandbox, str], httpx.Client]) -> httpx.Client:
    return connect(box, dialect)
