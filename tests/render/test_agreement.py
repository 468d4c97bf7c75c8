from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.planjson import OrphanJson, PlanJson
from tests.render.counts import FORMATS, of_json
from tests.render.scenarios import AFTER, BEFORE, PLANS
from tests.render.values import finding, plan, resource, waiting

_SIDES = {"create": (None, AFTER), "update": (BEFORE, AFTER), "delete": (BEFORE, None), "no-op": (BEFORE, BEFORE)}
_WRITES: list[Any] = ["create", "update", "delete", "no-op"]


@st.composite
def plans(draw: st.DrawFn) -> PlanJson:
    """Return a plan of any few changes, with anything beside them."""
    operations = draw(st.lists(st.sampled_from(_WRITES), max_size=8))
    changes = [
        resource(
            each,
            f"k{place}",
            *_SIDES[each],
            origin=draw(st.sampled_from(["git", "app", "both"])) if each in {"update", "delete"} else None,
        )
        for place, each in enumerate(operations)
    ]
    keys = draw(st.lists(st.integers(0, 12), unique=True, max_size=5))
    orphans: list[OrphanJson] = [
        {"key": f"o{key}", "id": f"rule_o{key}", "nickname": None, "live": draw(st.sampled_from([True, False, None]))}
        for key in draw(st.lists(st.integers(0, 9), unique=True, max_size=4))
    ]
    return plan(
        *changes,
        resource_drift=[resource("update", f"k{key}", BEFORE, AFTER, origin="app") for key in keys],
        awaiting_enable=[waiting(f"w{number}") for number in range(draw(st.integers(0, 4)))],
        orphans=orphans,
        unmanaged=[
            {"id": f"u{number}", "nickname": None, "readable": True} for number in range(draw(st.integers(0, 4)))
        ],
        findings=[finding("wrong") for _ in range(draw(st.integers(0, 3)))],
    )


@given(plans(), st.sampled_from(list(FORMATS)))
def test_every_format_says_the_same_numbers(value: PlanJson, name: str) -> None:
    """The numbers that a format says, and those of what it shows, are those of the JSON."""
    render, read = FORMATS[name]

    assert of_json(value) == read(render(value))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("scenario", ["everything", "nothing", "nothing-but-waiting", "one-change", "app-edit", "part"])
def test_the_scenarios_too(name: str, scenario: str) -> None:
    """The numbers agree where everything happens at once, as well."""
    render, read = FORMATS[name]

    assert of_json(PLANS[scenario]) == read(render(PLANS[scenario]))
