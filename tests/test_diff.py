import subprocess
import sys
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rulesync.diff import _complete, fields
from rulesync.planjson import RuleJson
from rulesync.wire import v1
from tests.strategies import rules


def action(amount: int, destination: str = "acc_savings", **more: object) -> dict[str, Any]:
    return {
        "type": "fixed_amount",
        "source": {"id": "acc_checking", "type": "income_source"},
        "destination": {"id": destination, "type": "pod"},
        "amount_in_cents": amount,
        "group_index": 0,
        "up_to_enabled": False,
        **more,
    }


def body(*actions: object, **more: object) -> RuleJson:
    return {
        "nickname": "Payday",
        "status": "enabled",
        "trigger": {"type": "ON_FUNDS_TRANSFERRED", "account_id": "acc_checking"},
        "steps": [{"actions": list(actions)}],
        **more,
    }


def told(before: RuleJson | None, after: RuleJson | None) -> list[tuple[str, object, object]]:
    return [(each["path"], each["before"], each["after"]) for each in fields(before, after)]


A, B, C = action(100, "acc_a"), action(200, "acc_b"), action(300, "acc_c")


def test_one_value() -> None:
    """A changed value is named by its path in the body."""
    assert told(body(A, B), body(A, action(250, "acc_b"))) == [("steps[0].actions[1].amount_in_cents", 200, 250)]


def test_inserted_action() -> None:
    """An action put in the middle is one action more, and no other is touched."""
    assert told(body(A, B), body(A, C, B)) == [("steps[0].actions[1]", None, C)]


def test_removed_action() -> None:
    """An action taken out of the middle is named by the place where it was."""
    assert told(body(A, C, B), body(A, B)) == [("steps[0].actions[1]", C, None)]


def test_inserted_and_changed() -> None:
    """A change behind an insertion is found where the action stands now."""
    assert told(body(A, B), body(A, C, action(250, "acc_b"))) == [
        ("steps[0].actions[1]", None, C),
        ("steps[0].actions[2].amount_in_cents", 200, 250),
    ]


def test_moved_action() -> None:
    """An action that moved went from one place and came to another: the order has meaning."""
    assert told(body(A, B, C), body(C, A, B)) == [("steps[0].actions[0]", None, C), ("steps[0].actions[2]", C, None)]


def test_the_same_payment_twice() -> None:
    """A payment that is there once more is seen, though it equals the one that was there."""
    assert told(body(A), body(A, A)) == [("steps[0].actions[1]", None, A)]


def test_another_kind_of_action_in_its_place() -> None:
    """An action of another kind is the whole action before and the whole action after."""
    share = {**{name: A[name] for name in ("source", "destination")}, "type": "percentage", "percentage_value": 20}
    assert told(body(A, B), body(share, B)) == [("steps[0].actions[0]", A, share)]


def test_absent_is_null() -> None:
    """A key that is absent, one that is null and a number written in another way are no difference."""
    assert told(body(action(100)), body(action(100, limit=None), description=None)) == []
    assert told(body(action(100, percentage_value=20)), body(action(100, percentage_value=20.0))) == []
    assert told(None, {}) == []


def test_true_is_not_one() -> None:
    """A switch is no number."""
    assert told(body(action(1, up_to_enabled=True)), body(action(1, up_to_enabled=1))) == [
        ("steps[0].actions[0].up_to_enabled", True, 1)
    ]


def test_absent_rule() -> None:
    """Against no rule at all, each field of the rule is a difference, in reading order."""
    new = body(A)
    assert told(None, new) == [(name, None, new[name]) for name in ("nickname", "status", "trigger", "steps")]
    assert told(new, None) == [(name, new[name], None) for name in ("nickname", "status", "trigger", "steps")]


def test_reading_order() -> None:
    """Differences come as a person reads the rule, the tenth action after the second."""
    before = [action(number, f"acc_{number}") for number in range(12)]
    after = [action(number + 100, f"acc_{number}", ach_description="NEW") for number in range(12)]
    paths = [path for path, _, _ in told(body(*before), body(*after, nickname="New", description="d"))]
    assert paths[:2] == ["nickname", "description"]
    assert paths[2:] == [
        f"steps[0].actions[{number}].{name}" for number in range(12) for name in ("amount_in_cents", "ach_description")
    ]


def test_condition_inside_a_group() -> None:
    """A value deep inside a condition is named where it stands."""

    def asking(value: int) -> RuleJson:
        leaf = {"condition": {"fact": "DATE", "operator": "EQUALS", "value": value}}
        return body(steps=[{"conditions": {"any": [leaf, {"all": [leaf]}]}, "actions": [A]}])

    assert told(asking(1), asking(2)) == [
        ("steps[0].conditions.any[0].condition.value", 1, 2),
        ("steps[0].conditions.any[1].all[0].condition.value", 1, 2),
    ]


def test_names_that_the_library_skips() -> None:
    """A name that looks private to the library is compared like any other."""
    assert told({"__note": 1}, {"__note": 2}) == [("__note", 1, 2)]


def test_the_library_stays_out_until_it_is_needed() -> None:
    """Equal bodies, which most are, do not pay for loading the library."""
    code = (
        "import sys; from rulesync.diff import fields; fields({'a': 1}, {'a': 1.0}); print('deepdiff' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_what_the_library_misses_is_told_as_a_whole_field() -> None:
    """A field in which the library overlooks something is reported whole, the others as ever."""
    old: dict[str, object] = {"nickname": "Old", "steps": {"a": 1, "b": True}}
    new: dict[str, object] = {"nickname": "New", "steps": {"a": 2, "b": 1}}
    found: list[tuple[tuple[str, ...], object, object]] = [(("nickname",), "Old", "New"), (("steps", "a"), 1, 2)]
    assert _complete(found, old, new) == [found[0], (("steps",), old["steps"], new["steps"])]


def test_an_item_that_keeps_its_place_while_all_around_it_moves() -> None:
    """An action is never told as taking its own place."""
    p, q = action(1, "acc_p"), action(2, "acc_q")
    found = told(body(p, q, A, B, C), body(B, C, A))
    assert sorted(found, key=str) == sorted(
        [
            ("steps[0].actions[0]", p, None),
            ("steps[0].actions[1]", q, None),
            ("steps[0].actions[2]", A, None),
            ("steps[0].actions[2]", None, A),
        ],
        key=str,
    )


json = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 1.0]) | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("ab") | st.text(max_size=3), inner),
    max_leaves=12,
)
bodies = st.dictionaries(st.sampled_from(["steps", "trigger", "x"]), json)


def without_nulls(value: object) -> object:
    match value:
        case dict():
            return {"object": {key: without_nulls(inner) for key, inner in value.items() if inner is not None}}
        case list():
            return [without_nulls(inner) for inner in value]
        case bool():
            return str(value)
        case _:
            return value


@given(bodies, bodies)
def test_nothing_is_told_only_of_equals(one: RuleJson, other: RuleJson) -> None:
    """Differences are empty if and only if the bodies are equal, where an absent key is null."""
    assert (fields(one, other) == []) == (without_nulls(one) == without_nulls(other))


@given(rules(opaque=True).map(v1.encode), rules().map(v1.encode))
def test_each_difference_differs(one: RuleJson, other: RuleJson) -> None:
    """What is told has two sides that differ, and no place is told twice."""
    found = fields(one, other)
    assert [each for each in found if each["before"] == each["after"]] == []
    assert fields(one, one) == []
    assert fields(other, one) == [] if not found else fields(other, one)


@given(st.permutations([A, B, C, A, B]), st.lists(st.sampled_from([A, B, C, action(7, "acc_a")]), max_size=6))
def test_lists_of_actions_add_up(before: list[object], after: list[object]) -> None:
    """As many actions came and went as the list grew."""
    found = fields(body(*before), body(*after))
    whole = [each for each in found if each["path"].endswith("]")]
    came, went = (sum(1 for each in whole if each[side] is not None) for side in ("after", "before"))
    assert came - went == len(after) - len(before)
