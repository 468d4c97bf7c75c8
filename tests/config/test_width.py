import pytest

from rulesync.config import help_width


@pytest.mark.parametrize(
    ("columns", "width"), [("60", 58), ("200", 98), ("3", 50), ("0", 78), ("wide", 78), ("", 78), ("²", 78)]
)
def test_help_fits_the_terminal(columns: str, width: int) -> None:
    """Help is as wide as the environment says that the terminal is, within reason, and 78 where nobody knows."""
    assert width == help_width({"COLUMNS": columns})


def test_without_a_word_of_it() -> None:
    """Where the environment does not tell, and there is no terminal, nobody knows."""
    assert 78 == help_width({})
