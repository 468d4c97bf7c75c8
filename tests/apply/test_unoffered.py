"""An API whose writes are announced and not there yet: plain 404s and announcements in the place of writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from rulesync.report import Result, exit_code
from tests.builders import a_rule
from tests.world import World, keys

UNOFFERED = "the API does not offer writing rules yet"


class Announced(httpx.BaseTransport):
    """The sandbox's reads, and one answer to every write, all of which are counted."""

    def __init__(self, inner: httpx.BaseTransport, answer: Callable[[], httpx.Response]) -> None:
        self.inner, self.answer = inner, answer
        self.writes: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a write, or pass a read on."""
        if request.method == "GET":
            return self.inner.handle_request(request)
        self.writes.append(request.method)
        return self.answer()


@contextmanager
def announced(answer: Callable[[], httpx.Response]) -> Iterator[tuple[World, Announced]]:
    with World() as world:
        world.apply({"there": a_rule(100, nickname="there"), "gone": a_rule(200, nickname="gone")})
        world.later()
        wire = Announced(world.wire.inner, answer)
        world.wire.inner = wire
        yield world, wire


ANSWERS: dict[str, Callable[[], httpx.Response]] = {
    "a plain 404": lambda: httpx.Response(404, text="Cannot POST /rules"),
    "405": lambda: httpx.Response(405, json={"error": {"code": "method_not_allowed", "message": "no"}}),
    "501": lambda: httpx.Response(501),
    "an announcement": lambda: httpx.Response(403, json={"error": {"code": "forbidden", "message": "Coming soon"}}),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_one_write_shows_that_there_are_none(answer: Callable[[], httpx.Response]) -> None:
    """After the first such answer no write is sent; nothing counts as done, and the sentence says what to do."""
    wishes = {
        "new": a_rule(300, nickname="new"),
        "newer": a_rule(400, nickname="newer"),
        "there": a_rule(500, nickname="changed"),
    }
    with announced(answer) as (world, wire):
        report = world.apply(wishes, prune=True)

    first, *others = report.outcomes
    assert ["POST"] == wire.writes
    assert [("new", "failed"), ("newer", "skipped"), ("there", "skipped"), ("gone", "skipped")] == keys(report)
    assert UNOFFERED in str(first.error)
    assert "`rulesync checklist` lists what a person can do in the app instead" in str(first.error)
    assert {UNOFFERED} == {each.error for each in others}
    assert Result.DONE not in {each.result for each in report.outcomes}
    assert exit_code(report) in {1, 5}


def test_a_missing_rule_is_another_thing() -> None:
    """A rule that is gone is told by the API's own code, and keeps no other from being written."""
    gone = {"error": {"code": "resource_not_found", "message": "no such rule"}}
    with announced(lambda: httpx.Response(404, json=gone)) as (world, wire):
        report = world.apply({"there": a_rule(500, nickname="changed"), "gone": a_rule(600, nickname="changed too")})

    assert {"PUT"} == set(wire.writes)
    assert len({key for key, _ in keys(report)}) == 2 <= len(wire.writes)
    assert UNOFFERED not in " ".join(str(each.error) for each in report.outcomes)
