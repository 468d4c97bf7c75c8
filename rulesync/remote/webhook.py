"""A message to somebody else's address: one POST, which holds no key and follows no redirect.

Law: the address is a secret: it stands in no message, no error and no log.
"""

from urllib.parse import urlsplit

import httpx

from rulesync import __version__
from rulesync.clock import SYSTEM_CLOCK, Clock
from rulesync.errors import ApiError, NetworkError
from rulesync.remote import logs
from rulesync.remote.parallel import within
from rulesync.remote.transport import network_error

_LONGEST = 15.0  # seconds from looking up the host to the head of the answer
_SILENT = 10.0
_SHORTEST_SECRET = 8  # characters


def post(
    url: str,
    body: str,
    *,
    transport: httpx.BaseTransport | None = None,
    longest: float = _LONGEST,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """Send JSON to an address, once; the body of the answer is not read.

    Raises:
        ApiError: it was not taken; the message names the host and nothing else of the address.
        NetworkError: no answer.
    """
    host = hide(url)
    end = clock.monotonic() + longest
    try:
        status = within(lambda: _send(url, body, transport), lambda: end - clock.monotonic())
    except TimeoutError:
        raise NetworkError(f"the webhook at `{host}` did not answer in time") from None
    except httpx.RequestError as problem:
        raise NetworkError(f"the webhook: {network_error(problem, host).message}") from None
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise ApiError(f"the webhook at `{host}` has an address that nothing can be sent to") from None
    if httpx.codes.is_redirect(status):
        raise ApiError(f"the webhook at `{host}` answered {status}, a redirect, which is never followed")
    if not httpx.codes.is_success(status):
        raise ApiError(f"the webhook at `{host}` answered {status}")


def hide(url: str) -> str:
    """Keep an address out of all logs from now on, and return its host, which may be told."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    rest = url.partition(parts.netloc)[2] if parts.netloc else url
    for secret in (url, rest, rest.lstrip("/"), parts.path, parts.query):
        if len(secret) >= _SHORTEST_SECRET:
            logs.hide(secret)
    return parts.hostname or "?"


def _send(url: str, body: str, transport: httpx.BaseTransport | None) -> int:
    timeout = httpx.Timeout(_SILENT, pool=None)
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": f"rulesync/{__version__}"}
    with (
        httpx.Client(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", url, content=body.encode("utf-8", "replace"), headers=headers) as response,
    ):
        return response.status_code
