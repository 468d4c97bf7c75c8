"""As many rules as wanted, of about 40 lines each, and as many such things for those that we compare with."""

import json
from pathlib import Path

CONFIG = """\
scope: bench
api: {requests_per_minute: 100000, dialect: DIALECT}
accounts:
  checking: {id: acc_checking, type: income_source}
  savings: {id: acc_savings, type: pod}
  bills: {id: acc_bills, type: pod}
  visa: {id: acc_visa, type: external_account}
"""
RULE = """\
# Rule NUMBER of the benchmark.
nickname: Rule NUMBER
description: Puts money aside when there is enough of it, and pays what is due
status: enabled
trigger:
  type: SCHEDULED
  schedule_type: MONTHLY
  start_date: 2027-01-12T13:00:00Z
  account: checking
steps:
  - conditions:
      all:
        - condition: {fact: BALANCE, operator: GREATER_THAN, value: $900.00}
        - condition: {fact: DATE, operator: LESS_THAN_OR_EQUAL, value: 20}
    actions:
      - type: fixed_amount
        amount: $DOLLARS.00
        source: checking
        destination: savings
        group_index: 0
        up_to_enabled: true
      - type: percentage
        percentage_value: 12
        percentage_target: SOURCE_ACCOUNT
        source: checking
        destination: bills
        group_index: 1
        limit: {period: PER_MONTH, amount: $400.00}
  - conditions:
      condition:
        fact: BALANCE
        operator: GREATER_THAN
        value: $100.00
        params: {account: savings}
    actions:
      - type: last_statement_balance
        source: checking
        destination: visa
        up_to_enabled: true
"""


def rules(root: Path, number: int, dialect: str = "v1") -> None:
    """Write a directory of rules, a file each."""
    (root / "rules").mkdir(parents=True)
    (root / "rulesync.yaml").write_text(CONFIG.replace("DIALECT", dialect))
    for index in range(number):
        rule(root, index, 100 + index)


def rule(root: Path, index: int, dollars: int) -> None:
    """Write the file of one rule anew."""
    text = RULE.replace("NUMBER", str(index)).replace("DOLLARS", str(dollars))
    (root / "rules" / f"rule-{index}.yaml").write_text(text)


def resources(root: Path, number: int, *, nested: bool = False) -> None:
    """Write the same rules as Terraform resources, a file each, with the state that an apply would have left.

    Each is one string of JSON, which is Terraform's lightest form, or an object with all of its types.
    """
    root.mkdir(parents=True)
    for index in range(number):
        value = json.dumps(_body(index))
        text = value if nested else f"jsonencode({value})"
        (root / f"rule_{index}.tf").write_text(f'resource "terraform_data" "rule_{index}" {{\n  input = {text}\n}}\n')
    (root / "terraform.tfstate").write_text(json.dumps(_state(number, nested=nested), indent=2))


def _body(index: int) -> dict[str, object]:
    action = {"type": "fixed_amount", "amount_in_cents": (100 + index) * 100, "source": "a", "destination": "b"}
    return {"nickname": f"Rule {index}", "steps": [{"actions": [action] * 3}], "text": "x" * 600}


def _state(number: int, *, nested: bool) -> dict[str, object]:
    """Return Terraform's state of these resources, so that its plan finds nothing to do."""
    instances = []
    for index in range(number):
        body = _body(index)
        value = body if nested else json.dumps(_sorted(body), separators=(",", ":"))
        held = {"value": value, "type": _type(body) if nested else "string"}
        attributes = {"id": f"00000000-0000-0000-0000-{index:012}", "input": held, "output": held}
        instance = {"schema_version": 0, "attributes": {**attributes, "triggers_replace": None}}
        instances.append(
            {
                "mode": "managed",
                "type": "terraform_data",
                "name": f"rule_{index}",
                "provider": 'provider["terraform.io/builtin/terraform"]',
                "instances": [instance],
            }
        )
    head = {"version": 4, "terraform_version": "1.5.0", "serial": 1, "lineage": "bench", "outputs": {}}
    return {**head, "resources": instances, "check_results": None}


def _sorted(value: object) -> object:
    """Return a value with its fields in the order in which Terraform writes them."""
    match value:
        case dict():
            return {name: _sorted(value[name]) for name in sorted(value)}
        case list():
            return [_sorted(each) for each in value]
        case _:
            return value


def _type(value: object) -> object:
    """Return the type of a value as Terraform's state spells it."""
    match value:
        case dict():
            return ["object", {name: _type(each) for name, each in value.items()}]
        case list():
            return ["tuple", [_type(each) for each in value]]
        case str():
            return "string"
        case _:
            return "number"


def records(root: Path, number: int) -> None:
    """Write as many records for octoDNS, and the same once more as what is there already."""
    for place in ("config", "there"):
        (root / place).mkdir(parents=True)
        lines = []
        for index in range(number):
            address = f"10.{index // 65536}.{index // 256 % 256}.{index % 256}"
            lines.append(f"host-{index}:\n  type: A\n  ttl: 300\n  values:\n    - {address}")
        (root / place / "example.com.yaml").write_text("---\n" + "\n".join(sorted(lines)) + "\n")
    provider = "    class: octodns.provider.yaml.YamlProvider\n    enforce_order: false\n    directory: ./"
    (root / "octodns.yaml").write_text(
        f"providers:\n  wanted:\n{provider}config\n  there:\n{provider}there\n"
        "zones:\n  example.com.:\n    sources: [wanted]\n    targets: [there]\n"
    )
