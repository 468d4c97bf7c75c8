"""Pages of a list: by cursors, which hold their place while items come and go, or by numbers, which do not."""

import base64
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

from rulesync.sandbox import shape
from rulesync.sandbox.exchange import Request

LARGEST = 100
_NUMBERED = 10

_Item = TypeVar("_Item")
_Key = list[str | int]


def page(
    request: Request,
    items: Sequence[_Item],
    key: Callable[[_Item], _Key],
    size: int,
    *,
    newest_first: bool,
    shift: int = 0,
) -> tuple[list[_Item], dict[str, object]]:
    """The page that `first` (default `size`, at most 100) and `after` ask for, and its `page_info`.

    `items` come in the order of their keys, or the other way round with `newest_first`. `end_cursor` is null on an
    empty page. With a `shift` the page begins that many items too late, or too early below zero. Refuses (400) what is
    no page size and no cursor.
    """
    first = _first(request, size)
    after = request.query.get("after")
    start = 0 if after is None else _start(after, items, key, newest_first=newest_first)
    start = max(0, start + shift)
    shown = list(items[start : start + first])
    end = _cursor(key(shown[-1])) if shown else None
    return shown, {"has_next_page": len(items) > start + first, "end_cursor": end}


def _start(cursor: str, items: Sequence[_Item], key: Callable[[_Item], _Key], *, newest_first: bool) -> int:
    """Where the page after a cursor begins; refuses (400) what is no cursor of this list."""
    place = _place(cursor)
    try:
        if newest_first:
            return len(items) - bisect_left(items[::-1], place, key=key)
        return bisect_right(items, place, key=key)
    except TypeError:
        _refuse(cursor)


def numbered(request: Request, items: Sequence[_Item], *, shift: int = 0) -> tuple[list[_Item], dict[str, object]]:
    """The page that `page` (from 1) and `pageSize` (default 10, at most 100) ask for, and its `pagination`.

    A page beyond the end is empty. With a `shift` the page begins that many items too late, or too early below zero.
    Refuses (400) what is no page and no size.
    """
    page = shape.asked_integer("page", request.query.get("page", "1"), 1)
    size = shape.asked_integer("pageSize", request.query.get("pageSize", str(_NUMBERED)), 1, LARGEST)
    start = max(0, (page - 1) * size + shift)
    has_next_page = len(items) > start + size
    return list(items[start : start + size]), {"page": page, "page_size": size, "has_next_page": has_next_page}


def _first(request: Request, size: int) -> int:
    asked = request.query.get("first")
    if asked is None:
        return size
    return shape.asked_integer("first", asked, 1, LARGEST)


def _cursor(key: _Key) -> str:
    return f"cursor_{base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip('=')}"


def _place(cursor: str) -> _Key:
    text = cursor.removeprefix("cursor_")
    try:
        place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        place = None
    if not isinstance(place, list) or _cursor(place) != cursor:
        _refuse(cursor)
    return place


def _refuse(cursor: str) -> NoReturn:
    shape.refuse("after", f"{shape.shown(cursor)} is no cursor of this list")
