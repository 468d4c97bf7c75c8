from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from rulesync.render.markdown.fitting import Item, Page, Part, counted, fair, fit

TEXTS = st.integers(0, 200).map(lambda length: "x" * length)
ITEMS = st.builds(lambda line, rest: Item(f"[{line}]", f"<{line}{rest}>" if rest else ""), TEXTS, TEXTS)
PARTS = st.builds(
    lambda items, noun, rank, whole_rank, share: Part(
        "head", tuple(items), "foot", noun, f"whole {noun}", rank=rank, whole_rank=whole_rank, share=share
    ),
    st.lists(ITEMS, max_size=30),
    st.sampled_from(["change", "danger", "row"]),
    st.integers(0, 5),
    st.integers(0, 5),
    st.floats(0.1, 1),
)
PAGES = st.builds(lambda parts: Page("top", tuple(parts), "end"), st.lists(PARTS, max_size=5))


@given(PAGES, st.integers(0, 6000))
def test_a_page_fits_and_counts_what_it_lacks(page: Page, more: int) -> None:
    """A page is no longer than asked for, and what is shown and what is counted make up what there is."""
    limit = page.least + more
    fitted = fit(page, limit)
    text = fitted.top + fitted.body
    there: Counter[str] = Counter()
    for part in page.parts:
        there[part.noun] += len(part.items)
        there[part.whole_noun] += sum(bool(item.whole) for item in part.items)

    assert len(text) <= limit
    shown = text.count("[") + text.count("<")
    assert sum(len(part.items) for part in page.parts) - shown == sum(
        number for noun, number in fitted.left.items() if not noun.startswith("whole")
    )
    assert text.count("<") == there.total() - sum(len(part.items) for part in page.parts) - sum(
        number for noun, number in fitted.left.items() if noun.startswith("whole")
    )
    assert (not fitted.left) == (len(text) == page.most)


@given(PAGES)
def test_what_fits_is_whole(page: Page) -> None:
    """Nothing is left out of a page that has room."""
    fitted = fit(page, page.most)

    assert page.most == len(fitted.top + fitted.body)
    assert Counter() == fitted.left


def test_the_least_important_goes_first() -> None:
    """What has a higher rank goes before what has a lower one, and what is folded away before its line."""
    lines = tuple(Item(f"{number}", f"{number}{'w' * 99}") for number in range(9))
    page = Page(
        "", (Part("A", lines, rank=2, whole_rank=3, noun="a"), Part("B", lines, rank=1, whole_rank=4, noun="b"))
    )

    assert Counter(fold=18) == fit(page, page.least + 18).left
    assert Counter(a=1, fold=18) == fit(page, page.least + 17).left
    assert Counter(fold=17) == fit(page, page.least + 18 + 99).left
    assert "A0wwww" in fit(page, page.least + 18 + 99).body


def test_a_part_leaves_room_for_the_others() -> None:
    """A part of which there is too much takes no more than its share before the others had theirs."""
    many = tuple(Item("m" * 10) for _ in range(1000))
    page = Page("", (Part("", many, noun="danger", rank=1, share=0.5), Part("", many[:10], noun="rule", rank=2)))
    fitted = fit(page, page.least + 1000)

    assert Counter(danger=910) == fitted.left
    assert "- … and 910 dangers more" in fitted.body


@given(st.lists(st.integers(0, 1000), max_size=10), st.integers(0, 3000))
def test_sharing_is_fair(wanted: list[int], room: int) -> None:
    """Nobody gets more than he wants, no room is wasted, and nobody gets less so that others get more."""
    given_ = fair(wanted, room)

    assert sum(given_) <= room
    assert [] == [pair for pair in zip(given_, wanted, strict=True) if pair[0] > pair[1]]
    assert given_ == wanted or room - sum(given_) < len(wanted)
    short = [got for got, want in zip(given_, wanted, strict=True) if got < want]
    assert not short or max(given_) - min(short) <= 1


def test_counts_are_read() -> None:
    """Large numbers are written as people read them."""
    assert ("1 change", "2,500 changes") == (counted(1, "change"), counted(2500, "change"))
