"""What the page about security promises is held by the tests that it names."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_is_there() -> None:
    """A promise names a file or a function of the tests, and there is one of that name."""
    functions = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert set() == set(re.findall(r"`(test_\w+)`", PAGE)) - functions
    assert [] == [path for path in re.findall(r"`(tests/[\w/.]+)`", PAGE) if not (ROOT / path).exists()]


def test_every_file_of_these_tests_is_named() -> None:
    """Each subject that is tested here stands among the promises, by its file or by one of its functions."""
    files = {file for file in Path(__file__).parent.glob("test_*.py") if file != Path(__file__)}
    named = {
        file
        for file in files
        if f"tests/security/{file.name}" in PAGE
        or set(re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE))
        & set(re.findall(r"`(test_\w+)`", PAGE))
    }

    assert files == named


def test_a_report_has_a_way_in() -> None:
    """Whoever found a hole is told how to report it in private, and what to leave out; no address is made up."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")

    assert "Report a" in text
    assert "Leave out" in text
    assert [] == re.findall(r"\S+@\S+", text)
