"""A sandbox under a clock that stands still, and the two who call it: a key and a person."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from rulesync.sandbox import Sandbox

BASE = "http://127.0.0.1"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 10, 14, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The instant at which it stands."""
        return self.now

    def advance(self, **by: float) -> None:
        """Set it forward, as `timedelta` counts."""
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def advance(clock: Clock) -> Callable[..., None]:
    return clock.advance


@pytest.fixture
def box(clock: Clock) -> Iterator[Sandbox]:
    """A sandbox in which the seconds of a fault pass on the clock alone."""
    with Sandbox(clock=clock, requests_per_minute=None, sleep=lambda seconds: clock.advance(seconds=seconds)) as made:
        yield made


@pytest.fixture
def client(box: Sandbox) -> Iterator[Callable[[str], httpx.Client]]:
    """Clients of the API, each with the key it is asked for."""
    opened: list[httpx.Client] = []

    def connect(key: str) -> httpx.Client:
        headers = {"Authorization": f"ApiKey {key}"}
        transport = httpx.WSGITransport(app=box.wsgi)
        opened.append(httpx.Client(transport=transport, base_url=f"{BASE}/api/v1", headers=headers))
        return opened[-1]

    yield connect
    for each in opened:
        each.close()


@pytest.fixture
def live(box: Sandbox) -> Iterator[Callable[[str], httpx.Client]]:
    """Clients of the live API, in the platform's dialect, each with the key it is asked for."""
    with contextlib.ExitStack() as opened:

        def connect(key: str) -> httpx.Client:
            transport = httpx.WSGITransport(app=box.wsgi)
            headers = {"Authorization": f"Bearer {key}"}
            return opened.enter_context(
                httpx.Client(transport=transport, base_url=f"{BASE}/platform/v1", headers=headers)
            )

        yield connect


@pytest.fixture
def platform(box: Sandbox, live: Callable[[str], httpx.Client]) -> httpx.Client:
    return live(box.key)


@pytest.fixture
def api(box: Sandbox, client: Callable[[str], httpx.Client]) -> httpx.Client:
    return client(box.key)


@pytest.fixture
def post(api: httpx.Client, body: dict[str, Any]) -> Callable[..., httpx.Response]:
    """A create of the example, or of what differs from it, under an idempotency key."""

    def create(key: str = "k", **changes: object) -> httpx.Response:
        return api.post("/rules", json={**body, **changes}, headers={"Idempotency-Key": key})

    return create


@pytest.fixture
def person(box: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(transport=httpx.WSGITransport(app=box.wsgi), base_url=BASE) as browser:
        yield browser


@pytest.fixture
def body() -> dict[str, Any]:
    """A create request close to the vendor's own example."""
    checking = {"id": "acc_01HABC4567", "type": "income_source"}
    return {
        "nickname": "Auto-save on deposit",
        "description": "Saves 20% of every incoming deposit\n[rulesync:household/auto-save@1abcdef01234]",
        "status": "enabled",
        "trigger": {"type": "ON_FUNDS_TRANSFERRED", "account_id": "acc_01HABC4567"},
        "steps": [
            {
                "conditions": {"condition": {"fact": "BALANCE", "operator": "GREATER_THAN", "value": 50000}},
                "actions": [
                    {
                        "type": "percentage",
                        "source": dict(checking),
                        "destination": {"id": "acc_01HSAV9999", "type": "pod"},
                        "percentage_value": 20,
                        "percentage_target": "INCOMING_AMOUNT",
                        "group_index": 0,
                        "up_to_enabled": False,
                    },
                    {
                        "type": "fixed_amount",
                        "source": dict(checking),
                        "destination": {"id": "acc_01HRNY5555", "type": "pod"},
                        "amount_in_cents": 5000,
                        "group_index": 1,
                        "up_to_enabled": True,
                    },
                ],
            }
        ],
    }
