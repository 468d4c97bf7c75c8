"""How long an apply takes, how it ends when its time is up, and what ^C does to its waits."""

import contextlib
from collections import Counter
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.errors import ApiError, NetworkError, StoppedError
from rulesync.patience import GRACE
from rulesync.report import Result, exit_code
from rulesync.rule import Rule
from tests.builders import a_rule
from tests.costly import costly
from tests.faults import Fault
from tests.world import World, keys

PER_MINUTE = 100
HONEST = [fault for fault in Fault if fault not in {Fault.PRETENDED, Fault.DEAD_BEFORE, Fault.DEAD_AFTER}]


def named(numbers: range, more: int = 0) -> dict[str, Rule]:
    return {f"r{n:03}": a_rule(n + 1 + more, nickname=f"r{n:03}") for n in numbers}


def dictated(requests: int) -> float:
    """Return the seconds that the rate alone dictates: the burst at once, and then one request after the other."""
    return max(0, requests - PER_MINUTE) * 60 / PER_MINUTE


class Far(httpx.BaseTransport):
    """A server at a distance that changes: each way takes from nothing to `most` seconds."""

    def __init__(self, inner: httpx.BaseTransport, world: World, most: float) -> None:
        self.inner, self.world, self.most, self.random = inner, world, most, Random(3)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry a request there and its answer back."""
        self.world.time.seconds += self.random.uniform(0, self.most)
        answer = self.inner.handle_request(request)
        self.world.time.seconds += self.random.uniform(0, self.most)
        return answer


@pytest.mark.parametrize(("most", "refused"), [(0, 0), (0.25, 2)])
def test_three_hundred_changes(most: float, refused: int) -> None:
    """At 100 requests a minute, 300 changes take what the rate dictates, 5 % at most beyond it, and no 429.

    Where the way takes now more and now less time, the server may see the edge of the burst a little early.
    """
    with World(per_minute=PER_MINUTE) as world:
        world.apply(named(range(200)))
        world.later(60)
        world.begin()
        world.wire.inner = Far(world.wire.inner, world, most)
        world.box.clear_log()
        begun = world.time.seconds

        made = world.plan({**named(range(100), 1000), **named(range(200, 300))}, prune=True)
        report = world.carry_out(made)

        requests, seconds = world.box.log(), world.time.seconds - begun
        told = Counter(change.operation.value for change in made.writes)
        assert {"create": 100, "update": 100, "delete": 100} == told
        assert ({"done"}, 0) == ({result for _, result in keys(report)}, exit_code(report))
        assert sum(each["status"] == 429 for each in requests) <= refused
        assert dictated(len(requests)) <= seconds + 1e-6
        assert seconds <= 1.05 * dictated(len(requests)) + most * 2


def test_fifty_creates_and_every_third_answer_lost() -> None:
    """Fifty creates against a server that drops every third answer after acting: fifty rules, under fifty keys."""
    with World() as world:
        for nth in range(3, 300, 3):
            world.box.faults.add("closed-after-commit", method="POST", nth=nth)
        world.wire.inner = _Dropped(world.wire.inner)

        report = world.carry_out(world.plan(named(range(50))))

        posts: list[Any] = [each for each in world.box.log() if each["method"] == "POST"]
        assert ({"done"}, 0, 50) == ({result for _, result in keys(report)}, exit_code(report), len(world.box.rules()))
        assert 50 == len({each["idempotency_key"] for each in posts}) == sum(each["committed"] for each in posts)
        assert len(posts) // 3 == sum("fault" in each for each in posts)


class _Dropped(httpx.BaseTransport):
    """A connection that ends where the server gives no answer."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry a request, and break off where there is no answer."""
        try:
            return self.inner.handle_request(request)
        except httpx.HTTPError:
            raise
        except Exception as dropped:
            raise httpx.ReadError("closed", request=request) from dropped


def test_burned_keys_settle_together() -> None:
    """Creates for which the API must settle wait for that at one time, before any update, and none is left out."""
    with World() as world:
        world.apply(named(range(12)))
        for number in range(10):
            world.box.delete(world.id_of(f"r{number:03}"))
        made = world.plan({**named(range(10)), **named(range(10, 12), 1000)})
        world.box.clear_log()
        begun = world.time.seconds

        report = world.carry_out(made)

        methods = [method for method, _ in world.writes()]
        assert [(change.key, "done") for change in made.writes] == keys(report)
        assert ["POST"] * 20 + ["PUT"] * 2 == methods
        assert 30 <= world.time.seconds - begun < 32


# When the time is up


def test_the_time_is_up_between_writes() -> None:
    """When the time is up no further change is begun; what was written is proved, the rest is skipped and says why."""
    with World(per_minute=10) as world:
        made = world.plan(named(range(20)))
        world.begin(33)

        report = world.carry_out(made)

        outcomes = Counter((outcome.result.value, outcome.error) for outcome in report.outcomes)
        done = len(world.box.rules())
        assert 5 < done < 20
        assert {("done", None): done, ("skipped", "the time for this run was up before it"): 20 - done} == outcomes
        assert (False, 5) == (report.interrupted, exit_code(report))
        assert world.time.seconds <= 33 + GRACE


def test_no_time_at_all() -> None:
    """A run whose time is up before its first change writes nothing, and could not run."""
    with World() as world:
        made = world.plan(named(range(3)))
        world.begin(10)
        world.later(10)

        report = world.carry_out(made)

        assert ({"skipped"}, 1, []) == ({result for _, result in keys(report)}, exit_code(report), world.writes())


def test_reading_when_the_time_is_up() -> None:
    """A plan for which the time does not last is an error that says so, and no wait is begun for it."""
    with World(per_minute=10) as world:
        world.apply(named(range(20)))
        world.begin(5)
        begun = world.time.seconds
        with pytest.raises(StoppedError, match=r"the time for this run \(5 s\) ends before a wait of \d+ s"):
            world.plan(named(range(20)))

        assert world.time.seconds <= begun + 5


def test_a_wait_that_the_run_does_not_last_for() -> None:
    """A wait beyond the end is not begun; a write that may have arrived is then unknown, with what to do about it."""
    with World() as world:
        made = world.plan(named(range(3)))
        world.begin(20)
        world.wire.break_at({1: Fault.BROKEN})
        world.wire.before(1, lambda: world.later(19.9))

        report = world.carry_out(made)

        first = report.outcomes[0]
        assert [("r000", "unknown"), ("r001", "done"), ("r002", "done")] == keys(report)
        assert "ends before a wait" in str(first.error)
        assert str(first.error).endswith("run it again, which is safe")
        assert world.time.seconds < 20


def test_a_settling_that_the_run_does_not_last_for() -> None:
    """A create whose key is burned is not waited for beyond the end; nothing was written, and the others are."""
    with World() as world:
        world.apply(named(range(1)))
        world.box.delete(world.id_of("r000"))
        made = world.plan(named(range(2)))
        world.begin(20)

        report = world.carry_out(made)

        assert ([("r000", "failed"), ("r001", "done")], 5) == (keys(report), exit_code(report))
        assert world.time.seconds < 20


def test_an_accepted_write_that_could_not_be_looked_at() -> None:
    """A delete that was accepted, and whose rule cannot be read after, is not said to be refused."""
    with World() as world:
        world.apply(named(range(2)))
        made = world.plan(named(range(1)), prune=True)
        world.wire.break_at(dict.fromkeys(range(2, 30), Fault.BEFORE))

        report = world.carry_out(made)

        assert [("r001", "unknown")] == keys(report)


faults = st.dictionaries(st.integers(0, 30), st.sampled_from(HONEST), max_size=8)


@costly
@given(st.floats(0.5, 90), st.sampled_from([None, 4, 20]), faults, st.integers(0, 60))
def test_a_run_of_any_length(seconds: float, per_minute: int | None, broken: dict[int, Fault], asked_at: int) -> None:
    """However little time a run has, and whenever somebody ends it: it ends in time, tells the truth, and can go on."""
    before, after = named(range(4)), {**named(range(2), 1000), **named(range(4, 6))}
    with World(per_minute=per_minute) as world:
        world.apply(before)
        world.later()
        made = world.plan(after, prune=True)
        world.later()
        world.begin(seconds)
        world.wire.break_at(broken)
        begun = world.time.seconds
        with contextlib.suppress(ApiError, NetworkError):
            report = world.carry_out(made, stop=lambda: world.wire.seen > asked_at)
            results = {outcome.change.key: outcome.result for outcome in report.outcomes}
            assert world.time.seconds <= begun + seconds + GRACE
            world.wire.break_at({})
            world.begin()
            left = {change.key for change in world.plan(after, prune=True).writes}
            assert set() == {key for key, result in results.items() if result is Result.DONE} & left
            undone = {Result.FAILED, Result.STALE, Result.SKIPPED}
            assert {key for key, result in results.items() if result in undone} <= left
        world.wire.break_at({})

        world.later()
        world.begin()
        world.apply(after, prune=True)

        assert () == world.plan(after, prune=True).writes
        assert len(after) == len(world.box.rules())


# When somebody asks to stop


def test_stopping_while_a_write_waits_for_the_rate_limit() -> None:
    """A write that waits for the rate limit when somebody asks to stop is not sent seconds later: it is skipped."""
    with World(per_minute=2) as world:
        made = world.plan(named(range(3)))
        world.later(60)
        world.begin()
        asked = world.time.seconds + 10

        report = world.carry_out(made, stop=lambda: world.time.seconds >= asked)

        assert [("r000", "done"), ("r001", "skipped"), ("r002", "skipped")] == keys(report)
        assert (True, 1) == (report.interrupted, len(world.writes()))
        assert {"the run was interrupted before it"} == {outcome.error for outcome in report.outcomes[1:]}
        assert world.time.seconds <= asked + GRACE


def test_stopping_while_the_first_list_waits() -> None:
    """A run that is asked to stop before its first list is read tries nothing, and says so of each change."""
    with World(per_minute=1) as world:
        made = world.plan(named(range(2)))

        report = world.carry_out(made, stop=lambda: world.time.seconds >= 5)

        assert [("r000", "skipped"), ("r001", "skipped")] == keys(report)
        assert (True, []) == (report.interrupted, world.writes())


def test_a_delete_in_flight_when_somebody_asks_to_stop() -> None:
    """The write in flight is finished and proved, also where its answer alone does not prove it."""
    with World() as world:
        world.apply(named(range(3)))
        world.later()
        made = world.plan(named(range(1)), prune=True)
        sent = len(world.writes())

        report = world.carry_out(made, stop=lambda: len(world.writes()) > sent)

        assert [("r001", "done"), ("r002", "skipped")] == keys(report)
        assert report.interrupted
