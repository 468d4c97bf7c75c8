from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.render import markdown
from rulesync.render.markdown.fitting import LIMIT
from tests.render.markdown import github
from tests.render.markdown.test_harmless import SAID, saying
from tests.render.scenarios import REPORTS
from tests.render.values import outcome, replaced, report, waiting

Golden = Callable[[str, str], None]


@pytest.mark.parametrize("name", ["done", "everything", "pause-in-part"])
def test_reports(name: str, golden: Golden) -> None:
    """A report begins with the verdict and what went wrong, and has a link for each rule that waits."""
    golden(f"report-{name}.md", markdown.report(REPORTS[name]))


@pytest.mark.parametrize("name", REPORTS)
def test_every_waiting_rule_has_its_link(name: str) -> None:
    """Each rule that waits for a person is shown with its whole link, and every page is harmless."""
    text = markdown.report(REPORTS[name])

    github.harmless(text)
    assert [] == [each for each in REPORTS[name]["awaiting_enable"] if each["review_url"] not in text]


def test_a_long_report_fits() -> None:
    """What went wrong and what waits stay longest in a report that has no room for all."""
    good = [outcome(f"good-{each}", "done") for each in range(2000)]
    bad = [outcome(f"bad-{each}", "failed", error="it was refused") for each in range(20)]
    text = markdown.report(report(*good, *bad, waiting=[waiting(f"w{each}") for each in range(50)]))

    assert len(text) <= LIMIT
    assert (20, 50) == (text.count("it was refused"), text.count("[enable it in the app]"))
    github.harmless(text)


@given(words=SAID, name=st.sampled_from(["everything", "pause-in-part", "undo"]))
def test_no_name_changes_the_layout(words: list[str], name: str) -> None:
    """Whatever anything is called, and whatever the API says of it, the page has the elements that it has otherwise."""
    plain = markdown.report(replaced(REPORTS[name], saying(["plain"])))
    text = markdown.report(replaced(REPORTS[name], saying(words)))

    github.harmless(text)
    assert github.read(plain).layout == github.read(text).layout
