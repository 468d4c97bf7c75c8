from random import Random

import pytest

from tests.sweep.stage import Stage


def told(seed: int) -> list[tuple[str, float]]:
    stage, said = Stage(Random(seed)), []

    def part(name: str, seconds: float) -> None:
        for _ in range(3):
            stage.sleep(seconds)
            said.append((name, stage.time))

    stage.play(lambda _: part("a", 2), lambda _: part("b", 3))
    return said


def test_turns_go_by_time() -> None:
    """Whoever slept to the earliest moment is next, and time stands still in between."""
    said = told(0)

    assert [("a", 2), ("b", 3), ("a", 4), ("b", 9)] == [*said[:3], said[-1]]
    assert [2, 3, 4, 6, 6, 9] == [time for _, time in said]


def test_chance_decides_between_two_of_one_moment() -> None:
    """Those who are due at the same moment go in an order that the seed decides, equal seeds alike."""
    orders = [told(seed) for seed in range(20)]

    assert 2 == len({tuple(each) for each in orders})
    assert orders == [told(seed) for seed in range(20)]


def test_what_a_part_raises() -> None:
    """What goes wrong in a part goes wrong for whoever plays it, after the others are done."""
    stage, said = Stage(Random(0)), []

    def ends(_: object) -> None:
        stage.sleep(5)
        said.append("done")

    with pytest.raises(ZeroDivisionError):
        stage.play(lambda _: 1 / 0, ends)

    assert ["done"] == said


def test_off_the_stage_time_just_passes() -> None:
    """Between two plays a sleep moves the clock, for everybody."""
    stage = Stage(Random(0))
    stage.sleep(60)

    assert (60, stage.now()) == (stage.clock().monotonic(), stage.clock().now())
    assert 90 == (stage.clock(skew=90).now() - stage.now()).total_seconds()
