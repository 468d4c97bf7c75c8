from dataclasses import replace

from rulesync.plan import Options, Plan
from rulesync.planfile.forecasting import forecast
from rulesync.planfile.writing import plan_json
from tests.builders import a_rule, applied, desired, plan
from tests.planfile.test_writing import CONTEXT


def made(number: int) -> Plan:
    return plan([desired(f"r{each}", a_rule(each + 1, nickname=f"r{each}")) for each in range(number)], [])


def test_the_seconds_at_the_limit() -> None:
    """Requests beyond a full bucket take the seconds that the rate dictates."""
    assert {"read": 2, "write": 160, "seconds_at_limit": 38} == forecast(made(160), 100)


def test_looks_before_and_after() -> None:
    """An update is looked at before, a delete before and after, and one list ends it all."""
    gone, there = applied("gone", a_rule(7, nickname="gone")), applied("save", a_rule(1))
    both = plan([desired("save", a_rule(2))], [gone, there], Options(prune=True))
    assert {"read": 4, "write": 2, "seconds_at_limit": 0} == forecast(both, 100)


def test_looks_at_runs() -> None:
    """Looks at runs count where something is written, and the plan says so."""
    assert (3, 0) == (forecast(made(1), 100, 1)["read"], forecast(made(0), 100, 1)["read"])
    assert plan_json(made(1), replace(CONTEXT, looks_back=5))["requests"]["read"] == 7
