"""One call of the API by a known key, and the table of routes in which a dialect says what it offers."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from rulesync.sandbox import journal
from rulesync.sandbox.exchange import Request, Response
from rulesync.sandbox.fault import Met, Refuse
from rulesync.sandbox.fault_views import Lags
from rulesync.sandbox.quirks import Quirks
from rulesync.sandbox.records import Grant
from rulesync.sandbox.store import Store


@dataclass(frozen=True)
class Call:
    """One call by a known key: `target` is the first id in the path or nothing, `now` is when it is acted on.

    `part` is the id of what is asked for below the target, or nothing. `request_id` None is one that the server does
    not tell; `note` is its entry in the log, `met` the faults that it meets, `lags` are the views that lag behind, and
    `refuse` is how a refusal is spelled.
    """

    store: Store
    request: Request
    request_id: str | None
    note: journal.Note
    grant: Grant
    target: str
    part: str
    now: datetime
    quirks: Quirks
    met: Met
    lags: Lags
    refuse: Refuse

    @property
    def organisation(self) -> int:
        """Whose data the call may see."""
        return self.grant.organisation


@dataclass(frozen=True)
class Route:
    """One method of one path: `permit` refuses (403) a key that may not, `act` answers.

    `path` is below the dialect's base and spells ids as `{id}` and, below it, `{part}`.
    """

    method: str
    path: str
    permit: Callable[[Grant, Request, str], None]
    act: Callable[[Call], Response]
    is_write: bool = False

    def ids(self, path: str) -> tuple[str, str] | None:
        """The ids in a path below the base, each of them nothing where the route has none; None for another path."""
        match = _pattern(self.path).fullmatch(path)
        return None if match is None else (match.groupdict().get("id", ""), match.groupdict().get("part", ""))


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))


def find(routes: Iterable[Route], method: str, path: str) -> tuple[Route, str, str] | None:
    """The route of a method and a path below the base, with the ids in it; None for what is not offered."""
    for route in routes:
        if route.method == method and (ids := route.ids(path)) is not None:
            return (route, *ids)
    return None
