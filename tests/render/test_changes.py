from typing import Any

import pytest
from hypothesis import given

from rulesync.diff import fields
from rulesync.planjson import FieldJson, RuleJson
from rulesync.render.changes import told
from rulesync.render.view import one_line, two_sides
from rulesync.rule import Rule
from rulesync.wire import v1
from tests.render.values import NAMES, action, fixed, rule, share
from tests.strategies import rules

CAPPED = {"period": "PER_MONTH", "amount_in_cents": 20000}
LEAF = {"condition": {"fact": "BALANCE", "operator": "GREATER_THAN", "value": 50000}}


def words(before: RuleJson, after: RuleJson) -> list[str]:
    return [one_line(line) for line in told(fields(before, after), before, after, NAMES)]


def one_action(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return words(rule(before), rule(after))


def asking(*conditions: object) -> RuleJson:
    held = {"any": list(conditions)} if len(conditions) > 1 else conditions[0] if conditions else None
    return rule(steps=[{"conditions": held, "actions": [fixed(100, "savings")]}])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (share(20, "savings"), share(25, "savings"), ": 20 % -> 25 % of the deposit"),
        (
            share(20, "savings"),
            share(20, "savings", percentage_target="SOURCE_ACCOUNT"),
            ": 20 % of the deposit -> 20 % of its balance",
        ),
        (fixed(5000, "savings"), fixed(6000, "savings"), ": $50.00 -> $60.00"),
        (
            action("top_up", "savings", amount_in_cents=100),
            action("top_up", "savings", current_balance_account={"id": "acc_x", "type": "external_account"}),
            ": to $1.00 -> to the current balance of `acc_x`",
        ),
        (
            fixed(100, "savings"),
            fixed(100, "savings", source={"id": "acc_taxes", "type": "pod"}),
            ", source: Checking -> Taxes",
        ),
        (fixed(100, "savings"), fixed(100, "savings", group_index=2), ", group: 0 -> 2"),
        (
            fixed(100, "savings"),
            fixed(100, "savings", up_to_enabled=True),
            ", where there is too little: send nothing -> send what there is",
        ),
        (fixed(100, "savings"), fixed(100, "savings", is_direct_deposit=True), ", direct deposit: no -> yes"),
        (
            fixed(100, "savings"),
            fixed(100, "savings", limit=CAPPED),
            ", limit: none -> at most $200.00 per month",
        ),
        (
            fixed(100, "savings", limit=CAPPED),
            fixed(100, "savings", limit={"period": "PER_WEEK", "amount_in_cents": 100}),
            ", limit: at most $200.00 per month -> at most $1.00 per week",
        ),
        (
            fixed(100, "savings", ach_description="RENT"),
            fixed(100, "savings"),
            ", bank text: “RENT” -> none",
        ),
    ],
)
def test_attributes(before: dict[str, Any], after: dict[str, Any], expected: str) -> None:
    """A changed attribute is one line, in words and money, under the place that the action sends to."""
    assert one_action(before, after) == [f"step 1, action 1 (to Savings){expected}"]


def test_destination() -> None:
    """A changed destination is named by where the money goes from now on."""
    assert one_action(fixed(100, "savings"), fixed(100, "taxes")) == [
        "step 1, action 1 (to Taxes), destination: Savings -> Taxes"
    ]


def test_another_kind_of_action() -> None:
    """An action of another kind is told whole on both sides."""
    assert one_action(fixed(100, "savings"), share(5, "savings")) == [
        "step 1, action 1: send $1.00 to Savings -> send 5 % of the deposit to Savings"
    ]


def test_rule_texts_and_trigger() -> None:
    """Nickname, description, status and trigger are told in quotation marks and plain English."""
    after = rule(
        fixed(100, "savings"),
        nickname="New",
        description="Why",
        status="disabled",
        trigger={"type": "SCHEDULED", "schedule_type": "DAILY", "start_date": "2027-01-01T00:00:00Z"},
    )
    assert words(rule(fixed(100, "savings")), after) == [
        "nickname: “Auto-save on deposit” -> “New”",
        "description: + “Why”",
        "status: enabled -> disabled",
        "trigger: When money arrives in Checking -> Every day at 00:00 UTC, starting 2027-01-01",
    ]


def test_conditions() -> None:
    """A condition is told whole, since its parts mean little alone."""
    over_500 = "if its balance is over $500.00"
    more = {"condition": {**LEAF["condition"], "value": 60000}}
    assert words(asking(LEAF), asking(more, LEAF)) == [
        f"step 1, condition: {over_500} -> if its balance is over $600.00 or its balance is over $500.00"
    ]
    assert words(asking(), asking(LEAF)) == [f"step 1, condition: always -> {over_500}"]


def test_steps_come_and_go() -> None:
    """Behind a step that went and one that came, changes are told at the places where things are now."""
    kept = {"actions": [fixed(200, "taxes"), fixed(300, "rainy")]}
    old = [{"conditions": LEAF, "actions": [fixed(100, "savings")]}, kept]
    new = [{"actions": [fixed(900, "rainy")]}, *old[:1], {"actions": [fixed(250, "taxes"), fixed(300, "rainy")]}]
    assert words(rule(steps=old), rule(steps=new)) == [
        "step 1: + send $9.00 to Rainy Day",
        "step 3, action 1 (to Taxes): $2.00 -> $2.50",
    ]
    assert words(rule(steps=new), rule(steps=old)) == [
        "step 1: - send $9.00 to Rainy Day",
        "step 2, action 1 (to Taxes): $2.50 -> $2.00",
    ]


def test_steps_that_move() -> None:
    """A step that only moved is told once."""
    steps = [{"conditions": LEAF, "actions": [fixed(100, "savings")]}, {"actions": [fixed(200, "taxes")]}]
    assert words(rule(steps=steps), rule(steps=steps[::-1])) == ["step 1: moved here from place 2: send $2.00 to Taxes"]


def test_what_is_not_known_is_shown_as_it_is() -> None:
    """A field without words is shown as it stands, an amount in it as money."""
    assert words(rule(fixed(1, "savings")), rule(fixed(1, "savings"), colour={"a": 1})) == ['colour: + {"a": 1}']
    assert one_action(fixed(1, "savings"), fixed(1, "savings", speed=2)) == ["steps[0].actions[0].speed: + 2"]
    found = fields({"x_amount_in_cents": 5}, {"x_amount_in_cents": 7})
    assert [one_line(line) for line in told(found, None, None, {})] == ["x_amount_in_cents: $0.05 -> $0.07"]


def test_long_texts_are_cut_around_their_difference() -> None:
    """Of two long texts that differ somewhere inside, the place where they part is shown."""
    start, end = "x" * 500, "y" * 500
    assert words(rule(description=f"{start}A{end}"), rule(description=f"{start}B{end}")) == [
        f"description: “…{'x' * 20}A{'y' * 139}…” -> “…{'x' * 20}B{'y' * 139}…”"
    ]
    assert words(rule(description=start), rule(description=start + "!")) == [
        f"description: “…{'x' * 20}” -> “…{'x' * 20}!”"
    ]


def test_drift_has_other_words() -> None:
    """Drift says who wants and who holds."""
    before, after = rule(share(20, "savings")), rule(share(25, "savings"), fixed(100, "taxes"), nickname=None)
    assert [two_sides(line) for line in told(fields(before, after), before, after, NAMES)] == [
        "nickname: only Git has “Auto-save on deposit”",
        "step 1, action 1 (to Savings): Git wants 20 %, the app holds 25 % of the deposit",
        "step 1, action 2: only the app has send $1.00 to Taxes",
    ]


@given(rules(opaque=True), rules(opaque=True))
def test_each_difference_is_told(one: Rule, other: Rule) -> None:
    """Where something differs, something is told, and what is told shows two sides that differ."""
    before, after = v1.encode(one), v1.encode(other)
    found = told(fields(before, after), before, after, NAMES)
    assert bool(found) == (fields(before, after) != [])
    assert [line for line in found if line.text is None and line.before == line.after] == []


def test_one_that_went_and_one_that_came_to_the_same_place() -> None:
    """Where all others change their places, an action that keeps its own went and came."""
    p, q, a, b, c = (fixed(number * 100, "savings") for number in range(5))
    assert words(rule(p, q, a, b, c), rule(b, c, a)) == [
        "step 1, action 1: - send $0.00 to Savings",
        "step 1, action 2: - send $1.00 to Savings",
        "step 1, action 3: - send $2.00 to Savings",
        "step 1, action 3: + send $2.00 to Savings",
    ]


def test_fields_that_fit_no_rule() -> None:
    """Fields that do not belong to the rules beside them, as in an edited plan, are shown as they are."""
    odd: FieldJson = {"path": "steps[7].actions[1].amount_in_cents", "before": 1, "after": 2}
    assert [one_line(line) for line in told([odd], rule(), rule(), NAMES)] == [
        "steps[7].actions[1].amount_in_cents: $0.01 -> $0.02"
    ]


def test_the_whole_of_the_steps() -> None:
    """Steps told as one field are told as the two sentences of the rule."""
    before, after = rule(fixed(100, "savings")), rule(fixed(200, "savings"))
    whole: FieldJson = {"path": "steps", "before": before["steps"], "after": after["steps"]}
    assert [one_line(line) for line in told([whole], before, after, NAMES)] == [
        "rule: When money arrives in Checking: send $1.00 to Savings. -> "  # noqa: ISC004  # one line
        "When money arrives in Checking: send $2.00 to Savings."
    ]
