"""A client that dies at any request of an apply, and the apply after it: nothing lost, nothing made twice."""

from collections import Counter
from dataclasses import replace

import pytest

from rulesync.idempotency import key
from rulesync.intent import Endpoint, intent
from rulesync.plan import Plan
from rulesync.rule import Rule, Text
from rulesync.wire import v1
from tests.builders import SCOPE, a_rule
from tests.faults import Fault
from tests.world import BASE, World

UPDATED, DELETED, KEPT, CREATED = (range(start, start + 6) for start in (0, 10, 20, 30))
BEFORE = {f"r{n}": a_rule(n + 1, nickname=f"r{n}") for n in (*UPDATED, *DELETED, *KEPT)}
AFTER = {
    **{f"r{n}": replace(a_rule(n + 1, nickname=f"r{n}"), description=Text.of("changed")) for n in UPDATED},
    **{f"r{n}": BEFORE[f"r{n}"] for n in KEPT},
    **{f"r{n}": a_rule(n + 1, nickname=f"r{n}") for n in CREATED},
}
REQUESTS = 40  # at least as many as the apply below sends
DEATHS = (Fault.DEAD_BEFORE, Fault.DEAD_AFTER)


class Judge:
    """Holds what the API has in the end, and every write that it received, against what was planned."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.shown: set[str] = set()

    def show(self, plan: Plan) -> Plan:
        """Note the keys of the writes that a plan shows, in every generation."""
        for change in plan.writes:
            meant = intent(change, SCOPE, Endpoint(BASE, None), v1)
            self.shown |= {key(meant, generation) for generation in range(21)} if meant else set()
        return plan

    def verdict(self, wanted: dict[str, Rule]) -> list[str]:
        """Return every violation; none is what there should be."""
        rules = {str(rule["id"]): v1.actual(rule) for rule in self.world.box.rules()}
        held = Counter(rule.marker.key for rule in rules.values() if rule.marker)
        wrong = [f"{name} is there {count} times" for name, count in held.items() if count != 1]
        wrong += [f"{name} is missing" for name in wanted.keys() - held.keys()]
        wrong += [f"{name} is too many" for name in held.keys() - wanted.keys()]
        for rule in rules.values():
            wish = wanted.get(rule.marker.key) if rule.marker else None
            if wish and replace(wish, status=rule.rule.status) != rule.rule:
                wrong.append(f"{rule.id} is not what was wanted")
        written = [each for each in self.world.box.log() if each["method"] != "GET"]
        return wrong + [f"no plan showed {each['n']}" for each in written if each["idempotency_key"] not in self.shown]


@pytest.mark.parametrize("death", DEATHS)
@pytest.mark.parametrize("request_number", range(REQUESTS))
def test_dead_at_a_request(request_number: int, death: Fault) -> None:
    """Killed before a request is sent, or after it was processed and before its answer: the next apply ends it well."""
    with World() as world:
        judge = Judge(world)
        world.carry_out(judge.show(world.plan(BEFORE)))
        world.later()
        made = judge.show(world.plan(AFTER, prune=True))
        world.wire.break_at({request_number: death})
        died = False
        try:
            world.carry_out(made)
        except SystemExit:
            died = True
        sent = world.wire.seen
        world.wire.break_at({})

        world.later(5)
        world.carry_out(judge.show(world.plan(AFTER, prune=True)))

        assert [] == judge.verdict(AFTER)
        assert died is (request_number < sent)
        assert () == world.plan(AFTER, prune=True).writes


def test_the_sweep_covers_the_whole_apply() -> None:
    """The requests at which the client dies are all those that the apply sends, and then some."""
    with World() as world:
        world.apply(BEFORE)
        made = world.plan(AFTER, prune=True)
        world.wire.break_at({})
        world.carry_out(made)

        assert REQUESTS - 8 < world.wire.seen <= REQUESTS


def test_the_judge_sees_what_is_wrong() -> None:
    """A rule that is missing, there twice, too many, different, or written unplanned is each a violation."""
    with World() as world:
        judge = Judge(world)
        world.carry_out(world.plan({"a": a_rule(1), "b": a_rule(2, nickname="b"), "c": a_rule(3, nickname="c")}))
        twin = world.box.create_in_app({**world.box.rules()[0], "id": None})
        world.box.edit(world.id_of("b"), nickname="other")

        wrong = judge.verdict({"a": a_rule(1), "b": a_rule(2, nickname="b"), "d": a_rule(4)})

        assert twin
        assert [
            "a is there 2 times",
            "d is missing",
            "c is too many",
            f"{world.id_of('b')} is not what was wanted",
        ] == [each for each in wrong if not each.startswith("no plan")]
        assert 3 == sum(each.startswith("no plan showed") for each in wrong)
