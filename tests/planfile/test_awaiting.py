from dataclasses import replace

from rulesync.ownership import digest
from rulesync.planfile.awaiting import failed_wait, notice, wait_json
from rulesync.rule import Status
from rulesync.waiting import Awaited, Found, State
from tests.builders import SCOPE, a_rule, by_hand
from tests.planfile.test_writing import CONTEXT

WISH = Awaited("save", "rule_1", "Save", frozenset({digest(a_rule())}), a_rule())


def test_every_state() -> None:
    """Counts agree with the list, what waits has its link, and what is altered has both sides and their difference."""
    off = by_hand("rule_1", a_rule(status=Status.DISABLED))
    found = [
        Found(WISH, State.ENABLED, "2026-01-01T00:00:00Z", by_hand("rule_1", a_rule())),
        Found(WISH, State.WAITING, "2026-01-02T00:00:00Z", off),
        Found(WISH, State.UNREADABLE, reason="403"),
        Found(WISH, State.ALTERED, None, by_hand("rule_1", a_rule(7))),
        Found(replace(WISH, wish=None), State.ALTERED, None, by_hand("rule_1", a_rule(7))),
        Found(WISH, State.GONE),
    ]

    value = wait_json(found, SCOPE, CONTEXT, timed_out=True)

    assert {"enabled": 1, "altered": 2, "gone": 1, "waiting": 1, "unreadable": 1} == value["summary"]
    assert ["2026-01-02T00:00:00Z", None] == [each["since"] for each in value["awaiting_enable"]]
    assert {"acc_checking": "Checking", "acc_savings": "Savings"} == value["accounts"]
    enabled, waits, hidden, altered, unknown, gone = value["rules"]
    assert ["steps[0].actions[0].amount_in_cents"] == [each["path"] for each in altered["fields"]]
    assert (None, []) == (unknown["before"], unknown["fields"])
    assert [None] * 3 == [enabled["after"], waits["after"], gone["after"]]
    assert "403" == hidden["note"]
    assert "https://app.getsequence.io/map/rules/rule_1?action=activateRule" == waits["review_url"]


def test_what_is_told_to_others() -> None:
    """A notice has the header and what it is about; a wait that could not begin says why."""
    value = wait_json([Found(WISH, State.WAITING)], SCOPE, CONTEXT, timed_out=False)

    told = notice(value)

    assert ("waiting", value["awaiting_enable"], []) == (told["event"], told["awaiting_enable"], told["rules"])
    assert ("no key", []) == (failed_wait("no key", SCOPE, CONTEXT)["error"], failed_wait("x", SCOPE, CONTEXT)["rules"])
