from collections.abc import Callable

from hypothesis import given

from rulesync.render import markdown
from rulesync.render.markdown.fitting import LIMIT
from tests.render.markdown import github
from tests.render.markdown.test_harmless import SAID, saying
from tests.render.markdown.test_plan_page import nasty
from tests.render.scenarios import BEFORE, KEPT, PLANS
from tests.render.values import plan, resource, waiting

Golden = Callable[[str, str], None]


def test_status(golden: Golden) -> None:
    """Status is a table of every managed rule, with a link where a person is waited for."""
    golden("status.md", markdown.status(PLANS["everything"]))
    golden("status-errored.md", markdown.status(PLANS["errored"]))
    assert markdown.status(plan()).startswith("## 0 rules\n")
    assert markdown.status(plan(errored=True)).startswith("## How the rules are is not known: they could not be read\n")


def test_a_link_that_is_none_is_shown() -> None:
    """What is no address of a page is shown, and leads nowhere."""
    value = plan(KEPT, awaiting_enable=[{**waiting("kept"), "review_url": "javascript:alert(1)"}])

    assert "<code>javascript:alert(1)</code>" in markdown.status(value)
    assert [] == github.read(markdown.status(value)).links


def test_many_rules_fit() -> None:
    """Those that wait stand first in a table that has no room for all, and the others are counted."""
    value = plan(
        *(resource("no-op", f"k{each}", BEFORE, BEFORE) for each in range(2000)),
        KEPT,
        awaiting_enable=[waiting("kept")],
    )
    text = markdown.status(value)

    assert len(text) <= LIMIT
    assert text.index("<b>waiting</b>") < text.index("| enabled |")
    assert "<code>rulesync status</code> shows all of it." in text
    github.harmless(text)


@given(SAID)
def test_no_name_changes_the_layout(words: list[str]) -> None:
    """Whatever anything is called, the page has the elements that it has for plain names."""
    plain = markdown.status(nasty(PLANS["everything"], saying(["plain"])))
    text = markdown.status(nasty(PLANS["everything"], saying(words)))

    github.harmless(text)
    assert [tag for tag in github.read(plain).layout if tag.removeprefix("/") != "b"] == [
        tag for tag in github.read(text).layout if tag.removeprefix("/") != "b"
    ]
