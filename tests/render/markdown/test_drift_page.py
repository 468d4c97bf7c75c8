from collections.abc import Callable

from hypothesis import given

from rulesync.render import markdown
from rulesync.render.markdown.fitting import LIMIT
from tests.render.markdown import github
from tests.render.markdown.test_harmless import SAID, saying
from tests.render.markdown.test_plan_page import nasty
from tests.render.scenarios import AFTER, BEFORE, KEPT, drift
from tests.render.values import finding, plan, resource

Golden = Callable[[str, str], None]


def test_drift(golden: Golden) -> None:
    """The body of the issue says what drifted, with what Git wants and what the app holds folded away."""
    text = markdown.drift(drift(), link="https://ci.test/run/1")

    golden("drift.md", text)
    golden("drift-nothing.md", markdown.drift(plan(KEPT)))
    github.harmless(text)


def test_what_could_not_be_read_is_no_all_clear() -> None:
    """Where not everything could be read, nobody is told that nothing drifted."""
    broken = {"errored": True, "findings": [finding("the API refused the key", file=None)]}
    some = [resource("update", "k", BEFORE, AFTER, origin="app")]

    assert markdown.drift(plan(**broken)).startswith("## What drifted is not known: not everything could be read.\n")
    told = markdown.drift(plan(**broken, resource_drift=some))
    assert told.startswith("## What drifted is not known: not everything could be read. So far, 1 rule drifted.\n")


def test_much_drift_fits() -> None:
    """Thousands of rules that drifted make a page that fits and leads to the whole."""
    text = markdown.drift(plan(resource_drift=[resource("update", f"k{each}", BEFORE, AFTER) for each in range(600)]))

    assert len(text) <= LIMIT
    assert text.startswith("## 600 rules drifted.\n")
    assert "<code>rulesync drift</code> shows all of it." in text
    github.harmless(text)


@given(SAID)
def test_no_name_changes_the_layout(words: list[str]) -> None:
    """Whatever anything is called, the page has the elements that it has for plain names."""
    plain = markdown.drift(nasty(drift(), saying(["plain"])))
    text = markdown.drift(nasty(drift(), saying(words)))

    github.harmless(text)
    assert github.read(plain).layout == github.read(text).layout
