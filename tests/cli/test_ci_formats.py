"""What `plan` writes for the widgets of GitHub and GitLab."""

import json

import pytest

from tests.cli.conftest import CONFIG, Household

DOUBTFUL = """\
nickname: NICKNAME
trigger: {type: ON_FUNDS_TRANSFERRED, account: checking}
steps:
  - actions:
      - {type: percentage, percentage_value: 130, percentage_target: INCOMING_AMOUNT, source: checking,
         destination: savings}
"""
FIRM = """\
api: {base_url: "URL/api/v1"}
workspaces:
  firm:
    scope: firm
    api: {key_env: SEQUENCE_FIRM_KEY}
    accounts: {checking: {id: acc_f1, type: income_source}, savings: {id: acc_f2, type: pod}}
"""


def test_findings_of_a_plan_as_annotations(household: Household) -> None:
    """What a plan says of a rule file stands at its line, as the runner reads it, from the top of the repository."""
    (household.root / ".git").mkdir()
    household.rule("save")
    (household.root / "money").mkdir()
    for name in ("rulesync.yaml", "rules"):
        (household.root / name).rename(household.root / "money" / name)
    (household.root / "money" / "rules" / "odd.yaml").write_text(DOUBTFUL)
    file = household.root / "annotations"

    done = household.run("-C", str(household.root / "money"), "plan", "--write", f"github={file}")

    assert 3 == done.code
    assert file.read_text().startswith("::error file=money/rules/odd.yaml,line=5,col=")
    checked = household.run("-C", str(household.root / "money"), "validate", "--format", "github").out
    assert "::error file=money/rules/odd.yaml,line=5,col=" in checked


def test_counts_for_a_merge_request(household: Household) -> None:
    """GitLab gets the three numbers that it shows, and nothing else."""
    household.rule("save")
    file = household.root / "gitlab.json"

    assert 0 == household.run("plan", "--write", f"gitlab={file}").code

    assert {"create": 1, "update": 0, "delete": 0} == json.loads(file.read_text())


def test_of_all_workspaces(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several workspaces are counted together, and what is said of a file that they share is said once."""
    monkeypatch.setenv("SEQUENCE_FIRM_KEY", household.box.add_organisation("Firm"))
    monkeypatch.delenv("RULESYNC_BASE_URL")
    household.config(CONFIG + FIRM.replace("URL", household.url))
    household.rule("save")
    (household.root / "rules" / "odd.yaml").write_text(DOUBTFUL)
    counts, annotations = household.root / "gitlab.json", household.root / "annotations"

    household.run("plan", "--all-workspaces", "--write", f"gitlab={counts}", "--write", f"github={annotations}")

    assert {"create": 2, "update": 0, "delete": 0} == json.loads(counts.read_text())
    assert 1 == annotations.read_text().count("title=invalid-value")


@pytest.mark.parametrize("name", ["sarif", "junit"])
def test_other_formats_of_findings_are_for_validate(household: Household, name: str) -> None:
    """A plan is refused in formats that are of findings alone, with those that it has."""
    done = household.run("plan", "--write", f"{name}=x")

    assert (64, True) == (done.code, "github, gitlab" in done.err)
