"""Lists whose pages shift while they are read, from a real HTTP server that people change between two pages."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from rulesync.errors import ApiError
from rulesync.remote import Reader, client, listing
from rulesync.remote.listing import MOST_READINGS
from rulesync.ruleset import ListedRule
from rulesync.wire import platform
from tests.clocks import FakeClock

Change = Callable[[list[str]], None]


class Shifting(ThreadingHTTPServer):
    """A list in pages of 100; before the request with a number it is changed as said."""

    def __init__(self, ids: Sequence[str], changes: dict[int, Change], *, telling: bool = True) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.ids, self.changes, self.telling = list(ids), changes, telling
        self.asked: list[str] = []

    def answer(self, path: str) -> dict[str, object]:
        """Return the page that is asked for, of the list as it is now."""
        self.asked.append(path)
        if change := self.changes.get(len(self.asked)):
            change(self.ids)
        number = int(parse_qs(urlsplit(path).query)["page"][0])
        items = [{"id": each, "name": each, "type": "POD"} for each in self.ids[100 * (number - 1) : 100 * number]]
        told: dict[str, object] = {"page": number, "pageSize": 100}
        if self.telling:
            told["hasNextPage"] = len(self.ids) > 100 * number
        return {"requestId": "req-1", "data": {"items": items, "pagination": told}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert isinstance(self.server, Shifting)
        body = json.dumps(self.server.answer(self.path)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def shifting(
    number: int, changes: dict[int, Change] | None = None, *, telling: bool = True
) -> Iterator[tuple[Shifting, Reader]]:
    """Yield a server of so many rules, and a Reader of it."""
    with Shifting([f"r{index:04}" for index in range(number)], changes or {}, telling=telling) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        base = f"http://127.0.0.1:{server.server_port}"
        with client(base, "sk_0123456789", platform, per_minute=10_000, clock=FakeClock().clock) as connection:
            yield server, Reader(connection, platform)
        server.shutdown()
        thread.join()


def lacking(rule_id: str) -> Callable[[Sequence[ListedRule]], bool]:
    """Return a doubt: that a rule which ought to be there is missing."""
    return lambda rows: rule_id not in {row.id for row in rows}


def ids(rows: Sequence[ListedRule]) -> list[str]:
    return [row.id for row in rows]


def deleted(index: int) -> Change:
    return lambda held: held.__delitem__(index)


def made(held: list[str]) -> None:
    held.insert(0, f"new{len(held)}")


@pytest.mark.parametrize("telling", [True, False])
@pytest.mark.parametrize(("number", "pages"), [(0, 1), (99, 1), (101, 2), (250, 3)])
def test_a_list_that_holds_still_is_read_once(number: int, pages: int, *, telling: bool) -> None:
    """Each page is asked for once, whether or not the API says that there is another, and every row is there."""
    with shifting(number, telling=telling) as (server, reader):
        assert number == len(reader.listing())
        assert pages == len(server.asked)


def test_a_full_page_may_have_another() -> None:
    """Where the API does not say whether there is more, a page that is full is followed by an empty one."""
    with shifting(100, telling=False) as (server, reader):
        assert 100 == len(reader.listing())
        assert 2 == len(server.asked)


def test_a_row_on_two_pages_has_the_list_read_anew() -> None:
    """A rule made at the top while the list is read pushes another onto the next page, and nothing is lost or twice."""
    with shifting(150, {2: made}) as (server, reader):
        rows = ids(reader.listing())

        assert server.ids == rows
        assert 151 == len(set(rows)) == len(rows)
        assert 4 == len(server.asked)


def test_an_absence_is_not_believed_at_once() -> None:
    """A rule that slipped to a page which was read already, since another was deleted, is found by reading again."""
    with shifting(150, {2: deleted(0)}) as (server, reader):
        rows = ids(reader.listing(lacking("r0100")))

        assert server.ids == rows
        assert "r0100" in rows


def test_what_nobody_doubts_is_not_made_sure_of() -> None:
    """Without a doubt about what is missing, a list costs its pages alone; with one, as many again."""
    with shifting(150) as (server, reader):
        reader.listing(lacking("r0100"))
        assert 2 == len(server.asked)
        reader.listing(lacking("never"))
        assert 2 + 4 == len(server.asked)


def test_one_page_is_cut_at_one_moment() -> None:
    """What a list of one page does not show is not there, and nothing is asked twice."""
    with shifting(99) as (server, reader):
        reader.listing(lacking("never"))
        assert 1 == len(server.asked)


def test_a_list_that_moves_again_is_read_again() -> None:
    """Readings that differ prove nothing: it goes on until two in a row say the same."""
    changes = {2: deleted(0), 4: deleted(0), 5: deleted(120)}
    with shifting(150, changes) as (server, reader):
        rows = ids(reader.listing(lacking("never")))

        assert server.ids == rows
        assert 8 == len(server.asked)


def test_rows_come_in_the_order_of_the_api() -> None:
    """Rows are as the API has them; where their order differs from one reading to the next, the list moved."""
    with shifting(150, {1: list.reverse, 3: list.reverse}) as (server, reader):
        rows = ids(reader.listing(lacking("never")))

        assert server.ids == rows == sorted(rows)
        assert 6 == len(server.asked)

    with shifting(150, {1: list.reverse}) as (server, reader):
        assert server.ids == ids(reader.listing()) == sorted(server.ids, reverse=True)


def test_readings_count_in_a_row() -> None:
    """Two readings that both missed a rule, with one between them that was seen to be none, prove nothing."""
    slips = deleted(0)

    def back(held: list[str]) -> None:
        held.insert(0, "r0000")

    changes = {2: slips, 3: back, 4: made, 5: deleted(0), 6: slips}
    with shifting(150, changes) as (server, reader):
        rows = ids(reader.listing(lacking("r0100")))

        assert server.ids == rows
        assert "r0100" in rows


def test_a_reading_that_is_none_is_not_the_first_of_two() -> None:
    """A reading with a row on two pages tells that the list moved, and is no proof of the next one."""
    with shifting(150, {2: made, 3: deleted(0)}) as (server, reader):
        rows = ids(reader.listing(lacking("never")))

        assert server.ids == rows
        assert 6 == len(server.asked)


@pytest.mark.parametrize(
    ("bound", "most", "said"), [("_MOST_ROWS", 200, "more than 200 rows"), ("_MOST_PAGES", 3, "without end")]
)
def test_a_list_beyond_bounds_is_an_error(monkeypatch: pytest.MonkeyPatch, bound: str, most: int, said: str) -> None:
    """A list of more rows or pages than any organisation has is an error, and is not read any further."""
    monkeypatch.setattr(listing, bound, most)
    exactly = most if bound == "_MOST_ROWS" else 100 * most
    with shifting(exactly) as (server, reader):
        assert exactly == len(reader.listing())
    with shifting(1000) as (server, reader):
        with pytest.raises(ApiError, match=said):
            reader.listing()

        assert 3 == len(server.asked)


@pytest.mark.parametrize("change", [made, deleted(0)])
def test_a_list_that_never_holds_still_is_an_error(change: Change) -> None:
    """After so many readings there is an error, and never half a list."""
    changes = dict.fromkeys(range(2, 100, 2), change)
    with shifting(150, changes) as (server, reader), pytest.raises(ApiError, match="changes while it is read"):
        reader.listing(lacking("never"))
    assert MOST_READINGS * 2 == len(server.asked)


def test_accounts_are_always_made_sure_of() -> None:
    """Whether a name is of one account alone is decided by what is not listed, so several pages are read twice."""
    with shifting(150, {2: deleted(0)}) as (server, reader):
        accounts = reader.accounts()

        assert server.ids == [each.id for each in accounts]
        assert all("state=ALL" in path for path in server.asked)
        assert 6 == len(server.asked)
