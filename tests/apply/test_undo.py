"""An apply and its undo over a whole organisation: the report brings back what was there, whatever gets in its way."""

import contextlib
import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync import undo
from rulesync.errors import ApiError, NetworkError
from rulesync.findings import errors
from rulesync.plan import Plan
from rulesync.planfile import report_reading
from rulesync.planfile.reporting import report_json
from rulesync.planfile.writing import Context
from rulesync.planjson import ReportJson
from rulesync.report import Report
from rulesync.rule import Rule
from rulesync.wire import v1
from tests.builders import SCOPE, a_rule
from tests.costly import costly
from tests.faults import Fault
from tests.strategies import rules
from tests.world import BASE, World, fit, keys

rulesets = st.dictionaries(st.sampled_from(["a", "b", "c/d", "e"]), rules().map(fit), max_size=3)
HONEST = [fault for fault in Fault if fault not in {Fault.PRETENDED, Fault.DEAD_BEFORE, Fault.DEAD_AFTER}]
ANY = [fault for fault in Fault if fault is not Fault.PRETENDED]
faults = st.dictionaries(st.integers(0, 25), st.sampled_from(ANY), max_size=6)


def written(world: World, report: Report, plan: Plan) -> ReportJson:
    """Return the report of an apply, as it stands in its file."""
    value: ReportJson = json.loads(json.dumps(report_json(report, plan, "d", context(world))))
    return value


def context(world: World) -> Context:
    return Context("0.1.0", world.time.clock.now(), None, v1, BASE, "https://app.test", 100, {})


def undone(world: World, report: ReportJson, *, prune: bool = True) -> Plan:
    """Return the plan that undoes a report."""
    saved = report_reading.load(json.dumps(report), SCOPE, context(world))
    refresh = world.writer.refresh(lambda listed: undo.wanted(saved.written, listed, SCOPE))
    return undo.build(saved.written, refresh, SCOPE, prune=prune).plan


def contents(world: World) -> Mapping[str, tuple[str, object]]:
    """Return what the API holds: each rule's marker, and the rule, off."""
    held = [v1.actual({**rule, "status": "disabled"}) for rule in world.box.rules()]
    return {rule.marker.key if rule.marker else rule.id: (str(rule.marker), v1.encode(rule.rule)) for rule in held}


@costly
@given(rulesets, rulesets)
def test_an_apply_and_its_undo(before: dict[str, Rule], after: dict[str, Rule]) -> None:
    """From any ruleset to any other and back: the API holds what it held, markers included, and again is nothing."""
    with World() as world:
        world.apply(before)
        then = contents(world)
        made = world.plan(after, prune=True)
        if errors(made.findings):
            return
        world.later()
        report = written(world, world.carry_out(made), made)
        world.later()

        back = world.carry_out(undone(world, report))
        sent = world.writes()
        again = undone(world, report)
        world.carry_out(again)

        assert {"done"} >= {status for _, status in keys(back)}
        assert then == contents(world)
        assert ((), ()) == (world.plan(before, prune=True).writes, again.writes)
        assert sent == world.writes()


@costly
@given(rulesets, rulesets, faults, faults)
def test_a_disturbed_undo_then_another(
    before: dict[str, Rule], after: dict[str, Rule], applying: dict[int, Fault], undoing: dict[int, Fault]
) -> None:
    """Whatever befalls an apply and its undo, a client that dies included, the next undo brings back what was there."""
    with World() as world:
        world.apply(before)
        then = contents(world)
        made = world.plan(after, prune=True)
        if errors(made.findings):
            return
        world.later()
        world.wire.break_at({number: fault for number, fault in applying.items() if fault in HONEST})
        try:
            report = written(world, world.carry_out(made), made)
        except (ApiError, NetworkError):
            return
        world.wire.break_at({})
        world.later()
        plan = undone(world, report)
        world.wire.break_at(undoing)
        with contextlib.suppress(ApiError, NetworkError, SystemExit):
            world.carry_out(plan)
        world.wire.break_at({})
        world.later()

        world.carry_out(undone(world, report))

        assert then == contents(world)
        assert () == undone(world, report).writes


def test_what_is_live_stays_off() -> None:
    """A rule that was live before and is put back is off, and waits for a person."""
    with World() as world:
        world.apply({"save": a_rule(1)})
        world.box.activate(world.id_of("save"))
        world.later()
        made = world.plan({"save": a_rule(2)})
        report = written(world, world.carry_out(made), made)
        plan = undone(world, report)

        back = written(world, world.carry_out(plan), plan)

        assert ["disabled"] == [rule["status"] for rule in world.box.rules()]
        assert ["save"] == [each["key"] for each in back["awaiting_enable"]]


@pytest.mark.parametrize("approved", [True, False])
def test_an_edit_made_since(*, approved: bool) -> None:
    """What somebody did to a rule since is overwritten only where a person approved it."""
    with World() as world:
        world.apply({"save": a_rule(1)})
        world.later()
        made = world.plan({"save": a_rule(2)})
        report = written(world, world.carry_out(made), made)
        world.later()
        world.box.edit(world.id_of("save"), nickname="Mine")

        back = world.carry_out(undone(world, report), approved=approved)

        assert [("save", "done" if approved else "skipped")] == keys(back)
        assert ["Save" if approved else "Mine"] == [rule["nickname"] for rule in world.box.rules()]


def test_what_another_apply_did() -> None:
    """What a report calls done, and its apply did not write, is not undone."""
    with World() as world:
        world.apply({"save": a_rule(1)})
        world.later()
        made = world.plan({"save": a_rule(2)})
        world.carry_out(made)
        second = written(world, world.carry_out(made), made)

        assert ("done", None) == (second["outcomes"][0]["status"], second["outcomes"][0]["idempotency_key"])
        assert ((), ()) == (undone(world, second).changes, undone(world, second).findings)


def test_an_undo_of_an_undo() -> None:
    """An undo has a report like any other, and can be undone."""
    with World() as world:
        world.apply({"save": a_rule(1)})
        world.later()
        made = world.plan({"save": a_rule(2)})
        report = written(world, world.carry_out(made), made)
        world.later()
        then = contents(world)
        plan = undone(world, report)
        back = written(world, world.carry_out(plan), plan)
        world.later()

        world.carry_out(undone(world, back))

        assert then == contents(world)


def test_a_rule_that_moves_meanwhile() -> None:
    """A rule that somebody touches between the look and the undo is stale, and not written."""
    with World() as world:
        world.apply({"save": a_rule(1)})
        world.later()
        made = world.plan({"save": a_rule(2)})
        report = written(world, world.carry_out(made), made)
        plan = undone(world, report)
        world.later()
        world.box.activate(world.id_of("save"))
        before = world.writes()

        back = world.carry_out(plan)

        assert ([("save", "stale")], before) == (keys(back), world.writes())


def test_a_rule_that_was_altered() -> None:
    """A rule that came back altered may have been written, so it is put back as well."""
    with World() as world:
        world.apply({"save": a_rule(1)})
        world.later()
        made = world.plan({"save": a_rule(2)})

        def edit() -> None:
            world.later(1)
            world.box.edit(world.id_of("save"), nickname="Mine")

        world.wire.before(2, edit)
        report = written(world, world.carry_out(made), made)
        world.later()

        world.carry_out(undone(world, report))

        assert "altered" == report["outcomes"][0]["status"]
        assert () == world.plan({"save": a_rule(1)}).writes
