from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.findings import error, errors
from rulesync.ownership import Marker, digest
from rulesync.plan import Change, Operation, Options, Origin, Verbatim, build, is_met, target, wanted
from rulesync.rule import Opaque, Rule, Status, Text
from rulesync.ruleset import Extra, ListedRule, Refresh, UnreadableRule
from tests.builders import SCOPE, a_rule, applied, by_hand, checks, desired, holding, operations, plan, row
from tests.strategies import rules

PRUNE = Options(prune=True)
DEFER = Options(defer_cosmetic=True)
rulesets = st.dictionaries(st.sampled_from(["a", "b", "c/d", "e"]), rules(), max_size=4)


@given(rulesets)
def test_what_was_applied_is_no_change(wishes: dict[str, Rule]) -> None:
    """After everything was applied, a plan has nothing to do, whatever the rules."""
    made = plan(
        [desired(key, rule) for key, rule in wishes.items()], [applied(key, rule) for key, rule in wishes.items()]
    )

    assert ((), ()) == (made.writes, made.findings)
    assert [key for key, rule in sorted(wishes.items()) if rule.status is Status.ENABLED] == [
        change.key for change in made.changes if change.waits
    ]


@given(rulesets)
def test_what_was_imported_is_no_change(rules_in_the_app: dict[str, Rule]) -> None:
    """A pinned rule that is equal is left alone, live or not, with or without a marker."""
    wishes = [desired(key, rule, pin=f"rule_{key}") for key, rule in rules_in_the_app.items()]
    made = plan(wishes, [by_hand(f"rule_{key}", rule) for key, rule in rules_in_the_app.items()])

    assert ((), ()) == (made.writes, made.findings)


@given(rulesets, rulesets)
def test_carrying_out_a_plan_leaves_nothing_to_do(before: dict[str, Rule], after: dict[str, Rule]) -> None:
    """From any applied ruleset, a plan to any other one, carried out, leaves an empty plan."""
    wishes = [desired(key, rule) for key, rule in after.items()]
    made = plan(wishes, [applied(key, rule) for key, rule in before.items()], PRUNE)
    if errors(made.findings):
        assert set(checks(made)) <= {"key-taken", "possible-rename", "prune"}
        return
    kept = [change.actual for change in made.changes if change.operation is Operation.NO_OP and change.actual]
    written = [applied(each.key, each.desired.rule) for each in made.writes if each.desired]

    again = plan(wishes, [*kept, *written], PRUNE)

    assert ((), ()) == (again.writes, again.findings)


def test_a_new_rule() -> None:
    """A key that nothing stands for is created, and it was Git that made the difference."""
    made = plan([desired("save", a_rule())], [])

    assert ({"save": Operation.CREATE}, Origin.GIT) == (operations(made), made.changes[0].origin)


@pytest.mark.parametrize(
    ("git", "app", "origin"),
    [(2, 1, Origin.GIT), (1, 2, Origin.APP), (2, 3, Origin.BOTH)],
)
def test_origin(git: int, app: int, origin: Origin) -> None:
    """The digest in the marker tells whose edit a difference is."""
    was = a_rule(1)
    now = replace(applied("save", was), rule=a_rule(app, status=Status.DISABLED))

    made = plan([desired("save", a_rule(git))], [now])

    assert ({"save": Operation.UPDATE}, origin) == (operations(made), made.changes[0].origin)
    assert made.changes[0].drifted == (origin is not Origin.GIT)


def test_a_nickname_that_git_drops_is_no_edit_of_the_app() -> None:
    """Where Git leaves a nickname out that was applied, a rule that nobody touched was changed by Git alone."""
    made = plan([desired("save", a_rule(2, nickname=None))], [applied("save", a_rule(1))])

    assert Origin.GIT is made.changes[0].origin


def test_origin_without_a_marker() -> None:
    """Without a marker nobody can know who made the difference; a digest of a later recipe might hide an edit."""
    pinned = plan([desired("save", a_rule(2), pin="rule_1")], [by_hand("rule_1", a_rule(1))])
    later = replace(applied("save", a_rule(1)), marker=Marker(SCOPE, "save", "2" + "0" * 11))

    assert Origin.UNKNOWN is pinned.changes[0].origin
    assert Origin.BOTH is plan([desired("save", a_rule(2))], [later]).changes[0].origin


def test_the_same_edit_on_both_sides() -> None:
    """What the app already holds is not written, whoever brought it there."""
    now = replace(applied("save", a_rule(1)), rule=a_rule(2, status=Status.DISABLED))

    assert {"save": Operation.NO_OP} == operations(plan([desired("save", a_rule(2))], [now]))


@pytest.mark.parametrize(
    ("git", "app", "operation", "waits", "pauses"),
    [
        (Status.ENABLED, Status.ENABLED, Operation.NO_OP, False, False),
        (Status.ENABLED, Status.DISABLED, Operation.NO_OP, True, False),
        (Status.DISABLED, Status.DISABLED, Operation.NO_OP, False, False),
        (Status.DISABLED, Status.ENABLED, Operation.UPDATE, False, True),
    ],
)
def test_status(git: Status, app: Status, operation: Operation, waits: bool, pauses: bool) -> None:  # noqa: FBT001
    """Only switching a live rule off is a change; switching one on is a person's."""
    now = replace(applied("save", a_rule()), rule=a_rule(status=app))
    change = plan([desired("save", a_rule(status=git))], [now]).changes[0]

    assert (operation, waits, pauses) == (change.operation, change.waits, change.pauses)


def test_a_nickname_that_git_leaves_out() -> None:
    """The server may make a name up; where Git gives none, that is never a difference."""
    was = applied("save", a_rule(1, nickname=None))
    named = replace(was, rule=a_rule(1, nickname="Rule 7", status=Status.DISABLED))

    assert {"save": Operation.NO_OP} == operations(plan([desired("save", a_rule(1, nickname=None))], [named]))
    changed = plan([desired("save", a_rule(2, nickname=None))], [named])
    assert (Operation.UPDATE, Origin.GIT) == (changed.changes[0].operation, changed.changes[0].origin)


def test_an_orphan_is_reported_and_kept() -> None:
    """A rule whose key is gone from Git is named, and deleted only when asked."""
    actuals = [applied("old", a_rule()), applied("new", a_rule(7, nickname="Other"))]
    wishes = [desired("new", a_rule(7, nickname="Other"))]

    assert ["old"] == [orphan.key for orphan in plan(wishes, actuals).orphans]
    assert {"new": Operation.NO_OP} == operations(plan(wishes, actuals))
    assert {"new": Operation.NO_OP, "old": Operation.DELETE} == operations(plan(wishes, actuals, PRUNE))


def test_pruning_with_nothing_loaded() -> None:
    """An empty directory deletes nothing."""
    made = plan([], [applied("old", a_rule())], PRUNE)

    assert ((), ["prune"]) == (made.changes, checks(made))


def test_pruning_the_default_scope() -> None:
    """The scope that everybody has by default is nobody's to prune."""
    old = applied("old", a_rule(), scope="default")
    made = build([desired("new", a_rule(9, nickname="n"))], holding([old]), "default", PRUNE)

    assert (["prune"], {"new": Operation.CREATE}) == (checks(made), operations(made))


def test_pruning_with_a_broken_file() -> None:
    """A key that is missing because its file is broken is no orphan, and with a broken file nothing is deleted."""
    actuals = [applied("broken", a_rule(1, nickname="b")), applied("old", a_rule(2, nickname="o"))]
    wishes = [desired("new", a_rule(9, nickname="n"))]

    made = build(wishes, holding(actuals), SCOPE, PRUNE, broken=["broken"], damaged=True)

    assert (["old"], ["prune"]) == ([orphan.key for orphan in made.orphans], checks(made))
    assert {"new": Operation.CREATE} == operations(made)


def test_a_bound_rule_that_cannot_be_read() -> None:
    """A rule that exists and cannot be read makes the plan errored; it is never taken for absent."""
    listed = row(applied("save", a_rule()))
    refresh = Refresh((listed,), {}, {listed.id: UnreadableRule(listed, "the key may not read it")})

    made = build([desired("save", a_rule())], refresh, SCOPE)

    assert (True, (), ["unreadable"]) == (made.errored, made.changes, checks(made))


@pytest.mark.parametrize(
    ("forbidden", "help"), [(True, "give the key what it lacks"), (False, "it is the API's answer that is wrong")]
)
def test_the_way_to_read_a_rule(*, forbidden: bool, help: str) -> None:
    """What is to be done about a rule that cannot be read is put to the key only where that may lack something."""
    listed = row(applied("save", a_rule()))
    unreadable = UnreadableRule(listed, "the API answered 403", forbidden=forbidden)

    (found,) = build([desired("save", a_rule())], Refresh((listed,), {}, {listed.id: unreadable}), SCOPE).findings

    assert (found.help or "").startswith(f"nothing at all is written until it can be read: {help}")


def test_a_pin_that_is_neither_listed_nor_read() -> None:
    """Of a pinned rule that is not listed and could not be read, only that is said, and nothing is planned for it."""
    unknown = UnreadableRule(ListedRule("rule_1", None, None, None, None), "the API answered 404")
    refresh = Refresh((), {}, {"rule_1": unknown})

    made = build([desired("save", a_rule(), pin="rule_1")], refresh, SCOPE)

    assert (True, ()) == (made.errored, made.changes)
    assert ["`save`: the rule `rule_1` is not listed, and could not be read: the API answered 404"] == [
        finding.message for finding in made.findings
    ]


def test_a_bound_rule_that_was_deleted_and_is_listed_still() -> None:
    """A rule whose body says that it was deleted is said to be, with no word of what a key may lack."""
    listed = row(applied("save", a_rule()))
    refresh = Refresh((listed,), {}, {listed.id: UnreadableRule(listed, "it was deleted", deleted=True)})

    made = build([desired("save", a_rule())], refresh, SCOPE)

    assert (True, ()) == (made.errored, made.changes)
    assert "the rule `rule_save` was deleted, and the API lists it still" in made.findings[0].message
    assert "key" not in str(made.findings[0].help)


def test_an_unmanaged_rule_that_cannot_be_read() -> None:
    """Where a rule would be created, one that cannot be read might be it already: that is said, and does not forbid."""
    hidden = row(by_hand("rule_9", a_rule(9, nickname="Other")))
    refresh = Refresh((hidden,), {}, {"rule_9": UnreadableRule(hidden, "the key may not read it")})

    made = build([desired("save", a_rule())], refresh, SCOPE)

    assert (["unread"], False, {"rule_9"}) == (checks(made), made.forbidden, set(made.unread))
    assert "`rule_9`" in made.findings[0].message
    assert () == build([], refresh, SCOPE).findings


def test_what_is_not_known_is_not_replaced() -> None:
    """A rule that holds unknown kinds or fields is not replaced unless the loss is accepted."""
    strange = replace(applied("save", a_rule(1)), extras=(Extra(("priority",), "3"),))
    alien = replace(a_rule(1, status=Status.DISABLED), trigger=Opaque('{"type":"REMOTE_API"}'))
    wish = desired("save", a_rule(2))

    assert ["`save`: replacing the rule would lose what rulesync does not know: `priority`"] == [
        finding.message for finding in errors(plan([wish], [strange]).findings)
    ]
    assert ["field-loss"] == checks(plan([wish], [replace(strange, rule=alien, extras=())]))
    assert () == errors(plan([wish], [strange], Options(allow_field_loss=True)).findings)
    (told,) = plan([wish], [strange], Options(by_hand=True)).findings
    assert ("info", False) == (told.severity, "--allow-field-loss" in f"{told.message}{told.help}")
    assert () == plan([desired("save", a_rule(1))], [strange]).findings


def test_what_must_be_read() -> None:
    """Bodies are read of bound rules and orphans; of unmanaged ones only where a rule would be created."""
    actuals = [applied("save", a_rule()), applied("old", a_rule(7)), by_hand("rule_9", a_rule(9))]
    listed = holding(actuals).listed

    assert {"rule_save", "rule_old"} == set(wanted([desired("save", a_rule())], listed, SCOPE))
    assert {"rule_old", "rule_save", "rule_9"} == set(wanted([desired("new", a_rule())], listed, SCOPE))


def test_the_order_of_writing() -> None:
    """Creates come first, then updates, then deletes, each by key."""
    names = {key: a_rule(i, nickname=key) for i, key in enumerate(["c", "b", "u", "t", "x"])}
    held = [applied(key, replace(names[key], description=Text.of("was"))) for key in ["u", "t"]]
    made = plan([desired(key, names[key]) for key in ["c", "b", "u", "t"]], [*held, applied("x", names["x"])], PRUNE)

    assert ["b", "c", "t", "u", "x"] == [change.key for change in made.writes]


def test_targets() -> None:
    """A targeted plan speaks only of its keys, and says that it is not the whole."""
    made = target(plan([desired("a", a_rule(1, nickname="a")), desired("b", a_rule(2, nickname="b"))], []), ["b"])

    assert (["b"], False) == ([change.key for change in made.changes], made.complete)


def test_findings_of_targets() -> None:
    """What is found about a rule that is not targeted is nothing that a targeted plan speaks of."""
    same = by_hand("rule_9", a_rule(1, nickname="a"))
    whole = plan([desired("a", a_rule(1, nickname="a")), desired("b", a_rule(2, nickname="b"))], [same])
    everything = replace(whole, findings=(*whole.findings, error("prune", "about all")))

    assert [("a",), ()] == [finding.keys for finding in everything.findings]
    assert [("a",), ()] == [finding.keys for finding in target(everything, ["a"]).findings]
    assert [()] == [finding.keys for finding in target(everything, ["b"]).findings]


def test_the_prior() -> None:
    """What the plan saw of a rule is kept with the change."""
    was = applied("save", a_rule(1))
    prior = plan([desired("save", a_rule(2))], [was]).changes[0].prior

    assert prior is not None
    assert ("rule_save", was.updated_at, Status.DISABLED, digest(was.rule)) == (
        prior.id,
        prior.updated_at,
        prior.status,
        prior.digest,
    )


@pytest.mark.parametrize(("name", "words"), [("Renamed", "Saves a little"), ("Save", "Says it better")])
def test_words_alone_are_put_off(name: str, words: str) -> None:
    """Where a person chose so, a live rule is not switched off for its nickname or description; they wait."""
    was = replace(applied("save", a_rule(1)), rule=a_rule(1))
    wish = replace(a_rule(1, nickname=name), description=Text.of(words))

    made = plan([desired("save", wish)], [was], DEFER)
    real = plan([desired("save", replace(a_rule(2, nickname=name), description=Text.of(words)))], [was], DEFER)

    assert ((), {"save": Operation.NO_OP}, True) == (made.writes, operations(made), made.changes[0].deferred)
    assert ({"save": Operation.UPDATE}, False) == (operations(real), real.changes[0].deferred)
    assert {"save": Operation.UPDATE} == operations(plan([desired("save", wish)], [was]))


def test_what_is_not_put_off() -> None:
    """Words of a rule that is off are written at once, and so is a rule that Git wants off."""
    off, live = applied("save", a_rule(1)), replace(applied("save", a_rule(1)), rule=a_rule(1))
    renamed, stopped = a_rule(1, nickname="New"), a_rule(1, nickname="New", status=Status.DISABLED)

    for wish, held in ((renamed, off), (stopped, live)):
        assert {"save": Operation.UPDATE} == operations(plan([desired("save", wish)], [held], DEFER))


def test_words_that_the_app_changed_are_drift_all_the_same() -> None:
    """What is put off counts as drift where the app made the difference, and not where Git did."""
    app = replace(applied("save", a_rule(1)), rule=a_rule(1, nickname="By hand"))
    git = replace(applied("save", a_rule(1)), rule=a_rule(1))

    by_app = plan([desired("save", a_rule(1))], [app], DEFER).changes[0]
    by_git = plan([desired("save", a_rule(1, nickname="New"))], [git], DEFER).changes[0]

    assert ((True, True), (True, False)) == ((by_app.deferred, by_app.drifted), (by_git.deferred, by_git.drifted))


def test_a_write_that_claims_a_rule() -> None:
    """A write whose purpose is the marker is done when the marker is there, and being gone is not being off."""
    held = applied("save", a_rule(1), scope="firm")
    ours = Marker(SCOPE, "save", digest(a_rule(1)))
    change = Change(
        Operation.UPDATE, "save", desired("save", held.rule), held, verbatim=Verbatim(ours, held.extras, claims=True)
    )

    assert (False, True) == (is_met(change, held), is_met(change, replace(held, marker=ours)))
    assert not change.switches_off_only
