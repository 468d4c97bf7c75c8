import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.findings import errors
from rulesync.ownership import Marker, digest, join
from rulesync.report import Result, exit_code
from rulesync.rule import DepositTrigger, Rule
from rulesync.wire import v1
from tests.builders import SCOPE, a_rule
from tests.costly import costly
from tests.faults import Fault
from tests.strategies import rules
from tests.world import World, fit, keys

rulesets = st.dictionaries(st.sampled_from(["a", "b", "c/d", "e"]), rules().map(fit), max_size=3)


@costly
@given(rulesets, rulesets)
def test_apply_then_plan_is_empty(before: dict[str, Rule], after: dict[str, Rule]) -> None:
    """From any ruleset to any other: everything comes out, and then there is nothing to do."""
    with World() as world:
        world.apply(before)
        made = world.plan(after, prune=True)
        if errors(made.findings):
            return

        report = world.carry_out(made)

        again = world.plan(after, prune=True)
        assert {Result.DONE} >= {outcome.result for outcome in report.outcomes}
        assert ((), ()) == (again.writes, again.findings)


@costly
@given(rulesets)
def test_apply_twice(wishes: dict[str, Rule]) -> None:
    """A plan that is carried out a second time writes nothing and says that it was so already."""
    with World() as world:
        made = world.plan(wishes)
        if errors(made.findings):
            return
        world.carry_out(made)
        sent = world.writes()

        report = world.carry_out(made)

        assert (sent, 0) == (world.writes(), exit_code(report))


@costly
@given(rulesets)
def test_what_people_made_is_pinned_without_a_write(made_by_hand: dict[str, Rule]) -> None:
    """Rules that were made in the app and are pinned as they are stay untouched."""
    with World() as world:
        pins = {key: world.box.create_in_app(_body(rule)) for key, rule in made_by_hand.items()}

        assert () == world.plan(made_by_hand, pins).writes


def _body(rule: Rule) -> dict[str, object]:
    return v1.encode(rule)


def test_a_create() -> None:
    """A create is one POST of a paused rule with its marker, under a key of its own."""
    with World() as world:
        report = world.apply({"save": a_rule()})

        (post,) = [each for each in world.box.log() if each["method"] == "POST"]
        body: Any = post["body"]
        assert [("save", "done")] == keys(report)
        assert "disabled" == body["status"]
        assert join("Saves a little", Marker(SCOPE, "save", digest(a_rule()))) == body["description"]
        assert report.outcomes[0].idempotency_key == post["idempotency_key"]


def test_the_requests_of_an_apply() -> None:
    """M changes cost M writes, one look right before each update or delete, and two lists.

    A delete is answered with 204 and no body, which may be a memory, so one more look proves it.
    """
    names = {key: a_rule(index + 1, nickname=key) for index, key in enumerate("abcd")}
    with World() as world:
        world.apply({key: names[key] for key in "abc"})
        updated, deleted = (f"/api/v1/rules/{world.id_of(key)}" for key in "ac")
        made = world.plan({"a": a_rule(9, nickname="a"), "b": names["b"], "d": names["d"]}, prune=True)
        world.box.clear_log()

        world.carry_out(made)

        assert [
            ("GET", "/api/v1/rules"),
            ("POST", "/api/v1/rules"),
            ("GET", updated),
            ("PUT", updated),
            ("GET", deleted),
            ("DELETE", deleted),
            ("GET", deleted),
            ("GET", "/api/v1/rules"),
        ] == [(each["method"], each["path"]) for each in world.box.log()]


def test_a_rule_that_a_person_enabled() -> None:
    """Enabling a rule leaves nothing to do; changing it then switches it off and says so."""
    with World() as world:
        world.apply({"save": a_rule(1)})
        world.later()
        world.box.activate(world.id_of("save"))

        assert () == world.plan({"save": a_rule(1)}).writes
        change = world.plan({"save": a_rule(2)}).writes[0]
        assert change.pauses
        assert [("save", "done")] == keys(world.apply({"save": a_rule(2)}))
        assert ["disabled"] == [rule["status"] for rule in world.box.rules()]


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda world, rule: world.box.edit(rule, nickname="Mine"),
        lambda world, rule: world.box.activate(rule),
        lambda world, rule: world.box.delete(rule),
    ],
)
def test_what_moved_is_stale(meanwhile: Callable[[World, str], object]) -> None:
    """A rule that somebody edits, enables or deletes after the plan is not written; the others are."""
    with World() as world:
        world.apply({"a": a_rule(1, nickname="a"), "b": a_rule(2, nickname="b")})
        made = world.plan({"a": a_rule(3, nickname="a"), "b": a_rule(4, nickname="b")})
        world.later()
        touched = world.id_of("a")
        meanwhile(world, touched)

        report = world.carry_out(made)

        assert ([("a", "stale"), ("b", "done")], 5) == (keys(report), exit_code(report))
        assert ("PUT", f"/api/v1/rules/{touched}") not in world.writes()


def test_a_rule_edited_within_one_second() -> None:
    """An edit that leaves `updated_at` alone, because it came within a second, is seen all the same."""
    with World() as world:
        world.apply({"a": a_rule(1)})
        made = world.plan({"a": a_rule(3)})
        world.box.edit(world.id_of("a"), nickname="Mine")

        report = world.carry_out(made)

        assert ([("a", "stale")], 4) == (keys(report), exit_code(report))


def test_an_edit_made_in_the_app_needs_approval() -> None:
    """An edit made in the app is overwritten only by an apply that a person approved."""
    with World() as world:
        world.apply({"save": a_rule(1)})
        world.later()
        world.box.edit(world.id_of("save"), nickname="Mine")
        made = world.plan({"save": a_rule(1)})
        before = world.writes()

        refused = world.carry_out(made, approved=False)

        assert ([("save", "skipped")], 3, before) == (keys(refused), exit_code(refused), world.writes())
        assert [("save", "done")] == keys(world.carry_out(made, approved=True))
        assert () == world.plan({"save": a_rule(1)}).writes


def test_there_and_back_again() -> None:
    """A to B, back to A by hand, and to B again: the second B is written, not answered from memory."""
    with World() as world:
        world.apply({"save": a_rule(1)})
        world.later()
        world.apply({"save": a_rule(2)})
        world.later()
        world.box.edit(world.id_of("save"), steps=_body(a_rule(1))["steps"])
        world.later()

        assert [("save", "done")] == keys(world.apply({"save": a_rule(2)}))
        assert () == world.plan({"save": a_rule(2)}).writes


def test_two_applies_of_one_commit() -> None:
    """Two applies that planned before either wrote make one rule."""
    with World() as world:
        first, second = world.plan({"save": a_rule()}), world.plan({"save": a_rule()})

        world.carry_out(first)
        report = world.carry_out(second)

        assert ([("save", "done")], 1) == (keys(report), len(world.box.rules()))


def test_another_commit_made_the_key() -> None:
    """A create of a key that another commit made meanwhile is stale, and the next plan updates the rule."""
    with World() as world:
        first, second = world.plan({"save": a_rule(1)}), world.plan({"save": a_rule(2)})

        world.carry_out(first)
        report = world.carry_out(second)

        assert ([("save", "stale")], 1) == (keys(report), len(world.box.rules()))
        assert [("save", "done")] == keys(world.apply({"save": a_rule(2)}))
        assert 1 == len(world.box.rules())


@pytest.mark.parametrize("lags", [("list-lags",), ("list-lags", "get-lags")])
def test_another_commit_made_the_key_and_no_view_shows_it(lags: tuple[str, ...]) -> None:
    """While lag hides the rule of another commit, a create of its key waits and is stale; the next plan converges."""
    with World() as world:
        for lag in lags:
            world.box.faults.add(lag, method="POST", seconds=20)
        first = world.plan({"save": a_rule(1)})
        world.wire.break_at({1: Fault.DEAD_AFTER})
        with pytest.raises(SystemExit):
            world.carry_out(first)
        world.wire.break_at({})

        report = world.apply({"save": a_rule(2), "new": a_rule(3, nickname="new")})

        assert [("new", "done"), ("save", "stale")] == keys(report)
        assert [("save", "done")] == keys(world.apply({"save": a_rule(2), "new": a_rule(3, nickname="new")}))
        assert 2 == len(world.box.rules())


@pytest.mark.parametrize("second", [1, 2])
def test_two_applies_in_turns(second: int) -> None:
    """Two applies whose requests alternate, of one commit or of two, make one rule of each key, and both end well."""
    ours, theirs = ({key: a_rule(cents, nickname=key) for key in "abc"} for cents in (1, second))
    with World() as world:
        made, other = world.plan(ours), world.plan(theirs)
        reports = []
        world.wire.before(3, lambda: reports.append(world.carry_out(other)))

        reports.append(world.carry_out(made))

        assert 2 == len(reports)
        assert 3 == len(world.box.rules())
        assert {"done"} | ({"stale"} if second == 2 else set()) == {
            result for each in reports for _, result in keys(each)
        }
        assert {"done"} >= {result for _, result in keys(world.apply(theirs))}
        assert () == world.plan(theirs).writes


def test_what_is_deleted_already() -> None:
    """Deleting what is gone by now is done."""
    with World() as world:
        world.apply({"a": a_rule(1, nickname="a"), "b": a_rule(2, nickname="b")})
        made = world.plan({"a": a_rule(1, nickname="a")}, prune=True)
        world.box.delete(world.id_of("b"))

        assert [("b", "done")] == keys(world.carry_out(made))


def test_a_refused_write_is_failed() -> None:
    """A write that the API refuses is failed, in the API's own words, and the others are made."""
    bad = replace(a_rule(1, nickname="bad"), trigger=DepositTrigger("acc_nowhere"))
    with World() as world:
        report = world.apply({"a": a_rule(1, nickname="a"), "bad": bad})

        assert ([("a", "done"), ("bad", "failed")], 5) == (keys(report), exit_code(report))
        assert "acc_nowhere" in str(report.outcomes[1].error)


def test_stopping_between_writes() -> None:
    """A run that is asked to stop finishes the write in flight, proves it, and skips the rest."""
    with World() as world:
        made = world.plan({key: a_rule(index + 1, nickname=key) for index, key in enumerate("abc")})
        report = _run(world, made, stop_after=1)

        assert [("a", "done"), ("b", "skipped"), ("c", "skipped")] == keys(report)
        assert report.interrupted


def _run(world: World, made: Any, stop_after: int) -> Any:  # noqa: ANN401
    from rulesync import apply
    from rulesync.apply import Terms
    from rulesync.intent import Endpoint
    from tests.world import BASE

    terms = Terms(
        SCOPE, Endpoint(BASE, None), v1, world.time.clock, approved=True, stop=lambda: len(world.writes()) >= stop_after
    )
    return apply.run(made, world.writer, terms)


class _Silent(httpx.BaseTransport):
    """A sandbox whose list of rules cuts all descriptions after so many characters, or leaves them out."""

    def __init__(self, inner: httpx.BaseTransport, cut: int | None = None) -> None:
        self.inner, self.cut = inner, cut

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.inner.handle_request(request)
        if request.method != "GET" or not request.url.path.endswith("/rules"):
            return answer
        payload = json.loads(answer.read())
        for row in payload["data"]:
            text = row.pop("description", None)
            if text and self.cut:
                row["description"] = text[: self.cut]
        return httpx.Response(200, json=payload, headers={"Date": answer.headers["date"]})


@pytest.mark.parametrize("cut", [None, 12])
def test_a_list_without_markers_makes_nothing_twice(cut: int | None) -> None:
    """A plan that is carried out again after its keys are forgotten finds its rule, though no row of the list tells."""
    wishes = {"save": a_rule(nickname="save")}
    with World() as world:
        world.wire.inner = _Silent(world.wire.inner, cut)
        plan, read_at = world.plan(wishes), world.time.clock.now()
        first = world.carry_out(plan, planned_at=read_at)
        world.later(60 * 60 * 48)
        again = world.carry_out(plan, planned_at=read_at)

        assert [("save", "done")] == keys(first) == keys(again)
        assert 1 == len(world.box.rules())
        assert () == world.plan(wishes).writes


def test_a_list_without_descriptions_after_a_lost_answer() -> None:
    """An attempt whose answer is lost is found by its repetition, and nothing is made twice."""
    with World() as world:
        world.wire.inner = _Silent(world.wire.inner)
        made = world.plan({"save": a_rule(nickname="save")})
        world.wire.break_at({1: Fault.AFTER})
        report = world.carry_out(made)

        assert [("save", "done")] == keys(report)
        assert 1 == len(world.box.rules())


def test_a_list_without_descriptions_after_another_commit() -> None:
    """Of two commits that make one key at once, the second finds the rule of the first, and makes no other."""
    with World() as world:
        world.wire.inner = _Silent(world.wire.inner)
        second = world.plan({"save": a_rule(2, nickname="two")})
        read_at = world.time.clock.now()
        first = world.plan({"save": a_rule(1, nickname="one")})
        world.wire.before(1, lambda: world.carry_out(first))
        report = world.carry_out(second, planned_at=read_at)

        assert [("save", "stale")] == keys(report)
        assert 1 == len(world.box.rules())
