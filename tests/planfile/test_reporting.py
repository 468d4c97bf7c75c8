from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rulesync.plan import Change, Operation, Options, Plan, Verbatim, build
from rulesync.planfile.reporting import failed_report, report_json
from rulesync.planfile.writing import Context
from rulesync.planjson import Command
from rulesync.report import Outcome, Report, Result
from rulesync.rule import Rule, Status
from rulesync.ruleset import ActualRule, Extra
from rulesync.wire import v1
from tests.builders import SCOPE, a_rule, applied, desired, holding
from tests.strategies import NAMES

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CONTEXT = Context("0.1.0", NOW, None, v1, v1.base_url, "https://app.getsequence.io", 100, NAMES, "c0ffee")
LIVE = replace(applied("save", a_rule(1)), rule=a_rule(1), extras=(Extra(("priority",), "3"),))
OFF = replace(LIVE, rule=a_rule(1, status=Status.DISABLED))
PAUSED = Change(Operation.UPDATE, "save", desired("save", OFF.rule), LIVE, verbatim=Verbatim(LIVE.marker, LIVE.extras))
NOTHING = Plan(SCOPE, ())


def plan(wishes: dict[str, Rule], actuals: list[ActualRule], *, prune: bool = False) -> Plan:
    asked = [desired(key, rule) for key, rule in wishes.items()]
    return build(asked, holding(actuals), SCOPE, Options(prune=prune))


def test_a_report() -> None:
    """A report counts the outcomes, names what came back altered, and who waits."""
    made = plan({"a": a_rule(1, nickname="a"), "b": a_rule(2, nickname="b")}, [])
    done, altered = (
        applied(key, change.desired.rule) for key, change in zip("ab", made.writes, strict=True) if change.desired
    )
    altered = replace(altered, rule=replace(a_rule(9, nickname="b"), status=Status.DISABLED))
    outcomes = (
        Outcome(made.writes[0], Result.DONE, done.id, done),
        Outcome(made.writes[1], Result.ALTERED, altered.id, altered),
    )
    written = report_json(Report(NOW, NOW, outcomes), made, "d", CONTEXT)

    assert (1, 1) == (written["summary"]["created"], written["summary"]["altered"])
    assert [{"path": "steps[0].actions[0].amount_in_cents", "before": 2, "after": 9}] == written["outcomes"][1][
        "fields"
    ]
    assert ["a"] == [waiting["key"] for waiting in written["awaiting_enable"]]
    assert (
        "https://app.getsequence.io/map/rules/rule_a?action=activateRule" == written["awaiting_enable"][0]["review_url"]
    )


@pytest.mark.parametrize(
    ("result", "actual", "enabled"),
    [
        (Result.DONE, OFF, False),
        (Result.STALE, LIVE, True),
        (Result.STALE, None, None),
        (Result.FAILED, None, True),
        (Result.SKIPPED, None, True),
        (Result.UNKNOWN, None, None),
    ],
)
def test_whether_a_rule_was_seen_on(result: Result, actual: ActualRule | None, *, enabled: bool | None) -> None:
    """A report says of each rule what the last look showed, and nothing where a write may have changed it since."""
    (outcome,) = report_json(Report(NOW, NOW, (Outcome(PAUSED, result, actual=actual),)), NOTHING, "d", CONTEXT)[
        "outcomes"
    ]

    assert (enabled, "https://app.getsequence.io/map/rules/rule_save") == (outcome["enabled"], outcome["rule_url"])


@pytest.mark.parametrize(("command", "waiting"), [("apply", []), ("undo", []), ("pause", ["save"])])
def test_who_waits_after_a_pause(command: Command, waiting: list[str]) -> None:
    """A rule that a pause switched off waits for a person, though nobody's file says so."""
    done = Report(NOW, NOW, (Outcome(PAUSED, Result.DONE, actual=OFF),))

    assert waiting == [each["key"] for each in report_json(done, NOTHING, "d", CONTEXT, command)["awaiting_enable"]]


def test_a_whole_rule_that_came_back_altered() -> None:
    """What is not known here is a difference where the whole rule was sent."""
    lost = Outcome(PAUSED, Result.ALTERED, actual=replace(OFF, extras=()))

    (outcome,) = report_json(Report(NOW, NOW, (lost,)), NOTHING, "d", CONTEXT)["outcomes"]

    assert [{"path": "priority", "before": 3, "after": None}] == outcome["fields"]


def test_a_run_that_could_not_begin() -> None:
    """A report of nothing says why, of which command it is, and where it was to be done."""
    value = failed_report("no answer", NOW, command="pause", workspace=None, scope=SCOPE, api=CONTEXT.api)

    assert ("no answer", "pause", SCOPE, CONTEXT.api, []) == (
        value["error"],
        value["command"],
        value["scope"],
        value["api"],
        value["outcomes"],
    )
