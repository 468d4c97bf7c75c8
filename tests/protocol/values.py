"""What a write can meet: rules as they were, are wanted and became, changes, attempts and answers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rulesync.answer import Answer
from rulesync.plan import Change, Operation, Verbatim
from rulesync.protocol import HORIZON, End, Tried
from rulesync.protocol.decision import MOST_ATTEMPTS, MOST_GENERATIONS
from rulesync.report import Result
from rulesync.rule import Status
from rulesync.ruleset import ActualRule, Extra
from tests.builders import a_rule, applied, desired, row

WAS, WISH = applied("save", a_rule(1)), desired("save", a_rule(2))
WANTED = applied("save", a_rule(2))
ENABLED = replace(WAS, rule=a_rule(1))
EDITED = replace(WAS, rule=replace(WAS.rule, nickname="Mine"))
TOUCHED = replace(WAS, updated_at="2026-01-01T00:00:09Z")
PLANNED_AT = datetime(2026, 1, 2, tzinfo=UTC)
BORN = "2026-01-01T00:00:00Z"
CREATE = Change(Operation.CREATE, "save", WISH, None)
UPDATE = Change(Operation.UPDATE, "save", WISH, WAS)
DELETE = Change(Operation.DELETE, "save", None, WAS)
LISTED = [row(WANTED)]
ONCE = Tried(attempts=1)
LAST = Tried(attempts=MOST_ATTEMPTS)
DOUBTED = Tried(attempts=MOST_ATTEMPTS, doubt=True)
WALKED = Tried(attempts=1, generation=MOST_GENERATIONS)


def result(decision: object) -> Result | None:
    return decision.result if isinstance(decision, End) else None


def remembered(rule: ActualRule | None = None) -> Answer:
    return Answer(200, rule or replace(WANTED, created_at=BORN), remembered=True)


UNTOLD = replace(remembered(), remembered=None)
LATELY = replace(UNTOLD, date=datetime.fromisoformat(BORN) + HORIZON)
LONG_AGO = replace(UNTOLD, date=datetime.fromisoformat(BORN) + HORIZON + timedelta(seconds=1))
FRESH = Answer(201, WANTED, remembered=False)
MARKER = WANTED.marker
EXTRA = Extra(("priority",), "3")
OFF = replace(ENABLED, rule=replace(ENABLED.rule, status=Status.DISABLED), extras=(EXTRA,))
WHOLE = Change(
    Operation.UPDATE,
    "save",
    desired("save", replace(OFF.rule, nickname=None)),
    replace(ENABLED, extras=(EXTRA,)),
    verbatim=Verbatim(None, (EXTRA,)),
)
PAUSED = Change(Operation.UPDATE, "save", desired("save", WAS.rule), ENABLED, verbatim=Verbatim(ENABLED.marker, ()))
BARE = replace(OFF, marker=None, rule=replace(OFF.rule, nickname=None))
