"""As many rules as wanted, of about 40 lines each, and the same things as resources of Terraform."""

import json
from pathlib import Path

CONFIG = """\
scope: bench
api: {requests_per_minute: 100000}
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
        amount: $CENTS.00
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


def rules(root: Path, number: int) -> None:
    """Write a directory of rules, a file each."""
    (root / "rules").mkdir(parents=True)
    (root / "rulesync.yaml").write_text(CONFIG)
    for index in range(number):
        text = RULE.replace("NUMBER", str(index)).replace("CENTS", str(100 + index))
        (root / "rules" / f"rule-{index}.yaml").write_text(text)


def resources(root: Path, number: int) -> None:
    """Write the same rules as Terraform resources, a file each, in the lightest form: one string of JSON."""
    root.mkdir(parents=True)
    for index in range(number):
        action = {"type": "fixed_amount", "amount_in_cents": (100 + index) * 100, "source": "a", "destination": "b"}
        body = {"nickname": f"Rule {index}", "steps": [{"actions": [action] * 3}], "text": "x" * 600}
        text = f'resource "terraform_data" "rule_{index}" {{\n  input = jsonencode({json.dumps(body)})\n}}\n'
        (root / f"rule_{index}.tf").write_text(text)
