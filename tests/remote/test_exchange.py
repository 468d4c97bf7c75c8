import httpx
import pytest

from rulesync.errors import NetworkError
from rulesync.remote import client
from rulesync.remote.exchange import ID, exchange
from rulesync.remote.transport import LARGEST_ANSWER, TooLargeError
from rulesync.wire import v1
from tests.clocks import FakeClock

URL = "https://api.test/api/v1"


def ask(answer: httpx.Response | Exception, **extensions: object) -> int:
    """Return the status of what comes back."""

    def handle(_request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    transport = httpx.MockTransport(handle)
    with client(URL, "sk_0123456789", v1, per_minute=1000, transport=transport, clock=FakeClock().clock) as connection:
        request = connection.build_request("GET", "/rules", extensions={"attempts": 1, **extensions})
        return exchange(connection, request, v1).status


def test_an_answer_is_read_whatever_it_says() -> None:
    """A refusal is an answer."""
    assert [200, 503] == [ask(httpx.Response(status)) for status in (200, 503)]


@pytest.mark.parametrize("failure", [httpx.ReadTimeout("x"), httpx.ConnectError("x")])
def test_what_is_no_answer(failure: Exception) -> None:
    """What breaks on the way is a network error with the host in it."""
    with pytest.raises(NetworkError, match=r"api\.test"):
        ask(failure)


def test_a_request_may_take_less() -> None:
    """An answer beyond bounds is refused, by a bound of the request where that is the smaller one."""
    assert ask(httpx.Response(200, content=b" " * 1000)) == 200
    for largest in (999, 10 * LARGEST_ANSWER):
        with pytest.raises(TooLargeError):
            ask(httpx.Response(200, content=b" " * (1000 if largest < 1000 else LARGEST_ANSWER + 1)), largest=largest)


@pytest.mark.parametrize(
    ("name", "fits"), [("rule_1", True), ("..", False), ("a/b", False), ("", False), ("a?b", False)]
)
def test_ids_in_addresses(name: str, *, fits: bool) -> None:
    """An id is part of an address only where it cannot lead elsewhere."""
    assert fits is bool(ID.fullmatch(name))
