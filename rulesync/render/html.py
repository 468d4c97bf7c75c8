"""Views as one HTML page: no script, nothing from elsewhere, light and dark, made to be looked at and to be printed.

Law: a text from a rule, a file or the API stays text, wherever on the page it stands.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from rulesync.planjson import PlanJson, ReportJson, ResourceJson, SeveralJson
from rulesync.render import several_view, view
from rulesync.render.compared import Piece, compared
from rulesync.render.drift_view import drift_view
from rulesync.render.map_view import drift_map, planned_map, status_map
from rulesync.render.plan_view import LEGEND, operation, plan_view, written
from rulesync.render.report_view import report_view
from rulesync.render.screen import safe
from rulesync.render.several_view import SeveralView
from rulesync.render.status_view import status_view
from rulesync.render.view import Block, is_enabled

_UNTOUCHED = {True: "enabled", False: "disabled"}


def plan(value: PlanJson) -> str:
    """Return a plan as a page: verdict and dangers, changes, the map of the money, and what is not touched."""
    return _page("plan", plan_view(value).verdict, _plan(value, 1), _about(value))


def drift(value: PlanJson) -> str:
    """Return what drifted as a page."""
    return _page("drift", drift_view(value).verdict, _drift(value, 1), _about(value))


def status(value: PlanJson) -> str:
    """Return the rules as they are as a page."""
    return _page("status", status_view(value).totals, _status(value, 1), _about(value))


def report(value: ReportJson) -> str:
    """Return what a command that writes did as a page."""
    return _page(value["command"], report_view(value).verdict, _report(value, 1), _about_report(value))


def plans(value: SeveralJson[PlanJson]) -> str:
    """Return the plans of several workspaces as a page."""
    return _several("plan", value, lambda body: several_view.plans(value, body), _plan)


def drifts(value: SeveralJson[PlanJson]) -> str:
    """Return what drifted in several workspaces as a page."""
    return _several("drift", value, lambda body: several_view.drifts(value, body), _drift)


def statuses(value: SeveralJson[PlanJson]) -> str:
    """Return the rules of several workspaces as they are as a page."""
    return _several("status", value, lambda body: several_view.statuses(value, body), _status)


def reports(value: SeveralJson[ReportJson]) -> str:
    """Return what a command that writes did in several workspaces as a page."""
    command = value["workspaces"][0]["command"] if value["workspaces"] else "apply"
    return _several(command, value, lambda body: several_view.reports(value, body), _report)


# One workspace


@dataclass(frozen=True, slots=True)
class _Change:
    """A change with its rule as it was and becomes, in plain English and in pieces; none where it is told otherwise."""

    block: Block
    word: str
    before: tuple[Piece, ...] = ()
    after: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class _Untouched:
    """A rule for which nothing is written."""

    name: str
    story: str
    state: str


@dataclass(frozen=True, slots=True)
class _Fact:
    """One line about where a page is from."""

    name: str
    value: str


def _plan(value: PlanJson, level: int) -> str:
    told, counts = plan_view(value), value["summary"]
    tiles = [("+", counts["create"], "to create"), ("~", counts["update"], "to change")]
    tiles += [("-", counts["delete"], "to delete"), ("", counts["no-op"], "unchanged")]
    return _rendered(
        "plan.html",
        level=level,
        told=told,
        tiles=tiles,
        waiting_title=view.waiting_title(told.waiting),
        changes=[_change(*pair) for pair in zip(told.blocks, written(value), strict=True)],
        drift=[_change(block, None) for block in told.drift],
        untouched=_untouched(value),
        map=planned_map(value),
    )


def _drift(value: PlanJson, level: int) -> str:
    told, counts = drift_view(value), value["summary"]
    tiles = [("!", counts["drifted"], "drifted"), ("", counts["awaiting_enable"], "waiting for a person")]
    tiles += [("", counts["orphaned"], "gone from Git"), ("", counts["unmanaged"], "not managed here")]
    changes = [_change(*pair) for pair in zip(told.blocks, value["resource_drift"], strict=True)]
    waiting = view.links(value["awaiting_enable"])
    return _rendered(
        "drift.html",
        level=level,
        told=told,
        waiting=waiting,
        waiting_title=view.waiting_title(waiting),
        place=view.place(value),
        tiles=tiles,
        changes=changes,
        map=drift_map(value),
    )


def _status(value: PlanJson, level: int) -> str:
    told = status_view(value)
    return _rendered("status.html", level=level, told=told, place=view.place(value), map=status_map(value))


def _report(value: ReportJson, level: int) -> str:
    return _rendered("report.html", level=level, told=report_view(value), place=view.place(value))


def _change(block: Block, resource: ResourceJson | None) -> _Change:
    """Return a change; the two sentences of one that only has words changed are the same, and left out."""
    word = LEGEND[block.symbol] if block.symbol != "!" else "drifted"
    if resource is None or block.story is not None:
        return _Change(block, word)
    before, after = resource["sentence_before"], resource["sentence_after"]
    if before is None or after is None or before == after:
        return _Change(block, word)
    return _Change(block, word, *compared(before, after))


def _untouched(plan: PlanJson) -> list[_Untouched]:
    return [
        _Untouched(
            view.name(each["name"], each["nickname"]),
            each["sentence_before"] or each["sentence_after"] or "",
            _UNTOUCHED[is_enabled(each["change"]["before"])],
        )
        for each in plan["resource_changes"]
        if operation(each) == "no-op"
    ]


# Pages


def _about(value: PlanJson) -> list[_Fact]:
    return [
        _Fact("Digest", value["digest"]),
        _Fact("Commit", value["commit"] or "not known"),
        _Fact("Time", value["timestamp"]),
        _Fact("API", f"{value['api']['base_url']} ({value['api']['dialect']})"),
        _Fact("rulesync", value["rulesync_version"]),
    ]


def _about_report(value: ReportJson) -> list[_Fact]:
    return [
        _Fact("Digest of the plan", value["plan_digest"] or "none"),
        _Fact("Begun", value["started_at"]),
        _Fact("Ended", value["finished_at"]),
        _Fact("API", f"{value['api']['base_url']} ({value['api']['dialect']})"),
    ]


def _several(
    command: str,
    value: SeveralJson[PlanJson] | SeveralJson[ReportJson],
    see: Callable[[Callable[[PlanJson | ReportJson], str]], SeveralView],
    body: Callable[..., str],
) -> str:
    """Return a page with a section for each workspace; each has what it has when it stands alone, one level deeper."""
    told = see(lambda each: body(each, 2))
    facts = {section.heading: _facts(each) for section, each in zip(told.sections, _each(value), strict=True)}
    parts = [(each, _made_here(each.body), facts[each.heading]) for each in told.sections]
    page = _rendered("several.html", sections=parts)
    about = [_Fact("Time", value["timestamp"]), _Fact("rulesync", value["rulesync_version"])]
    return _page(command, told.totals, page, about)


def _each(value: SeveralJson[PlanJson] | SeveralJson[ReportJson]) -> Sequence[PlanJson | ReportJson]:
    return cast("Sequence[PlanJson | ReportJson]", value["workspaces"])


def _facts(value: PlanJson | ReportJson) -> list[_Fact]:
    return _about_report(cast("ReportJson", value)) if "outcomes" in value else _about(value)


def _page(command: str, title: str, body: str, facts: Iterable[_Fact]) -> str:
    return _rendered("page.html", command=command, title=title, body=_made_here(body), facts=list(facts)) + "\n"


# Templates


def _harmless(value: object) -> str:
    """Return what a template puts on a page: its text, with nothing in it that is hidden or obeyed."""
    return value if isinstance(value, Markup) else safe(str(value))


def _made_here(body: str) -> Markup:
    """Return what these templates made, as what needs no escaping any more."""
    return Markup(body)  # noqa: S704  # nothing else is handed over


def _coded(text: str) -> Markup:
    """Return a message with what stands in backticks as code; one whose backticks make no pairs stays as it is."""
    parts = safe(text).split("`")
    if len(parts) % 2 == 0:
        return escape(safe(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part for place, part in enumerate(parts)
    )


def _link(url: str) -> bool:
    """Tell whether a text may be followed as a link."""
    return url.startswith(("https://", "http://"))


_TEMPLATES = Environment(
    loader=PackageLoader("rulesync.render"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_harmless,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=False,
)
_TEMPLATES.tests["followed"] = _link
_TEMPLATES.filters["coded"] = _coded


def _rendered(name: str, **values: object) -> str:
    return _TEMPLATES.get_template(f"{name}.j2").render(**values)
