import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from rulesync.drift import Terms, find
from rulesync.planfile.drifting import drift_json
from rulesync.planjson import Happened
from rulesync.protection import Base
from rulesync.rule import Rule, Status
from rulesync.ruleset import ActualRule, DesiredRule
from tests.builders import SCOPE, a_rule, applied, by_hand, desired, holding, plan
from tests.planfile.test_writing import CONTEXT

NOW = datetime(2026, 1, 3, tzinfo=UTC)


def of(wishes: list[DesiredRule], actuals: list[ActualRule], base: dict[str, Rule] | None = None) -> Any:  # noqa: ANN401 - any JSON
    """Return what drifted as JSON."""
    then = Base("main", SCOPE, tuple(desired(*each) for each in (base or {}).items()), keys=frozenset(base or {}))
    terms = Terms(NOW, then if base is not None else None, None, timedelta(0))
    made = plan(wishes, actuals)
    return json.loads(json.dumps(drift_json(made, find(made, holding(actuals), terms), CONTEXT)))


def test_missing_rules() -> None:
    """A rule that Git has and the API has not is missing, in words that say what nobody can tell."""
    (missing,) = of([desired("save", a_rule())], [])["resource_drift"]

    assert ("missing", ["delete"], None) == (missing["happened"], missing["change"]["actions"], missing["id"])
    assert (None, "missing: deleted in the app or not applied yet") == (missing["change"]["after"], missing["note"])


def test_every_kind_has_its_action() -> None:
    """An edit goes from Git to the app; what is nobody's comes, what is gone goes, and what only waits stays."""
    live = replace(applied("on", a_rule(1)), rule=a_rule(1))
    paused = by_hand("rule_p", a_rule(7, status=Status.DISABLED))
    off = a_rule(1, status=Status.DISABLED)
    wishes = [
        desired("gone", a_rule(3)),
        desired("on", off),
        desired("waits", a_rule(2)),
        desired("p", a_rule(7), "rule_p"),
    ]
    actuals = [live, applied("waits", a_rule(2)), replace(applied("old", a_rule(9)), rule=a_rule(9)), paused]

    value = of(wishes, actuals, {"gone": a_rule(3), "on": off, "waits": a_rule(2), "p": a_rule(7)})

    told = {
        each["happened"]: (each["change"]["actions"][0], [f["path"] for f in each["fields"]])
        for each in value["resource_drift"]
    }
    assert {
        "enabled": ("update", ["status"]),
        "deleted": ("delete", []),
        "paused": ("update", ["status"]),
        "orphan": ("create", []),
        "waiting": ("no-op", []),
    } == told
    assert 5 == value["summary"]["drifted"]
    assert set(told) <= set(get_args(Happened))
    assert {"waits": "2026-01-01T00:00:00Z", "p": "2026-01-01T00:00:00Z"} == {
        each["key"]: each["since"] for each in value["awaiting_enable"]
    }
