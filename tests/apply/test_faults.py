"""What an apply does when the wire, the server or a person gets in its way."""

import contextlib
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.errors import ApiError, NetworkError
from rulesync.findings import errors
from rulesync.report import Report, Result, exit_code
from rulesync.rule import DepositTrigger, Rule
from rulesync.wire import v1
from tests.builders import a_rule
from tests.costly import costly
from tests.faults import Fault
from tests.strategies import rules
from tests.world import World, fit, keys

rulesets = st.dictionaries(st.sampled_from(["a", "b", "c/d"]), rules().map(fit), max_size=3)
HONEST = [fault for fault in Fault if fault not in {Fault.PRETENDED, Fault.DEAD_BEFORE, Fault.DEAD_AFTER}]
faults = st.dictionaries(st.integers(0, 25), st.sampled_from(HONEST), max_size=8)
LOSSES = [fault for fault in HONEST if fault is not Fault.REFUSED]


def markers(world: World) -> Counter[str]:
    """Return how many rules bear each marker's key."""
    lines = [str(rule.get("description")).rpartition("[rulesync:")[2] for rule in world.box.rules()]
    return Counter(line.partition("@")[0] for line in lines)


@costly
@given(rulesets, rulesets, faults)
def test_a_disturbed_apply_then_another(
    before: dict[str, Rule], after: dict[str, Rule], broken: dict[int, Fault]
) -> None:
    """Whatever befalls an apply, the next one ends where an undisturbed one would, and no rule is made twice."""
    with World() as world:
        world.apply(before)
        made = world.plan(after, prune=True)
        if errors(made.findings):
            return
        world.later()
        world.wire.break_at(broken)
        with contextlib.suppress(ApiError, NetworkError):
            world.carry_out(made)
        world.wire.break_at({})

        world.later()
        world.apply(after, prune=True)

        again = world.plan(after, prune=True)
        assert ((), ()) == (again.writes, again.findings)
        assert len(after) == len(world.box.rules()) == len(markers(world))  # one that was renamed keeps its old marker


@costly
@given(rulesets, rulesets, faults)
def test_a_report_tells_the_truth(before: dict[str, Rule], after: dict[str, Rule], broken: dict[int, Fault]) -> None:
    """What a report calls done is so; what it calls failed, stale or skipped was not written."""
    with World() as world:
        world.apply(before)
        made = world.plan(after, prune=True)
        if errors(made.findings):
            return
        world.later()
        world.wire.break_at(broken)
        report = Report(world.time.clock.now(), world.time.clock.now(), ())
        with contextlib.suppress(ApiError, NetworkError):
            report = world.carry_out(made)
        world.wire.break_at({})

        left = {change.key for change in world.plan(after, prune=True).writes}
        done = {outcome.change.key for outcome in report.outcomes if outcome.result is Result.DONE}
        undone = {Result.FAILED, Result.STALE, Result.SKIPPED}
        assert set() == done & left
        assert {outcome.change.key for outcome in report.outcomes if outcome.result in undone} <= left


@pytest.mark.parametrize("fault", LOSSES)
def test_one_fault_at_a_create(fault: Fault) -> None:
    """A create whose answer is lost or refused in passing is made once, and said to be done."""
    with World() as world:
        made = world.plan({"save": a_rule()})
        world.wire.break_at({1: fault})

        report = world.carry_out(made)

        assert ([("save", "done")], 1) == (keys(report), len(world.box.rules()))
        assert 1 == len({each["idempotency_key"] for each in world.box.log() if each["method"] == "POST"})


@pytest.mark.parametrize("fault", LOSSES)
@pytest.mark.parametrize("delete", [True, False])
def test_one_fault_at_an_update_or_delete(fault: Fault, *, delete: bool) -> None:
    """An update or delete whose answer is lost is looked at before it is sent again, and done once."""
    with World() as world:
        world.apply({"save": a_rule(1), "other": a_rule(9, nickname="other")})
        world.later()
        kept = {"other": a_rule(9, nickname="other")}
        made = world.plan(kept if delete else {**kept, "save": a_rule(2)}, prune=True)
        world.box.clear_log()
        world.wire.break_at({1: fault})

        report = world.carry_out(made)

        acted = [each for each in world.box.log() if each["method"] != "GET" and each["status"] in {200, 204}]
        assert ([("save", "done")], 1) == (keys(report), len(acted))


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        (Fault.BEFORE, Result.UNKNOWN),
        (Fault.BROKEN, Result.UNKNOWN),
        (Fault.REFUSED, Result.FAILED),
        (Fault.LIMITED, Result.FAILED),
    ],
)
def test_a_create_that_never_gets_through(fault: Fault, result: Result) -> None:
    """Silence to the end is unknown; a request that surely never arrived, or was only put off, is failed."""
    with World() as world:
        made = world.plan({"save": a_rule()})
        world.wire.break_at(dict.fromkeys(range(1, 6), fault))

        report = world.carry_out(made)

        assert (result, []) == (report.outcomes[0].result, world.box.rules())
        assert report.outcomes[0].error


def test_a_create_that_was_heard_and_never_answered() -> None:
    """A create of which nothing is heard is found by its marker in the closing look."""
    with World() as world:
        made = world.plan({"save": a_rule()})
        world.wire.break_at(dict.fromkeys(range(1, 6), Fault.AFTER))

        report = world.carry_out(made)

        assert ([("save", "done")], 1) == (keys(report), len(world.box.rules()))


def test_a_refusal_that_is_remembered_is_walked_past() -> None:
    """A create that was refused, and whose reason somebody removed, is tried under the next key."""
    new = replace(a_rule(), trigger=DepositTrigger("acc_new"))
    with World() as world:
        refused = world.apply({"save": new})
        world.box.open_account({"id": "acc_new", "name": "New", "type": "income_source"})

        report = world.apply({"save": new})

        tried = [each["idempotency_key"] for each in world.box.log() if each["method"] == "POST"]
        assert ([("save", "failed")], [("save", "done")]) == (keys(refused), keys(report))
        assert tried[0] == tried[1] != tried[2]


@pytest.mark.parametrize("cents", [1, 2])
def test_a_rule_that_somebody_deleted_is_made_again(cents: int) -> None:
    """A rule that was applied and deleted in the app is made anew, as it was or otherwise, though its key is burned."""
    with World() as world:
        world.apply({"save": a_rule(1)})
        world.box.delete(world.id_of("save"))
        world.later(3600)

        report = world.apply({"save": a_rule(cents)})

        assert ([("save", "done")], 1) == (keys(report), len(world.box.rules()))
        assert () == world.plan({"save": a_rule(cents)}).writes


@pytest.mark.parametrize("skew", [0, 120, -3600])
def test_an_absence_is_waited_for(skew: float) -> None:
    """A remembered create whose rule cannot be found is made again only after the API's views have settled.

    How long that takes is a matter of the API's clock; ours may be wrong.
    """
    with World(skew) as world:
        world.apply({"save": a_rule(1)})
        world.box.delete(world.id_of("save"))
        world.later(5)

        world.apply({"save": a_rule(1)})

        assert sum(world.time.sleeps) == 25


def test_a_rule_that_was_removed_while_we_planned() -> None:
    """A rule that another apply made after our plan, and somebody removed, is not made again by us."""
    with World() as world:
        first, second = world.plan({"save": a_rule(1)}), world.plan({"save": a_rule(1)})
        read_at = world.time.clock.now()
        world.later(10)
        world.carry_out(first)
        world.box.delete(world.id_of("save"))
        world.later(3600)

        report = world.carry_out(second, planned_at=read_at)

        assert ([("save", "stale")], []) == (keys(report), world.box.rules())


def test_an_update_that_is_only_remembered() -> None:
    """A PUT that was done, undone within one second, and asked for again is not taken from memory for done."""
    with World() as world:
        world.apply({"save": a_rule(1)})
        body = world.box.rules()[0]
        made = world.plan({"save": a_rule(2)})
        world.carry_out(made)
        world.box.edit(str(body["id"]), steps=body["steps"], description=body["description"])

        report = world.carry_out(made)

        assert [("save", "done")] == keys(report)
        assert () == world.plan({"save": a_rule(2)}).writes


def test_a_rule_that_cannot_be_read_is_not_written() -> None:
    """An update whose rule cannot be looked at is failed, and nothing is sent."""
    with World() as world:
        world.apply({"save": a_rule(1)})
        world.later()
        made = world.plan({"save": a_rule(2)})
        before = world.writes()
        world.wire.break_at(dict.fromkeys(range(5), Fault.BROKEN))

        report = world.carry_out(made)

        assert ([("save", "failed")], before) == (keys(report), world.writes())
        assert "could not be read" in str(report.outcomes[0].error)


def test_a_closing_list_that_fails() -> None:
    """Where the closing list cannot be read, each rule is looked at by its id instead."""
    with World() as world:
        made = world.plan({"save": a_rule(1)})
        world.wire.break_at(dict.fromkeys(range(2, 7), Fault.BROKEN))

        report = world.carry_out(made)

        assert [("save", "done")] == keys(report)


def test_nothing_can_be_looked_at_afterwards() -> None:
    """A write that was accepted and cannot be read back is unknown, not done."""
    with World() as world:
        made = world.plan({"save": a_rule(1)})
        world.wire.break_at(dict.fromkeys(range(2, 40), Fault.BROKEN))

        report = world.carry_out(made)

        assert ([("save", "unknown")], 5) == (keys(report), exit_code(report))
        assert "could not be read back" in str(report.outcomes[0].error)


def test_the_first_list_fails() -> None:
    """An apply that cannot read the list writes nothing, and says why."""
    with World() as world:
        made = world.plan({"save": a_rule(1)})
        world.wire.break_at(dict.fromkeys(range(5), Fault.BROKEN))

        with pytest.raises(ApiError):
            world.carry_out(made)

        assert [] == world.writes()


def test_a_rule_that_went_live_right_after_the_write() -> None:
    """A rule that somebody enables between our write and the closing look is done, and said to be live."""
    with World() as world:
        made = world.plan({"save": a_rule(1), "other": a_rule(2, nickname="other")})
        world.wire.before(3, lambda: world.box.activate(world.id_of("save")))

        report = world.carry_out(made)

        assert [("other", "done", False), ("save", "done", True)] == [
            (outcome.change.key, outcome.result.value, outcome.live) for outcome in report.outcomes
        ]


@pytest.mark.parametrize(("field", "value"), [("nickname", "Mine"), ("steps", v1.encode(a_rule(9))["steps"])])
def test_a_rule_that_came_back_altered(field: str, value: object) -> None:
    """A rule that is not what was written is altered, with what it is now, and not written again."""
    with World() as world:
        made = world.plan({"save": a_rule(1), "other": a_rule(2, nickname="other")})

        def edit() -> None:
            world.later(1)
            world.box.edit(world.id_of("save"), **{field: value})

        world.wire.before(3, edit)
        report = world.carry_out(made)

        assert ([("other", "done"), ("save", "altered")], 5) == (keys(report), exit_code(report))
        found = report.outcomes[1].actual
        assert found is not None
        assert value == v1.encode(found.rule)[field]
        assert 2 == len(world.writes())


def test_cut_off_in_the_middle() -> None:
    """A second ^C ends the run at once: what was in flight is unknown, the rest was not tried."""
    with World() as world:
        made = world.plan({key: a_rule(index + 1, nickname=key) for index, key in enumerate("abc")})

        def stop() -> None:
            raise KeyboardInterrupt

        world.wire.before(2, stop)
        report = world.carry_out(made)

        assert [("a", "unknown"), ("b", "unknown"), ("c", "skipped")] == keys(report)
        assert report.interrupted


def test_a_server_that_forgets_its_keys() -> None:
    """A server that makes a rule twice, because it forgot the key, is found out in the closing list."""
    with World() as world:
        made = world.plan({"save": a_rule(1)})

        def copy() -> None:
            world.box.create_in_app({**world.box.rules()[0], "id": None})

        world.wire.before(2, copy)
        report = world.carry_out(made)

        assert ([("save", "altered")], 5) == (keys(report), exit_code(report))
        assert "more than one rule bears its marker" in str(report.outcomes[0].error)


def test_a_delete_without_effect() -> None:
    """A delete that the API accepts and does not do is sent once, waited for, and altered."""
    with World() as world:
        world.apply({"save": a_rule(1), "other": a_rule(2, nickname="other")})
        world.later()
        made = world.plan({"other": a_rule(2, nickname="other")}, prune=True)
        world.wire.break_at({1: Fault.PRETENDED})

        report = world.carry_out(made)

        assert [("save", "altered")] == keys(report)
        assert sum(world.time.sleeps) >= 30
        assert [] == [write for write in world.writes() if write[0] == "DELETE"]


@pytest.mark.parametrize("skew", [0, 120, -120])
def test_killed_and_not_to_be_seen_yet(skew: float) -> None:
    """A rule that a dead apply made, and that no view shows yet, is waited for and not made twice."""
    with World(skew) as world:
        made = world.plan({"save": a_rule()})
        world.box.faults.add("list-lags", method="POST", seconds=8)
        world.box.faults.add("get-lags", method="POST", seconds=8)
        world.wire.break_at({1: Fault.DEAD_AFTER})
        with pytest.raises(SystemExit):
            world.carry_out(made)
        world.wire.break_at({})

        report = world.carry_out(world.plan({"save": a_rule()}))

        assert ([("save", "done")], 1) == (keys(report), len(world.box.rules()))


def test_twins_that_show_late() -> None:
    """A server that forgot the key, and whose views lag, is found out by a list that is read once they have settled."""
    with World() as world:
        made = world.plan({"save": a_rule(1)})
        world.box.faults.add("list-lags", method="POST", seconds=5)
        world.box.faults.add("get-lags", method="POST", seconds=5)

        def copy() -> None:
            world.box.create_in_app({**world.box.rules()[0], "id": None})

        world.wire.before(4, copy)
        report = world.carry_out(made)

        assert [("save", "altered")] == keys(report)


def test_cut_off_while_proving() -> None:
    """A second ^C during the closing look loses nothing of the report: what was sent and not proved is unknown."""
    with World() as world:
        made = world.plan({"a": a_rule(1, nickname="a"), "b": a_rule(2, nickname="b")})

        def stop() -> None:
            raise KeyboardInterrupt

        world.wire.before(3, stop)
        report = world.carry_out(made)

        assert ([("a", "unknown"), ("b", "unknown")], True) == (keys(report), report.interrupted)
        assert all(outcome.rule_id for outcome in report.outcomes)


def test_a_wait_that_somebody_ends() -> None:
    """A request to stop ends a wait at once; nothing was in flight, so nothing is unknown."""
    with World() as world:
        world.apply({"save": a_rule(1)})
        world.box.delete(world.id_of("save"))

        report = world.carry_out(world.plan({"save": a_rule(1)}), stop=lambda: sum(world.time.sleeps) > 3)

        assert ([("save", "failed")], True) == (keys(report), report.interrupted)
        assert sum(world.time.sleeps) < 5


def test_a_closing_look_that_somebody_ends() -> None:
    """A request to stop while a write does not show yet ends the look; the write is unknown, not altered."""
    with World() as world:
        world.apply({"save": a_rule(1)})
        world.later()
        made = world.plan({"save": a_rule(2)})
        world.box.faults.add("get-lags", method="PUT", seconds=60)
        world.box.faults.add("list-lags", method="PUT", seconds=60)

        report = world.carry_out(made, stop=lambda: bool(world.writes()[1:]))

        assert [("save", "unknown")] == keys(report)
