"""Pages in a real browser: nothing is logged, nothing asked for, nothing sticks out, no text becomes anything else."""

from pathlib import Path

import pytest

from rulesync.planjson import PlanJson
from rulesync.render import html
from tests.pictures.browser import CHROMIUM, MISSING, Visit, visit
from tests.pictures.example import example
from tests.render.scenarios import REPORTS, drift, full_plan
from tests.render.values import fixed, plan, replaced, resource, rule, share, waiting

WIDTHS = (360, 1280)
NASTY = (
    "<script>document.title = 'taken'</script>",
    "</svg></title></style><img src=https://example.com/x onerror=alert(1)>",
    '"onload="alert(1)" x="',
    "\u202eegap a fo sdrow\u2066",
    "x" * 5000,
    "many words " * 500,
    "שלום מזומן",
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)


def nasty(text: str) -> PlanJson:
    """Return a plan in which everything bears this name."""
    before, after = rule(share(20, "savings"), fixed(5000, "rainy")), rule(share(25, "savings"), fixed(1, "rainy"))
    value = plan(
        resource("update", "auto-save", before, {**after, "description": text}, origin="app", file=text, id=text),
        resource("create", "new", None, rule(fixed(5000, "taxes"), nickname=text)),
        accounts=dict.fromkeys(("acc_checking", "acc_savings", "acc_rainy"), text),
        awaiting_enable=[waiting("kept", text)],
    )
    return replaced(value, lambda: text)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Visit:
    """Open every kind of page, in one run of the browser."""
    pages = {
        "example.html": html.plan(example()),
        "plan.html": html.plan(full_plan()),
        "broad.html": html.plan(example()).replace("--sans: Inter", '--sans: Verdana, "DejaVu Sans"'),
        "drift.html": html.drift(drift()),
        "status.html": html.status(full_plan()),
        "report.html": html.report(REPORTS["everything"]),
        **{f"nasty-{place}.html": html.plan(nasty(text)) for place, text in enumerate(NASTY)},
    }
    folder: Path = tmp_path_factory.mktemp("pages")
    return visit(pages, WIDTHS, folder)


def test_nothing_is_logged(seen: Visit) -> None:
    """The console stays empty: no error, no warning, nothing that the page's own policy had to stop."""
    assert () == seen.logged


def test_nothing_is_asked_for(seen: Visit) -> None:
    """A page asks for nothing, from nowhere."""
    assert () == seen.asked


def test_nothing_sticks_out(seen: Visit) -> None:
    """No page is wider than a telephone or a screen, whatever the names in it; wide maps scroll in their own frame."""
    assert [] == [
        (look["page"], look["width"], look["scroll"], look["too_wide"])
        for look in seen.looks
        if look["scroll"] > look["width"] or look["too_wide"]
    ]


def test_words_stay_in_their_boxes(seen: Visit) -> None:
    """No label of the map is longer than the box it stands in."""
    assert [] == [(look["page"], words) for look in seen.looks for words in look["cut_off"]]


def test_texts_stay_texts(seen: Visit) -> None:
    """No name becomes an element, and what looks like one is there to be read."""
    plain = {tag for look in seen.looks if not look["page"].startswith("nasty") for tag in look["tags"]}
    odd = [look for look in seen.looks if look["page"].startswith("nasty")]

    assert {"script", "img", "iframe", "link", "object"}.isdisjoint(plain)
    assert all(plain >= set(look["tags"]) for look in odd)
    assert all(look["title"].startswith("rulesync plan: ") for look in odd)
    assert [NASTY[0] in look["text"] for look in odd if look["page"] == "nasty-0.html"] == [True, True]


def test_every_page_is_looked_at(seen: Visit) -> None:
    """Each page is opened at each width."""
    assert len(WIDTHS) * (6 + len(NASTY)) == len(seen.looks)


def test_a_bad_page_is_caught(tmp_path: Path) -> None:
    """A page that breaks all of this is seen doing it, so that the silence of the others means something."""
    bad = '<meta charset="utf-8"><img src="http://203.0.113.1/x.png" width="2000"><script>console.error("no")</script>'
    found = visit({"bad.html": bad}, (360,), tmp_path)

    assert any('"no"' in line for line in found.logged)
    assert ("http://203.0.113.1/x.png",) == found.asked
    assert found.looks[0]["scroll"] > 360
    assert found.looks[0]["too_wide"]
