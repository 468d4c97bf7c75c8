"""The number of a bank account or a card is forgotten as it arrives: what is not known cannot be printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.remote.received import Asked as Request
from rulesync.remote.received import receive
from rulesync.wire import v1
from tests.security.conftest import Asked, Said, Workshop, impostor

NUMBER = "021000021987654321"
FIELDS = [
    "account_number",
    "accountNumber",
    "bankAccountNumber",
    "bank_account_number",
    "BANK-ACCOUNT-NUMBER",
    "routing_number",
    "routingNumber",
    "wire_routing_number",
    "cardNumber",
    "iban",
    "sort_code",
]
COMMANDS = (["plan"], ["plan", "--format", "json"], ["drift"], ["drift", "--format", "json"], ["status"], ["doctor"])


def held(asked: Asked) -> Said:
    """Answer with accounts and a rule of ours that hold numbers wherever a field can stand."""
    numbers = dict.fromkeys(FIELDS, NUMBER) | {"details": [dict.fromkeys(FIELDS, int(NUMBER))]}
    account = {"id": "acc_1", "name": "Checking", "type": "income_source", **numbers}
    action = {"type": "fixed_amount", "amount_in_cents": 200, "source": account, "destination": account, **numbers}
    rule = {
        "id": "rule_1",
        "nickname": "Save",
        "description": "[rulesync:household/save@123456789012]",
        "status": "enabled",
        "trigger": {"type": "ON_FUNDS_TRANSFERRED", "account_id": "acc_1", **numbers},
        "steps": [{"actions": [action, {"type": "of_tomorrow", "linked_account": account}], **numbers}],
        "updated_at": "2027-01-01T00:00:00Z",
        **numbers,
    }
    if asked.method != "GET":
        return Said(422, {"error": {"code": "invalid", "message": "not today", **numbers}})
    if asked.path.endswith("/accounts"):
        return Said(body={"data": [account]})
    return Said(body={"data": [rule] if asked.path.endswith("/rules") else rule})


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_number_is_printed_or_written(workshop: Workshop, command: list[str]) -> None:
    """No command prints a number, known field or not, in an account, a rule, or a part of a rule of an unknown kind."""
    written = ["--write", f"json={workshop.root / 'out.json'}"] if command[0] != "doctor" else []
    with impostor(held) as server:
        done = workshop.run(f"{server.url}/api/v1", *command, *written)

    assert server.asked
    assert "Traceback" not in done.err
    assert NUMBER not in done.text + workshop.written()


def test_no_number_is_sent_back(workshop: Workshop) -> None:
    """A write, which replaces the rule as a whole, repeats no number, and nor do plan and report."""
    plan, report = workshop.root / "plan.json", workshop.root / "report.json"
    with impostor(held) as server:
        url = f"{server.url}/api/v1"
        outs = [
            workshop.run(url, "plan", "--allow-field-loss", "--out", str(plan)),
            workshop.run(url, "apply", str(plan), "--report", str(report)),
        ]

    assert {"GET", "PUT"} == {asked.method for asked in server.asked}
    assert not any(NUMBER in asked.text for asked in server.asked)
    assert NUMBER not in "".join(done.text for done in outs) + workshop.written()


@given(name=st.sampled_from(FIELDS), before=st.sampled_from(["", "x_", "external", "counterparty "]))
def test_a_field_is_known_by_how_its_name_ends(name: str, before: str) -> None:
    """A field whose name ends like that of a number is left out of an answer, however deep and whatever it holds."""
    body = f'{{"data": [{{"a": {{"{before}{name}": ["{NUMBER}"], "id": 1}}}}]}}'.encode()

    received = receive(200, {}, body, Request("id", "key"), v1)

    assert {"data": [{"a": {"id": 1}}]} == received.payload


@pytest.mark.parametrize("name", ["account_id", "number", "account_number_known", "group_index", "amount_in_cents"])
def test_other_fields_stay(name: str) -> None:
    """A field that is about an account, and not its number, stays."""
    received = receive(200, {}, f'{{"{name}": 1}}'.encode(), Request("id", "key"), v1)

    assert {name: 1} == received.payload
