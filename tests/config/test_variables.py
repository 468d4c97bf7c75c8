from pathlib import Path

import pytest

from rulesync.config import given
from rulesync.errors import ConfigError, UsageError


def test_values_of_a_command_line(tmp_path: Path) -> None:
    """Files give values in their order, assignments over them; what JSON calls a number is one, all else is text."""
    (tmp_path / "a.yaml").write_text("rent: $5.00\nnames: [a, b]\nkept: 1\n")
    (tmp_path / "b.yaml").write_text("rent: $6.00\n")
    (tmp_path / "empty.yaml").write_text("")
    files = [tmp_path / "a.yaml", tmp_path / "b.yaml", tmp_path / "empty.yaml"]
    expected = {"rent": "$7.00", "names": ["a", "b"], "kept": 1, "n": 5, "t": True, "w": "yes", "e": "a=b", "z": None}
    assert expected == given(["rent=$7.00", "n=5", "t=true", "w=yes", "e=a=b", "z="], files)


@pytest.mark.parametrize("assignment", ["rent", "=5", "a-b=5", "1a=5"])
def test_an_assignment_has_a_name_and_a_value(assignment: str) -> None:
    """What is no NAME=VALUE is refused as a bad command line."""
    with pytest.raises(UsageError):
        given([assignment], [])


@pytest.mark.parametrize("text", ["[1]", "a: 1\na: 2\n", "a-b: 1", "a: 1\n---\nb: 1", "a: ["])
def test_a_file_of_values_is_a_mapping(tmp_path: Path, text: str) -> None:
    """A file that holds anything else is refused, with the place."""
    (tmp_path / "v.yaml").write_text(text)
    with pytest.raises(ConfigError) as problem:
        given([], [tmp_path / "v.yaml"])
    assert "v.yaml" == problem.value.findings[0].location.file  # type: ignore[union-attr]  # each has a place
    with pytest.raises(ConfigError):
        given([], [tmp_path / "none.yaml"])
