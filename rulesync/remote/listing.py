"""A whole list, read from all of its pages: every row once, or an error; never half a list.

Pages with numbers are cut anew for each request. What is made, deleted or moved between two of them pushes rows across
the seam, so that a row shows on both pages or on neither. Laws, for dialects whose pages shift:

- A row on two pages tells that the list moved: all of it is read anew, from the first page.
- A row on no page leaves no trace by itself. So an absence is believed only from a list of one page, which is cut at
  one moment, or from two readings in a row that say the same, row by row and in the same order: what moved during the
  first differs in the second. Whoever decides by an absence says so (`doubts`), and nobody else pays for it.
- A list that never holds still is an error.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rulesync.accounts import ListedAccount
from rulesync.errors import ApiError
from rulesync.remote.exchange import SENSELESS
from rulesync.remote.received import Received, error
from rulesync.ruleset import ListedRule
from rulesync.wire import Dialect
from rulesync.wire.decode import UnknownShapeError

MOST_READINGS = 6
_MOST_PAGES = 1000
_MOST_ROWS = 100_000

Row = TypeVar("Row", ListedRule, ListedAccount)


@dataclass(frozen=True, slots=True)
class Pages(Generic[Row]):
    """The pages of one list: `page` fetches one by its query, `row` reads a row (None: it is of something deleted).

    `doing` is what the list is for, as a verb with its object, such as `list the rules`.
    """

    dialect: Dialect
    first: Mapping[str, str]
    page: Callable[[Mapping[str, str]], Received]
    row: Callable[[object], Row | None]
    doing: str

    def whole(self, doubts: Callable[[Sequence[Row]], bool]) -> tuple[Row, ...]:
        """Return every row once; `doubts` tells whether something would be decided by what is not among them.

        Raises:
            ApiError: the API refused, sends what makes no sense, or changes the list as often as it is read.
        """
        before: tuple[Row, ...] | None = None
        for _ in range(MOST_READINGS):
            pages = self._read()
            rows = {row.id: row for page in pages for row in page}
            now = tuple(rows.values())
            if len(pages) == 1 or not self.dialect.pages_shift:
                return now
            if len(now) < sum(len({row.id for row in page}) for page in pages):
                before = None
                continue
            if now == before or not doubts(now):
                return now
            before = now
        advice = "try again when nobody is changing rules or accounts in the app"
        raise ApiError(f"asked to {self.doing}, the API gives a list that changes while it is read", help=advice)

    def _read(self) -> list[list[Row]]:
        """Return the rows of each page, until there is no further one."""
        query: Mapping[str, str] | None = self.first
        seen: list[Mapping[str, str]] = []
        pages: list[list[Row]] = []
        while query is not None:
            received = self.page(query)
            seen.append(query)
            pages.append(self._rows(received))
            if sum(map(len, pages)) > _MOST_ROWS:
                raise error(received, f"asked to {self.doing}, the API sends more than {_MOST_ROWS} rows")
            try:
                query = self.dialect.next_page(received.payload, query)
            except SENSELESS as reason:
                raise error(received, f"asked to {self.doing}, the API hides the next page{_why(reason)}") from None
            if query in seen or (query is not None and len(seen) == _MOST_PAGES):
                raise error(received, f"asked to {self.doing}, the API sends pages without end")
        return pages

    def _rows(self, received: Received) -> list[Row]:
        try:
            return [row for row in map(self.row, self.dialect.rows(received.payload)) if row is not None]
        except SENSELESS as reason:
            raise error(received, f"asked to {self.doing}, the API sent what makes no sense{_why(reason)}") from None


def _why(reason: Exception) -> str:
    """Return what a dialect missed, and nothing of what Python says."""
    return f": {reason}" if isinstance(reason, UnknownShapeError) else ""
