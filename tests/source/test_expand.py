import json

from hypothesis import given

from rulesync.accounts import AccountBook, AccountEntry, ListedAccount
from rulesync.document import read
from rulesync.rule import Rule
from rulesync.source.expand import Mention, UnknownAccount, expand, mentions
from rulesync.source.rulefile import RuleFile
from rulesync.wire import v1
from tests.strategies import rules

BOOK = AccountBook(
    {
        "checking": AccountEntry(id="acc_c"),
        "savings": AccountEntry(id="acc_s", type="pod"),
        "visa": AccountEntry(name="Visa Card"),
    }
)
LISTED = (ListedAccount("acc_c", "Checking", "income_source"), ListedAccount("acc_v", "Visa Card", "external_account"))

SHORT = """
nickname: Payday
trigger: {type: SCHEDULED, schedule_type: DAILY, start_date: 2027-01-01T09:00:00, account: checking}
steps:
  - conditions:
      any:
        - condition: {fact: BALANCE, operator: LESS_THAN, value: $500.00, params: {account: visa}}
        - condition: {fact: DATE, operator: EQUALS, value_fact: LAST_DAY_OF_MONTH}
    actions:
      - type: top_up
        current_balance_account: visa
        source: checking
        destination: savings
        limit: {period: PER_MONTH, amount: $20}
        is_direct_deposit: true
  - actions:
      - {type: percentage, percentage_value: 2.5, destination: savings, percentage_target: SOURCE_ACCOUNT,
         source: checking}
      - {type: percentage, percentage_value: 3, percentage_target: SOURCE_ACCOUNT, source: checking, destination: visa}
"""


def short() -> RuleFile:
    (document,), findings = read(SHORT, "a.yaml")
    assert () == findings
    return RuleFile.model_validate(document.data)


def through(text: str, file: str) -> Rule:
    (document,), findings = read(text, file)
    assert () == findings
    body, unknown = expand(RuleFile.model_validate(document.data), AccountBook())
    assert () == unknown
    return v1.decode(body).rule


@given(rules())
def test_what_can_be_sent_comes_back_as_the_same_rule(rule: Rule) -> None:
    """A request body, written to a JSON file and read as a rule file, is the rule that it was made of."""
    assert rule == through(json.dumps(v1.encode(rule)), "a.json")


@given(rules())
def test_the_order_of_fields_means_nothing(rule: Rule) -> None:
    """A body whose fields are sorted by name is the same rule."""
    assert rule == through(json.dumps(v1.encode(rule), sort_keys=True, indent="\t"), "a.json")


def test_numbers_and_instants_have_one_meaning() -> None:
    """20 and 20.0, and an instant with or without milliseconds, offset or zone, are one rule."""
    spellings = [
        SHORT,
        SHORT.replace("percentage_value: 3,", "percentage_value: 3.0,"),
        SHORT.replace("T09:00:00,", "T09:00:00.000Z,"),
        SHORT.replace("T09:00:00,", "T10:00:00+01:00,"),
        SHORT.replace("is_direct_deposit: true", "is_direct_deposit: true\n        ach_description: null"),
    ]
    bodies = [expand(RuleFile.model_validate(read(text, "a.yaml")[0][0].data), BOOK)[0] for text in spellings]
    assert [v1.decode(bodies[0]).rule] * len(bodies) == [v1.decode(body).rule for body in bodies]


def test_shorthand_becomes_the_documented_body() -> None:
    """Names become nodes, dollars cents, and each action says its group and whether it may send less."""
    node = {name: {"id": entry.id, "type": entry.type} for name, entry in (("c", LISTED[0]), ("v", LISTED[1]))}
    savings = {"id": "acc_s", "type": "pod"}
    share = {"type": "percentage", "percentage_target": "SOURCE_ACCOUNT", "source": node["c"]}
    always = {"group_index": 0, "up_to_enabled": False}
    low = {"fact": "BALANCE", "operator": "LESS_THAN", "value": 50000, "params": {"account_id": "acc_v"}}
    last = {"fact": "DATE", "operator": "EQUALS", "value_fact": "LAST_DAY_OF_MONTH"}
    top_up = {
        "type": "top_up",
        "current_balance_account": node["v"],
        "source": node["c"],
        "destination": savings,
        **always,
        "is_direct_deposit": True,
        "limit": {"period": "PER_MONTH", "amount_in_cents": 2000},
    }
    expected = {
        "nickname": "Payday",
        "status": "enabled",
        "trigger": {
            "type": "SCHEDULED",
            "account_id": "acc_c",
            "schedule_type": "DAILY",
            "start_date": "2027-01-01T09:00:00Z",
        },
        "steps": [
            {"conditions": {"any": [{"condition": low}, {"condition": last}]}, "actions": [top_up]},
            {
                "actions": [
                    {**share, "percentage_value": 2.5, "destination": savings, **always},
                    {**share, "percentage_value": 3, "destination": node["v"], **always},
                ]
            },
        ],
    }
    body, unknown = expand(short(), AccountBook(BOOK.entries, LISTED))
    assert () == unknown
    assert expected["steps"] == [_without_nulls(step) for step in body["steps"]]  # type: ignore[attr-defined]
    assert {**expected, "steps": ()} == {**body, "steps": ()}


def _without_nulls(step: dict[str, object]) -> dict[str, object]:
    return json.loads(json.dumps(step), object_hook=lambda each: {k: v for k, v in each.items() if v is not None})  # type: ignore[no-any-return]


def test_what_only_the_api_can_tell_is_marked() -> None:
    """Offline, an id or type that must be looked up is a mark that cannot be taken for one, and distinct per name."""
    body, unknown = expand(short(), BOOK)
    action = v1.decode(body).rule.steps[1].actions[1]  # type: ignore[union-attr]  # a step that is known
    assert () == unknown
    assert ("acc_c", "?") == (action.source.id, action.source.type)  # type: ignore[union-attr]
    assert ("?visa", "?") == (action.destination.id, action.destination.type)  # type: ignore[union-attr]


def test_every_name_that_stands_for_nothing_is_told() -> None:
    """All unknown names of a rule are found at once, each where it was written, with the nearest."""
    _, unknown = expand(short(), AccountBook({"saving": AccountEntry(id="acc_s")}))
    assert ("trigger", "account") == unknown[0].path
    assert (
        UnknownAccount(
            ("steps", 0, "actions", 0, "destination"), "no account is named `savings`", "did you mean `saving`?"
        )
        in unknown
    )
    assert 9 == len(unknown)


def test_the_names_in_a_rule_are_known_beforehand() -> None:
    """Names are listed with their places, and whether the API wants their type."""
    found = list(mentions(short()))
    assert 9 == len(found)
    assert Mention(("trigger", "account"), "checking", typed=False) == found[0]
    path = ("steps", 0, "conditions", "any", 0, "condition", "params", "account")
    assert Mention(path, "visa", typed=False) in found
    assert Mention(("steps", 0, "actions", 0, "current_balance_account"), "visa", typed=True) in found
