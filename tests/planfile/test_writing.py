import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rulesync.plan import Options, Plan, build
from rulesync.planfile.writing import Context, plan_json
from rulesync.rule import Opaque, Rule, Status
from rulesync.ruleset import ActualRule, Extra
from rulesync.wire import v1
from tests.builders import SCOPE, a_rule, applied, by_hand, desired, holding
from tests.strategies import NAMES, rules

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CONTEXT = Context("0.1.0", NOW, None, v1, v1.base_url, "https://app.getsequence.io", 100, NAMES, "c0ffee")
rulesets = st.dictionaries(st.sampled_from(["a", "b", "c/d", "e"]), rules(), max_size=3)


def plan(wishes: dict[str, Rule], actuals: list[ActualRule], *, prune: bool = False) -> Plan:
    asked = [desired(key, rule) for key, rule in wishes.items()]
    return build(asked, holding(actuals), SCOPE, Options(prune=prune))


def of(made: Plan, **options: Any) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(json.dumps(plan_json(made, CONTEXT, **options)))


@given(rulesets, rulesets)
def test_counts_agree(before: dict[str, Rule], after: dict[str, Rule]) -> None:
    """The summary counts what the lists hold, and a plan of anything is JSON."""
    written = of(plan(after, [applied(key, rule) for key, rule in before.items()], prune=True))
    actions = [each["change"]["actions"][0] for each in written["resource_changes"]]
    summary = written["summary"]

    assert {name: actions.count(name) for name in ("create", "update", "delete", "no-op")} == {
        name: summary[name] for name in ("create", "update", "delete", "no-op")
    }
    lists = {"awaiting_enable": "awaiting_enable", "drifted": "resource_drift", "orphaned": "orphans"}
    assert {name: len(written[where]) for name, where in lists.items()} == {name: summary[name] for name in lists}
    assert len(actions) - actions.count("no-op") == written["requests"]["write"]


@given(rulesets, rulesets)
def test_an_update_shows_what_differs(before: dict[str, Rule], after: dict[str, Rule]) -> None:
    """An update has fields, a no-op has none; each side is the rule without marker, id and times."""
    written = of(plan(after, [applied(key, rule) for key, rule in before.items()]))

    for each in written["resource_changes"]:
        assert bool(each["fields"]) == (each["change"]["actions"] == ["update"])
        for side in filter(None, (each["change"]["before"], each["change"]["after"])):
            assert not {"id", "created_at", "updated_at"} & set(side)
            assert "[rulesync:" not in str(side.get("description"))


@given(rulesets)
def test_the_digest_is_of_what_would_be_done(wishes: dict[str, Rule]) -> None:
    """The same plan at another time has the same digest, and another plan another one."""
    made = plan(wishes, [])
    later = plan_json(made, replace(CONTEXT, timestamp=NOW.replace(year=2027), commit=None))
    elsewhere = plan_json(made, replace(CONTEXT, workspace="firm"))

    assert plan_json(made, CONTEXT)["digest"] == later["digest"] != elsewhere["digest"]


def test_the_digest_covers_what_the_plan_saw() -> None:
    """A plan that saw the rule at another time, or live, is another plan."""
    was = applied("save", a_rule(1))
    seen = [
        was,
        replace(was, updated_at="2026-01-09T00:00:00Z"),
        replace(was, rule=a_rule(1)),
        by_hand("rule_save", was.rule),
    ]
    digests = {plan_json(plan({"save": a_rule(2)}, [each]), CONTEXT)["digest"] for each in seen[:3]}

    assert 3 == len(digests)


def test_a_paused_rule_is_no_changed_field() -> None:
    """A rule that Git wants enabled and that is off shows no change of status, which no write can bring."""
    written = of(plan({"save": a_rule(2)}, [applied("save", a_rule(1))]))

    assert ["steps[0].actions[0].amount_in_cents"] == [f["path"] for f in written["resource_changes"][0]["fields"]]


def test_switching_a_live_rule_off_is_a_changed_field() -> None:
    """A live rule that Git wants off shows just that."""
    live = replace(applied("save", a_rule(1)), rule=a_rule(1))
    written = of(plan({"save": a_rule(1, status=Status.DISABLED)}, [live]))

    assert [{"path": "status", "before": "enabled", "after": "disabled"}] == written["resource_changes"][0]["fields"]


def test_a_nickname_that_git_leaves_out_is_no_changed_field() -> None:
    """A nickname that only the app has is not shown as going away."""
    held = replace(applied("save", a_rule(1, nickname=None)), rule=replace(a_rule(1), status=Status.DISABLED))
    written = of(plan({"save": a_rule(2, nickname=None)}, [held]))

    assert ["steps[0].actions[0].amount_in_cents"] == [f["path"] for f in written["resource_changes"][0]["fields"]]


def test_unknown_pieces_are_shown() -> None:
    """What is not known here stands in `before`, in full."""
    strange = replace(applied("save", a_rule(1)), extras=(Extra(("priority",), "3"),))
    alien = replace(strange.rule, trigger=Opaque('{"type":"REMOTE_API"}'))
    before = of(plan({"save": a_rule(2)}, [replace(strange, rule=alien)]))["resource_changes"][0]["change"]["before"]

    assert (3, {"type": "REMOTE_API"}) == (before["priority"], before["trigger"])


def test_drift_is_told_from_git_to_the_app() -> None:
    """In the drift list, before is what Git wants and after what the app holds."""
    edited = replace(applied("save", a_rule(1)), rule=a_rule(3, status=Status.DISABLED))
    (drift,) = of(plan({"save": a_rule(1)}, [edited]))["resource_drift"]

    assert ("app", {"path": "steps[0].actions[0].amount_in_cents", "before": 1, "after": 3}) == (
        drift["origin"],
        drift["fields"][0],
    )


def test_missing_rules_are_no_drift_of_a_plan() -> None:
    """A rule that Git has and the API has not is a create, and no drift outside of the drift report."""
    assert [] == of(plan({"save": a_rule()}, []))["resource_drift"]


def test_an_edited_orphan_is_drift() -> None:
    """A rule that is gone from Git and was edited in the app is nobody's: before is null."""
    edited = replace(applied("old", a_rule(1)), rule=a_rule(3))
    (drift,) = of(plan({"save": a_rule(8, nickname="n")}, [edited]))["resource_drift"]

    assert (None, True) == (drift["change"]["before"], drift["change"]["after"] is not None)
    assert ("edited", None) == (drift["happened"], drift["note"])


def test_what_is_put_off_shows_what_differs() -> None:
    """A change that is put off is a no-op with fields, costs nothing, and is no part of what the digest stands for."""
    held = [replace(applied("a", a_rule()), rule=a_rule())]
    waits = build([desired("a", a_rule(nickname="New"))], holding(held), SCOPE, Options(defer_cosmetic=True))
    still = build([desired("a", a_rule())], holding(held), SCOPE)

    (shown,) = of(waits)["resource_changes"]

    assert (True, ["no-op"], False) == (shown["deferred"], shown["change"]["actions"], shown["pauses"])
    assert [{"path": "nickname", "before": "Save", "after": "New"}] == shown["fields"]
    assert (0, None) == (of(waits)["requests"]["write"], shown["idempotency_key"])
    assert of(still)["digest"] == of(waits)["digest"]


def test_a_rule_under_another_key_is_noted() -> None:
    """A rule that was renamed in Git says which key its marker still has."""
    (shown,) = of(plan({"new": a_rule()}, [applied("old", a_rule())]))["resource_changes"]

    assert (["no-op"], True) == (shown["change"]["actions"], "was `old`" in shown["note"])
