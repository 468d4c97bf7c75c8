"""What an editor says about a part of a rule file when somebody points at it: titles, sentences, examples."""

from collections.abc import Mapping
from typing import Any

Words = Mapping[str, Any]


def _words(description: str, *examples: object) -> Words:
    return {"description": description, **({"examples": list(examples)} if examples else {})}


MODELS: Mapping[str, str] = {
    "RuleFile": "A rule of Sequence, as rulesync keeps it in Git",
    "AccountNode": "An account by id and type",
    "DepositTrigger": "When money arrives",
    "ScheduledTrigger": "By the calendar",
    "ManualTrigger": "When somebody asks for it",
    "Params": "Whose balance is meant",
    "Comparison": "A comparison",
    "Condition": "A condition",
    "Limit": "A limit",
    "FixedAmount": "Send a fixed amount",
    "RoundDown": "Round the source down",
    "Percentage": "Send a share",
    "TopUp": "Fill the destination up",
    "NextPaymentMinimum": "Pay the next minimum payment",
    "TotalAmountDue": "Pay the total amount due",
    "LastStatementBalance": "Pay the last statement balance",
    "PercentageOfLiability": "Pay a share of what is owed",
    "Step": "A step",
    "Excuse": "Why a check is silent",
}
"""The title of each model."""

_NAME = "one of `accounts:` in rulesync.yaml"
FIELDS: Mapping[str, Words] = {
    "key": _words("The key of this rule, in place of the one that the path of the file gives.", "bills/visa"),
    "RuleFile.id": _words("Pins a rule that exists already, by the id in its address in the app.", "rule_01HINV0003"),
    "moved_from": _words("The key that this rule had before.", "bills/old-visa"),
    "protect": _words("Whether the rule may not be deleted by a plan. Default: `false`."),
    "suppress": _words(
        "The checks that say nothing about this rule, each with the reason.", {"possible-duplicate": "two on purpose"}
    ),
    "reason": _words("Why the check says nothing about this rule.", "two on purpose"),
    "until": _words("The last day, in UTC, on which the check is silent. Default: no end.", "2027-12-31"),
    "nickname": _words("The name that people see in the app. Left as it is there if absent.", "Auto-save on deposit"),
    "description": _words("Text for people. The marker line is added by rulesync and may not stand here."),
    "status": _words("What you want. Only a person can enable a rule, in the app. Default: `enabled`."),
    "trigger": _words("When the rule runs.", {"type": "ON_FUNDS_TRANSFERRED", "account": "checking"}),
    "steps": _words("What the rule does. Steps are alternatives: the first whose conditions hold runs, and no other."),
    "type": _words("What it is: it decides which further fields there are."),
    "AccountNode.type": _words("The type of the account, as the API has it."),
    "AccountNode.id": _words("The id of the account, as the API has it.", "acc_01HABC4567"),
    "account": _words(f"The account by its name, {_NAME}; instead of `account_id`.", "checking"),
    "account_id": _words("The account by its id; instead of `account`.", "acc_01HABC4567"),
    "schedule_type": _words(
        "How often it runs. `BI_WEEKLY` is the 1st and the 15th of each month; every other week is `EVERY_OTHER_WEEK`."
    ),
    "start_date": _words(
        "When it runs first: a date with a time. Without an offset UTC is meant, and schedules run by UTC.",
        "2027-01-31T09:00:00Z",
    ),
    "fact": _words("What is compared. `DATE` is the day of the month."),
    "operator": _words("How it is compared with `value` or `value_fact`."),
    "value": _words(
        "What it is compared with: money as `$500.00` or whole cents; with `DATE`, a day from 1 to 31.", "$500.00"
    ),
    "value_fact": _words("A fact that it is compared with, instead of `value`."),
    "params": _words("Whose balance is meant, if not the trigger's account.", {"account": "savings"}),
    "conditions": _words(
        "When this step runs. Default: always.",
        {"condition": {"fact": "BALANCE", "operator": "GREATER_THAN", "value": "$500.00"}},
    ),
    "condition": _words("Holds when this comparison does.", {"fact": "DATE", "operator": "LESS_THAN", "value": 15}),
    "any": _words("Holds when at least one of these conditions does."),
    "all": _words("Holds when every one of these conditions does."),
    "actions": _words("What is moved when this step runs, in the order of `group_index`."),
    "period": _words("The period in which no more than the amount is moved. The actions of one group share it."),
    "amount": _words(
        "Money with its `$` and at most two decimals; instead of `amount_in_cents`. Inside of `{…}`, an amount with a "
        "comma needs quotes.",
        "$50.00",
        "$1,234.50",
    ),
    "amount_in_cents": _words("Money in whole cents, without a `$`; instead of `amount`.", 5000),
    "source": _words(f"Where the money comes from: a name, {_NAME}, or an account by id and type.", "checking"),
    "destination": _words(f"Where the money goes: a name, {_NAME}, or an account by id and type.", "savings"),
    "group_index": _words(
        "The order of the actions; equal numbers are computed together. May be left out in a step with one action, "
        "or with percentages of one target alone.",
        0,
        1,
    ),
    "up_to_enabled": _words("Whether to move what there is where the source holds less. Default: `false`."),
    "is_direct_deposit": _words("As in the API. Default: `false`."),
    "limit": _words(
        "The most that is moved in a period. Default: no limit.", {"period": "PER_MONTH", "amount": "$200"}
    ),
    "ach_description": _words("The text at the bank.", "RENT"),
    "percentage_value": _words("The share, in percent from 0 to 100.", 20),
    "percentage_target": _words("The share of what: of the deposit, or of the source's balance."),
    "next_payment_minimum_account": _words("Fill up to the next minimum payment of this account."),
    "current_balance_account": _words("Fill up to the balance of this account."),
    "last_statement_balance_account": _words("Fill up to the last statement balance of this account."),
}
"""The words for each field, by its name, or by model and name where it means something else there."""
