"""Pages as what a browser reads them: elements, attributes and texts."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.planjson import FailedJson, PlanJson, ReportJson, SeveralJson
from rulesync.render import html, terminal
from rulesync.render.screen import safe
from tests.costly import costly
from tests.render.scenarios import AFTER, BEFORE, KEPT, PLANS, REPORTS, drift, full_plan
from tests.render.values import odd, outcome, plan, replaced, report, resource, rule

_VOID = {"meta", "path", "rect"}
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_PAIRS = [
    ("ink", "paper"),
    ("ink", "sheet"),
    ("soft", "paper"),
    ("soft", "sheet"),
    ("link", "paper"),
    ("same", "sheet"),
    ("ink", "same-sheet"),
    *[(mark, ground) for mark in ("new", "changed", "removed") for ground in ("paper", "sheet", f"{mark}-sheet")],
    *[(text, f"{mark}-sheet") for text in ("ink", "soft") for mark in ("new", "changed", "removed")],
]
NASTY = st.sampled_from(
    ["<script>x()</script>", '"onload="x()', "</svg>", "</style>", "&lt;", "javascript:x()", "{{x}}"]
)


PLAN_VERDICT = (
    "Creates 1 rule, changes 3, deletes 1; switches 2 live rules off until a person enables them again; "
    "switches 1 live rule off, as Git wants; 1 live rule is among the deleted."
)


@dataclass
class Page(HTMLParser):
    """A page, read strictly: every element is closed where it should be."""

    text: str
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)
        self.close()
        assert [] == self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that holds nothing."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        """Note a text that is shown."""
        if "style" not in self.open:
            self.words.append(data)

    def count(self, tag: str, kind: str) -> int:
        """Return how many elements bear all of these classes."""
        return sum(tag == name and set(kind.split()) <= _classes(found) for name, found in self.elements)

    @property
    def shown(self) -> str:
        """Return all texts, with single spaces."""
        return " ".join(" ".join(self.words).split())


def _classes(attributes: dict[str, str | None]) -> set[str]:
    return set((attributes.get("class") or "").split())


def several(*each: PlanJson | ReportJson, failed: list[FailedJson] | None = None) -> SeveralJson[Any]:
    summary: Counter[str] = Counter()
    for value in each:
        summary.update(dict(value["summary"]))
    head = {"format_version": "1.0", "rulesync_version": "0.1.0", "timestamp": "2027-01-01T23:00:00Z"}
    return {**head, "workspaces": list(each), "summary": dict(summary), "failed": failed or []}  # type: ignore[typeddict-item]  # as SeveralJson


# What is said


@pytest.mark.parametrize("name", PLANS)
def test_numbers_agree(name: str) -> None:
    """The page, the text of a terminal and the JSON of one plan agree in every number."""
    value = PLANS[name]
    page, text, summary = Page(html.plan(value)), terminal.plan(value, color=False, width=10**6), value["summary"]
    numbers = [summary["create"], summary["update"], summary["delete"], summary["no-op"]]
    total = next(line for line in text.splitlines() if line.startswith("Plan: "))
    drifting = page.count("span", "badge drifted")
    hints = sum(each["severity"] == "error" for each in value["findings"])

    assert total in page.shown
    assert f"{numbers[0]} to create {numbers[1]} to change {numbers[2]} to delete {numbers[3]} unchanged" in page.shown
    assert numbers[:3] == [page.count("article", f"change {kind}") for kind in ("new", "changed", "removed")]
    assert text.count("\n! ") == drifting
    assert summary["awaiting_enable"] == page.count("a", "") - page.count("a", "other")
    assert text.count("\n  ! ") == page.count("li", "danger")
    assert hints == page.count("section", "finding error")
    assert len(value["findings"]) == page.count("section", "finding")
    assert numbers[3] == _rows(page.text, "untouched")


def _rows(text: str, kind: str) -> int:
    found = re.search(rf'<table class="{kind}">.*?</table>', text, re.DOTALL)
    return found[0].count("<tr>") - 1 if found else 0


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_says_what_a_terminal_is_told(name: str) -> None:
    """Every sentence that the terminal shows of a plan stands on the page as well."""
    value = PLANS[name]
    page, text = Page(html.plan(value)).shown, terminal.plan(value, color=False, width=10**6)
    told = [line.strip(" !+~-") for line in text.splitlines() if " -> " not in line and "   " not in line.strip()]

    assert [] == [line for line in told if not _is_said(line, page)]


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_says_what_a_terminal_is_told(name: str) -> None:
    """Every sentence that the terminal shows of a report stands on the page as well."""
    page, text = Page(html.report(REPORTS[name])).shown, terminal.report(REPORTS[name], color=False)
    told = [line.strip(" !") for line in text.splitlines() if not line.startswith(("+ ", "~ ", "- "))]

    assert [] == [line for line in told if not _is_said(line, page)]


def _is_said(line: str, page: str) -> bool:
    """Tell whether the words of a line stand on a page, in whichever marks the page puts them."""
    bare = re.sub(r"^(error|warning|info|= help|= check|>|Git wants|.*?: (Git wants|sent)) ?:? ?", "", line)
    words = re.sub(r"[`:,.]", " ", bare).lower().split()
    found = re.sub(r"[`:,.]", " ", page).lower().split()
    return not set(words) - set(found)


# What it looks like


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plan-everything.html", html.plan(full_plan())),
        ("plan-refused.html", html.plan(PLANS["refused"])),
        ("drift.html", html.drift(drift())),
        ("status.html", html.status(full_plan())),
        ("report-everything.html", html.report(REPORTS["everything"])),
    ],
)
def test_goldens(golden: Callable[[str, str], None], name: str, text: str) -> None:
    """A page is what it was, but for its style."""
    golden(name, _STYLE.sub("<style></style>", text))


def test_the_order_of_a_plan() -> None:
    """Verdict and dangers come first, then the changes, the map, who is waited for, and what is not touched."""
    headings = re.findall(r"<h[12][^>]*>([^<]+)</h[12]>", html.plan(full_plan()))

    assert [
        PLAN_VERDICT,
        "Look twice",
        "Changes",
        "The map of the money",
        "These rules wait for a person:",
        "Not touched",
    ] == headings


def test_a_change() -> None:
    """A change shows both sides of what differs, and both rules in plain English with the words that differ marked."""
    page = html.plan(PLANS["one-change"])

    assert '<td data-label="Now"><del>20 %</del> of the deposit</td>' in page
    assert '<td data-label="After"><ins>25 %</ins> of the deposit</td>' in page
    assert "When money arrives in Checking: together send <del>20 %</del> of the deposit to Savings" in page
    assert "When money arrives in Checking: together send <ins>25 %</ins> of the deposit to Savings" in page


def test_the_footer() -> None:
    """A page says which plan it is of: digest, commit, time."""
    shown = Page(html.plan(plan(KEPT, commit="4f0c2b7", digest="f00d"))).shown

    assert "Digest f00d Commit 4f0c2b7 Time 2027-01-01T23:00:00Z" in shown


def test_headings_skip_no_level() -> None:
    """Headings go down one level at a time, so that a page can be walked by them."""
    pages = [html.plan(full_plan()), html.plans(several(full_plan(), drift())), html.report(REPORTS["everything"])]
    for page in pages:
        levels = [int(level) for level in re.findall(r"<h(\d)[ >]", page)]
        assert 1 == levels[0] == levels.count(1)
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert max(levels) <= 6


def test_tables_have_headers() -> None:
    """Every column of every table has a header."""
    for page in (html.plan(full_plan()), html.status(full_plan()), html.drift(drift())):
        read = Page(page)
        assert sum(tag == "table" for tag, _ in read.elements) == sum(tag == "thead" for tag, _ in read.elements) > 0
        assert all(found.get("scope") in {"row", "col"} for tag, found in read.elements if tag == "th")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), _PAIRS)
def test_contrast(scheme: str, text: str, ground: str) -> None:
    """Whatever is to be read stands out from its ground by 4.5 to 1, in light and in dark."""
    colors = _colors()[scheme]
    lighter, darker = sorted((_luminance(colors[text]), _luminance(colors[ground])), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def _colors() -> dict[str, dict[str, str]]:
    style = (Path(html.__file__).parent / "templates" / "page.css").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", part)) for part in style.split("@media screen", 1))
    return {"light": light, "dark": light | dark}


def _luminance(color: str) -> float:
    """Return the relative luminance of WCAG 2."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# What it may not become


@costly
@given(st.data())
def test_texts_stay_texts(data: st.DataObject) -> None:
    """Whatever a rule, a file or the API says, a page has the elements it would have, none that acts, no dead link."""
    pages = [
        html.plan(replaced(full_plan(), lambda: data.draw(NASTY | odd))),
        html.report(replaced(REPORTS["everything"], lambda: data.draw(NASTY | odd))),
        html.status(replaced(full_plan(), lambda: data.draw(NASTY | odd))),
        html.drift(replaced(drift(), lambda: data.draw(NASTY | odd))),
    ]
    for page in pages:
        read = Page(page)
        assert {"script", "img", "link", "iframe", "form", "base", "object"}.isdisjoint(tag for tag, _ in read.elements)
        assert [] == [name for _, found in read.elements for name in found if name.startswith("on")]
        links = [found.get("href") or "" for tag, found in read.elements if tag == "a"]
        assert all(link.startswith("https://") for link in links)
        assert re.search(r"^\s*::", page, re.MULTILINE) is None
        assert page.encode()


def test_nothing_from_elsewhere() -> None:
    """A page loads nothing: its policy forbids it, and it does not try."""
    page = html.plan(full_plan())

    assert "content=\"default-src 'none'; style-src 'unsafe-inline'\"" in page
    assert [] == re.findall(r"url\(|@import|src=|<link", page)


def test_hidden_characters_are_seen() -> None:
    """Characters that turn words around or hide them are spelled out."""
    page = html.plan(plan(resource("create", "a", None, rule(nickname="safe\u202egnp.exe"))))

    assert safe("safe\u202egnp.exe") in page
    assert "\u202e" not in page


def test_code() -> None:
    """What a message puts in backticks is shown as code; a lone backtick stays."""
    told = report(outcome("a", "failed", error="the field `<b>` is wrong"), outcome("b", "failed", error="a ` alone"))
    page = html.report(told)

    assert "the field <code>&lt;b&gt;</code> is wrong" in page
    assert "a ` alone" in page


# Several workspaces


def test_several_plans() -> None:
    """Several workspaces are one page: a section for each, with all that its own page has, and one line where quiet."""
    failed: FailedJson = {"workspace": "away", "error": "the API refused the key", "help": "make a new one"}
    away = plan(workspace="away", errored=True)
    page = html.plans(several(full_plan(), plan(KEPT, workspace="quiet"), away, failed=[failed]))
    read = Page(page)

    assert 3 == read.count("section", "workspace")
    assert 1 == read.count("section", "workspace bad")
    assert 1 == page.count('<svg class="money"')
    assert "Workspace quiet No changes. The API holds what Git wants." in read.shown
    assert "Workspace away failed: the API refused the key Help: make a new one" in read.shown
    assert "3 workspaces, 1 failed. Plan: 1 to create, 3 to change, 1 to delete" in read.shown


def test_several_others() -> None:
    """Drift, status and reports of several workspaces are pages too."""
    drifts = Page(html.drifts(several(drift(), plan(KEPT, workspace="quiet"))))
    statuses = Page(html.statuses(several(full_plan(), plan(workspace="empty"))))
    done: ReportJson = {**REPORTS["done"], "workspace": "staging"}
    reports = Page(html.reports(several(done, report())))

    assert "2 workspaces. 3 rules drifted." in drifts.shown
    assert "2 workspaces. 7 rules: " in statuses.shown
    assert "2 workspaces. Apply: 1 created, 1 updated, 1 deleted" in reports.shown
    assert ["Workspace staging", "Workspace (default)"] == re.findall(
        r"Workspace (?:staging|\(default\))", reports.shown
    )


def test_what_a_pause_costs() -> None:
    """What it costs that a rule is off stands with the change that switches it off."""
    runs = {"next_at": None, "next_about": False, "last_at": "2027-01-01T20:00:00Z", "last_status": "executed"}
    many = {"last_30_days": 9, "at_least": False, "in_progress": False, "error": None}
    page = Page(html.plan(plan(resource("update", "auto-save", BEFORE, AFTER, runs=runs | many))))

    assert 1 == page.count("p", "cost")
    assert "runs at each deposit; ran 9 times in 30 days, last 3 h ago" in page.shown
    assert 0 == Page(html.plan(PLANS["one-change"])).count("p", "cost")
