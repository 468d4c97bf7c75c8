"""The one client of a run, the only holder of the key: what it sends, it sends to one address, paced and bounded.

Laws: it follows no redirects, keeps no cookies, and takes nothing from the environment.
"""

import re
from collections.abc import Mapping
from random import Random, SystemRandom
from types import TracebackType
from typing import Self

import httpx

from rulesync import __version__
from rulesync.clock import SYSTEM_CLOCK, Clock
from rulesync.errors import ConfigError
from rulesync.patience import Patience
from rulesync.remote import logs
from rulesync.remote.budget import Budget
from rulesync.remote.connections import Connections
from rulesync.remote.transport import LONGEST_ATTEMPT, Bounded, Pacing, Retrying, Waiting, Whole
from rulesync.wire import Dialect

_CONNECT_SECONDS = 10.0
_KEY = re.compile(r"[!-~]+")


class Client:
    """Requests below one address, each with the same headers and the same bounds; to be closed."""

    def __init__(
        self, address: str, headers: Mapping[str, str], timeout: httpx.Timeout, transport: httpx.BaseTransport
    ) -> None:
        self._address = address
        self._headers = headers
        self._timeout = timeout
        self._transport = transport

    def build_request(  # each is a thing that a caller may want otherwise
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        silence: float | None = None,
        extensions: Mapping[str, object] | None = None,
    ) -> httpx.Request:
        """Return a request, to be sent; `silence` is how many seconds the server may say nothing, if it is not as ever.

        `extensions` are what the transports look for.

        Raises:
            httpx.InvalidURL: no address can hold the path or the query.
        """
        timeout = self._timeout if silence is None else httpx.Timeout(silence)
        return httpx.Request(
            method,
            f"{self._address}{path}",
            params=query or None,
            headers={**self._headers, **(headers or {})},
            content=content,
            extensions={"timeout": timeout.as_dict(), **(extensions or {})},
        )

    def send(self, request: httpx.Request) -> httpx.Response:
        """Return the answer, whole.

        Raises:
            httpx.RequestError: there is none.
        """
        return self._transport.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


def client(  # noqa: PLR0913  # each is a thing that a caller may want otherwise
    base_url: str,
    key: str,
    dialect: Dialect,
    *,
    per_minute: int,
    timeout: float = 30.0,
    longest: float = LONGEST_ATTEMPT,
    transport: httpx.BaseTransport | None = None,
    clock: Clock = SYSTEM_CLOCK,
    random: Random | None = None,
    waiting: Waiting | None = None,
    patience: Patience | None = None,
    spent: int = 0,
    budget: Budget | None = None,
) -> Client:
    """Return the one client of a run: paced, retrying, bounded.

    `timeout` is the seconds that the server may be
    silent, `longest` those that an attempt may take in all; `waiting` is told, on any thread, of each wait of a second
    or more; `patience` is the time of the run; `spent` requests count as sent already, and a
    `budget` has its own `per_minute` and `spent`.

    Raises:
        ConfigError: the key or the address cannot be sent.
    """
    if not _KEY.fullmatch(key.strip()):
        raise ConfigError("the API key is empty, or holds characters that no key has")
    try:
        address = httpx.URL(base_url)
    except httpx.InvalidURL:
        address = httpx.URL()
    if address.scheme not in {"https", "http"} or not address.host or address.userinfo:
        raise ConfigError("`api.base_url` is no address of an API", help="it looks like `https://host/path`")
    logs.hide(key.strip())
    patience = patience or Patience(clock)
    # certificates take a while to load, so that they are only where there is one to check
    context = None if transport or address.scheme == "http" else httpx.create_ssl_context(trust_env=False)
    whole = Whole(transport or Connections(context), clock=clock)
    bounded = Bounded(whole, patience, longest=longest)
    budget = budget or Budget(per_minute, clock, spent=spent)
    paced = Pacing(bounded, budget, clock=clock, waiting=waiting, patience=patience)
    return Client(
        str(address).rstrip("/"),
        {
            "Authorization": dialect.authorization(key.strip()),
            "User-Agent": f"rulesync/{__version__}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "Cache-Control": "no-cache",
        },
        httpx.Timeout(timeout, connect=_CONNECT_SECONDS, pool=None),
        Retrying(paced, clock=clock, random=random or SystemRandom(), waiting=waiting, patience=patience),
    )
