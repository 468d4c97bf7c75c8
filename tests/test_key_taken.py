from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.findings import errors
from rulesync.plan import Operation
from rulesync.ruleset import DesiredRule
from tests.builders import a_rule, applied, checks, desired, operations, plan

KEYS = ("a", "b", "c", "d", "e", "f")
HELD = ("a", "b", "c", "d")


@given(st.permutations(KEYS), st.booleans())
def test_renaming_does_no_harm(names: list[str], same_name: bool) -> None:  # noqa: FBT001
    """Files of unchanged rules, renamed in any way: nothing is written, and no key is bound to another rule unsaid."""
    rules = {key: a_rule(cents, nickname="Save" if same_name else key) for cents, key in enumerate(HELD, start=1)}
    now = dict(zip(HELD, names, strict=False))

    made = plan([desired(now[key], rule) for key, rule in rules.items()], [applied(*each) for each in rules.items()])

    assert () == made.writes
    spoken_of = {change.key for change in made.changes}
    for change in made.changes:
        assert change.desired is not None
        assert change.actual is not None
        assert change.desired.rule.steps == change.actual.rule.steps
    assert spoken_of == set(now.values()) or made.forbidden
    if not set(now.values()) & {before for before, after in now.items() if before != after}:
        assert () == made.findings


def test_a_key_that_a_new_rule_took() -> None:
    """A rule renamed, and a new one under its key: the old rule is not rewritten, and the way out is named."""
    old, new = a_rule(1, nickname="Rent"), a_rule(9, nickname="Fun")
    made = plan([desired("a", new), desired("b", old)], [applied("a", old)])

    (found,) = made.findings
    assert (("key-taken",), (), ()) == ((found.check,), made.changes, made.orphans)
    assert "rulesync adopt b --id rule_a --take-over" in (found.help or "")
    excused = replace(desired("a", new), suppress={"key-taken": "it is meant so"})
    assert "key-taken" not in checks(plan([excused, desired("b", old)], [applied("a", old)]))


@pytest.mark.parametrize(
    "renamed", [a_rule(1, nickname="Rent 2"), a_rule(2, nickname="Rent")], ids=["same steps", "same name"]
)
def test_a_key_taken_from_a_rule_that_changed_as_well(renamed: object) -> None:
    """It is noticed too where the renamed rule kept its steps or its name alone."""
    assert isinstance(renamed, type(a_rule()))
    wishes = [desired("a", a_rule(9, nickname="Fun")), desired("b", renamed)]

    assert ["key-taken"] == checks(plan(wishes, [applied("a", a_rule(1, nickname="Rent"))]))


def test_two_keys_exchanged() -> None:
    """Two files that exchanged their names are two findings, and nothing is planned for either."""
    one, two = a_rule(1, nickname="Rent"), a_rule(2, nickname="Fun")
    made = plan([desired("a", two), desired("b", one)], [applied("a", one), applied("b", two)])

    assert (["key-taken", "key-taken"], ()) == (checks(made), made.changes)
    assert all("give both files their keys back" in (each.help or "") for each in errors(made.findings))


@pytest.mark.parametrize(
    "others",
    [
        [desired("b", a_rule(1, nickname="Twin"))],
        [desired("b", a_rule(3, nickname="Else"))],
    ],
    ids=["at home where it is", "alike to nothing"],
)
def test_what_is_no_exchange(others: list[DesiredRule]) -> None:
    """A rule that changes wholly is an update where the others are what they were."""
    held = [applied("a", a_rule(1, nickname="Rent")), *(applied(each.key, each.rule) for each in others)]
    made = plan([desired("a", a_rule(9, nickname="Fun")), *others], held)

    assert ({"a": Operation.UPDATE, "b": Operation.NO_OP}, ()) == (operations(made), made.findings)


def test_what_a_person_said() -> None:
    """A pin and a former key are a person's word, and asked about no more."""
    old, new = a_rule(1, nickname="Rent"), a_rule(9, nickname="Fun")
    pinned = [desired("a", new, pin="rule_a"), desired("c", old)]

    assert "key-taken" not in checks(plan(pinned, [applied("a", old)]))


def test_a_rename_is_told() -> None:
    """A rule that is bound under another key than its marker says so, whether it is written or not."""
    made = plan([desired("new", a_rule())], [applied("old", a_rule())])
    changed = plan([desired("new", a_rule(2), moved_from="old")], [applied("old", a_rule())])

    told = "bound to the rule that was `old`; its marker is rewritten with {}"
    assert [told.format("the next change"), told.format("this change")] == [
        each.changes[0].note for each in (made, changed)
    ]
    assert plan([desired("old", a_rule())], [applied("old", a_rule())]).changes[0].note is None
