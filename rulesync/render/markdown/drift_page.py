"""What drifted as Markdown, made for the body of one issue that is opened, edited and closed."""

from rulesync.planjson import PlanJson
from rulesync.render import view
from rulesync.render.drift_view import drift_view
from rulesync.render.markdown import pieces
from rulesync.render.markdown.fitting import Page
from rulesync.render.markdown.plan_page import folded, folds


def page(value: PlanJson, *, alone: bool = True, link: str | None = None) -> Page:
    """Return what drifted; what is not `alone` has no heading and no end of its own."""
    told = drift_view(value)
    items = tuple(
        folded(
            block,
            [("Git wants", each["sentence_before"]), ("The app holds", each["sentence_after"])],
            [view.two_sides(line) for line in block.lines],
            otherwise=block.reason,
        )
        for each, block in zip(value["resource_drift"], told.blocks, strict=True)
    )
    waiting = view.links(value["awaiting_enable"])
    parts = [*pieces.errors(told.errors), *([folds("", items, "rule")] if items else [])]
    parts += pieces.paragraph(told.advice)
    parts += pieces.links(view.waiting_title(waiting), waiting)
    parts += pieces.remarks(told.remarks)
    for line in told.counts:
        parts += pieces.paragraph(line)
    top = pieces.top("drift" if alone else "", view.place(value), told=told)
    return Page(top, tuple(parts), _end(value, link) if alone else "")


def _end(value: PlanJson, link: str | None) -> str:
    words = (pieces.moment(value["timestamp"]), f"rulesync {value['rulesync_version']}")
    return pieces.footer([("commit", value["commit"] or "")], link, *words)
