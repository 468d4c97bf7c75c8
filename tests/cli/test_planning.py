"""The list of accounts, which a plan that writes rules is worth, and what the plan says where it cannot be had."""

import pytest

from tests.cli.conftest import CONFIG, RULE, Household

WITHOUT_ACCOUNTS = {"LIST_RULES": "*", "READ_RULES": "*", "WRITE_RULES": "*"}


def lists(household: Household) -> int:
    return sum(each["path"] == "/api/v1/accounts" for each in household.box.log())


def checks(household: Household) -> dict[str, str]:
    found = household.run("plan", "--format", "json").json["findings"]
    return {each["check"]: each["severity"] for each in found}


def test_accounts_are_looked_at_where_rules_are_written(household: Household) -> None:
    """A plan that writes rules holds them against the API's accounts for one request; one that does not costs none."""
    household.rule("save", text=RULE.replace("destination: savings", "destination: checking"))

    plan = household.run("plan", "--format", "json")

    assert (3, 1) == (plan.code, lists(household))
    (found,) = [each for each in plan.json["findings"] if each["check"] == "account-role"]
    assert ("Checking cannot be a destination", "rules/save.yaml") == (found["message"], found["file"])
    household.rule("save")
    household.apply()
    household.box.clear_log()
    assert 0 == household.run("plan", "--detailed-exitcode").code
    assert 0 == lists(household)


def test_the_api_names_the_accounts(household: Household) -> None:
    """With the list at hand, accounts go by the names that they have in the app."""
    household.config(CONFIG.replace("fun: {id: acc_01HFUN8888, type: pod}", "pot: {id: acc_01HFUN8888, type: pod}"))
    household.rule("save", text=RULE.replace("savings", "pot"))

    assert "to Fun" in household.run("plan").out.replace("\n    ", " ")


def test_a_key_that_may_not_list_accounts(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan is made without the accounts, says so with the scope that is missing, and can be applied."""
    monkeypatch.setenv("SEQUENCE_API_KEY", household.box.add_key(WITHOUT_ACCOUNTS))
    household.rule("save")

    plan = household.run("plan")

    assert 0 == plan.code
    assert "the accounts in the rules were not looked at" in plan.out
    assert "LIST_ACCOUNTS" in plan.out
    assert "info" == checks(household)["accounts-unread"]
    household.apply()


def test_no_answer_about_accounts(household: Household) -> None:
    """A server that fails on the accounts alone keeps no plan from being made."""
    household.box.faults.add("error-before-processing", path="/accounts", status=404, times=None)
    household.rule("save")

    assert "info" == checks(household)["accounts-unread"]


@pytest.mark.parametrize("mistake", ["destination: nowhere", "destination: [savings]"])
def test_a_rule_whose_file_is_broken_is_managed(household: Household, mistake: str) -> None:
    """A rule that is pinned by a file with an error is managed here, so it is not counted with those that are not."""
    pinned = f"id: rule_01HRNT0001\n{RULE}"
    household.rule("rent", text=pinned)
    sound = household.run("plan", "--format", "json").json

    household.rule("rent", text=pinned.replace("destination: savings", mistake))
    done = household.run("plan", "--format", "json")

    assert (3, []) == (done.code, done.json["resource_changes"])
    assert [each["id"] for each in sound["unmanaged"]] == [each["id"] for each in done.json["unmanaged"]]
    assert sound["summary"]["unmanaged"] == done.json["summary"]["unmanaged"]
