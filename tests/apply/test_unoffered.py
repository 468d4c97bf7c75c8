"""An API whose writes are announced and not there yet: plain 404s and announcements in the place of writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from rulesync.report import Result, exit_code
from rulesync.rule import Status
from tests.builders import a_rule
from tests.world import World, keys

UNOFFERED = "the API does not offer writing rules yet"
GONE = {"error": {"code": "resource_not_found", "message": "no such rule"}}


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


def id_of(world: World, nickname: str) -> str:
    return next(str(each["id"]) for each in world.box.rules() if each["nickname"] == nickname)


ANSWERS: dict[str, Callable[[], httpx.Response]] = {
    "a plain 404": lambda: httpx.Response(404, text="Cannot POST /rules"),
    "405": lambda: httpx.Response(405, json={"error": {"code": "method_not_allowed", "message": "no"}}),
    "501": lambda: httpx.Response(501),
    "404 with a code": lambda: httpx.Response(404, json=GONE),
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
    with announced(lambda: httpx.Response(404, json=GONE)) as (world, wire):
        report = world.apply({"there": a_rule(500, nickname="changed"), "gone": a_rule(600, nickname="changed too")})

    assert {"PUT"} == set(wire.writes)
    assert len({key for key, _ in keys(report)}) == 2 <= len(wire.writes)
    assert UNOFFERED not in " ".join(str(each.error) for each in report.outcomes)


DENIALS: dict[str, Callable[[], httpx.Response]] = {
    "503 as a page": lambda: httpx.Response(
        503, html="<html><h1>Coming&nbsp;soon</h1><p>Coming <b>soon</b></p></html>"
    ),
    "503 as text": lambda: httpx.Response(503, text="Coming soon"),
    "503 as JSON": lambda: httpx.Response(503, json={"error": {"code": "unavailable", "message": "coming soon"}}),
    "200 as text": lambda: httpx.Response(200, text="Coming soon"),
    "200 as JSON": lambda: httpx.Response(200, json={"message": "Coming soon"}),
}


@pytest.mark.parametrize("answer", DENIALS.values(), ids=DENIALS.keys())
@pytest.mark.parametrize("wish", ["new", "there", "gone"])
def test_a_denial_is_proved(answer: Callable[[], httpx.Response], wish: str) -> None:
    """An answer that may hide a write is believed once the settled views show nothing of it, and no other is sent."""
    wishes = {"there": a_rule(100, nickname="there"), "gone": a_rule(200, nickname="gone")}
    if wish == "gone":
        del wishes["gone"]
    else:
        wishes |= {wish: a_rule(300, nickname=wish), "also": a_rule(400, nickname="also", status=Status.DISABLED)}
    with announced(answer) as (world, wire):
        world.box.activate(id_of(world, "there"))
        before, begun = world.box.rules(), world.time.seconds
        report = world.apply(wishes, prune=True)

        assert before == world.box.rules()
        assert world.time.seconds - begun >= 30
    assert 1 == len(wire.writes)
    assert {"failed"} == {result for _, result in keys(report)} - {"skipped"}
    assert all(UNOFFERED in str(each.error) and not each.live for each in report.outcomes)
    assert 1 == exit_code(report)


@pytest.mark.parametrize("answer", DENIALS.values(), ids=DENIALS.keys())
@pytest.mark.parametrize("wish", ["new", "there"])
def test_a_denial_that_was_no_truth(answer: Callable[[], httpx.Response], wish: str) -> None:
    """A write that was done, whatever its answer says, is found and counts as done."""
    wishes = {"there": a_rule(100, nickname="there"), "gone": a_rule(200, nickname="gone")}
    with announced(answer) as (world, wire):
        done = wire.inner

        def carry(request: httpx.Request) -> httpx.Response:
            told = done.handle_request(request)
            return told if request.method == "GET" else answer()

        world.wire.inner = httpx.MockTransport(carry)
        report = world.apply(wishes | {wish: a_rule(300, nickname=wish)})

        assert [(wish, "done")] == keys(report)
        assert () == world.plan(wishes | {wish: a_rule(300, nickname=wish)}).writes


@pytest.mark.parametrize("fault", ["stopped", "unlisted", "changed"])
def test_a_denial_that_cannot_be_proved(fault: str) -> None:
    """Where the run ends before the views settle, they cannot be read, or show something else, it stays unknown."""
    wishes = {"there": a_rule(100, nickname="there"), "gone": a_rule(200, nickname="gone")}
    wish = "there" if fault == "changed" else "new"
    with announced(lambda: httpx.Response(503, text="Coming soon")) as (world, wire):
        plan = world.plan(wishes | {wish: a_rule(300, nickname=wish)})
        inner, stopped = wire.inner, list[bool]()

        def carry(request: httpx.Request) -> httpx.Response:
            if request.method != "GET":
                stopped.append(True)
                if fault == "changed":
                    world.box.edit(id_of(world, "there"), nickname="mine")
                return httpx.Response(503, text="Coming soon")
            if stopped and fault == "unlisted" and request.url.path.endswith("/rules"):
                return httpx.Response(500)
            return inner.handle_request(request)

        world.wire.inner = httpx.MockTransport(carry)
        report = world.carry_out(plan, stop=lambda: fault == "stopped" and bool(stopped))

    assert [(wish, "unknown")] == keys(report)
    assert UNOFFERED in str(report.outcomes[0].error)
    assert 5 == exit_code(report)
