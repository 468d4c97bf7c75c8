from tests.builders import a_rule
from tests.world import World, keys

BEFORE = {"rent": a_rule(1, nickname="Rent"), "save": a_rule(2, nickname="Save")}
AFTER = {"rent": a_rule(3, nickname="Rent"), "save": a_rule(4, nickname="Save")}


def live(world: World) -> dict[str, str]:
    """Apply two rules and have a person enable them; return their ids by key."""
    world.apply(BEFORE)
    ids = {key: world.id_of(key) for key in BEFORE}
    for rule_id in ids.values():
        world.box.activate(rule_id)
    world.later()
    return ids


def test_a_run_that_began_after_the_plan() -> None:
    """A watched rule that is running by now is left alone, and the others are written all the same."""
    with World() as world:
        ids = live(world)
        plan = world.plan(AFTER)
        world.box.run(ids["rent"], status="in_progress")
        world.box.clear_log()

        report = world.carry_out(plan, watched=frozenset(ids.values()))

        assert [("rent", "skipped"), ("save", "done")] == sorted(keys(report))
        assert [("PUT", f"/api/v1/rules/{ids['save']}")] == world.writes()
        assert "an execution of it began after the plan" in str(report.outcomes[0].error)


def test_the_look_at_the_rule_stays_next_to_the_write() -> None:
    """Runs are looked at first, then the rule, then it is written: nothing comes in between."""
    with World() as world:
        ids = live(world)
        plan = world.plan({"rent": AFTER["rent"], "save": BEFORE["save"]})
        world.box.clear_log()

        assert [("rent", "done")] == keys(world.carry_out(plan, watched=frozenset(ids.values())))

        rule = f"/api/v1/rules/{ids['rent']}"
        assert [("GET", "/api/v1/rule-executions"), ("GET", rule), ("PUT", rule)] == [
            (each["method"], each["path"]) for each in world.box.log()[:3]
        ]


def test_what_is_not_watched_is_not_asked_about() -> None:
    """Without a wish to watch, no request goes to runs, and none after the first attempt."""
    with World() as world:
        ids = live(world)
        plan = world.plan(AFTER)
        world.box.clear_log()
        world.box.faults.add("error-before-processing", method="PUT", times=2)

        assert {("rent", "done"), ("save", "done")} == set(
            keys(world.carry_out(plan, watched=frozenset({ids["rent"]})))
        )

        asked = [each for each in world.box.log() if each["path"] == "/api/v1/rule-executions"]
        assert len(asked) == 1


def test_what_cannot_be_known_keeps_nothing_back() -> None:
    """Where the runs cannot be read right before a write, the rule is written, as the plan was."""
    with World() as world:
        ids = live(world)
        plan = world.plan(AFTER)
        world.box.run(ids["rent"], status="in_progress")
        world.box.faults.add("error-before-processing", path="/rule-executions", times=None)

        assert {"done"} == {result for _, result in keys(world.carry_out(plan, watched=frozenset(ids.values())))}
