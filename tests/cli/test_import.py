import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from rulesync.money import percent
from rulesync.ownership import Marker
from rulesync.rule import (
    Action,
    AllOf,
    AnyOf,
    Base,
    Comparison,
    Condition,
    DepositTrigger,
    Fact,
    FixedAmount,
    LiabilityFigure,
    Percentage,
    Rule,
    ScheduledTrigger,
    Step,
    TopUp,
    ValueFact,
)
from rulesync.sandbox import Sandbox
from rulesync.wire import v1
from tests.cli.conftest import Household
from tests.strategies import ACCOUNTS, rules
from tests.world import fit

MANY = 100
FAST = "api: {requests_per_minute: 10000}\n"


def many() -> list[Rule]:
    """Return rules of every kind, the same in each run."""
    found: list[Rule] = []

    @settings(max_examples=MANY, derandomize=True, database=None)
    @given(rules())
    def collect(rule: Rule) -> None:
        found.append(meant(fit(rule)))

    collect()
    return found


def meant(rule: Rule) -> Rule:
    """Return a rule that somebody may have made: one that moves something, to another account, when it can."""
    trigger, deposit = rule.trigger, isinstance(rule.trigger, DepositTrigger)
    if isinstance(trigger, ScheduledTrigger) and trigger.account_id is None:
        trigger = replace(trigger, account_id=ACCOUNTS[0].id)
    steps = tuple(_meant_step(step, deposit=deposit) for step in rule.steps if isinstance(step, Step))
    return replace(rule, trigger=trigger, steps=steps)


def _meant_step(step: Step, *, deposit: bool) -> Step:
    condition = step.condition and _meant_condition(step.condition, deposit=deposit)
    known = [action for action in step.actions if isinstance(action, Action)]
    return Step(condition, tuple(_meant_action(each, len(known), deposit=deposit) for each in known))


def _meant_condition(what: Condition, *, deposit: bool) -> Condition:
    """Return a condition that means something: money against money, and a deposit where there is one."""
    match what:
        case AllOf(inner) | AnyOf(inner):
            return replace(what, conditions=tuple(_meant_condition(each, deposit=deposit) for each in inner))
        case Comparison(fact=Fact.BALANCE, value_fact=ValueFact.DATE | ValueFact.LAST_DAY_OF_MONTH):
            return Comparison(Fact.BALANCE, what.operator, 100)
        case Comparison(fact=Fact.TRANSFER_AMOUNT) | Comparison(value_fact=ValueFact.TRANSFER_AMOUNT):
            return what if deposit else Comparison(Fact.BALANCE, what.operator, 100)
        case _:
            return what


def _meant_action(action: Action, among: int, *, deposit: bool) -> Action:
    amount, limit = action.amount, action.limit
    if isinstance(amount, FixedAmount):
        amount = FixedAmount(max(100, amount.cents))
    elif isinstance(amount, Percentage):
        base = amount.base if deposit else Base.SOURCE_ACCOUNT
        amount = Percentage(percent(round(float(amount.percent) / among, 2)), base)
    elif isinstance(amount, TopUp) and isinstance(amount.target, LiabilityFigure):
        (debt,) = [account for account in ACCOUNTS if account.id == "acc_visa"]
        amount = TopUp(replace(amount.target, account=debt))
    if limit:
        limit = replace(limit, cents=max(100, limit.cents))
    others = [account for account in ACCOUNTS if account != action.source and account.type == action.destination.type]
    destination = action.destination if action.destination != action.source else others[0] if others else ACCOUNTS[1]
    return replace(action, amount=amount, limit=limit, destination=destination)


def open_accounts(box: Sandbox, suffix: str = "", organisation: str | None = None) -> None:
    """Open the accounts of the generated rules in an organisation, under ids with a suffix."""
    for account in ACCOUNTS:
        liability = {"external_account_type": "LIABILITY"} if account.type == "external_account" else {}
        opened = {"id": account.id + suffix, "name": f"The {account.id}", "type": account.type, "can_be_source": True}
        box.open_account({**opened, "can_be_destination": True, **liability}, organisation)


def in_yaml(accounts: Mapping[str, Any], suffix: str = "") -> str:
    """Return names for accounts as a map on one line, their ids with a suffix."""
    return json.dumps({name: {**entry, "id": entry["id"] + suffix} for name, entry in accounts.items()})


def test_moving_in_and_on(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred rules of every kind are imported and plan to nothing; an empty organisation gets them all."""
    box, second = household.box, household.box.add_organisation("Second")
    monkeypatch.setenv("SEQUENCE_SECOND_KEY", second)
    open_accounts(box)
    open_accounts(box, "_2", "Second")
    held = {box.create_in_app(v1.encode(rule)): rule for rule in many()}
    household.config(f"scope: household\n{FAST}")

    tried = household.run("import", "--dry-run", *held, "--format", "json").json
    others = f"{{second: {{api: {{key_env: SEQUENCE_SECOND_KEY}}, accounts: {in_yaml(tried['accounts'], '_2')}}}}}"
    household.config(f"scope: household\n{FAST}accounts: {in_yaml(tried['accounts'])}\nworkspaces: {others}\n")
    done = household.run("import", *held, "--format", "json")

    assert (0, [], {}, {}) == (done.code, done.json["left"], done.json["accounts"], done.json["ids"])
    assert set(held) == {each["id"] for each in done.json["written"]}
    assert [each["file"] for each in tried["written"]] == [each["file"] for each in done.json["written"]]
    plan = household.run("plan", "--format", "json").json
    assert {"no-op": len(held)} == {name: plan["summary"][name] for name in ("no-op",)}
    assert [] == plan["awaiting_enable"]
    assert [] == [each for each in plan["resource_changes"] if each["change"]["actions"] != ["no-op"]]
    found = household.run("validate", "--format", "json").json["findings"]
    assert [] == [(each["check"], each["message"]) for each in found if each["severity"] == "error"]

    assert 0 == household.run("--workspace", "second", "apply", "--auto-approve", "--timeout", "3600").code
    keys = {each["key"]: each["id"] for each in done.json["written"]}
    for body in box.rules("Second"):
        made = v1.actual(body)
        assert isinstance(made.marker, Marker)
        assert _said(held[keys[made.marker.key]], nickname=False) == _said(made.rule, nickname=False)
    assert len(held) == len(box.rules("Second"))
    again = household.run("--workspace", "second", "plan", "--format", "json").json["summary"]
    assert (0, 0, len(held)) == (again["create"], again["update"], again["no-op"])


def _said(rule: Rule, *, nickname: bool) -> str:
    """Return what a rule says, whichever organisation's accounts it speaks of; a name may have been made up."""
    body = {**v1.encode(rule), "status": None, "description": rule.description and rule.description.folded}
    text = json.dumps(body if nickname else {**body, "nickname": None}, sort_keys=True)
    for account in ACCOUNTS:
        text = text.replace(f'"{account.id}_2"', f'"{account.id}"')
    return text


def test_a_newcomer(household: Household) -> None:
    """A directory that is not there is made; what is printed names files, accounts and the next command."""
    household.config("scope: household\n")

    done = household.run("import", "--all")

    assert (0, "") == (done.code, done.err)
    assert done.out.startswith("Wrote 3 rule files.\n")
    assert '+ rules/card-and-fun-money-on-fridays.yaml "Card and fun money on Fridays"' in done.out
    assert "  visa-card: {id: acc_01HCRD6666, type: external_account}  # Visa Card\n" in done.out
    assert done.out.endswith(f"\nNext: rulesync -C {household.root} plan\n")
    file = household.root / "rules" / "invest-what-is-too-much-in-savings.yaml"
    assert "trigger: {type: MANUAL, account_id: acc_01HSAV9999}  # Savings" in file.read_text()
    assert "No changes" in household.run("plan").out
    assert [] == household.writes()


def test_a_second_import_writes_nothing(household: Household) -> None:
    """What has a file already is listed with the reason, and nothing is overwritten."""
    household.run("import", "--all")
    before = {file: file.read_text() for file in household.root.rglob("*.yaml")}

    done = household.run("import", "--all")

    assert (0, True) == (done.code, done.out.startswith("Wrote no rule file; 3 rules left out, see below."))
    assert "a rule file here is bound to it already" in done.out
    assert before == {file: file.read_text() for file in household.root.rglob("*.yaml")}


def test_a_dry_run_writes_nothing(household: Household) -> None:
    """A dry run tells what would be written, makes no directory, and names the command that does it."""
    done = household.run("--config", "rulesync.yaml", "import", "--dry-run", "--all", "--var", "a=b")

    assert "Would write 3 rule files." in done.out
    assert "then import, and the files use these names" in " ".join(done.out.split())
    assert done.out.endswith("--config rulesync.yaml import --all --var a=b\n")
    assert not (household.root / "rules").exists()


def test_markers(household: Household) -> None:
    """A rule with our marker keeps its key, wherever that leads; copies and other people's rules are left."""
    for key in ("save", "bills/rent", "copied", "_hidden/x"):
        household.box.create_in_app({**_body(), "description": f"[rulesync:household/{key}@100000000000]"})
    household.box.create_in_app({**_body(), "description": "[rulesync:household/copied@100000000000]"})
    household.box.create_in_app({**_body(), "description": "[rulesync:firm/save@100000000000]"})

    done = household.run("import", "--all", "--format", "json").json
    again = household.run("import", "--all").out

    files = {each["key"]: each["file"] for each in done["written"]}
    assert ("rules/save.yaml", "rules/bills/rent.yaml") == (files["save"], files["bills/rent"])
    assert "rules/hidden-x.yaml" == files["_hidden/x"]
    assert "key: _hidden/x\nid: rule_" in (household.root / "rules" / "hidden-x.yaml").read_text()
    assert {"2 rules bear the marker of `copied`", "it bears the marker of `firm/save`"} == {
        each["reason"].partition(":")[0] for each in done["left"]
    }
    assert "Wrote no rule file" in again


def _body() -> dict[str, object]:
    """Return a rule as the API spells it."""
    node = {"id": "acc_01HSAV9999", "type": "pod"}
    action = {"type": "fixed_amount", "amount_in_cents": 5000, "source": node, "group_index": 0}
    steps = [{"actions": [{**action, "destination": {"id": "acc_01HFUN8888", "type": "pod"}}]}]
    return {
        "nickname": "Fun",
        "status": "enabled",
        "trigger": {"type": "MANUAL", "account_id": "acc_01HSAV9999"},
        "steps": steps,
    }


def test_a_key_that_nobody_has(household: Household) -> None:
    """A key is made of the nickname, unlike every other key, and of the id where there is no letter in it."""
    household.rule("fun", nickname="Something else")
    twins = [household.box.create_in_app(_body()) for _ in range(2)]
    odd = household.box.create_in_app({**_body(), "nickname": "💰"})

    done = household.run("import", *twins, odd, "--format", "json").json

    assert {"fun-2", "fun-3", odd.lower().replace("_", "-")} == {each["key"] for each in done["written"]}


def test_what_no_file_can_say(household: Household) -> None:
    """Rules with kinds, fields or values that no file can say are left, and the others are imported."""
    household.box.create_in_app({**_body(), "trigger": {"type": "WEATHER"}})
    household.box.create_in_app({**_body(), "priority": 3})
    household.box.create_in_app({**_body(), "steps": []})

    done = household.run("import", "--all", "--format", "json")

    assert (0, 3) == (done.code, len(done.json["written"]))
    assert [
        'it holds what rulesync does not know: `{"type":"WEATHER"}`',
        "it holds fields that rulesync does not know: `priority`",
        "a rule file cannot say it: `steps` is empty",
    ] == [each["reason"] for each in done.json["left"]]


def test_a_key_in_a_rule(household: Household) -> None:
    """A rule in whose text somebody put this run's API key gets no file."""
    household.box.create_in_app({**_body(), "description": f"use {household.box.key}"})

    done = household.run("import", "--all")

    assert (0, True) == (done.code, "the API key of this run stands in it" in done.out)
    assert [] == [file for file in household.root.rglob("*.yaml") if household.box.key in file.read_text()]


def test_a_workspace(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a workspace of its own, files have no pin, and the map that binds them is printed to be pasted."""
    monkeypatch.setenv("SEQUENCE_FIRST_KEY", household.box.key)
    api = "workspaces:\n  first:\n    api: {key_env: SEQUENCE_FIRST_KEY}\n"
    monkeypatch.delenv("SEQUENCE_API_KEY")
    household.config(f"scope: household\n{api}")

    done = household.run("--workspace", "first", "import", "--all")
    pasted = done.out.partition("  first:\n")[2].partition("\nNext")[0]
    household.config(f"scope: household\n{api}{pasted}")

    assert "and the new files are bound to their rules" in " ".join(done.out.split())
    assert [] == [file for file in (household.root / "rules").iterdir() if "id: rule_" in file.read_text()]
    plan = household.run("--workspace", "first", "plan", "--format", "json").json
    assert (3, 0) == (plan["summary"]["no-op"], plan["summary"]["create"])
    (household.root / "rules" / "rent-to-the-landlords-account.yaml").unlink()
    again = household.run("--workspace", "first", "import", "--all", "--format", "json").json
    assert (["rent-to-the-landlords-account"], {}) == ([each["key"] for each in again["written"]], again["ids"])


def test_only_ids_to_paste(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all accounts have names, a workspace is told of the pins alone."""
    monkeypatch.setenv("SEQUENCE_FIRST_KEY", household.box.key)
    monkeypatch.delenv("SEQUENCE_API_KEY")
    account = "{savings: acc_01HSAV9999, fun: acc_01HFUN8888}"
    household.config(f"workspaces: {{first: {{api: {{key_env: SEQUENCE_FIRST_KEY}}, accounts: {account}}}}}\n")
    made = household.box.create_in_app(_body())

    done = household.run("--workspace", "first", "import", made)

    assert "so that the new files are bound to their rules:" in done.out
    assert f"\nworkspaces:\n  first:\n    ids:\n      fun: {made}\n" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "neither is given"),
        (["--all", "rule_01HRNT0001"], "both are given"),
        (["rule_01HRNT0002"], "did you mean `rule_01HRNT0001`?"),
        (["x"], "copy the id from the address of the rule"),
    ],
)
def test_command_lines_that_mean_nothing(household: Household, arguments: list[str], said: str) -> None:
    """Neither ids nor `--all`, both, or an id that no rule has: nothing is written."""
    done = household.run("import", *arguments)

    assert (64, True) == (done.code, said in done.err)
    assert not (household.root / "rules").exists()


def test_broken_files(household: Household) -> None:
    """While a rule file has an error nobody knows which rule it is about, so nothing is imported."""
    household.rule("broken", percent="lots")

    done = household.run("import", "--all")

    assert (3, True) == (done.code, "mend them, then import again" in done.err)
    assert ["broken.yaml"] == [file.name for file in (household.root / "rules").iterdir()]


def test_files_that_cannot_be_written(household: Household) -> None:
    """What stands in the way of one file stays as it is, the others are written, and the run ends with 1."""
    (household.root / "rules" / "rent-to-the-landlords-account.yaml").mkdir(parents=True)

    tried = household.run("import", "--all", "--dry-run", "--format", "json")
    done = household.run("import", "--all", "--format", "json")

    assert (1, 2) == (done.code, len(done.json["written"]))
    assert ["cannot write `rules/rent-to-the-landlords-account.yaml`: file exists"] == [
        each["reason"] for each in done.json["left"]
    ]
    assert (tried.code, tried.json["left"]) == (done.code, done.json["left"])


def test_a_place_where_no_directory_can_be(household: Household) -> None:
    """A directory of rules that cannot be made ends the run, in words."""
    (household.root / "file").write_text("")
    household.config("rules: file/rules\n")

    done = household.run("import", "--all")

    assert (1, True) == (done.code, "cannot make the directory `file/rules`: not a directory" in done.err)


def test_a_rule_that_cannot_be_read(household: Household) -> None:
    """A rule that the key may not read is listed, the others are imported, and the run ends with 1."""
    scopes = {"LIST_RULES": "*", "READ_RULES": ["rule_01HRNT0001"], "LIST_ACCOUNTS": "*"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEQUENCE_API_KEY", household.box.add_key(scopes))
        done = household.run("import", "--all", "--format", "json")

    assert (1, ["rule_01HRNT0001"]) == (done.code, [each["id"] for each in done.json["written"]])
    assert ["it cannot be read"] * 2 == [each["reason"].partition(":")[0] for each in done.json["left"]]
