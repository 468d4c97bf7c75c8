import gzip
import tracemalloc

import pytest

from tests.badinput.answers import Case, any_answer

BODY = b'{"data": []}'
NAMES = ["Location", "Set-Cookie", "Date", "Retry-After", "X-Request-ID", "Content-Type", "X-Odd"]
TEXTS = [
    "\xff\xfe",
    "http://xn--/",
    "http://[",
    "//",
    "\x7f",
    "a" * 70_000,
    "a=b; expires=Thu, 99 Jan 999999 99:99:99 GMT",
]


@pytest.mark.parametrize("name", NAMES)
def test_absurd_heads(name: str) -> None:
    """Whatever stands in the head of an answer, it is understood or refused in words, and nobody sees a traceback."""
    for text in TEXTS:
        for status in (200, 302):
            any_answer(Case("all", status, ((name, text),), BODY).content)


def test_a_next_page_that_no_address_can_hold() -> None:
    """A cursor that is longer than an address may be is an error in words."""
    page = b'{"data": [], "page_info": {"has_next_page": true, "end_cursor": "' + b"a" * 70_000 + b'"}}'
    any_answer(Case("list", 200, (), page).content)


def test_a_body_that_is_packed_twice_is_not_unpacked() -> None:
    """A few hundred bytes that would be two hundred megabytes, packed twice, are refused before they are."""
    bomb = gzip.compress(gzip.compress(b" " * 200_000_000))
    tracemalloc.start()
    any_answer(Case("list", 200, (("Content-Encoding", "gzip, gzip"),), bomb).content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000_000
