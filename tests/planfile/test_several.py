from rulesync.planfile.reporting import failed_report
from rulesync.planfile.several import several_json
from rulesync.planjson import FailedJson, ReportJson
from tests.builders import SCOPE
from tests.planfile.test_writing import CONTEXT, NOW


def test_counts_are_summed() -> None:
    """One document holds every report as it is, the sums of their counts, and what failed."""
    report = failed_report("no answer", NOW, command="apply", workspace="firm", scope=SCOPE, api=CONTEXT.api)
    other: ReportJson = {**report, "workspace": None, "summary": {**report["summary"], "created": 2, "failed": 1}}
    why: FailedJson = {"workspace": "firm", "error": "no answer", "help": None}

    value = several_json([report, other, other], [why], version="1.2.3", at=NOW)

    assert (4, 2, 0) == tuple(value["summary"][name] for name in ("created", "failed", "updated"))
    assert ["firm", None, None] == [each["workspace"] for each in value["workspaces"]]
    assert ([why], "1.2.3") == (value["failed"], value["rulesync_version"])


def test_nothing_is_a_document_too() -> None:
    """Without a workspace there is nothing to sum, and still a document."""
    none: list[ReportJson] = []

    value = several_json(none, [], version="1.2.3", at=NOW)

    assert ({}, []) == (value["summary"], value["workspaces"])
