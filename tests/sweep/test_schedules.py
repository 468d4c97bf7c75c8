"""A fixed sample of the sweep: what `make sweep` does by the thousands, for every change of this repository."""

from collections import Counter

import pytest

from tests.sweep.judge import judge
from tests.sweep.play import play
from tests.sweep.schedule import DEEDS, draw

SAMPLE = 240
PART = 20


@pytest.mark.parametrize("start", range(0, SAMPLE, PART))
def test_a_sample(start: int) -> None:
    """Whatever fails and whoever meddles: the next undisturbed apply ends well, and nothing unshown was written."""
    wrong = {number: judge(play(draw(number))).wrong for number in range(start, start + PART)}

    assert {} == {number: sentences for number, sentences in wrong.items() if sentences}


def test_schedules_play_equally() -> None:
    """One number, one schedule, and everything that happens in it: a violation can be seen again."""
    for number in range(6):
        one, other = play(draw(number)), play(draw(number))

        assert one.told == other.told
        assert one.states == other.states


def test_what_the_sample_holds() -> None:
    """The sample is no stroll: clients die, two run at once, people do everything they can, every fault is set."""
    drawn = [draw(number) for number in range(SAMPLE)]
    acts = [act for schedule in drawn for act in schedule.acts]
    faults = Counter(str(fault["kind"]) for act in acts for fault in act.faults)

    assert 200 < sum(run.death is not None for act in acts for run in act.runs)
    assert 60 < sum(len(act.runs) == 2 for act in acts)
    assert set(DEEDS) == {deed.kind for act in acts for deed in act.deeds}
    assert 18 == len(faults)
    assert 8 <= min(faults.values())
    assert 10 == len({name for schedule in drawn for name in schedule.quirks})
