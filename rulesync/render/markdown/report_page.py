"""What a command that writes did as Markdown, made for a job summary and a comment: what went wrong comes first."""

from collections.abc import Sequence

from rulesync.planjson import ReportJson
from rulesync.render import view
from rulesync.render.markdown import pieces
from rulesync.render.markdown.environment import made
from rulesync.render.markdown.fitting import Item, Page, Part
from rulesync.render.markdown.pieces import Rank
from rulesync.render.markdown.plan_page import MOST_LINES
from rulesync.render.report_view import Result, report_view

_TEMPLATE = "report"


def page(value: ReportJson, *, alone: bool = True, link: str | None = None) -> Page:
    """Return a report; one that is not `alone` has no heading of its own."""
    told = report_view(value)
    good = [each for each in told.results if each.good]
    parts = [
        *pieces.dangers("Look at this now", told.loud),
        *pieces.links(told.still_on_title, told.still_on, Rank.ERRORS, "look at it in the app", "running rule"),
        *_results("Not done as planned", [each for each in told.results if not each.good], Rank.ERRORS),
        *pieces.links(told.waiting_title, told.waiting),
        *_results("Done", good, Rank.CHANGES),
        *pieces.paragraph(told.remark),
        *pieces.paragraph(told.totals),
    ]
    top = pieces.top(_TEMPLATE if alone else "", view.place(value), told=told)
    return Page(top, tuple(parts), _end(value, link))


def _end(value: ReportJson, link: str | None) -> str:
    return pieces.footer([("plan", value["plan_digest"])], link, pieces.moment(value["finished_at"]))


def _results(title: str, results: Sequence[Result], rank: Rank) -> list[Part]:
    items = tuple(map(_result, results))
    part = Part(
        made("pieces", "title", words=title),
        items,
        "\n",
        noun="change",
        whole_noun="detail",
        rank=rank,
        whole_rank=Rank.FOLDS,
        share=0.6,
    )
    return [part] if items else []


def _result(result: Result) -> Item:
    lines = [view.two_sides(line) for line in result.lines]
    more = max(0, len(lines) - MOST_LINES)
    whole = made(_TEMPLATE, "whole_result", result=result, lines=lines[:MOST_LINES], more=more)
    return Item(made(_TEMPLATE, "result", result=result), whole if lines else "")
