from collections import Counter

from hypothesis import given

from rulesync.planjson import PlanJson
from rulesync.render.map_view import SYMBOLS, MapView, drift_map, planned_map, status_map
from tests.costly import costly
from tests.render.plans import plans
from tests.render.scenarios import AFTER, BEFORE, drift, full_plan
from tests.render.values import action, fixed, plan, resource, rule


def planned(value: PlanJson) -> MapView:
    found = planned_map(value)
    assert found is not None
    return found


@costly
@given(plans())
def test_the_picture_and_the_table_say_the_same(value: PlanJson) -> None:
    """Each way is a curve, a row in a card and a row in the table, with one mark; and the sentence counts them."""
    for seen in filter(None, [planned_map(value), drift_map(value), status_map(value)]):
        rows = [row for card in seen.cards for row in card.rows]
        marks = Counter(each.mark for each in seen.table)

        assert marks == Counter(row.mark for row in rows) == Counter(line.mark for line in seen.lines)
        assert {mark for mark, _, _ in seen.legend} == set(marks)
        assert all(f"{marks[mark]} {word}" in seen.description for mark, _, word in seen.legend)
        assert {end for each in seen.table for end in (each.source, each.destination)} == {
            card.whole for card in seen.cards
        }
        assert all(row.symbol == SYMBOLS[row.mark] for row in rows)


def test_a_plan() -> None:
    """The map of a plan tells what is new, what changes, what goes, and what stays."""
    seen = planned(full_plan())

    assert "4 accounts, 9 ways of money between them: 1 new, 5 changed, 1 removed, 2 unchanged." == seen.description
    assert ["new", "changed", "removed", "unchanged"] == [word for _, _, word in seen.legend]
    assert () == seen.remarks
    assert ("Checking", "Savings", "20 % → 25 % of the deposit", "changed") in {
        (each.source, each.destination, each.moves, each.becomes) for each in seen.table
    }
    assert "changed, off" in {each.becomes for each in seen.table}


def test_in_when_or_how() -> None:
    """A way that moves as much as before says that something else about it changes."""
    before, after = rule(fixed(100, "savings")), rule(fixed(100, "savings", up_to_enabled=True))
    (told,) = planned(plan(resource("update", "a", before, after))).table

    assert "changed, in when or how it moves" == told.becomes


def test_drift() -> None:
    """The map of drift tells what only the app holds, what it changed, what it lacks, and what did not drift."""
    seen = drift_map({**drift(), "resource_changes": [resource("update", "git", BEFORE, AFTER)]})
    assert seen is not None

    assert ["only in the app", "changed in the app", "missing in the app", "not drifted"] == [
        word for _, _, word in seen.legend
    ]
    assert "20 % of the deposit" in {each.moves for each in seen.table if each.becomes == "not drifted"}


def test_status() -> None:
    """The map of what there is shows no change, and not what Git has alone."""
    seen = status_map(full_plan())
    assert seen is not None

    assert {"in the app"} == {each.becomes for each in seen.table}
    assert "$50.00, by rainy-day" not in {each.moves for each in seen.table}
    assert 8 == len(seen.table)


def test_nothing_moves() -> None:
    """Where no rule moves anything there is no map."""
    assert None is planned_map(plan())


def test_too_much_for_one_picture() -> None:
    """What a picture has no room for is counted, and so is what cannot be drawn."""
    many = [
        resource("no-op", f"a{place}", *[rule(fixed(100, f"pod-{place}"), {"type": "snowball"})] * 2)
        for place in range(70)
    ]
    seen = planned(plan(*many, resource("create", "new", None, rule(fixed(5, "pod-69")))))

    assert 60 == len(seen.cards)
    assert "new" in {each.becomes for each in seen.table}
    assert (
        "11 accounts and 11 ways further away from the changes are left out.",
        "70 actions of a kind that rulesync does not know cannot be drawn.",
    ) == seen.remarks


def test_long_names() -> None:
    """A name that is too long for its box is cut there, and whole where there is room."""
    name, odd = "Very long indeed " * 20, "A\u202eB"
    names = {"acc_checking": name, "acc_savings": odd}
    seen = planned(
        plan(resource("create", "x" * 90, None, rule(action("top_up", "savings", amount_in_cents=1))), accounts=names)
    )
    checking, savings = seen.cards

    assert checking.name.endswith("…")
    assert name == checking.whole
    assert "A\\u202eB" == savings.name
    assert savings.rows[0].rule.endswith("…")
    assert "x" * 90 in savings.rows[0].whole
