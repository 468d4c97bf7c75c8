"""A fixed sample of processes that are killed: every third moment of the apply, and some by chance."""

import pytest

from tests.sweep.processes import boundaries, house, tried
from tests.sweep.schedule import Death, Moment

SINGLE = range(0, len(boundaries()), 3)
BY_CHANCE = range(len(boundaries()), len(boundaries()) + 6)


@pytest.mark.parametrize("number", [*SINGLE, *BY_CHANCE])
def test_killed(number: int) -> None:
    """The command is killed with SIGKILL, people may act, it is run again: everything is there, once, as wanted."""
    verdict = tried(number, sparing=True)

    assert [] == verdict.wrong


def test_the_moments_cover_the_whole_apply() -> None:
    """The apply changes at least 20 rules, sends nearly as many requests as there are moments, and dies when told."""
    with house() as home:
        plan, keys = home.plan
        alive = home.kill(Death(10**6, Moment.BEFORE), "apply", plan)
        sent = home.knife.count
        home.box.restore(home.before)
        dead = home.kill(Death(sent - 1, Moment.AFTER), "apply", plan)

    assert (0, -9) == (alive, dead)
    assert 22 * 21 == len(keys)
    assert 42 <= sent <= 46
