"""The brake over a whole organisation: everything off, and nothing else changed."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync import brake
from rulesync.brake import Brake
from rulesync.errors import ApiError, NetworkError
from rulesync.findings import errors
from rulesync.plan import Change, Plan
from rulesync.rule import Rule, Status
from rulesync.ruleset import ListedRule
from rulesync.stake import sources
from rulesync.wire import v1
from tests.builders import SCOPE, a_rule
from tests.costly import costly
from tests.faults import Fault
from tests.strategies import rules
from tests.world import World, fit, keys

rulesets = st.dictionaries(st.sampled_from(["a", "b", "c/d", "e"]), rules().map(fit), max_size=4)
HONEST = [fault for fault in Fault if fault not in {Fault.PRETENDED, Fault.DEAD_BEFORE, Fault.DEAD_AFTER}]
faults = st.dictionaries(st.integers(0, 15), st.sampled_from(HONEST), max_size=6)


def pull(world: World, pins: dict[str, str] | None = None) -> Brake:
    """Return what switching everything off is."""
    seen: list[brake.Managed] = []

    def pick(listed: tuple[ListedRule, ...]) -> list[str]:
        seen.append(brake.managed(listed, SCOPE, pins or {}, {}))
        return [row.id for rows in seen[0].rows.values() for row in rows]

    refresh = world.writer.refresh(pick)  # type: ignore[arg-type]  # the list is a tuple
    needed = sorted({account for each in refresh.bodies.values() for account in sources(each.rule)})
    return brake.build(list(seen[0].rows), seen[0], refresh, world.writer.balances(needed), SCOPE)


def live(world: World, wishes: dict[str, Rule]) -> None:
    """Apply rules, and have a person enable all of them."""
    world.apply(wishes)
    for rule in world.box.rules():
        world.box.activate(str(rule["id"]))
    world.later()


def but_for_status(changes: tuple[Change, ...]) -> list[object]:
    """Return changes without what being off and a new `updated_at` change of them."""
    return [
        (each.operation, each.key, each.origin, each.desired, each.drifted)
        + (
            (each.actual.id, replace(each.actual.rule, status=Status.DISABLED), each.actual.marker)
            if each.actual
            else ()
        )
        for each in changes
    ]


@costly
@given(rulesets, rulesets, st.booleans())
def test_pause_then_plan(before: dict[str, Rule], after: dict[str, Rule], edited: bool) -> None:  # noqa: FBT001 - drawn
    """After a pause of everything, everything is off, and a plan is what it was but for that: no new difference."""
    wishes = {key: replace(rule, status=Status.ENABLED) for key, rule in after.items()}
    with World() as world:
        live(world, before)
        if edited and before:
            world.box.edit(world.id_of(min(before)), nickname="Mine")
        then = world.plan(wishes)

        report = world.carry_out(pull(world).plan)

        now = world.plan(wishes)
        assert {"done"} >= {status for _, status in keys(report)}
        assert {"disabled"} >= {str(rule["status"]) for rule in world.box.rules()}
        assert but_for_status(then.changes) == but_for_status(now.changes)
        assert [(f.check, f.severity) for f in then.findings] == [(f.check, f.severity) for f in now.findings]
        assert () == pull(world).plan.writes


@costly
@given(rulesets, faults)
def test_a_disturbed_pause_then_another(wishes: dict[str, Rule], broken: dict[int, Fault]) -> None:
    """Whatever befalls a pause, what it calls done is off, and the next one switches off what is left."""
    with World() as world:
        live(world, wishes)
        if errors(world.plan(wishes).findings):
            return
        pulled = pull(world).plan
        world.wire.break_at(broken)
        done: set[str] = set()
        with contextlib.suppress(ApiError, NetworkError):
            done = {key for key, status in keys(world.carry_out(pulled)) if status == "done"}
        world.wire.break_at({})

        on = {change.key for change in pull(world).plan.writes}
        world.later()
        world.carry_out(pull(world).plan)

        assert set() == done & on
        assert {"disabled"} >= {str(rule["status"]) for rule in world.box.rules()}


def test_a_pinned_rule_gets_no_marker() -> None:
    """A rule that people made, and that is only pinned, is switched off and stays without a marker."""
    with World() as world:
        made = world.box.create_in_app(v1.encode(a_rule()))
        world.box.activate(made)
        world.later()

        report = world.carry_out(pull(world, {"save": made}).plan)

        (rule,) = world.box.rules()
        assert [("save", "done")] == keys(report)
        assert ("disabled", "Saves a little") == (rule["status"], rule["description"])


@pytest.mark.parametrize(("meanwhile", "result"), [("edit", "stale"), ("pause", "done")])
def test_a_rule_that_moves_meanwhile(meanwhile: str, result: str) -> None:
    """A rule that somebody edits at the same moment is stale; one that somebody switches off is done."""
    with World() as world:
        live(world, {"save": a_rule(1)})
        pulled = pull(world).plan
        world.later()
        rule_id = world.id_of("save")
        getattr(world.box, meanwhile)(rule_id, **({"nickname": "Mine"} if meanwhile == "edit" else {}))
        before = world.writes()

        report = world.carry_out(pulled)

        assert ([("save", result)], before) == (keys(report), world.writes())


def test_the_requests_of_a_pause() -> None:
    """One look and one PUT for each rule, the most money first, and a list at the end."""
    with World() as world:
        live(world, {key: a_rule(cents, nickname=key) for key, cents in (("a", 1), ("b", 900), ("c", 30))})
        pulled = pull(world)
        world.box.clear_log()

        report = world.carry_out(Plan(SCOPE, pulled.plan.changes))

        puts = [each["path"] for each in world.box.log() if each["method"] == "PUT"]
        assert [f"/api/v1/rules/{world.id_of(key)}" for key in "bca"] == puts
        assert [("b", "done"), ("c", "done"), ("a", "done")] == keys(report)


def test_what_the_accounts_hold() -> None:
    """Balances are read by one attempt each, and one that cannot be read is only missing."""
    with World() as world:
        account = world.box.open_account({"name": "Bills", "type": "pod", "balance_in_cents": 4200})
        world.wire.break_at({1: Fault.BROKEN, 2: Fault.REFUSED})

        found = [world.writer.balances([name]) for name in (account, account, account, "acc_none", "no/id")]

        assert [{account: 4200}, {}, {}, {}, {}] == found
        assert 4 == world.wire.seen
