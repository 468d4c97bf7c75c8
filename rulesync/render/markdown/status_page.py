"""The rules as they are as Markdown: a table of states, with a link where a person is waited for."""

from rulesync.planjson import PlanJson
from rulesync.render import view
from rulesync.render.markdown import pieces
from rulesync.render.markdown.environment import made
from rulesync.render.markdown.fitting import Item, Page, Part
from rulesync.render.markdown.pieces import Rank
from rulesync.render.status_view import status_view

_TEMPLATE = "status"


def page(value: PlanJson, *, alone: bool = True, link: str | None = None) -> Page:
    """Return the table of states; one that is not `alone` has no heading and no end of its own."""
    told = status_view(value)
    rows = tuple(Item(made(_TEMPLATE, "row", row=row)) for row in told.rows)
    table = Part(made(_TEMPLATE, "head"), rows, "\n", noun="rule", more="\n", rank=Rank.WAITING)
    parts = (*pieces.errors(told.errors), *([table] if rows else []), *pieces.remarks(told.remarks))
    name, complete = (_TEMPLATE if alone else ""), not value["errored"]
    top = pieces.top(name, view.place(value), totals=told.totals, complete=complete)
    words = (pieces.moment(value["timestamp"]), f"rulesync {value['rulesync_version']}")
    return Page(top, parts, pieces.footer([], link, *words) if alone else "")
