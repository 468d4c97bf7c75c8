"""Plans and reports in which everything happens that can, for every renderer to show."""

from rulesync.diff import fields
from rulesync.planjson import PausedJson, PauseJson, PlanJson
from tests.render.values import awaited, finding, fixed, outcome, plan, report, resource, rule, share, wait, waiting

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
    "already": report(
        outcome("a", "done", "create", idempotency_key=None),
        outcome("b", "done"),
        outcome("c", "done", "delete", idempotency_key=None),
    ),
    "all-already": report(outcome("a", "done", idempotency_key=None), outcome("b", "done", idempotency_key=None)),
    "undo": report(
        outcome("a", "done", "create"),
        outcome("b", "done"),
        outcome("c", "done", "delete", id=None),
        outcome("d", "skipped", error="it was changed since, and nobody approved this"),
        outcome("e", "unknown", enabled=None),
        waiting=[waiting("a"), waiting("b", None)],
        command="undo",
    ),
    "pause": report(outcome("a", "done"), outcome("b", "done"), waiting=[waiting("a"), waiting("b")], command="pause"),
    "pause-one": report(outcome("a", "done", idempotency_key=None), waiting=[waiting("a")], command="pause"),
    "pause-in-part": report(
        outcome("a", "failed", error="it cannot be read, so it cannot be switched off from here: 403"),
        outcome("b", "done"),
        outcome("c", "stale", error="somebody changed the rule after the plan", enabled=True),
        outcome("d", "unknown", enabled=None),
        outcome("e", "altered", enabled=False, fields=fields(BEFORE, {**AFTER, "status": "enabled"})),
        waiting=[waiting("b")],
        command="pause",
    ),
    "pause-unknown": report(outcome("a", "unknown", enabled=None), outcome("b", "skipped"), command="pause"),
    "pause-refused": report(outcome("a", "skipped", error="not approved"), command="pause"),
    "pause-nothing": report(command="pause"),
    "pause-not-begun": report(command="pause", error="the API refused the key: unauthorized"),
}


def undo() -> PlanJson:
    """An undo in which everything happens that can."""
    was, now = {**BEFORE, "status": "disabled"}, {**AFTER, "status": "disabled"}
    made = rule(fixed(100, "savings"), nickname="Made")
    return plan(
        resource("create", "deleted", None, BEFORE, file=None),
        resource("create", "deleted-while-off", None, was, file=None),
        resource("update", "live", AFTER, BEFORE, file=None),
        resource("update", "live-and-off-before", AFTER, was, file=None),
        resource("update", "off", now, BEFORE, file=None),
        resource("update", "off-before", now, was, file=None),
        resource("update", "edited", now, BEFORE, file=None, origin="app"),
        resource("update", "applied-again", now, BEFORE, file=None, origin="both"),
        resource("delete", "made", made, None, origin="git"),
        resource("delete", "made-and-edited", {**made, "status": "disabled"}, None, origin="app"),
        resource("no-op", "as-it-was", was, BEFORE, file=None),
        resource("no-op", "as-it-was-and-on", BEFORE, BEFORE, file=None),
        awaiting_enable=[waiting("as-it-was")],
        orphans=[
            {"key": "made", "id": "rule_made", "nickname": "Made", "live": True},
            {"key": "kept", "id": "rule_kept", "nickname": "Kept", "live": True},
            {"key": "kept-off", "id": "rule_kept-off", "nickname": None, "live": False},
            {"key": "kept-hidden", "id": "rule_kept-hidden", "nickname": None, "live": None},
        ],
        findings=[finding("`gone` is left as it is: the rule `rule_gone` is gone", "warning", file=None)],
    )


UNDOS = {
    "everything": undo(),
    "nothing": plan(),
    "only-waiting": plan(resource("no-op", "a", BEFORE, BEFORE), awaiting_enable=[waiting("a")]),
    "errored": plan(errored=True, findings=[finding("`x`: the rule `rule_x` cannot be read", file=None)]),
}


def paused(key: str, cents: int | None = None, **more: object) -> PausedJson:
    value = {
        "key": key,
        "id": f"rule_{key}",
        "nickname": key.title(),
        "sentence": "When money arrives in Checking: send $50.00 to Savings.",
        "at_stake": cents,
        "why_not": None,
        "rule_url": f"https://app.getsequence.io/map/rules/rule_{key}",
    }
    return value | more  # type: ignore[return-value]  # what is handed over is named as in PausedJson


def pause(*rules: PausedJson, **lists: list[PausedJson]) -> PauseJson:
    where: dict[str, object] = {"workspace": None, "scope": "household", "api": KEPT_API}
    return {**where, "rules": list(rules), "off": [], "unreadable": [], "untouched": [], **lists}  # type: ignore[typeddict-item]  # as above


KEPT_API = {"dialect": "v1", "base_url": "https://api.getsequence.io/api/v1"}
PAUSES = {
    "everything": pause(
        paused("payday"),
        paused("rent", 185000),
        off=[paused("off"), paused("too")],
        unreadable=[paused("hidden", sentence=None, why_not="the key may not read it (403)")],
        untouched=[paused("", nickname="Made by hand")],
    ),
    "one": pause(paused("rent", 185000)),
    "off-already": pause(off=[paused("rent")]),
    "unreadable": pause(unreadable=[paused("rent", why_not="403"), paused("gas", why_not="403")]),
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


def drift_of_all_kinds() -> PlanJson:
    """What the app did, each kind of it once."""
    off = {**BEFORE, "status": "disabled"}
    told = {
        "enabled": (off, BEFORE, "app", None),
        "edited": (AFTER, BEFORE, "both", "it bears no marker: the line was removed in the app"),
        "differs": (AFTER, BEFORE, "unknown", "edited in the app or not applied yet"),
        "deleted": (AFTER, None, "app", None),
        "missing": (AFTER, None, "git", "missing: deleted in the app or not applied yet"),
        "marker-removed": (AFTER, BEFORE, "app", "the rule `rule_x` says the same and bears no marker"),
        "paused": (BEFORE, off, "app", "it bears no marker, so no write of rulesync switched it off"),
        "orphan": (None, BEFORE, "git", "its key is gone from Git, and it is live"),
        "unmanaged": (None, BEFORE, "app", "made in the app at 2026-12-31T09:00:00Z"),
        "waiting": (BEFORE, off, None, "off and waiting for a person, at least since its last write, 50 h ago"),
    }
    found = [
        resource("update", happened, before, after, origin=origin, note=note, happened=happened)
        for happened, (before, after, origin, note) in told.items()
    ]
    return plan(resource_drift=found, awaiting_enable=[waiting("waiting")])


ALTERED = awaited(
    "altered",
    "altered",
    before=BEFORE,
    after=AFTER,
    fields=fields(BEFORE, AFTER),
    note="it is live, and holds something else than what was applied",
)
WAITS = {
    "nothing": wait(),
    "one": wait(awaited("save", "enabled")),
    "all": wait(awaited("save", "enabled"), awaited("rent", "enabled", nickname=None)),
    "time-up": wait(awaited("save", "enabled"), awaited("rent", "waiting"), timed_out=True),
    "everything": wait(
        awaited("save", "enabled"),
        ALTERED,
        awaited("gone", "gone", note="it was deleted in the app while it was waited for"),
        awaited("rent", "waiting"),
        awaited("hidden", "unreadable", note="the key may not read it"),
        timed_out=True,
    ),
}
