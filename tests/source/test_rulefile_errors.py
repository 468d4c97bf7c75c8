import pytest
from pydantic import ValidationError

from rulesync.document import read
from rulesync.findings import Finding
from rulesync.source.rulefile import RuleFile
from rulesync.source.rulefile_errors import translate

GOOD = "{type: fixed_amount, amount: $5, source: a, destination: b}"
BOTH = "source: a, destination: b"
TRIGGER = "trigger: {type: MANUAL, account: a}\n"


def wrong(text: str) -> list[Finding]:
    (document,), findings = read(text, "a.yaml")
    assert () == findings
    try:
        RuleFile.model_validate(document.data)
    except ValidationError as problem:
        return list(translate(problem, document))
    return []


def action(fields: str) -> str:
    return f"{TRIGGER}steps:\n  - actions:\n      - {fields}\n"


def leaf(fields: str) -> str:
    return f"{TRIGGER}steps:\n  - conditions: {{condition: {fields}}}\n    actions:\n      - {GOOD}\n"


@pytest.mark.parametrize(
    ("text", "place", "check", "message", "help"),
    [
        (
            f"nicknam: x\n{action(GOOD)}",
            "1:1",
            "unknown-field",
            "a rule has no field `nicknam`",
            "did you mean `nickname`?",
        ),
        (
            f"created_at: x\n{action(GOOD)}",
            "1:1",
            "unknown-field",
            "a rule has no field `created_at`",
            "the API sets it: remove it here",
        ),
        (TRIGGER, "1:1", "missing-field", "a rule needs `steps`", None),
        (f"trigger:\nsteps: [{{actions: [{GOOD}]}}]", "1:1", "missing-field", "a rule needs `trigger`", None),
        (
            "trigger: {}\nsteps: [{actions: [" + GOOD + "]}]",
            "1:10",
            "missing-field",
            "a trigger needs `type`",
            None,
        ),
        (
            "trigger: {type: ON_FUNDS, account: a}\nsteps: [{actions: [" + GOOD + "]}]",
            "1:17",
            "invalid-value",
            "`ON_FUNDS` is no type of trigger",
            "did you mean `ON_FUNDS_TRANSFERRED`?",
        ),
        (
            "trigger: {type: MANUAL, account: a, account_id: b}\nsteps: [{actions: [" + GOOD + "]}]",
            "1:49",
            "invalid-value",
            "this trigger takes one of `account` or `account_id`, not 2 of them",
            None,
        ),
        (
            "trigger: {type: SCHEDULED, start_date: 2027-01-01T09:00:00Z}\nsteps: [{actions: [" + GOOD + "]}]",
            "1:10",
            "missing-field",
            "a `SCHEDULED` trigger needs `schedule_type`",
            None,
        ),
        (f"{TRIGGER}steps: []", "2:8", "invalid-value", "`steps` is empty", "give it at least one item"),
        (f"{TRIGGER}steps: {{}}", "2:8", "invalid-value", "`steps` needs a list, not a mapping", None),
        ("- a", "1:1", "invalid-value", "a rule file needs fields, not a list", None),
        (
            action("{type: fixed, amount: $5}"),
            "4:16",
            "invalid-value",
            "`fixed` is no type of action",
            "did you mean `fixed_amount`?",
        ),
        (
            action("{type: fixed_amount, amount: 5.0, source: a, destination: b}"),
            "4:38",
            "float-money",
            "an amount of money is never a float",
            "write `$5.00`",
        ),
        (
            action("{type: fixed_amount, source: a, destination: b}"),
            "4:9",
            "missing-field",
            "`fixed_amount` needs `amount` or `amount_in_cents`",
            None,
        ),
        (
            action("{type: percentage, percentage_value: 130, percentage_target: SOURCE_ACCOUNT, " + BOTH + "}"),
            "4:46",
            "invalid-value",
            "`130` is more than 100",
            None,
        ),
        (
            action("{type: percentage, percentage_value: 20%, percentage_target: SOURCE_ACCOUNT, " + BOTH + "}"),
            "4:46",
            "invalid-value",
            "`percentage_value` needs a number, not `20%`",
            "write `percentage_value: 20`",
        ),
        (
            action("{type: percentage, percentage_value: half, percentage_target: SOURCE_ACCOUNT, " + BOTH + "}"),
            "4:46",
            "invalid-value",
            "`percentage_value` needs a number, not `half`",
            None,
        ),
        (
            action("{type: fixed_amount, amount: $5, source: a, destination: b, group_index: '1.5'}"),
            "4:82",
            "invalid-value",
            "`group_index` needs a whole number, not `1.5`",
            None,
        ),
        (
            action("{type: fixed_amount, amount: $5, source: a, destination: b, up_to_enabled: 'yes'}"),
            "4:84",
            "invalid-value",
            "`up_to_enabled` needs `true` or `false`, not `yes`",
            "write `up_to_enabled: true`",
        ),
        (
            action("{type: fixed_amount, amount: $5, source: a, destination: b, up_to_enabled: often}"),
            "4:84",
            "invalid-value",
            "`up_to_enabled` needs `true` or `false`, not `often`",
            None,
        ),
        (
            f"trigger: MANUAL\nsteps: [{{actions: [{GOOD}]}}]",
            "1:10",
            "invalid-value",
            "`trigger` needs fields, not `MANUAL`",
            "write `trigger: {type: MANUAL, account: …}`",
        ),
        (
            f"{TRIGGER}actions: [{GOOD}]",
            "2:1",
            "unknown-field",
            "a rule has no field `actions`",
            "it belongs to a step: write `steps:`, below it `- actions:`, and the actions below that",
        ),
        (
            f"{TRIGGER}conditions: {{}}\nsteps: [{{actions: [{GOOD}]}}]",
            "2:1",
            "unknown-field",
            "a rule has no field `conditions`",
            "it belongs to a step: write `steps:`, and it beside `actions:`",
        ),
        (
            f"{TRIGGER}steps: {{actions: [{GOOD}]}}",
            "2:8",
            "invalid-value",
            "`steps` needs a list, not a mapping",
            "begin each item of the list with `- `",
        ),
        (
            f"{TRIGGER}steps: [{GOOD}]",
            "2:10",
            "unknown-field",
            "a step has no field `type`",
            "this looks like an action, which belongs to a step: write `- actions:`, and the actions below it",
        ),
        (
            f"{TRIGGER}steps: [{{conditions: {{fact: BALANCE, operator: EQUALS, value: $5}}, actions: [{GOOD}]}}]",
            "2:23",
            "unknown-field",
            "a condition has no field `fact`",
            "write `condition:` around it: `conditions: {condition: {fact: …}}`",
        ),
        (
            f"{TRIGGER}steps: [{{conditions: [{{condition: {{}}}}], actions: [{GOOD}]}}]",
            "2:22",
            "invalid-value",
            "`conditions` needs fields, not a list",
            "write `all:` or `any:` above the list",
        ),
        (
            leaf("{fact: BALANCE, operator: '>=', value: $1}"),
            "3:55",
            "invalid-value",
            "`>=` is no `operator`",
            "write `GREATER_THAN_OR_EQUAL`",
        ),
        (
            action("{type: fixed_amount, amount: $5, source: {id: a, type: pod, name: x}, destination: b}"),
            "4:69",
            "unknown-field",
            "an account has no field `name`",
            "the API sets it: remove it here",
        ),
        (
            action("{type: fixed_amount, amount: $5, source: {id: a}, destination: b}"),
            "4:50",
            "missing-field",
            "an account needs `type`",
            None,
        ),
        (
            action("{type: fixed_amount, amount: $5, source: 5, destination: b}"),
            "4:50",
            "invalid-value",
            "`source` needs the name of an account, or its `id` and `type`, not `5`",
            "put it in quotes",
        ),
        (
            action("{type: fixed_amount, amount: $5, source: a, destination: b, up_to_enabled: 1}"),
            "4:84",
            "invalid-value",
            "`up_to_enabled` needs `true` or `false`, not `1`",
            None,
        ),
        (
            action("{type: fixed_amount, amount: $5, source: a, destination: b, group_index: true}"),
            "4:82",
            "invalid-value",
            "`group_index` needs a whole number, not `true`",
            None,
        ),
        (
            action("{type: fixed_amount, amount: $5, source: a, destination: b, limit: {period: PER_WEK, amount: $1}}"),
            "4:85",
            "invalid-value",
            "`PER_WEK` is no `period`",
            "did you mean `PER_WEEK`?",
        ),
        (
            leaf("{fact: DATE, operator: EQUALS, value: $5}"),
            "3:67",
            "invalid-value",
            "a `DATE` is a day of the month, not money",
            "write 1 to 31",
        ),
        (
            leaf("{fact: DATE, operator: EQUALS, value: 32}"),
            "3:67",
            "invalid-value",
            "`32` is no day of the month",
            "write 1 to 31",
        ),
        (
            leaf("{fact: BALANCE, operator: EQUALS}"),
            "3:29",
            "missing-field",
            "a condition needs `value` or `value_fact`",
            None,
        ),
        (
            leaf("{fact: BALANCE, operator: EQUALS, value: $1, any: []}"),
            "3:74",
            "unknown-field",
            "a condition has no field `any`",
            "it has `fact`, `operator`, `value`, `value_fact` or `params`",
        ),
        (
            f"{TRIGGER}steps:\n  - actions:\n      - {GOOD}\n      - {GOOD}\n",
            "4:9",
            "group-index",
            "this action needs a `group_index`: it says what is computed together, and in which order",
            "number the actions 0, 1, 2 in the order they should run; equal numbers are computed together",
        ),
        (
            f"suppress: {{possible-duplicat: why}}\n{action(GOOD)}",
            "1:12",
            "invalid-value",
            "`possible-duplicat` is no check that `suppress` excuses a rule from",
            "did you mean `possible-duplicate`?",
        ),
        (
            f"suppress: {{possible-rename: }}\n{action(GOOD)}",
            "1:12",
            "missing-field",
            "`suppress` needs `possible-rename`",
            None,
        ),
        (
            f"status: enabeld\n{action(GOOD)}",
            "1:9",
            "invalid-value",
            "`enabeld` is no `status`",
            "did you mean `enabled`?",
        ),
        (f"status: true\n{action(GOOD)}", "1:9", "invalid-value", "`true` is no `status`", "write `enabled`"),
        (
            f"nickname: 2027\n{action(GOOD)}",
            "1:11",
            "invalid-value",
            "`nickname` needs text, not `2027`",
            "put it in quotes",
        ),
    ],
)
def test_each_error_is_a_sentence_at_its_place(
    text: str, place: str, check: str, message: str, help: str | None
) -> None:
    """What pydantic finds is said in the product's words where it stands, with advice where there is some."""
    (finding,) = wrong(text)
    assert (f"a.yaml:{place}", check, message, help) == (
        str(finding.location),
        finding.check,
        finding.message,
        finding.help,
    )


def test_all_errors_are_found_at_once() -> None:
    """Three errors in three places of one document are three findings, and no list is called empty for them."""
    text = f"nicknam: x\n{TRIGGER}steps:\n  - actions: [{{type: fixed}}]\n  - actions: []\nid: a b\n"
    assert ["pin", "invalid-value", "invalid-value", "unknown-field"] == [finding.check for finding in wrong(text)]


def test_percentages_of_one_target_need_no_group() -> None:
    """Percentages that are computed together anyway go without `group_index`; of two targets they do not."""
    share = "{{type: percentage, percentage_value: 5, percentage_target: {}, source: a, destination: b}}"
    one, other = share.format("SOURCE_ACCOUNT"), share.format("INCOMING_AMOUNT")
    step = f"{TRIGGER}steps:\n  - actions:\n      - {one}\n      - "
    assert [] == wrong(step + one)
    assert ["group-index"] == [finding.check for finding in wrong(step + other)]


def test_an_answer_of_the_api_is_recognised() -> None:
    """A pasted answer says what to keep of it."""
    helps = {finding.help for finding in wrong("request_id: x\ndata: {}\n") if finding.check == "unknown-field"}
    assert {"this is an answer of the API: keep what is under `data`, without `created_at` and `updated_at`"} == helps


def test_a_long_value_is_cut() -> None:
    """What a person wrote is shown on one line, and not all of it where it is long."""
    (finding,) = wrong(f"status: {'x' * 500}\n{action(GOOD)}")
    assert "`" + "x" * 59 + "…` is no `status`" == finding.message
