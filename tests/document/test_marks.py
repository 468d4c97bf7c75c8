from rulesync.document.marks import Mark, Text, follow, locate, standing
from rulesync.findings import Location

TEXT = Text("a.yaml", "name: Ann\r\nlist:\n  - 1\n")
NAME = Mark(6, 9, None, None)
ITEM = Mark(21, 22, None, None)
LIST = Mark(19, 23, None, [ITEM])
ROOT = Mark(0, 23, {"name": (Mark(0, 4, None, None), NAME), "list": (Mark(11, 15, None, None), LIST)}, None)


def test_lines_and_columns_count_from_one_whatever_ends_a_line() -> None:
    """A place is counted as editors do, and shows its line without the line's end."""
    assert Location("a.yaml", 1, 7, 3, "name: Ann") == TEXT.location(6, 9)
    assert Location("a.yaml", 3, 5, 1, "  - 1") == TEXT.location(21, 22)
    assert Location("a.yaml", 4, 1, 1, "") == TEXT.location(23, 24)


def test_a_place_ends_with_its_line() -> None:
    """What spans lines is underlined on its first line only."""
    assert Location("a.yaml", 1, 7, 3, "name: Ann") == TEXT.location(6, 20)


def test_a_block_is_shown_by_its_first_key_or_dash() -> None:
    """A block of fields is underlined at its first key, a list at its first dash."""
    assert Location("a.yaml", 1, 1, 4, "name: Ann") == locate(TEXT, ROOT)
    assert Location("a.yaml", 3, 3, 1, "  - 1") == locate(TEXT, LIST)


def test_nothing_is_shown_at_its_key() -> None:
    """A value that is empty has no place of its own, so its key is shown."""
    key = Mark(0, 4, None, None)
    assert Location("a.yaml", 1, 1, 4, "name: Ann") == locate(TEXT, Mark(5, 5, None, None), key)


def test_a_path_is_followed_as_far_as_it_exists() -> None:
    """A path that leads nowhere ends at the last place that exists."""
    assert ITEM == follow(ROOT, ["list", 0])[1]
    assert LIST == follow(ROOT, ["list", 7, "x"])[1]
    assert ROOT == follow(ROOT, ["nothing", "name"])[1]


def test_what_a_validator_put_into_a_path_is_left_out() -> None:
    """Parts of a path that stand nowhere in the text are passed over, those after them are not."""
    assert ("list", 0) == standing(ROOT, ["list", "tag", 0, "field"])
