"""Views as text for a terminal or a pipe; colour adds nothing that symbols and words do not say.

Each view is imported by the text that is made from it, since a run makes one or two.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rulesync.findings import Finding, Location, Severity
from rulesync.planjson import PauseJson, PlanJson, ReportJson, WaitJson
from rulesync.render import view
from rulesync.render.attributes import Line
from rulesync.render.screen import Page, columns, flat
from rulesync.render.view import Block, Link

if TYPE_CHECKING:
    from rulesync.render.plan_view import PlanView
    from rulesync.render.report_view import Result
    from rulesync.render.several_view import Section, SeveralView
    from rulesync.render.status_view import Row

_COLORS = {"+": "green", "~": "yellow", "-": "red", "!": "red"}
_SEVERITIES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_ORPHANS = "Managed once, their key is gone from Git; `--prune` would delete them:"
_SHORTEST_NICKNAME = 12
_WINDOW = 60  # how much of a very long line of source is shown on each side of its finding


def plan(
    value: PlanJson, *, color: bool, width: int = 100, next_command: str | None = None, waiting: bool = True
) -> str:
    """Return a plan: verdict, dangers, changes, what stays, and the command that carries it out.

    Without `waiting`, the rules that wait for a person are left to the report that follows.
    """
    from rulesync.render.plan_view import plan_view

    return _plan(plan_view(value), _ORPHANS, Page(color, width), next_command, waiting=waiting)


def undo(
    value: PlanJson, *, color: bool, width: int = 100, already: tuple[str, ...] = (), wrote_nothing: str = ""
) -> str:
    """Return what an undo puts back, and what it leaves as it is; the rules that wait are left to its report."""
    from rulesync.render.undo_view import MADE, undo_view

    return _plan(undo_view(value, already, wrote_nothing), MADE, Page(color, width), None, waiting=False)


def _plan(told: "PlanView", orphans: str, page: Page, next_command: str | None, *, waiting: bool) -> str:
    page.put(told.verdict, "bold")
    page.put(told.place, "dim")
    _list(page, "Look twice:", [f"! {danger}" for danger in told.dangers], "red")
    _findings(page, told.errors)
    page.gap()
    if told.legend:
        page.put("   ".join(f"{symbol} {word}" for symbol, word in told.legend), "dim")
    for block in told.blocks:
        _block(page, block, view.one_line)
    _list(page, "Put off until the rule's next real change:", told.deferred)
    _paragraph(page, told.unchanged)
    for note in told.notes:
        _paragraph(page, note)
    _list(page, orphans, told.orphans)
    _blocks(page, "Changed in the app, and left as it is by this plan:", told.drift)
    _findings(page, told.remarks)
    _paragraph(page, told.hints)
    _paragraph(page, told.unmanaged)
    _links(page, view.waiting_title(told.waiting), told.waiting if waiting else ())
    _one_line(page, told.summary, "bold")
    if told.digest:
        page.whole(told.digest, "dim")
    _one_line(page, f"Next: {next_command}" if next_command and told.applicable else "")
    return page.text()


def pause(value: PauseJson, *, color: bool, width: int = 100) -> str:
    """Return what is switched off, the most money first, and what cannot be, each with what a person can do."""
    from rulesync.render.pause_view import pause_view

    told, page = pause_view(value), Page(color, width)
    page.put(told.verdict, "bold")
    page.put(told.place, "dim")
    for block in (*told.hidden, *told.blocks):
        _block(page, block, view.one_line)
    _paragraph(page, told.off)
    _links(page, told.untouched_title, told.untouched, "red")
    return page.text()


def report(value: ReportJson, *, color: bool) -> str:
    """Return what a command that writes did, and which rules wait for a person."""
    from rulesync.render.report_view import report_view

    told, page = report_view(value), Page(color)
    page.put(told.verdict, "bold")
    for line in told.loud:
        page.gap()
        page.put(f"! {line}", "red", hang=2)
    _links(page, told.still_on_title, told.still_on, "red")
    page.gap()
    for result in told.results:
        _result(page, result)
    _links(page, told.waiting_title, told.waiting)
    _paragraph(page, told.remark)
    _one_line(page, told.totals, "bold")
    return page.text()


def drift(value: PlanJson, *, color: bool) -> str:
    """Return what the app holds that nobody put into Git."""
    from rulesync.render.drift_view import drift_view

    told, page = drift_view(value), Page(color)
    page.put(told.verdict, "bold")
    _findings(page, told.errors)
    for block in told.blocks:
        _block(page, block, view.two_sides)
    _remarks(page, told.remarks)
    for line in told.counts:
        _paragraph(page, line)
    _paragraph(page, told.advice)
    return page.text()


def status(value: PlanJson, *, color: bool, width: int = 100) -> str:
    """Return every managed rule with its state, and the links of those that wait for a person."""
    from rulesync.render.status_view import status_view

    told, page = status_view(value), Page(color, width)
    _findings(page, told.errors)
    page.gap()
    _table(page, told.rows)
    _remarks(page, told.remarks)
    _one_line(page, told.totals, "bold")
    return page.text()


def wait(value: WaitJson, *, color: bool) -> str:
    """Return how a wait ended: what is not as it was applied first, then what still waits, with the links."""
    from rulesync.render.wait_view import wait_view

    told, page = wait_view(value), Page(color)
    page.put(told.verdict, "red" if told.loud else "bold")
    for block in told.loud:
        _block(page, block, view.two_sides)
    _links(page, view.waiting_title(told.waiting), told.waiting)
    _list(page, "Enabled, and as applied:", told.enabled)
    _remarks(page, told.remarks)
    _one_line(page, told.totals, "bold")
    return page.text()


def findings(value: Sequence[Finding], *, color: bool) -> str:
    """Return findings, each with its place in the source; how many, if there are several."""
    page = Page(color)
    _findings(page, value)
    _paragraph(page, view.counted(value) if len(value) > 1 else "", "bold")
    return page.text()


def several(told: "SeveralView", *, color: bool, next_command: str | None = None) -> str:
    """Return several workspaces: a heading over each, or all of it in one line; then the totals."""
    page, after_body = Page(color), False
    for section in told.sections:
        if section.body or after_body:
            page.gap()
        page.whole(f"== {section.heading}" + (f": {section.line}" if section.line else ""), _heading(section))
        if section.help:
            page.whole(f"   = help: {section.help}")
        page.lines += section.body.rstrip("\n").split("\n") if section.body else []
        after_body = bool(section.body)
    _one_line(page, told.totals, "bold")
    _one_line(page, f"Next: {next_command}" if next_command else "")
    return page.text()


def _heading(section: "Section") -> str:
    return "red" if section.bad else "" if section.line else "bold"


# Pieces


def _paragraph(page: Page, text: str, style: str = "") -> None:
    if text:
        page.gap()
        page.put(text, style)


def _remarks(page: Page, found: Sequence[Finding]) -> None:
    """Put what is not known, in a sentence each."""
    for remark in found:
        _paragraph(page, f"{remark.message} ({remark.help})" if remark.help else remark.message)


def _one_line(page: Page, text: str, style: str = "") -> None:
    """Put a line that is looked for by its words, or copied: it is never wrapped."""
    if text:
        page.gap()
        page.whole(text, style)


def _list(page: Page, title: str, items: Sequence[str], style: str = "") -> None:
    if items:
        page.gap()
        page.put(title, "bold")
        for item in items:
            page.put(item, style, indent=2, hang=2)


def _block(page: Page, block: Block, words: Callable[[Line], str]) -> None:
    page.gap()
    page.put(f"{block.symbol} {block.name}", _COLORS[block.symbol], hang=2)
    if block.facts:
        page.put(block.facts, "dim", indent=4)
    if block.reason:
        page.put(block.reason, indent=4)
    if block.cost:
        page.put(block.cost, indent=4)
    if block.story:
        page.put(block.story, indent=4)
    for line in block.lines:
        page.put(words(line), indent=4, hang=2)


def _blocks(page: Page, title: str, blocks: Sequence[Block]) -> None:
    _paragraph(page, title if blocks else "", "bold")
    for block in blocks:
        _block(page, block, view.two_sides)


def _links(page: Page, title: str, links: Sequence[Link], style: str = "bold") -> None:
    if links:
        page.gap()
        page.put(title, style)
        for link in links:
            page.put(link.name, indent=2, hang=2)
            page.whole(f"    {link.url}", "cyan")


def _result(page: Page, result: "Result") -> None:
    page.put(f"{result.symbol} {result.name}: {result.status}", "green" if result.good else "red", hang=2)
    if result.facts:
        page.put(result.facts, "dim", indent=4)
    for remark in result.remarks:
        page.put(remark, indent=4, hang=2)
    for line in result.lines:
        page.put(view.two_sides(line), indent=4, hang=2)


def _table(page: Page, rows: "Sequence[Row]") -> None:
    """Put rows in columns as wide as their widest word; where the page is too narrow, remarks stand below."""
    shown = [tuple(flat(word) for word in (row.state, row.key, row.nickname, row.remark)) for row in rows]
    widths = [max(map(columns, column)) for column in zip(*shown, strict=True)]
    narrow = sum(widths) + 2 * len(widths) - 2 > page.width
    room = max(_SHORTEST_NICKNAME, page.width - sum(widths[:2]) - 4) if narrow else 0
    for row, words in zip(rows, shown, strict=True):
        kept = (*words[:2], view.shortened(words[2], room)) if narrow else words
        cells = (word + " " * (width - columns(word)) for word, width in zip(kept, widths, strict=False))
        page.whole("  ".join(cells).rstrip(), "yellow" if row.link else "")
        below = "; ".join(filter(None, [row.remark if narrow else "", row.runs]))
        if below:
            page.put(below, "dim", indent=4)
        if row.link:
            page.whole(f"    {row.link}", "cyan")


# Findings


def _findings(page: Page, found: Sequence[Finding]) -> None:
    for finding in found:
        page.gap()
        _finding(page, finding)


def _finding(page: Page, finding: Finding) -> None:
    place = finding.location
    gutter = " " * len(str(place.line if place else 0))
    page.whole(f"{finding.severity.value}: {finding.message}", _SEVERITIES[finding.severity])
    if place:
        page.whole(f"{gutter}--> {place}")
        _source(page, place, gutter)
    if finding.help:
        page.whole(f"{gutter} = help: {finding.help}")
    page.whole(f"{gutter} = check: {finding.check}")


def _source(page: Page, place: Location, gutter: str) -> None:
    """Put the line of source, and carets under what the finding is about."""
    if place.text is None:
        return
    text, start = place.text.rstrip("\r\n"), place.column - 1
    end = min(start + place.width, start + _WINDOW)
    first = start - _WINDOW if start > 2 * _WINDOW else 0
    lead = ("…" if first else "") + flat(text[first:start])
    marked, rest = flat(text[start:end]), flat(text[end : end + _WINDOW])
    page.whole(f"{gutter} |")
    page.whole(f"{place.line} | {lead}{marked}{rest}{'…' if end + _WINDOW < len(text) else ''}")
    page.whole(f"{gutter} | {' ' * columns(lead)}{'^' * max(1, columns(marked))}")
