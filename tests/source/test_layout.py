from rulesync.source.layout import Fields, Items, bare, lines, word


def test_short_things_stand_on_one_line() -> None:
    """Fields that fit and hold no list stand in braces, quoted for braces; all else has a line a field."""
    short = Fields((("a", word("x, y")), ("b", bare("1"))), "why")
    long = Fields((("a", word("x" * 60)), ("b", word("y" * 60))))

    assert ['t: {a: "x, y", b: 1}  # why'] == list(lines(short, "t:"))
    assert ["t:", f"  a: {'x' * 60}", f"  b: {'y' * 60}"] == list(lines(long, "t:"))
    assert ["a: x, y", "b: 1"] == list(lines(short))


def test_two_remarks_need_two_lines() -> None:
    """A remark stands behind what it speaks of, so two of them never share a line."""
    both = Fields((("a", word("x", "one")), ("b", word("z", "two"))))

    assert ["l:", "  - a: x  # one", "    b: z  # two"] == list(lines(Items((both,)), "l:"))


def test_a_list_has_an_item_a_line() -> None:
    """An item of one field needs no braces behind its dash."""
    items = Items((Fields((("a", bare("1")),)), Fields((("a", bare("1")), ("b", Fields((("c", bare("2")),)))))))

    assert ["l:", "  - a: 1", "  - {a: 1, b: {c: 2}}"] == list(lines(items, "l:"))
