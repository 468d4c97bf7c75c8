from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rulesync.findings import Finding, Severity
from rulesync.lookback import NOT_LOOKED_AT, Looking, chosen, looked_at_again, said
from rulesync.plan import Change, Operation, Options, Plan, target
from rulesync.rule import Status
from rulesync.ruleset import ActualRule
from rulesync.runs import Lately
from tests.builders import a_rule, applied, desired, plan

KEYS = ("big", "hidden", "off", "same", "small")


def live(key: str, cents: int) -> ActualRule:
    held = applied(key, a_rule(cents, nickname=key))
    return replace(held, rule=replace(held.rule, status=Status.ENABLED))


def made(*, prune: bool = True) -> Plan:
    """Return a plan that changes two live rules and one that is off, deletes one, leaves one and makes one."""
    wishes = {"big": 900, "off": 1, "same": 7, "small": 2, "new": 5}
    actuals = [live("big", 90), applied("off", a_rule(100_000, nickname="off")), live("same", 7), live("small", 1)]
    return plan(
        [desired(key, a_rule(cents, nickname=key)) for key, cents in wishes.items()],
        [*actuals, live("gone", 50)],
        Options(prune=prune),
    )


def looked(
    known: dict[str, Lately], before: Plan | None = None, *, allowed: bool = False, most: int = 20
) -> list[Finding]:
    """Return the findings of a plan of whose rules this is known, by key."""
    value = before or made()
    by_id = {f"rule_{key}": each for key, each in known.items()}
    told = said(value, [change for change in value.writes if change.pauses], by_id, allowed=allowed, most=most)
    return [finding for finding in told.findings if finding not in value.findings]


def test_the_most_at_stake_comes_first() -> None:
    """Live rules come first, of those the most money; a rule that is made has no runs, and what stays costs nothing."""
    assert ["big", "gone", "small", "off"] == [change.key for change in chosen(made(), Looking())]


def test_every_rule() -> None:
    """Asked for all of them, rules that stay are looked at too."""
    every = chosen(made(prune=False), Looking(every=True))
    assert ["big", "same", "small", "off"] == [change.key for change in every]


def test_only_some() -> None:
    """Where only some rules are planned, nothing is asked about others."""
    assert ["off"] == [change.key for change in chosen(target(made(), ["off"]), Looking())]


def test_a_saved_plan_asks_less() -> None:
    """Looked at again are the rules that are live, and those that were off and running when the plan was saved."""
    running = {"rule_off": Lately(in_progress=True)}
    busy = said(made(), [], running, allowed=False, most=20)
    again = [[change.key for change in chosen(plan, Looking(again=True))] for plan in (made(), busy)]
    assert [["big", "gone", "small"], ["big", "gone", "small", "off"]] == again
    everything = chosen(made(), Looking())
    assert [3, 4, 2] == [
        looked_at_again(everything, known, most) for known, most in (({}, 20), (running, 20), (running, 2))
    ]


def test_a_rule_whose_body_nobody_knows() -> None:
    """An orphan that could not be read may be worth everything, and comes first."""
    value = made()
    hidden = next(change for change in value.writes if change.operation is Operation.DELETE)
    changes = tuple(replace(each, actual=None) if each is hidden else each for each in value.changes)
    assert chosen(replace(value, changes=changes), Looking())[0].key == "gone"


def test_a_run_in_progress() -> None:
    """A rule that is running forbids the plan, by name and place; allowed, that is a warning."""
    busy = {"big": Lately(in_progress=True), "gone": Lately(in_progress=True)}
    found = looked(busy)
    assert [("in-progress", Severity.ERROR)] * 2 == [(each.check, each.severity) for each in found]
    assert [Severity.WARNING] * 2 == [each.severity for each in looked(busy, allowed=True)]
    assert found[0].message == "`big`: an execution is in progress, and this plan changes the rule"
    assert found[1].message == "`gone`: an execution is in progress, and this plan deletes the rule"
    assert ("rules/big.yaml", None) == (found[0].location and found[0].location.file, found[1].location)


def test_what_is_not_written_may_run() -> None:
    """A rule that stays, and one whose runs are over, are in nobody's way."""
    assert [] == looked({"same": Lately(in_progress=True), "big": Lately(in_progress=False)})


def test_what_is_not_known_is_said_and_forbids_nothing() -> None:
    """Each reason is said once, with whose runs are meant; nothing is said where nobody wanted to know."""
    known = {"big": Lately(unknown="why"), "gone": Lately(unknown=NOT_LOOKED_AT), "small": Lately(unknown="why")}
    found = looked(known, most=2)
    assert {("runs-unknown", Severity.INFO)} == {(each.check, each.severity) for each in found}
    assert {
        "runs unknown of `big`, `small`: why",
        "runs unknown of `gone`: not looked at, since `--history-requests` allows 2",
    } == {each.message for each in found}
    assert [] == looked(known, most=0)


def test_many_are_counted() -> None:
    """Of many rules with one reason three are named."""
    changes = [Change(Operation.NO_OP, key, None, live(key, 1)) for key in KEYS]
    known = {f"rule_{key}": Lately(unknown="the key lacks it") for key in KEYS}
    (found,) = said(made(), changes, known, allowed=False, most=1).findings
    assert ("runs unknown of `big`, `hidden`, `off` and 2 more: the key lacks it", True) == (
        found.message,
        bool(found.help),
    )


def test_a_saved_plan_is_looked_at_again() -> None:
    """What was said of runs when a plan was saved gives way to what is known now, and stays where nothing is."""
    busy, idle, unknown = Lately(in_progress=True), Lately(in_progress=False), Lately(unknown="why")
    saved = said(made(), [], {"rule_big": busy}, allowed=False, most=20)
    accepted = said(made(), [], {"rule_big": busy}, allowed=True, most=20)

    def now(before: Plan, known: Lately, *, allowed: bool = False) -> list[Severity]:
        again = said(before, [], {"rule_big": known}, allowed=allowed, most=20)
        return [finding.severity for finding in again.findings if finding.check == "in-progress"]

    assert [Severity.ERROR] == now(saved, busy) == now(saved, unknown)
    assert [] == now(saved, idle) == now(accepted, idle) == now(accepted, unknown)
    assert [Severity.WARNING] == now(accepted, busy) == now(saved, busy, allowed=True)


@given(
    st.dictionaries(
        st.sampled_from(["big", "off", "same", "small", "gone"]),
        st.builds(Lately, in_progress=st.none() | st.booleans(), unknown=st.none() | st.text()),
    ),
    st.booleans(),
)
def test_runs_change_nothing_that_would_be_done(known: dict[str, Lately], allowed: bool) -> None:  # noqa: FBT001 - drawn
    """Whatever the rules did, the plan's changes are the same, and only runs in progress can forbid them."""
    before = made()
    after = said(before, chosen(before, Looking()), {f"rule_{k}": v for k, v in known.items()}, allowed=allowed, most=3)
    assert (before.changes, before.orphans) == (after.changes, after.orphans)
    busy = any(each.in_progress for key, each in known.items() if key != "same")
    assert after.forbidden is (before.forbidden or (busy and not allowed))
