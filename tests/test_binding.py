from dataclasses import replace

import pytest

from rulesync.plan import Operation, build
from rulesync.rule import Rule
from rulesync.ruleset import ActualRule, Refresh
from tests.builders import SCOPE, a_rule, applied, by_hand, checks, desired, operations, plan


def test_a_renamed_key() -> None:
    """A new key that equals an orphan is that rule, and nothing is written."""
    made = plan([desired("new", a_rule())], [applied("old", a_rule())])

    assert ({"new": Operation.NO_OP}, ()) == (operations(made), made.orphans)


def test_a_renamed_and_changed_key() -> None:
    """A new key that is only like an orphan is a question, not a guess; `moved_from` answers it."""
    actuals = [applied("old", a_rule(1))]

    made = plan([desired("new", a_rule(2))], actuals)
    answered = plan([desired("new", a_rule(2), moved_from="old")], actuals)

    assert ["possible-rename"] == checks(made)
    assert ({"new": Operation.UPDATE}, ()) == (operations(answered), answered.findings)


def test_two_new_keys_like_one_orphan() -> None:
    """An orphan that two new keys equal is given to neither."""
    wishes = [desired("one", a_rule()), desired("two", a_rule())]

    assert ["possible-rename", "possible-rename"] == checks(plan(wishes, [applied("old", a_rule())]))


@pytest.mark.parametrize("other", [a_rule(1, nickname="Save"), a_rule(2, nickname="Other")])
def test_a_rule_that_is_there_already(other: Rule) -> None:
    """Making a rule that somebody already made by hand is refused until a person decides."""
    wish = desired("save", a_rule(2, nickname="Save"))

    assert ["possible-duplicate"] == checks(plan([wish], [by_hand("rule_9", other)]))
    excused = replace(wish, suppress={"possible-duplicate": "both are meant"})
    assert () == plan([excused], [by_hand("rule_9", other)]).findings


def test_another_scope_is_not_ours() -> None:
    """A rule that bears another scope's marker is unmanaged, whatever its key."""
    theirs = applied("save", a_rule(1, nickname="Theirs"), scope="firm")
    made = plan([desired("save", a_rule(2, nickname="Ours"))], [theirs])

    assert ({"save": Operation.CREATE}, ["rule_save"]) == (operations(made), [each.id for each in made.unmanaged])


def test_two_rules_with_one_marker() -> None:
    """Two rules that bear one marker are named, and nothing is planned for the key."""
    twins = [applied("save", a_rule(), "rule_1"), applied("save", a_rule(), "rule_2")]
    made = plan([desired("save", a_rule(2))], twins)

    assert (["duplicate-marker"], (), ()) == (checks(made), made.changes, made.orphans)
    assert "`rule_1`, `rule_2`" in made.findings[0].message


@pytest.mark.parametrize(
    ("actual", "words"),
    [
        (applied("other", a_rule(), "rule_1"), "bears the marker of `household/other`"),
        (applied("save", a_rule(), "rule_1", scope="firm"), "bears the marker of `firm/save`"),
        (applied("other", a_rule(), "rule_2"), "does not exist"),
    ],
)
def test_a_pin_that_cannot_be_right(actual: ActualRule, words: str) -> None:
    """A pin to a rule that is gone or another's is an error, and nothing is planned for the key."""
    made = plan([desired("save", a_rule(), pin="rule_1")], [actual])

    assert (["pin"], ()) == (checks(made), made.changes)
    assert words in made.findings[0].message


def test_a_pin_that_is_not_listed_and_exists() -> None:
    """A pinned rule that a look by id shows is said to exist, never that it should be made anew."""
    hidden = by_hand("rule_1", a_rule())
    made = build([desired("save", a_rule(2), pin="rule_1")], Refresh((), {"rule_1": hidden}), SCOPE)

    assert (["pin"], ()) == (checks(made), made.changes)
    assert "the pinned rule `rule_1` exists, and the API does not list it" in made.findings[0].message
    assert "anew" not in str(made.findings[0].help)
    assert "try again" in str(made.findings[0].help)


def test_a_pin_that_was_deleted() -> None:
    """A pinned rule of which the API says that it was deleted is said to be."""
    made = build([desired("save", a_rule(), pin="rule_1")], Refresh((), {}, deleted=frozenset({"rule_1"})), SCOPE)

    assert (["pin"], ()) == (checks(made), made.changes)
    assert "the pinned rule `rule_1` was deleted" in made.findings[0].message


def test_a_pin_and_a_marker_that_disagree() -> None:
    """A key that is pinned to one rule while another bears its marker is an error."""
    made = plan([desired("save", a_rule(), pin="rule_1")], [by_hand("rule_1", a_rule()), applied("save", a_rule())])

    assert (["pin"], ()) == (checks(made), made.changes)


def test_one_rule_for_two_keys() -> None:
    """A rule that two keys claim is bound to neither."""
    wishes = [desired("one", a_rule(1), moved_from="old"), desired("two", a_rule(2), moved_from="old")]
    made = plan(wishes, [applied("old", a_rule())])

    assert (["moved-from"], ()) == (checks(made), made.changes)
