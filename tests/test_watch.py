import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from rulesync.clock import Clock
from rulesync.errors import ApiError, NetworkError, StoppedError
from rulesync.ownership import digest
from rulesync.remote import Reader, client
from rulesync.waiting import Awaited, Found, State, of_plan
from rulesync.watch import Telling, Watched, watch
from rulesync.wire import v1
from tests.builders import a_rule
from tests.faults import Fault
from tests.world import BASE, World


@dataclass
class Town:
    """A world in which people do things at their time, and what is said on the way."""

    world: World
    deeds: list[tuple[float, Callable[[], object]]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        ours = self.world.time.clock
        self.world.clock = Clock(ours.now, ours.monotonic, self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.world.time.clock.sleep(seconds)
        while self.deeds and self.deeds[0][0] <= self.world.time.seconds:
            self.deeds.pop(0)[1]()

    def at(self, seconds: float, deed: Callable[[], object]) -> None:
        """Let somebody do something so many seconds from the beginning."""
        self.deeds.append((seconds, deed))

    def wait(self, awaited: list[Awaited], seconds: float = 3600, per_minute: int = 100) -> Watched:
        """Wait in a run of its own."""
        self.world.begin(seconds)
        telling = Telling(
            lambda found: self.said.extend(f"{each.awaited.key} {each.state}" for each in found),
            lambda each, pending: self.said.append(f"{each.awaited.key} {each.state}, {pending} left"),
            self.failures.append,
        )
        return watch(self.world.writer, awaited, self.world.patience, telling, per_minute=per_minute)

    def looks(self) -> list[str]:
        """Return what was asked of the API."""
        return [str(each["path"]) for each in self.world.box.log()]


@pytest.fixture
def town() -> Iterator[Town]:
    """A world with two rules that wait."""
    with World() as world:
        wishes = {"one": a_rule(100, nickname="One"), "two": a_rule(200, nickname="Two")}
        world.carry_out(world.plan(wishes))
        yield Town(world)


def waiting(town: Town) -> list[Awaited]:
    """Return the two rules, and forget what was asked to find them."""
    wishes = {"one": a_rule(100, nickname="One"), "two": a_rule(200, nickname="Two")}
    found = of_plan(town.world.plan(wishes).changes)
    town.world.box.clear_log()
    return found


def states(done: Watched) -> list[State]:
    """Return what became of the rules."""
    return [each.state for each in done.found]


def test_until_the_last_is_enabled(town: Town) -> None:
    """It ends right after the last one is enabled, and tells of each as it comes."""
    one, two = waiting(town)
    start = town.world.time.seconds
    town.at(start + 100, lambda: town.world.box.activate(one.id))
    town.at(start + 200, lambda: town.world.box.activate(two.id))

    done = town.wait([one, two])

    assert ([State.ENABLED] * 2, False) == (states(done), done.timed_out)
    assert ["one waiting", "two waiting", "one enabled, 1 left", "two enabled, 0 left"] == town.said
    assert town.world.time.seconds - start <= 231


def test_how_often_it_looks(town: Town) -> None:
    """It looks a few times in the first minute and twice a minute later, with one request each if nothing changes."""
    found, start = waiting(town), town.world.time.seconds

    done = town.wait(found, seconds=600)

    looks = town.looks()
    assert (True, {"/api/v1/rules"}) == (done.timed_out, set(looks))
    assert 20 <= len(looks) <= 25
    assert 599 <= town.world.time.seconds - start <= 601


@pytest.mark.parametrize(("per_minute", "most"), [(100, 25), (4, 12), (1, 4)])
def test_it_leaves_the_rate_to_others(town: Town, per_minute: int, most: int) -> None:
    """No more than a quarter of the rate is taken."""
    found = waiting(town)

    town.wait(found, seconds=600, per_minute=per_minute)

    assert len(town.looks()) <= most


def test_something_else_was_enabled(town: Town) -> None:
    """A rule that was edited and enabled is altered, and so is one that was edited after it was enabled."""
    one, two = waiting(town)
    start, box = town.world.time.seconds, town.world.box
    town.at(start + 60, lambda: box.activate(one.id))
    town.at(start + 120, lambda: box.edit(one.id, nickname="Else"))
    town.at(start + 180, lambda: (box.edit(two.id, nickname="Else, too"), box.activate(two.id)))

    done = town.wait([one, two])

    assert [State.ALTERED] * 2 == states(done)
    assert ["one enabled, 1 left", "one altered, 1 left", "two altered, 0 left"] == town.said[2:]


def test_off_again(town: Town) -> None:
    """A rule that is paused again is waited for again, and one that is deleted is waited for no more."""
    one, two = waiting(town)
    start, box = town.world.time.seconds, town.world.box
    town.at(start + 60, lambda: box.activate(one.id))
    town.at(start + 120, lambda: box.pause(one.id))
    town.at(start + 180, lambda: box.delete(two.id))

    done = town.wait([one, two], seconds=400)

    assert ([State.WAITING, State.GONE], True) == (states(done), done.timed_out)
    assert ["one enabled, 1 left", "one waiting, 2 left", "two gone, 1 left"] == town.said[2:]


def test_what_it_holds_at_first(town: Town) -> None:
    """Where nobody knows what was applied, what a rule holds at first counts."""
    one, two = (Awaited(each.key, each.id, each.nickname, frozenset()) for each in waiting(town))
    start, box = town.world.time.seconds, town.world.box
    town.at(start + 60, lambda: box.activate(one.id))
    town.at(start + 61, lambda: (box.edit(two.id, nickname="Else"), box.activate(two.id)))

    done = town.wait([one, two])

    assert [State.ENABLED, State.ALTERED] == states(done)
    assert {digest(a_rule(100, nickname="One"))} == done.found[0].awaited.digests


def test_looks_that_fail(town: Town) -> None:
    """A server that is down for a while is said once, and then it goes on."""
    one, two = waiting(town)
    start, box = town.world.time.seconds, town.world.box
    town.at(start + 1, lambda: town.world.wire.break_at(dict.fromkeys(range(12), Fault.REFUSED)))
    for each in (one, two):
        town.at(start + 60, lambda each=each: box.activate(each.id))  # type: ignore[misc]  # a default is bound at once

    done = town.wait([one, two])

    assert [State.ENABLED] * 2 == states(done)
    assert 1 == len(town.failures)


def test_a_server_that_never_comes(town: Town) -> None:
    """Where nothing was ever seen, the end of the time is the failure that was met."""
    found = waiting(town)
    town.world.wire.break_at(dict.fromkeys(range(10_000), Fault.REFUSED))

    with pytest.raises(NetworkError):
        town.wait(found, seconds=300)


def test_a_server_that_goes_for_good(town: Town) -> None:
    """Where the server went away, what was seen last is what is told."""
    found = waiting(town)
    town.at(town.world.time.seconds + 1, lambda: town.world.wire.break_at(dict.fromkeys(range(10_000), Fault.REFUSED)))

    done = town.wait(found, seconds=300)

    assert ([State.WAITING] * 2, True) == (states(done), done.timed_out)


def test_a_key_that_is_refused(town: Town) -> None:
    """A key that the API refuses ends the wait at once."""
    found = waiting(town)
    town.world.begin(3600)
    stranger = Reader(client(BASE, "sk_nobody_000000000", v1, per_minute=100, transport=town.world.wire), v1)

    with pytest.raises(ApiError):
        watch(stranger, found, town.world.patience, Telling(print, print, print))


def test_somebody_asks_to_stop(town: Town) -> None:
    """Whoever asks the run to stop is heeded."""
    found = waiting(town)
    town.world.begin(math.inf)
    town.world.patience.heed(lambda: town.world.time.seconds > 100)

    with pytest.raises(StoppedError):
        watch(town.world.writer, found, town.world.patience, Telling(_nothing, _nothing, _nothing))


def _nothing(*_: Found | object) -> None:
    """Hear what is told."""
