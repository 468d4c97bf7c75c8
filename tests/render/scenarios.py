"""Plans and reports in which everything happens that can, for every renderer to show."""

from rulesync.diff import fields
from rulesync.planjson import PlanJson
from tests.render.values import finding, fixed, outcome, plan, report, resource, rule, share, waiting

BEFORE = rule(share(20, "savings"), fixed(5000, "rainy"))
AFTER = rule(share(25, "savings"), fixed(5000, "rainy"))
KEPT = resource("no-op", "kept", rule(fixed(100, "savings")), rule(fixed(100, "savings")))


def full_plan() -> PlanJson:
    """A plan in which everything happens that can."""
    many = rule(
        fixed(10000, "taxes"),
        share(20, "savings", limit={"period": "PER_MONTH", "amount_in_cents": 20000}, up_to_enabled=True),
        fixed(5000, "rainy"),
        nickname="Payday",
        trigger={"type": "MANUAL", "account_id": "acc_checking"},
        description="Saves what is left",
    )
    old = rule(share(20, "savings"), fixed(5000, "rainy"), fixed(10000, "taxes"), status="enabled", nickname="Payday")
    return plan(
        resource("create", "rainy-day", None, rule(fixed(5000, "rainy"), nickname="Rainy Day")),
        resource("update", "auto-save", BEFORE, AFTER),
        resource("update", "payday", old, many, origin="both"),
        resource("update", "paused", rule(share(5, "taxes")), rule(share(5, "taxes"), status="disabled"), origin="git"),
        resource("delete", "old", rule(fixed(100, "savings"), nickname="Old"), None, origin="git"),
        KEPT,
        resource_drift=[
            resource("update", "payday", many, old, origin="both"),
            resource("update", "stale", BEFORE, AFTER, origin="app"),
        ],
        awaiting_enable=[waiting("kept"), waiting("other", None)],
        orphans=[
            {"key": "old", "id": "rule_old", "nickname": "Old", "live": True},
            {"key": "older", "id": "rule_older", "nickname": None, "live": None},
        ],
        unmanaged=[{"id": "rule_x", "nickname": "x", "readable": True}],
        findings=[finding("the description is long", "warning", help="shorten it", file=None, line=None, column=None)],
        workspace="staging",
    )


PLANS = {
    "everything": full_plan(),
    "nothing": plan(KEPT),
    "nothing-but-waiting": plan(
        KEPT, awaiting_enable=[waiting("kept")], unmanaged=[{"id": "rule_x", "nickname": None, "readable": False}] * 3
    ),
    "one-change": plan(resource("update", "auto-save", BEFORE, AFTER)),
    "app-edit": plan(resource("update", "auto-save", {**BEFORE, "status": "disabled"}, AFTER, origin="app")),
    "refused": plan(
        resource("update", "auto-save", BEFORE, AFTER, origin="unknown", note="the pin was added today"),
        findings=[finding("percentages of one step add up to 130 %", help="lower it to 70 or less")],
    ),
    "errored": plan(KEPT, errored=True, complete=False, findings=[finding("`x`: the rule cannot be read", file=None)]),
    "part": plan(KEPT, complete=False),
}


REPORTS = {
    "done": report(
        outcome("rainy-day", "done", "create"),
        outcome("auto-save", "done"),
        outcome("old", "done", "delete", id=None),
        waiting=[waiting("rainy-day"), waiting("auto-save", None)],
    ),
    "everything": report(
        outcome("a", "done", "create"),
        outcome("b", "failed", "create", id=None, error="the API refused it: the amount is too small (422)"),
        outcome("c", "stale"),
        outcome("d", "skipped", error="the app changed it since the last apply, and nobody approved this"),
        outcome("e", "altered", fields=fields(BEFORE, {**AFTER, "nickname": "Renamed"})),
        outcome("f", "unknown"),
        outcome("g", "done", live=True),
        waiting=[waiting("a")],
    ),
    "nothing-written": report(outcome("c", "stale")),
    "empty": report(),
}


def drift() -> PlanJson:
    missing = resource("delete", "gone", rule(fixed(5000, "rainy")), None, id=None)
    extra = resource("create", "orphan", None, rule(fixed(5000, "rainy")), origin="app", file=None)
    note = "missing: deleted in the app or not applied yet"
    return plan(
        resource_drift=[
            resource("update", "auto-save", AFTER, {**BEFORE, "nickname": None}, origin="app"),
            {**missing, "note": note},
            extra,
        ],
        awaiting_enable=[waiting("kept")],
        unmanaged=[{"id": "rule_x", "nickname": "x", "readable": True}],
    )
