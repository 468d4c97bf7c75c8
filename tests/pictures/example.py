"""A plan of the example household, a year on: everything that a plan can do happens to its rules."""

import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from rulesync.planjson import PlanJson, RunsJson
from tests.scenarios.test_scenarios import BASE, stage

_EXAMPLES = Path(__file__).parents[2] / "examples"
_API, _APP = "https://api.getsequence.io/api/v1", "https://app.getsequence.io"
_COMMIT = "4f0c2b7d9a1e5c38b6d2f7a0e94c1d8b53a6e210"
_EARLIER = {
    "auto-save.yaml": ("percentage_value: 20", "percentage_value: 15"),
    "fill-envelopes.yaml": ("$200.00", "$150.00"),
}
_GONE = """\
nickname: Save for the holidays
trigger: {type: SCHEDULED, schedule_type: MONTHLY, start_date: 2027-01-05T09:00:00Z, account: checking}
steps:
  - actions:
      - {type: fixed_amount, amount: $75.00, source: checking, destination: savings, up_to_enabled: true}
"""
_IN_THE_APP = [
    *({"activate": name} for name in ("Auto-save on deposit", "Fill the envelopes", "Save for the holidays")),
    *({"activate": name} for name in ("Put taxes aside", "Pay the car loan", "Pay the Visa card")),
    {"edit": "Put taxes aside", "to": {"nickname": "Put a little aside for taxes"}},
]


def _run(next_at: str | None, last_at: str, often: int) -> RunsJson:
    return {
        "next_at": next_at,
        "next_about": False,
        "last_at": last_at,
        "last_status": "executed",
        "last_30_days": often,
        "at_least": False,
        "in_progress": False,
        "error": None,
    }


_RUNS = {
    "auto-save": _run(None, "2027-06-09T19:40:02Z", 9),
    "fill-envelopes": _run("2027-06-15T09:00:00Z", "2027-06-01T09:00:00Z", 2),
    "goals/taxes": _run("2027-06-28T18:00:00Z", "2027-05-28T18:00:00Z", 1),
    "holidays": _run("2027-07-05T09:00:00Z", "2027-06-05T09:00:00Z", 1),
}


def example() -> PlanJson:
    """Return the plan: it creates one rule, changes three and deletes one."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shutil.copytree(_EXAMPLES, folder, dirs_exist_ok=True)
        _before(folder)
        with stage(folder) as plan:
            made = plan(prune=True)
        value = replace(made, context=replace(made.context, commit=_COMMIT)).json()
    _look_back(value)
    return json.loads(json.dumps(value).replace(BASE, _API).replace("http://127.0.0.1", _APP))  # type: ignore[no-any-return]  # as it was


def _before(folder: Path) -> None:
    """Lay out what was applied a year ago, and what people did in the app since."""
    applied = folder / "applied"
    shutil.copytree(folder / "rules", applied)
    for name, (now, then) in _EARLIER.items():
        text = (applied / name).read_text(encoding="utf-8")
        (applied / name).write_text(text.replace(now, then), encoding="utf-8")
    first, _, third = (applied / "goals.yaml").read_text(encoding="utf-8").split("---\n")
    (applied / "goals.yaml").write_text(f"{first}---\n{third}", encoding="utf-8")
    (applied / "holidays.yaml").write_text(_GONE, encoding="utf-8")
    (folder / "app.json").write_text(json.dumps(_IN_THE_APP), encoding="utf-8")


def _look_back(value: PlanJson) -> None:
    """Let it be late in the evening, and the live rules have a past."""
    value["timestamp"] = "2027-06-09T22:58:14Z"
    for change in value["resource_changes"]:
        change["runs"] = _RUNS.get(change["name"])
