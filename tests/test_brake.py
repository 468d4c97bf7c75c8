from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.brake import Brake, build, managed
from rulesync.intent import body, marker
from rulesync.ownership import Marker
from rulesync.plan import Operation, is_met
from rulesync.rule import Rule, Status
from rulesync.ruleset import ActualRule, Extra, ListedRule, Refresh, UnreadableRule
from rulesync.wire import v1
from tests.builders import SCOPE, a_rule, applied, by_hand, holding, row
from tests.strategies import rules

extras = st.lists(st.sampled_from(["priority", "label"]), unique=True).map(
    lambda names: tuple(Extra((name,), '{"x":[1]}') for name in names)
)


def live(key: str, cents: int = 100, rule_id: str | None = None) -> ActualRule:
    return replace(applied(key, a_rule(cents), rule_id), rule=a_rule(cents))


def pull(actuals: Sequence[ActualRule], pins: dict[str, str] | None = None) -> Brake:
    held = holding(actuals)
    among = managed(held.listed, SCOPE, pins or {}, {})
    return build(list(among.rows), among, held, {}, SCOPE)


@given(rules(opaque=True), st.booleans(), extras)
def test_nothing_changes_but_the_status(rule: Rule, marked: bool, held: tuple[Extra, ...]) -> None:  # noqa: FBT001 - drawn
    """What is sent is the rule that is there, with its marker or without, and all that is not known here; only off."""
    was = applied("save", a_rule()) if marked else by_hand("rule_save", a_rule())
    actual = replace(was, rule=replace(rule, status=Status.ENABLED), extras=held)
    pulled = pull([actual], {"save": "rule_save"})
    (change,) = pulled.plan.writes

    sent = v1.actual({**(body(change, SCOPE, v1) or {}), "id": actual.id, "updated_at": actual.updated_at})

    assert replace(actual, rule=replace(actual.rule, status=Status.DISABLED)) == sent
    assert actual.rule.nickname == sent.rule.nickname
    assert actual.marker == marker(change, SCOPE)
    assert (True, False) == (is_met(change, sent), is_met(change, actual))
    assert not is_met(change, replace(sent, extras=(*held, Extra(("speed",), "1"))))


def test_the_most_money_first() -> None:
    """No known limit goes first, then the larger amount, then by key."""
    unknown = replace(live("z"), rule=replace(a_rule(), steps=(*a_rule().steps, *v1.decode(STRANGE).rule.steps)))

    pulled = pull([live("a", 1), live("c", 900), live("b", 900), unknown])

    assert ["z", "b", "c", "a"] == [change.key for change in pulled.plan.writes]
    assert {"rule_z": None, "rule_b": 900, "rule_c": 900, "rule_a": 1} == pulled.stakes


STRANGE = {"status": "enabled", "trigger": {"type": "MANUAL", "account_id": "a"}, "steps": [{"goto": 3}]}


def test_what_is_off_stays_as_it_is() -> None:
    """A rule that is off already is in the plan, and not written."""
    pulled = pull([applied("off", a_rule()), live("on")])

    assert {"on": Operation.UPDATE, "off": Operation.NO_OP} == {
        each.key: each.operation for each in pulled.plan.changes
    }


def test_who_is_managed() -> None:
    """Markers of our scope and pins bind; a marker of another scope, and what has neither, do not."""
    theirs = replace(live("theirs"), marker=Marker("firm", "theirs", "1" * 12))
    listed = [row(each) for each in (live("save"), by_hand("rule_7", a_rule()), by_hand("rule_8", a_rule()), theirs)]

    among = managed(listed, SCOPE, {"pinned": "rule_7", "stolen": "rule_theirs", "gone": "rule_9"}, {})

    assert {"pinned": "rule_7", "save": "rule_save"} == {key: rows[0].id for key, rows in among.rows.items()}
    assert ["rule_8", "rule_theirs"] == [each.id for each in among.others]


def test_former_keys() -> None:
    """A rule that was renamed is found by both of its keys, whether a file says so or a pin shows it."""
    listed = [row(live("old")), row(live("older"))]

    among = managed(listed, SCOPE, {"new": "rule_old"}, {"newer": "older"})

    assert ["new", "newer"] == list(among.rows)
    assert ["new", "new", "newer", "newer"] == [among.find(word) for word in ("new", "old", "newer", "older")]


@pytest.mark.parametrize(
    ("word", "hint"),
    [("saev", "did you mean `save`?"), ("SAVE", "did you mean `save`, whose nickname that is?"), ("zzz", None)],
)
def test_a_word_that_is_no_key(word: str, hint: str | None) -> None:
    """A word that is nearly a key, or the name that people see in the app, leads to the key."""
    assert hint == managed([row(live("save"))], SCOPE, {}, {}).near(word)


def test_two_rules_under_one_key() -> None:
    """Both rules that bear the marker of one key are switched off."""
    assert ["rule_1", "rule_2"] == [
        change.rule_id for change in pull([live("save", rule_id="rule_1"), live("save", rule_id="rule_2")]).plan.writes
    ]


def test_what_cannot_be_read() -> None:
    """A rule that cannot be read keeps no other running; it counts as off only where the list says so."""
    on, off, unsure = (row(live(key)) for key in ("on", "off", "unsure"))
    rows: list[ListedRule] = [on, replace(off, status=Status.DISABLED), replace(unsure, status=None), row(live("good"))]
    hidden = {each.id: UnreadableRule(each, "403") for each in rows[:3]}
    refresh = Refresh(tuple(rows), {"rule_good": live("good")}, hidden)
    among = managed(rows, SCOPE, {}, {})

    pulled = build(list(among.rows), among, refresh, {}, SCOPE)

    assert ["good"] == [change.key for change in pulled.plan.writes]
    assert [("on", "403"), ("unsure", "403")] == [(each.change.key, each.reason) for each in pulled.unreadable]
    assert "off" in {change.key for change in pulled.plan.changes}


def test_what_is_nobodys_and_live() -> None:
    """Live rules that nobody manages here are named, so that nobody believes them to be off."""
    pulled = pull([live("save"), by_hand("rule_8", a_rule()), by_hand("rule_9", a_rule(status=Status.DISABLED))])

    assert ["rule_8"] == [each.id for each in pulled.untouched]
