import json

from rulesync.render import gitlab
from tests.render.scenarios import PLANS


def test_each_plan_is_three_numbers() -> None:
    """Whatever a plan is, GitLab gets how many rules are made, changed and deleted."""
    for plan in PLANS.values():
        summary = plan["summary"]
        counts = {"create": summary["create"], "update": summary["update"], "delete": summary["delete"]}
        assert counts == json.loads(gitlab.plan(plan))
