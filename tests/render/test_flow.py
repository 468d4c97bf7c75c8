import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.diff import fields
from rulesync.planjson import ResourceJson, RuleJson
from rulesync.render.flow import Edge, Flow, Mark, Node, flow, neighbourhood, told
from tests.costly import costly
from tests.render.plans import resources
from tests.render.scenarios import full_plan
from tests.render.values import NAMES, action, fixed, resource, rule, share

CAPPED = {"period": "PER_MONTH", "amount_in_cents": 20000}
OVER = {"condition": {"fact": "BALANCE", "operator": "GREATER_THAN", "value": 50000}}


def shown(found: Flow) -> list[tuple[str, str, str, str]]:
    return [(edge.source[4:], edge.destination[4:], told(edge), edge.mark.value) for edge in found.edges]


def updated(before: RuleJson, after: RuleJson) -> list[tuple[str, str, str, str]]:
    return shown(flow([resource("update", "a", before, after)], NAMES))


def steps(*each: tuple[object, list[dict[str, Any]]]) -> RuleJson:
    return rule(steps=[{"conditions": asked, "actions": actions} for asked, actions in each])


def test_operations() -> None:
    """What a created rule moves is new, what a deleted one moved is removed, what stays is the same."""
    found = flow(
        [
            resource("create", "a", None, rule(fixed(100, "savings"))),
            resource("delete", "b", rule(fixed(200, "rainy")), None),
            resource("no-op", "c", rule(fixed(300, "taxes")), rule(fixed(300, "taxes"))),
        ],
        NAMES,
    )

    assert [
        ("checking", "savings", "$1.00", "new"),
        ("checking", "rainy", "$2.00", "removed"),
        ("checking", "taxes", "$3.00", "same"),
    ] == shown(found)
    assert (
        Node("acc_checking", "Checking", "income_source"),
        Node("acc_savings", "Savings", "pod"),
        Node("acc_rainy", "Rainy Day", "pod"),
        Node("acc_taxes", "Taxes", "pod"),
    ) == found.nodes
    assert found.edges[:2] == found.changed


def test_a_changed_action() -> None:
    """A changed amount says what it was and becomes; its neighbours in the rule stay the same."""
    before = rule(share(20, "savings"), fixed(5000, "rainy"), share(5, "taxes", limit=CAPPED))
    after = rule(share(25, "savings"), fixed(5000, "rainy"), share(5, "taxes"))

    assert [
        ("checking", "savings", "20 % → 25 % of the deposit", "changed"),
        ("checking", "rainy", "$50.00", "same"),
        ("checking", "taxes", "5 % of the deposit, at most $200.00 per month → no limit", "changed"),
    ] == updated(before, after)


def test_a_changed_limit() -> None:
    """A limit that changes is told with what it limits, and what both limits say is said once."""
    less = share(5, "taxes", limit={**CAPPED, "amount_in_cents": 15000})
    weekly = share(5, "taxes", limit={**CAPPED, "period": "PER_WEEK"})
    capped = rule(share(5, "taxes", limit=CAPPED))

    assert ["5 % of the deposit, at most $150.00 → $200.00 per month"] == [
        moves for _, _, moves, _ in updated(rule(less), capped)
    ]
    assert ["5 % of the deposit, at most $200.00 per week → $200.00 per month"] == [
        moves for _, _, moves, _ in updated(rule(weekly), capped)
    ]
    assert ["5 % of the deposit, no limit → at most $200.00 per month"] == [
        moves for _, _, moves, _ in updated(rule(share(5, "taxes")), capped)
    ]


def test_another_destination() -> None:
    """An action that sends elsewhere is a new way, and the old way is removed."""
    assert [("checking", "rainy", "$1.00", "new"), ("checking", "savings", "$1.00", "removed")] == updated(
        rule(fixed(100, "savings")), rule(fixed(100, "rainy"))
    )


def test_an_action_before_others() -> None:
    """An action that comes or goes leaves the others as they were, although their places and groups shift."""
    before = rule(fixed(100, "savings"), fixed(200, "savings", group_index=1))
    after = rule(fixed(300, "taxes"), fixed(100, "savings", group_index=1), fixed(200, "savings", group_index=2))

    assert ["new", "same", "same"] == [mark for *_, mark in updated(before, after)]
    assert ["same", "same", "removed"] == [mark for *_, mark in updated(after, before)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (steps((OVER, [fixed(100, "savings")])), rule(fixed(100, "savings"))),
        (rule(fixed(100, "savings")), rule(fixed(100, "savings"), trigger={"type": "MANUAL", "account_id": "acc_x"})),
        (rule(fixed(100, "savings")), rule(fixed(100, "savings", up_to_enabled=True))),
        (rule(fixed(100, "savings")), rule(fixed(100, "savings", group_index=2))),
    ],
)
def test_when_and_how(before: RuleJson, after: RuleJson) -> None:
    """A way whose amount stays, while when or how it is taken changes, is changed, with nothing that it was before."""
    assert [("checking", "savings", "$1.00", "changed")] == updated(before, after)


def test_switched_off() -> None:
    """All that a rule moves is changed where it is switched off as Git wants, and marked as off."""
    before, after = rule(fixed(100, "savings"), share(1, "rainy")), rule(fixed(100, "savings"), share(2, "rainy"))
    found = flow([resource("update", "a", before, {**after, "status": "disabled"})], NAMES)

    assert ["changed", "changed"] == [edge.mark.value for edge in found.edges]
    assert [True, True] == [edge.off for edge in found.edges]


def test_labels() -> None:
    """Each kind of amount is told in a few words that need no sentence around them."""
    found = flow(
        [
            resource(
                "create",
                "a",
                None,
                rule(
                    action("top_up", "savings", amount_in_cents=50000),
                    action("round_down", "savings", amount_in_cents=10000),
                    action("next_payment_minimum", "visa"),
                    share(50, "savings", percentage_target="SOURCE_ACCOUNT", limit=CAPPED),
                ),
            )
        ],
        NAMES,
    )

    assert [
        "top up to $500.00",
        "round down to $100.00",
        "the next minimum payment",
        "50 % of the balance of Checking, at most $200.00 per month",
    ] == [edge.label for edge in found.edges]


def test_undrawn() -> None:
    """What is of a kind not known here is counted, not drawn."""
    odd = {"type": "snowball", "source": 1}
    found = flow(
        [
            resource("update", "a", rule(fixed(100, "savings"), odd, odd), rule(fixed(100, "savings"), odd)),
            resource("create", "b", None, {**rule(fixed(100, "savings")), "steps": [{"goto": 3}]}),
            {**resource("create", "c", None, None), "change": {"actions": ["create"], "before": None, "after": {}}},
        ],
        NAMES,
    )

    assert 4 == found.undrawn
    assert [("checking", "savings", "$1.00", "changed")] == shown(found)


def test_names() -> None:
    """Two accounts of one name are told apart by their ids; one without a name is called by its id."""
    names = {"acc_savings": "Pod", "acc_rainy": "Pod"}
    found = flow([resource("create", "a", None, rule(fixed(100, "savings"), fixed(100, "rainy")))], names)

    assert ["acc_checking", "Pod (acc_savings)", "Pod (acc_rainy)"] == [node.name for node in found.nodes]


def test_a_neighbourhood() -> None:
    """Of a large map, only what touches a change is in the part around the changes."""
    chain = [
        Edge(f"n{place}", f"n{place + 1}", "$1.00", "a", "a", Mark.NEW if place == 5 else Mark.SAME)
        for place in range(20)
    ]
    whole = Flow(tuple(Node(f"n{place}", "x", "pod") for place in range(21)), tuple(chain))
    near = neighbourhood(whole)

    assert chain[4:7] == list(near.flow.edges)
    assert (17, 17, 0) == (near.nodes_left_out, near.edges_left_out, near.changed_left_out)


def test_nothing_around_nothing() -> None:
    """Where nothing changes, the part around the changes is empty."""
    whole = flow([resource("no-op", "a", rule(fixed(100, "savings")), rule(fixed(100, "savings")))], NAMES)
    near = neighbourhood(whole)

    assert (Flow((), ()), 2, 1, 0) == (near.flow, near.nodes_left_out, near.edges_left_out, near.changed_left_out)


# Laws


@costly
@given(resources())
def test_ends(found: list[ResourceJson]) -> None:
    """Every way leads from an account of the map to another, each account is there once, and has a name of its own."""
    whole = flow(found, NAMES)
    ids = [node.id for node in whole.nodes]

    assert len(set(ids)) == len(ids) == len({node.name for node in whole.nodes})
    assert set(ids) == _ends(whole)
    assert whole == flow(json.loads(json.dumps(found)), NAMES)


@costly
@given(resources())
def test_no_change_is_silent(found: list[ResourceJson]) -> None:
    """A rule is marked if and only if its trigger, steps or status differ, and all that it moves is on the map."""
    for one in found:
        before, after = one["change"]["before"], one["change"]["after"]
        whole = flow([one], NAMES)
        differs = (
            before is None
            or after is None
            or any(field["path"].startswith(("trigger", "steps", "status")) for field in fields(before, after))
        )
        kept = [edge for edge in whole.edges if edge.mark is not Mark.REMOVED]

        assert bool(whole.changed) is (differs and bool(whole.edges))
        assert _ways(after) == Counter((edge.source, edge.destination) for edge in kept)
        assert _ways(before) <= Counter((edge.source, edge.destination) for edge in whole.edges)


def _ends(found: Flow) -> set[str]:
    return {end for edge in found.edges for end in (edge.source, edge.destination)}


def _ways(body: RuleJson | None) -> Counter[tuple[str, str]]:
    actions = [action for step in (body or {"steps": []})["steps"] for action in step.get("actions", ())]
    return Counter((each["source"]["id"], each["destination"]["id"]) for each in actions if "source" in each)


@costly
@given(resources(), st.integers(0, 6), st.integers(0, 8))
def test_bounds(found: list[ResourceJson], most_nodes: int, most_edges: int) -> None:
    """A part of the map is within its bounds, closed in itself, and each change is inside of it or counted."""
    whole = flow(found, NAMES)
    near = neighbourhood(whole, most_nodes, most_edges)
    inside = near.flow

    assert len(inside.nodes) <= most_nodes
    assert len(inside.edges) <= most_edges
    assert {node.id for node in inside.nodes} == {
        end for edge in inside.edges for end in (edge.source, edge.destination)
    }
    assert len(whole.changed) == len(inside.changed) + near.changed_left_out
    assert len(whole.edges) == len(inside.edges) + near.edges_left_out
    assert len(whole.nodes) == len(inside.nodes) + near.nodes_left_out
    assert near == neighbourhood(whole, most_nodes, most_edges)


def test_everything() -> None:
    """In the plan in which everything happens, every mark occurs."""
    whole = flow(full_plan()["resource_changes"], NAMES)

    assert set(Mark) == {edge.mark for edge in whole.edges}
    assert whole == neighbourhood(whole, 100, 100).flow
