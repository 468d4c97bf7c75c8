"""Laws of the doors that import their rooms late."""

import subprocess
import sys

import pytest

from rulesync import render, source
from rulesync.lazily import door


def test_a_part_is_not_there_before_it_is_asked_for() -> None:
    """A room whose door was opened has none of its dear parts, and a name brings the part that it stands in."""
    program = (
        "import sys; from rulesync import source; before = 'rulesync.source.drafts' in sys.modules; "
        "source.Draft; print(before, 'rulesync.source.drafts' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_a_door_gives_parts_and_names_of_parts() -> None:
    """The name of a part gives its module, any other name what stands in its part under that name."""
    get = door("rulesync.source", {"refusal": "trial", "trial": "trial"})
    assert (get("refusal"), get("trial").__name__) == (source.refusal, "rulesync.source.trial")  # type: ignore[attr-defined]


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A door behaves like any module: what it does not know is no attribute of it."""
    with pytest.raises(AttributeError, match="has no `nothing`"):
        render.nothing  # noqa: B018
