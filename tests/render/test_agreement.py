import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.planjson import PlanJson
from tests.render.counts import FORMATS, of_json
from tests.render.plans import plans
from tests.render.scenarios import PLANS


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
