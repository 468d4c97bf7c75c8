from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.drift import Drift, Terms, find, newer
from rulesync.ownership import Marker
from rulesync.plan import Origin
from rulesync.protection import Base
from rulesync.rule import Rule, Status
from rulesync.ruleset import ActualRule, DesiredRule
from tests.builders import SCOPE, a_rule, applied, by_hand, desired, holding, plan
from tests.strategies import rules

NOW = datetime(2026, 1, 3, tzinfo=UTC)
WISHES = st.dictionaries(st.sampled_from(["a", "b", "c/d"]), rules(), max_size=3)


def base(wishes: dict[str, Rule], scope: str = SCOPE, *broken: str) -> Base:
    """Return a commit that was applied, with files that cannot be read."""
    asked = tuple(desired(key, rule) for key, rule in wishes.items())
    return Base("main", scope, asked, keys=frozenset({*wishes, *broken}))


def found(
    wishes: list[DesiredRule], actuals: list[ActualRule], then: Base | None = None, **terms: object
) -> tuple[Drift, ...]:
    made = plan(wishes, actuals)
    return find(made, holding(actuals), Terms(NOW, then, **terms))  # type: ignore[arg-type]  # as they are named


def told(*args: object, **terms: object) -> dict[str, tuple[str, Origin | None]]:
    drifts = found(*args, **terms)  # type: ignore[arg-type]  # as above
    return {each.change.key: (each.happened, each.origin) for each in drifts}


@given(WISHES, WISHES)
def test_what_git_changed_is_no_drift(before: dict[str, Rule], after: dict[str, Rule]) -> None:
    """Where nobody touched the app since a commit was applied, nothing drifted, whatever Git says now."""
    actuals = [applied(key, rule) for key, rule in before.items()]
    wishes = [desired(key, rule) for key, rule in after.items()]

    assert () == found(wishes, actuals, base(before), longest=timedelta(days=9), since=NOW)


@given(WISHES)
def test_what_is_gone_was_deleted(wishes: dict[str, Rule]) -> None:
    """Of an empty app, every rule of the commit that was applied was deleted, and no other."""
    asked = [desired(key, rule) for key, rule in wishes.items()]
    new = desired("new", a_rule())

    assert dict.fromkeys(wishes, ("deleted", Origin.APP)) == told([*asked, new], [], base(wishes))
    assert dict.fromkeys([*wishes, "new"], ("missing", Origin.GIT)) == told([*asked, new], [])


@given(WISHES)
def test_where_a_key_sees_a_part_nothing_is_surely_gone(wishes: dict[str, Rule]) -> None:
    """Where the list shows only what a key may read, a rule that it lacks is missing, whatever was applied."""
    asked = [desired(key, rule) for key, rule in wishes.items()]
    new = desired("new", a_rule())

    for then in (base(wishes), None):
        drifts = [each for each in found([*asked, new], [], then, lists_all=False) if each.change.key in wishes]
        assert {("missing", Origin.UNKNOWN)} >= {(each.happened, each.origin) for each in drifts}
        assert len(wishes) == sum("the key may not read it" in str(each.note) for each in drifts)
    assert "new" not in told([*asked, new], [], base(wishes), lists_all=False)


def test_where_a_key_sees_a_part_a_look_alike_proves_nothing() -> None:
    """A rule like the one that was applied may be another one, where the key may not see the one with the marker."""
    wishes, alike = [desired("save", a_rule(1))], [by_hand("rule_1", a_rule(1))]

    (sure,) = found(wishes, alike, base({"save": a_rule(1)}))
    (unsure,) = found(wishes, alike, base({"save": a_rule(1)}), lists_all=False)

    assert ("marker-removed", Origin.APP) == (sure.happened, sure.origin)
    assert ("marker-removed", Origin.UNKNOWN) == (unsure.happened, unsure.origin)
    assert "or it is another one, and the key may not read the one with the marker" in (unsure.note or "")


def test_edited_on_one_side_or_both() -> None:
    """The digest in the marker tells who edited a rule, with a base as without."""
    edited = replace(applied("save", a_rule(1)), rule=a_rule(3, status=Status.DISABLED))

    for then in (None, base({"save": a_rule(1)})):
        assert {"save": ("edited", Origin.APP)} == told([desired("save", a_rule(1))], [edited], then)
        assert {"save": ("edited", Origin.BOTH)} == told([desired("save", a_rule(2))], [edited], then)


def test_a_pinned_rule_without_a_marker() -> None:
    """What no marker tells, the base does; without one, or where it cannot be read there, nobody knows."""
    held = by_hand("rule_1", a_rule(3))
    wish = desired("save", a_rule(2), pin="rule_1")

    assert {"save": ("differs", Origin.UNKNOWN)} == told([wish], [held])
    assert {"save": ("differs", Origin.UNKNOWN)} == told([wish], [held], base({}, SCOPE, "save"))
    assert {"save": ("edited", Origin.APP)} == told([wish], [held], base({"save": a_rule(2)}))
    assert {"save": ("edited", Origin.BOTH)} == told([wish], [held], base({"save": a_rule(1)}))
    assert {} == told([wish], [held], base({"save": a_rule(3)}))
    assert {} == told([wish], [held], base({}))
    assert {} == told([wish], [held], base({"save": a_rule(2)}, "another"))


@pytest.mark.parametrize("pinned", [False, True])
def test_enabled_by_somebody(pinned: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A live rule that Git wants off was switched on by somebody, unless the base wanted it on."""
    off, on = a_rule(1, status=Status.DISABLED), a_rule(1)
    live = by_hand("rule_save", on) if pinned else replace(applied("save", on), rule=on)
    wish = desired("save", off, pin="rule_save" if pinned else None)

    assert {"save": ("enabled", Origin.UNKNOWN)} == told([wish], [live])
    assert {"save": ("enabled", Origin.APP)} == told([wish], [live], base({"save": off}))
    assert {"save": ("enabled", Origin.UNKNOWN)} == told([wish], [live], base({}, SCOPE, "save"))
    assert {} == told([wish], [live], base({"save": on}))
    assert {} == told([wish], [live], base({}))


def test_a_rule_that_was_renamed() -> None:
    """A rule is known at the base by the key that it had before."""
    wish = desired("new", a_rule(), moved_from="old")

    assert {"new": ("deleted", Origin.APP)} == told([wish], [], base({"old": a_rule()}))
    assert {} == told([desired("new", a_rule())], [], base({"old": a_rule()}))


def test_the_likest_is_the_one_without_a_marker() -> None:
    """A rule that is equal counts before one that is only alike; one with a marker, or excused, does not."""
    like, same = by_hand("rule_like", a_rule(1)), by_hand("rule_same", a_rule())
    (drift,) = found([desired("save", a_rule())], [like, same])
    elsewhere = replace(same, marker=Marker("firm", "save", "1" * 12))
    excused = replace(desired("save", a_rule()), suppress={"possible-duplicate": "meant"})

    assert ("marker-removed", "rule_same") == (drift.happened, drift.change.rule_id)
    (drift,) = found([desired("save", a_rule())], [like], base({"save": a_rule()}))
    assert (drift.note or "").startswith("the rule `rule_like` has the same nickname `Save` and bears no marker")
    assert {"save": ("missing", Origin.GIT)} == told([desired("save", a_rule())], [elsewhere])
    assert {"save": ("missing", Origin.GIT)} == told([excused], [same])


def test_made_by_hand_since() -> None:
    """New is what bears no marker and was made after the base; a time that is none is not after it."""
    rows = [
        replace(by_hand(f"rule_{number}", a_rule(number, nickname=str(number))), created_at=made)
        for number, made in enumerate(["2026-01-02T00:00:01Z", "2026-01-01T23:59:59", "soon", None])
    ]
    refresh = holding(rows)
    listed = [replace(row, created_at=each.created_at) for row, each in zip(refresh.listed, rows, strict=True)]
    since = datetime(2026, 1, 2, tzinfo=UTC)

    assert ["rule_0"] == newer(listed, since)
    drifts = find(plan([], rows), replace(refresh, listed=tuple(listed)), Terms(NOW, since=since))
    assert [] == [each.happened for each in drifts]  # the plan was made of rows that do not tell


def test_the_loudest_is_said_first() -> None:
    """What may move money unasked stands before what only waits."""
    live = replace(applied("on", a_rule(1)), rule=a_rule(1))
    drifts = found(
        [desired("a", a_rule(5)), desired("on", a_rule(1, status=Status.DISABLED)), desired("waits", a_rule(2))],
        [live, applied("waits", a_rule(2)), replace(applied("old", a_rule(9)), rule=a_rule(9))],
        longest=timedelta(0),
    )

    assert ["enabled", "missing", "orphan", "waiting"] == [each.happened for each in drifts]


def test_how_long_a_rule_waits() -> None:
    """The time is counted from the rule's last write, and not at all where that is not known."""
    waits, unknown = applied("save", a_rule()), replace(applied("save", a_rule()), updated_at=None)
    wish = [desired("save", a_rule())]

    assert {"save": ("waiting", None)} == told(wish, [waits], longest=timedelta(hours=48))
    assert {} == told(wish, [waits], longest=timedelta(hours=49))
    assert {} == told(wish, [unknown], longest=timedelta(0))
