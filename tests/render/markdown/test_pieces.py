from collections import Counter

from rulesync.render.markdown import pieces
from rulesync.render.markdown.fitting import LIMIT, Item, Page, Part


def test_time_is_read_by_people() -> None:
    """A time is shown to the minute, and what is no time as it stands."""
    assert ("2027-01-01 23:00 UTC", "soon") == (pieces.moment("2027-01-01T23:00:59Z"), pieces.moment("soon"))


def test_the_end_says_what_there_is() -> None:
    """The line at the end names what is known, and leads to the whole report where that is."""
    end = pieces.footer([("plan", "f00d"), ("commit", "")], "https://x.test/(1)", "now", "")

    assert "<sub>plan <code>f00d</code> · now · [the whole report](https://x.test/%281%29)</sub>\n" == end


def test_nothing_is_said_of_nothing() -> None:
    """Where nothing is left out, nothing is said; where something is, it is counted."""
    assert "" == pieces.note(Counter(), None, "x")
    said = pieces.note(Counter(change=1, rule=2000), "https://x.test", "x")
    assert "Left out: 1 change, 2,000 rules. [The whole report](https://x.test).\n" in said


def test_a_page_at_its_limit_is_whole() -> None:
    """A page that just fits is shown whole; one that is a character longer is cut."""
    for more, cut in ((0, False), (1, True)):
        page = Page("x" * (LIMIT - 100 + more), (Part("", (Item("y" * 50), Item("y" * 50)), noun="line"),))
        text = (
            pieces.whole(Page(page.top[: LIMIT - 2000], page.parts), None, "x")
            if cut
            else pieces.whole(page, None, "x")
        )
        assert len(text) <= LIMIT
