"""Plans or reports of several workspaces as one JSON document."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from rulesync.planjson import FORMAT_VERSION, Each, FailedJson, SeveralJson


def several_json(
    values: Sequence[Each], failed: Sequence[FailedJson], *, version: str, at: datetime
) -> SeveralJson[Each]:
    """Return plans or reports in one document, with the sums of their counts; `at` is in UTC."""
    summary: Counter[str] = Counter()
    for value in values:
        for name, number in value["summary"].items():
            summary[name] += number if isinstance(number, int) else 0
    return {
        "format_version": FORMAT_VERSION,
        "rulesync_version": version,
        "timestamp": at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "workspaces": list(values),
        "summary": dict(summary),
        "failed": list(failed),
    }
