import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import Household

WRITES = [f"{name}={{}}/{name}" for name in ("text", "json", "sarif", "github", "junit")]


def writes(root: Path) -> list[str]:
    return [word for each in WRITES for word in ("--write", each.format(root))]


def checks(root: Path) -> list[str]:
    """Return what each of the files says of one finding."""
    run = json.loads((root / "sarif").read_text())["runs"][0]
    case = ET.parse(root / "junit").getroot().find(".//failure")
    assert case is not None
    return [
        *(each["check"] for each in json.loads((root / "json").read_text())["findings"]),
        *(each["ruleId"] for each in run["results"]),
        (root / "github").read_text().partition("title=")[2].partition("::")[0],
        str(case.get("type")),
        (root / "text").read_text().partition("check: ")[2].split()[0],
    ]


@pytest.mark.parametrize("shown", ["json", "sarif", "github", "junit", "text"])
def test_every_format_says_the_same(household: Household, shown: str) -> None:
    """In one run each format is written, one is printed and nothing with it, and all say the same finding; 3."""
    household.rule("good")
    household.rule("bad", text="nicknam: x\nstatus: enabled\n" + "trigger: {type: MANUAL, account: checking}\n")
    household.rule("bad", percent=130)

    done = household.run("validate", "--format", shown, *writes(household.root))

    assert (3, "") == (done.code, done.err)
    assert ["invalid-value"] * 5 == checks(household.root)
    assert (household.root / shown).read_text() == done.out
    assert 1 == (household.root / "junit").read_text().count('classname="valid"')


def test_errors_come_first(household: Household) -> None:
    """Whatever files they are in, errors are told before warnings, and warnings before hints."""
    household.rule("a", text=_LATE.format("account: checking") + "nickname: A\n")
    household.rule("b", text=_LATE.format("account: chking"))
    household.rule("c", percent=130)

    done = household.run("validate", "--format", "json").json["findings"]
    shown = re.findall(r"^(error|warning|info): ", household.run("validate").out, re.MULTILINE)

    assert ["error", "error"] == [each["severity"] for each in done[:2]]
    assert sorted(shown, key=["error", "warning", "info"].index) == shown == [each["severity"] for each in done]
    assert {"error", "warning"} == set(shown)


_LATE = """\
trigger: {{type: SCHEDULED, schedule_type: MONTHLY, start_date: 2027-01-31T09:00:00Z, {}}}
steps: [{{actions: [{{type: fixed_amount, amount: $5, source: checking, destination: savings}}]}}]
"""


@pytest.mark.parametrize(("config", "check"), [("scope: a/b\n", "invalid-value"), (None, "could-not-run")])
def test_a_report_is_written_when_nothing_can_be_checked(household: Household, config: str | None, check: str) -> None:
    """Where rulesync.yaml is wrong or missing, every format says why, and the command ends with 1."""
    household.config(config or "")
    if config is None:
        (household.root / "rulesync.yaml").unlink()

    done = household.run("validate", "--format", "sarif", *writes(household.root))

    assert (1, True) == (done.code, "error: " in done.err)
    assert [check] * 5 == checks(household.root)
    assert (household.root / "sarif").read_text() == done.out
    assert not json.loads(done.out)["runs"][0]["invocations"][0]["executionSuccessful"]
    assert "" == household.run("validate").out


def test_what_is_valid(household: Household) -> None:
    """Without findings, each format says so in its way; 0."""
    household.rule("good")
    assert "valid: 1 rule in 1 file\n" == household.run("validate").out
    assert [] == household.run("validate", "--format", "sarif").json["runs"][0]["results"]
    assert "" == household.run("validate", "--format", "github").out.strip()
    assert 64 == household.run("validate", "--write", "html=x").code
