from dataclasses import replace

import pytest
from hypothesis import given

from rulesync.intent import body, marker
from rulesync.ownership import Marker, digest
from rulesync.plan import Operation, Origin, Plan
from rulesync.rule import Opaque, Rule, Status
from rulesync.ruleset import ActualRule, Extra, Refresh, UnreadableRule
from rulesync.undo import Written, build, wanted
from rulesync.wire import v1
from tests.builders import SCOPE, a_rule, applied, by_hand, checks, holding, operations, row
from tests.strategies import rules

BEFORE, AFTER = a_rule(1), a_rule(2)
NOW = applied("save", AFTER)
CHANGED = Written("save", Operation.UPDATE, "rule_save", BEFORE, left=digest(AFTER))
DELETED = Written("save", Operation.DELETE, "rule_save", BEFORE)
MADE = Written("save", Operation.CREATE, "rule_save", left=digest(AFTER))
STRANGE = Opaque('{"goto":3}')


def undo(written: Written, *actuals: ActualRule, prune: bool = False, scope: str = SCOPE) -> Plan:
    """Return the plan of an undo; what it leaves as it is has a finding each, of the same words."""
    held = holding(actuals)
    needed = set(wanted([written], held.listed, scope))
    bodies = {name: each for name, each in held.bodies.items() if name in needed}
    built = build([written], Refresh(held.listed, bodies), scope, prune=prune)
    said = [each.message for each in built.plan.findings if each.check == "undo"]
    assert said == [f"`{each.change.key}` is left as it is: {each.why}" for each in built.left]
    return built.plan


@given(rules(opaque=True))
def test_what_is_sent_is_the_whole_rule_of_before(rule: Rule) -> None:
    """A rule is put back whole, with what is not known here, off, marked as applied."""
    extras = (Extra(("priority",), "3"),)
    (change,) = undo(replace(CHANGED, before=rule, extras=extras), NOW).changes

    sent = v1.actual({**(body(change, SCOPE, v1) or {}), "id": "rule_save"})

    assert Operation.UPDATE is change.operation
    assert (replace(rule, status=Status.DISABLED), rule.nickname) == (sent.rule, sent.rule.nickname)
    assert (extras, Marker(SCOPE, "save", digest(rule))) == (sent.extras, sent.marker)
    assert sent.marker == marker(change, SCOPE)


@pytest.mark.parametrize(
    ("actual", "origin"),
    [
        (NOW, Origin.GIT),
        (replace(NOW, rule=a_rule(9)), Origin.APP),
        (applied("save", a_rule(9)), Origin.BOTH),
    ],
)
def test_who_would_be_overwritten(actual: ActualRule, origin: Origin) -> None:
    """What that apply left is put back; an edit in the app, or what was applied later, needs to be approved."""
    assert [(Operation.UPDATE, origin)] == [(each.operation, each.origin) for each in undo(CHANGED, actual).changes]


def test_a_rule_that_lost_its_marker() -> None:
    """A rule without the marker that the apply left is nobody's by now: it is left as it is, and named."""
    made = undo(CHANGED, replace(NOW, marker=None))

    assert () == made.changes
    assert ["undo"] == [finding.check for finding in made.findings]
    assert "does not bear the marker any more" in made.findings[0].message


def test_a_report_that_does_not_say_what_was_left() -> None:
    """Without the digest of what was left, the marker alone tells."""
    assert Origin.GIT is undo(replace(CHANGED, left=None), applied("save", a_rule(9))).changes[0].origin


@pytest.mark.parametrize("status", Status)
def test_a_rule_that_is_as_it_was(status: Status) -> None:
    """A rule that is as it was is not written, be it on or off: that is a person's."""
    there = replace(applied("save", BEFORE), rule=a_rule(1, status=status))
    made = undo(CHANGED, there)

    assert ({"save": Operation.NO_OP}, ()) == (operations(made), made.findings)
    assert (status is Status.DISABLED) is made.changes[0].waits


def test_a_field_that_was_lost_is_put_back() -> None:
    """A rule that differs only in a field that is not known here is not as it was."""
    lost = replace(CHANGED, before=AFTER, extras=(Extra(("priority",), "3"),))

    assert {"save": Operation.UPDATE} == operations(undo(lost, NOW))


@pytest.mark.parametrize(
    ("written", "actuals", "words"),
    [
        (CHANGED, [], "the rule `rule_save` is gone"),
        (CHANGED, [replace(NOW, marker=Marker("firm", "save", "1" * 12))], "bears the marker of `firm/save`"),
        (replace(CHANGED, before=None), [NOW], "does not say what it was"),
        (replace(DELETED, before=None), [], "does not say what it was"),
        (DELETED, [applied("save", a_rule(9), "rule_new")], "a rule of this key is there again"),
        (DELETED, [applied("save", BEFORE, "rule_1"), applied("save", BEFORE, "rule_2")], "`rule_1`, `rule_2`"),
        (DELETED, [by_hand("rule_7", BEFORE)], "`rule_7` has the same trigger and steps"),
        (MADE, [replace(NOW, marker=None)], "does not bear its marker any more"),
    ],
)
def test_what_is_left_as_it_is(written: Written, actuals: list[ActualRule], words: str) -> None:
    """Where something else stands now, nothing is written, and it is said; that forbids nothing else."""
    made = undo(written, *actuals, prune=True)

    assert ((), ["undo"], False) == (made.writes, checks(made), made.forbidden)
    assert words in made.findings[0].message


def test_a_deleted_rule() -> None:
    """A rule that was deleted is made anew under its key; one that is there again as it was is not made twice."""
    anew, there = undo(DELETED), undo(DELETED, applied("save", BEFORE, "rule_new"))

    assert ({"save": Operation.CREATE}, {"save": Operation.NO_OP}) == (operations(anew), operations(there))
    assert Marker(SCOPE, "save", digest(BEFORE)) == marker(anew.changes[0], SCOPE)


@pytest.mark.parametrize("prune", [True, False])
def test_a_rule_that_was_made(*, prune: bool) -> None:
    """A rule that was made is deleted only if that is wished, and named as one that would be otherwise."""
    made = undo(MADE, NOW, prune=prune)

    assert ["save"] == [change.key for change in made.orphans]
    assert ({"save": Operation.DELETE} if prune else {}) == operations(made)


def test_a_rule_that_was_made_and_edited() -> None:
    """Deleting what somebody edited in the app needs to be approved."""
    assert [Origin.APP] == [each.origin for each in undo(MADE, replace(NOW, rule=a_rule(9)), prune=True).changes]


def test_a_rule_that_was_made_and_is_gone() -> None:
    """Of a rule that was made and is gone nothing is said."""
    made = undo(MADE, prune=True)

    assert ((), (), ()) == (made.changes, made.orphans, made.findings)


def test_what_stays_anyway_needs_no_words() -> None:
    """Of a rule that was made and is not ours any more nothing is said where none would be deleted."""
    made = undo(MADE, replace(NOW, marker=None))

    assert ((), (), ()) == (made.changes, made.orphans, made.findings)


@pytest.mark.parametrize(("scope", "deleted"), [(SCOPE, True), ("default", False)])
def test_a_create_of_which_nothing_was_heard(scope: str, *, deleted: bool) -> None:
    """A rule whose id the report does not know is found by its marker, unless anybody may have made that."""
    held = replace(NOW, marker=Marker(scope, "save", digest(AFTER)))
    made = undo(replace(MADE, rule_id=None), held, prune=True, scope=scope)

    assert deleted is bool(made.writes)
    assert deleted is not bool(made.findings)


@pytest.mark.parametrize("written", [CHANGED, MADE])
def test_what_cannot_be_read(written: Written) -> None:
    """A rule that exists and cannot be read voids the undo."""
    hidden = {NOW.id: UnreadableRule(row(NOW), "403")}

    made = build([written], Refresh((row(NOW),), {}, hidden), SCOPE, prune=True).plan

    assert (True, ["unreadable"], ()) == (made.errored, checks(made), made.writes)


def test_an_unreadable_rule_that_stays() -> None:
    """A rule that was made, cannot be read and is to be left keeps nothing from being undone."""
    hidden = {NOW.id: UnreadableRule(row(NOW), "403")}

    made = build([MADE], Refresh((row(NOW),), {}, hidden), SCOPE).plan

    assert (False, ["save"]) == (made.errored, [change.key for change in made.orphans])


def test_the_bodies_that_are_needed() -> None:
    """Only what was written is read; what is nobody's as well, where a rule would be made anew."""
    listed = [row(each) for each in (NOW, applied("other", AFTER), by_hand("rule_7", AFTER))]

    assert ["rule_save"] == wanted([CHANGED], listed, SCOPE)
    assert ["rule_7"] == wanted([replace(DELETED, key="old")], listed, SCOPE)
