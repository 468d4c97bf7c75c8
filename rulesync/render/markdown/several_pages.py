"""Several workspaces in one Markdown report: totals and a table, failed ones first; then a section for each.

Law: the sections share the room fairly: what a short one does not need goes to the others. Those that would have next
to none are left out, and what is in them is counted.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from rulesync.planjson import Each, PlanJson, ReportJson, SeveralJson
from rulesync.render import several_view
from rulesync.render.drift_view import drift_view
from rulesync.render.markdown import drift_page, pieces, plan_page, report_page, status_page
from rulesync.render.markdown.environment import made
from rulesync.render.markdown.fitting import LIMIT, Item, Page, Part, fair, fit
from rulesync.render.markdown.pieces import NOTE, Rank
from rulesync.render.plan_view import plan_view, written
from rulesync.render.report_view import report_view
from rulesync.render.several_view import Section, SeveralView
from rulesync.render.status_view import status_view

_TEMPLATE = "several"
_SENSIBLE = (
    1500  # characters, of what is in a section; with less it is better left out, since the table has its verdict
)
_TABLE = 0.3  # of all room, what the table of workspaces takes at most


@dataclass(frozen=True, slots=True)
class _Kind(Generic[Each]):
    """How one kind of report is told: the page of a workspace, its verdict, and whether there is nothing to do."""

    page: Callable[[Each], Page]
    verdict: Callable[[Each], str]
    quiet: Callable[[Each], bool]


def plans(value: SeveralJson[PlanJson], link: str | None) -> str:
    """Return the plans of several workspaces."""
    kind: _Kind[PlanJson] = _Kind(
        lambda each: plan_page.page(each, alone=False),
        lambda each: plan_view(each).verdict,
        lambda each: not written(each) and not plan_view(each).errors,
    )
    return _several(value, several_view.plans(value, _nothing), kind, link, "rulesync plan")


def drifts(value: SeveralJson[PlanJson], link: str | None) -> str:
    """Return what drifted in several workspaces."""
    kind: _Kind[PlanJson] = _Kind(
        lambda each: drift_page.page(each, alone=False),
        lambda each: drift_view(each).verdict,
        lambda each: not each["resource_drift"] and not drift_view(each).errors,
    )
    return _several(value, several_view.drifts(value, _nothing), kind, link, "rulesync drift")


def statuses(value: SeveralJson[PlanJson], link: str | None) -> str:
    """Return the rules of several workspaces as they are."""
    kind: _Kind[PlanJson] = _Kind(
        lambda each: status_page.page(each, alone=False),
        lambda each: status_view(each).totals,
        lambda each: not each["awaiting_enable"] and not status_view(each).errors,
    )
    return _several(value, several_view.statuses(value, _nothing), kind, link, "rulesync status")


def reports(value: SeveralJson[ReportJson], link: str | None) -> str:
    """Return what was done in several workspaces."""
    kind: _Kind[ReportJson] = _Kind(
        lambda each: report_page.page(each, alone=False),
        lambda each: report_view(each).verdict,
        lambda each: all(result.good for result in report_view(each).results) and not each["awaiting_enable"],
    )
    return _several(value, several_view.reports(value, _nothing), kind, link, "rulesync plan")


def _nothing(_: PlanJson | ReportJson) -> str:
    return ""


def _several(value: SeveralJson[Each], told: SeveralView, kind: _Kind[Each], link: str | None, command: str) -> str:
    pairs = sorted(
        zip(told.sections, value["workspaces"], strict=True), key=lambda pair: _place(pair[0], pair[1], kind)
    )
    rows = tuple(Item(made(_TEMPLATE, "row", section=each, words=_words(each, one, kind))) for each, one in pairs)
    table = Part(made(_TEMPLATE, "head"), rows, "\n", noun="workspace", more="\n", rank=Rank.SHORT_DANGERS)
    end = pieces.footer([], link, pieces.moment(value["timestamp"]), f"rulesync {value['rulesync_version']}")
    over = Page(made(_TEMPLATE, "top", totals=told.totals), (table,), "")
    room = LIMIT - NOTE - len(end) - min(over.most, int(LIMIT * _TABLE))
    body, left = _sections([_section(each, one, kind) for each, one in pairs if not each.line], room)
    fitted = fit(over, LIMIT - NOTE - len(end) - len(body))
    said = pieces.note(left + fitted.left, link, command)
    return pieces.finished(fitted, said) + body + end


def _place(section: Section, value: Each, kind: _Kind[Each]) -> int:
    """Return where a workspace stands: failed ones first, then those in which there is something to do."""
    return 0 if section.bad else 2 if section.line or kind.quiet(value) else 1


def _words(section: Section, value: Each, kind: _Kind[Each]) -> str:
    return section.line or kind.verdict(value)


def _section(section: Section, value: Each, kind: _Kind[Each]) -> Page:
    inner, quiet = kind.page(value), kind.quiet(value)
    head = made(_TEMPLATE, "open_quiet" if quiet else "open", heading=section.heading, verdict=kind.verdict(value))
    return Page(head + inner.top, inner.parts, inner.bottom + (made("pieces", "unfold") if quiet else "\n"))


def _sections(pages: list[Page], room: int) -> tuple[str, Counter[str]]:
    """Return the sections that have room, each as long as its fair share, and what is left out."""
    shown, needed = list(pages), [min(page.most, page.least + _SENSIBLE) for page in pages]
    left: Counter[str] = Counter()
    while sum(needed[: len(shown)]) > room:
        left += Counter(section=1, **{part.noun: len(part.items) for part in shown.pop().parts})
    bases = [min(page.most, page.least) for page in shown]
    extra = fair([page.most - base for page, base in zip(shown, bases, strict=True)], room - sum(bases))
    texts = []
    for page, base, more in zip(shown, bases, extra, strict=True):
        fitted = fit(page, base + more)
        texts.append(pieces.finished(fitted, ""))
        left += fitted.left
    return "".join(texts), +left
