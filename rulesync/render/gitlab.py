"""A plan as the report that GitLab counts in a merge request: how many are made, changed and deleted."""

import json
from collections.abc import Mapping

from rulesync.planjson import PlanJson, SeveralJson

_COUNTED = ("create", "update", "delete")


def plan(value: PlanJson) -> str:
    """Return the counts of a plan, the report of GitLab's `artifacts:reports:terraform`."""
    return _counts(dict(value["summary"]))


def plans(value: SeveralJson[PlanJson]) -> str:
    """Return the counts of the plans of several workspaces together."""
    return _counts(value["summary"])


def _counts(summary: Mapping[str, object]) -> str:
    return json.dumps({name: summary.get(name, 0) for name in _COUNTED}) + "\n"
