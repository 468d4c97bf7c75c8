import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulesync.accounts import ListedAccount
from rulesync.findings import Severity
from rulesync.lint.table import CHECKS
from rulesync.rule import Account, Rule, Status
from rulesync.ruleset import DesiredRule
from tests import strategies
from tests.builders import desired
from tests.lint.looked import brief, by_hand, check, deposit, monthly, said, scene, send, wish

DESTINATION = "steps.0.actions.0.destination"
MANY = 1000
CARD = Account("visa", "external_account")


def chain(number: int, *, closed: bool) -> list[DesiredRule]:
    last = 0 if closed else number
    ends = [*range(1, number), last]
    return [wish(f"r{at}", deposit(f"a{at}"), send(f"a{at}", f"a{end}")) for at, end in enumerate(ends)]


# Circles


def test_deposits_that_set_each_other_off() -> None:
    """Each rule of a circle of deposits is told the whole of it, from its own action on."""
    rent = wish("rent", deposit("checking"), send("checking", "rent"))
    back = wish("back", deposit("rent"), send("rent", "checking"))
    say = "money goes in a circle, each deposit setting off the next: "

    assert [
        ("rent", DESTINATION, f"{say}Checking -> Rent -> Checking, by `rent` and `back`"),
        ("back", DESTINATION, f"{say}Rent -> Checking -> Rent, by `back` and `rent`"),
    ] == brief(said("money-circle", rent, back))
    assert Severity.WARNING is check("money-circle").severity


def test_a_deposit_that_brings_the_next() -> None:
    """A rule that sends money into the account that it watches sets itself off, wherever the money comes from."""
    rule = wish("more", deposit("checking"), send("savings", "checking"))

    assert [
        (
            "more",
            DESTINATION,
            "money goes in a circle, each deposit setting off the next: Checking -> Checking, by `more`",
        )
    ] == brief(said("money-circle", rule))


def test_what_is_no_circle() -> None:
    """A chain ends; a rule beside a circle, one that is disabled, or one started otherwise, closes none."""
    a, b, c = send("checking", "rent"), send("rent", "bills"), send("rent", "checking")
    there = wish("there", deposit("checking"), a)

    assert [] == said("money-circle", there, wish("on", deposit("rent"), b))
    assert [] == said("money-circle", there, wish("back", deposit("rent"), c, status=Status.DISABLED))
    assert [] == said("money-circle", there, wish("back", monthly("rent"), c))
    assert [] == said("money-circle", wish("still", deposit("rent"), send("rent", "rent")))
    beside = wish("beside", deposit("rent"), b, c)
    assert [("there", 0), ("beside", 1)] == [(each.key, each.path[3]) for each in said("money-circle", there, beside)]


def test_money_that_comes_back_by_schedule() -> None:
    """A circle that a schedule closes is a hint for each rule on it, once."""
    save = wish("save", deposit("checking"), send("checking", "savings"))
    back = wish("back", monthly("savings"), send("savings", "checking"), send("savings", "checking"))
    told = "money comes back to where it was: Savings -> Checking -> Savings, by `back` and `save`"

    assert [("back", DESTINATION, told), ("save", DESTINATION, told)] == brief(said("round-trip", save, back))
    assert Severity.INFO is check("round-trip").severity


def test_what_is_no_round_trip() -> None:
    """Deposits alone are another check's; what a person starts is meant; steps of one rule are alternatives."""
    save = wish("save", deposit("checking"), send("checking", "savings"))

    assert [] == said("round-trip", save, wish("back", deposit("savings"), send("savings", "checking")))
    assert [] == said("round-trip", save, wish("back", by_hand("savings"), send("savings", "checking")))
    assert [] == said("round-trip", save, wish("on", monthly("savings"), send("savings", "rent")))
    assert [] == said("round-trip", wish("even", monthly("rent"), send("rent", "bills"), send("bills", "rent")))


def test_two_schedules_say_it_once_each() -> None:
    """Two scheduled rules that send money to and fro are told of one round trip, not of two."""
    there = wish("there", monthly("rent"), send("rent", "bills"))
    back = wish("back", monthly("bills"), send("bills", "rent"))

    assert ["there", "back"] == [each.key for each in said("round-trip", there, back)]


@pytest.mark.parametrize("closed", [True, False])
def test_a_thousand_rules(closed: bool) -> None:  # noqa: FBT001  # a parameter
    """A thousand rules in a row, or in one circle, take seconds, and what is said of them can still be read."""
    begun = time.monotonic()
    remarks = said("money-circle", *chain(MANY, closed=closed))

    assert (MANY if closed else 0) == len(remarks)
    assert time.monotonic() - begun < 20
    if closed:
        told = "`a0` -> `a1` -> `a2` -> `a3` -> (995 more) -> `a999` -> `a0`, by `r0`, `r1`, `r2`, `r3` and 996 others"
        assert remarks[0].message.endswith(f": {told}")


# Pods


def test_a_pod_that_only_fills() -> None:
    """A pod that rules fund and none drains is told once, where the first of them funds it."""
    rules = [wish(key, monthly("checking"), send(Account("checking", "income_source"), "rent")) for key in "ab"]
    expected = ("a", DESTINATION, "money goes into Rent, and no rule takes any out")

    assert [expected] == brief(said("never-drained", *rules))
    assert [] == said("never-drained", *rules, wish("pay", by_hand("rent"), send("rent", CARD)))
    off = wish("pay", by_hand("rent"), send("rent", CARD), status=Status.DISABLED)
    assert [expected] == brief(said("never-drained", *rules, off))


def test_a_pod_that_only_empties() -> None:
    """A pod that rules drain and none funds is told once, where the first of them takes from it."""
    rules = [wish(key, monthly("bills"), send("bills", CARD)) for key in "ab"]
    expected = ("a", "steps.0.actions.0.source", "money is taken out of Bills, and no rule puts any in")

    assert [expected] == brief(said("never-funded", *rules))
    fill = wish("fill", monthly("checking"), send(Account("checking", "income_source"), "bills"))
    assert [] == said("never-funded", *rules, fill)
    assert [] == said("never-drained", *rules, fill)


def test_only_what_is_certainly_a_pod() -> None:
    """Of an account whose type is not known, or not a pod's, nothing is said, unless the API's list tells."""
    unknown, bank = Account("rent", "?"), Account("bank", "external_account")
    rule = wish("a", monthly("bank"), send(bank, unknown))

    assert [] == said("never-drained", rule) == said("never-funded", rule)
    assert ["a"] == [each.key for each in said("never-drained", rule, accounts=[ListedAccount("rent", None, "pod")])]
    for other in (ListedAccount("rent", None, "external_account"), ListedAccount("rent", None, "pod", deleted=True)):
        assert [] == said("never-drained", wish("a", monthly("bank"), send(bank, "rent")), accounts=[other])


# Every check of the table


@settings(max_examples=60, deadline=None)
@given(st.lists(strategies.rules(opaque=True), max_size=6), st.booleans())
def test_no_check_fails(rules: list[Rule], online: bool) -> None:  # noqa: FBT001  # a parameter
    """Whatever rules there are, every check gives remarks on some of them, each at a place that is a path."""
    wishes = [desired(f"r{at}", rule) for at, rule in enumerate(rules)]
    accounts = [
        ListedAccount(each.id, each.id, each.type, deleted=at % 2 == 0)
        for at, each in enumerate(strategies.ACCOUNTS[:4])
    ]
    at_hand = scene(wishes, accounts if online else None)

    remarks = [remark for each in CHECKS for remark in each.look(at_hand)]

    assert {each.key for each in remarks} <= {each.key for each in wishes}
    assert all(isinstance(part, str | int) for each in remarks for part in each.path)
