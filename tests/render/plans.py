"""Plans for laws under hypothesis: any rules in them, and anything beside the changes."""

from hypothesis import strategies as st

from rulesync.planjson import OrphanJson, PlanJson, ResourceJson
from rulesync.wire import v1
from tests.render.values import finding, plan, resource, waiting
from tests.strategies import rules


@st.composite
def resources(draw: st.DrawFn, most: int = 5) -> list[ResourceJson]:
    """Return a few changes of any rules; what is unchanged is the same on both sides."""
    found = []
    for place in range(draw(st.integers(0, most))):
        operation = draw(st.sampled_from(["create", "update", "update", "delete", "no-op"]))
        bodies = [v1.encode(draw(rules(opaque=True))) for _ in range(2)]
        before = None if operation == "create" else bodies[0]
        after = None if operation == "delete" else bodies[0] if operation == "no-op" else bodies[1]
        origin = draw(st.sampled_from(["git", "app", "both", "unknown"])) if before and after else None
        found.append(resource(operation, f"rule-{place}", before, after, origin=origin))  # type: ignore[arg-type]  # one of the four
    return found


@st.composite
def plans(draw: st.DrawFn) -> PlanJson:
    """Return a plan with a few of everything that a plan may hold."""
    changes = draw(resources())
    orphans: list[OrphanJson] = [
        {"key": f"o{key}", "id": f"rule_o{key}", "nickname": None, "live": draw(st.sampled_from([True, False, None]))}
        for key in range(draw(st.integers(0, 3)))
    ]
    found = st.lists(st.sampled_from(["error", "warning", "info"]), max_size=3)
    return plan(
        *changes,
        resource_drift=[{**each, "origin": "app"} for each in draw(resources(most=2))],
        awaiting_enable=[waiting(f"w{number}") for number in range(draw(st.integers(0, 3)))],
        orphans=orphans,
        unmanaged=[{"id": f"u{each}", "nickname": None, "readable": True} for each in range(draw(st.integers(0, 3)))],
        findings=[finding("wrong", each) for each in draw(found)],  # type: ignore[arg-type]  # one of the three
    )
