import pytest

from rulesync.template import RefusedError
from rulesync.template.meter import LONGEST, MOST_STEPS, MOST_TEXT, Meter, bounded


def test_steps_are_counted() -> None:
    """A rendering takes so many steps and not one more."""
    meter = Meter()
    assert MOST_STEPS == sum(1 for _ in meter.counted(range(MOST_STEPS)))
    with pytest.raises(RefusedError):
        meter.step()


def test_text_is_counted() -> None:
    """What is written in many small pieces is counted as a whole."""
    meter = Meter()
    meter.step(MOST_TEXT)
    with pytest.raises(RefusedError):
        meter.step(1)


def test_going_through_a_value_costs_by_its_length() -> None:
    """What is long cannot be gone through as often as what is short."""
    meter = Meter()
    for _ in range(MOST_STEPS // 201):
        meter.weigh("x" * 1000, [1] * 1000, 5)
    with pytest.raises(RefusedError):
        meter.weigh("x" * 1000, [1] * 1000, 5)


def test_values_are_bounded() -> None:
    """A text, a list and what is nested has an end; what is reached twice counts twice."""
    assert "x" * LONGEST == bounded("x" * LONGEST)
    assert 5 == bounded(5)
    doubled: list[object] = [1]
    for _ in range(20):
        doubled = [doubled, doubled]
    deep: list[object] = []
    for _ in range(40):
        deep = [deep]
    for value in ("x" * (LONGEST + 1), list(range(20_000)), {"a": doubled}, deep):
        with pytest.raises(RefusedError):
            bounded(value)
