"""One request and its answer: complete and read, or a network error; alike for whatever is asked."""

import re

import httpx

from rulesync.remote.received import Asked, Received, receive
from rulesync.remote.sending import Client
from rulesync.remote.transport import TooLargeError, network_error
from rulesync.wire import Dialect

ID = re.compile(r"(?!\.+\Z)[A-Za-z0-9._~:-]{1,200}")
"""An id that may be part of an address."""

SENSELESS = (ValueError, ArithmeticError, RecursionError)
"""What reading an answer can raise that makes no sense."""


def exchange(client: Client, request: httpx.Request, dialect: Dialect) -> Received:
    """Return the answer to a request.

    Raises:
        NetworkError: no complete answer.
        TooLargeError: the answer is beyond bounds.
    """
    try:
        response = client.send(request)
    except TooLargeError:
        raise
    except httpx.RequestError as failure:
        raise network_error(failure, request.url.netloc.decode()) from None
    return receive(
        response.status_code,
        dict(response.headers.items()),
        response.content,
        Asked(request.headers["X-Request-ID"], request.headers["Authorization"].partition(" ")[2]),
        dialect,
    )
