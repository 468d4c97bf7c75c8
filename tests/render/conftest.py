"""Goldens: what a renderer makes, as files to be read; `UPDATE_GOLDEN=1 pytest tests/render` rewrites them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

_FOLDER = Path(__file__).parent / "golden"


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Return a check that a text is the one in a file of the golden folder."""

    def check(name: str, text: str) -> None:
        file = _FOLDER / name
        if os.environ.get("UPDATE_GOLDEN"):
            file.write_text(text, encoding="utf-8")
        assert file.read_text(encoding="utf-8") == text

    return check
