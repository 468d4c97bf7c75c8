from dataclasses import replace
from typing import Any

from hypothesis import given

from rulesync.intent import Endpoint, body, intent, marker
from rulesync.ownership import digest, split
from rulesync.plan import Change, Operation
from rulesync.rule import Rule, Text
from rulesync.wire import v1
from tests.builders import SCOPE, a_rule, applied, desired
from tests.strategies import rules

HERE = Endpoint("https://api.getsequence.io/api/v1", None)


@given(rules())
def test_a_body_is_paused_and_marked(rule: Rule) -> None:
    """Whatever Git says, what is sent is off, holds the rule, and ends with the marker of what is sent."""
    change = Change(Operation.CREATE, "save", desired("save", rule), None)
    sent: Any = body(change, SCOPE, v1)
    text, found = split(sent["description"])

    assert "disabled" == sent["status"]
    assert found == marker(change, SCOPE)
    again = v1.decode({**sent, "status": rule.status.value, "description": text}).rule
    assert (rule, digest(rule)) == (again, found.digest if found else None)


def test_a_nickname_that_git_leaves_out_is_kept() -> None:
    """A PUT clears what it leaves out, so the app's nickname goes along where Git gives none."""
    wish = desired("save", a_rule(2, nickname=None))
    change = Change(Operation.UPDATE, "save", wish, applied("save", a_rule(1, nickname="Rule 7")))
    sent: Any = body(change, SCOPE, v1)

    assert "Rule 7" == sent["nickname"]
    assert digest(wish.rule) in sent["description"]


def test_what_a_key_is_made_of() -> None:
    """A create is known by its key in Git, an update by the rule as it was, a delete without a body."""
    was = applied("save", a_rule(1))
    create = intent(Change(Operation.CREATE, "save", desired("save", a_rule()), None), SCOPE, HERE, v1)
    update = intent(Change(Operation.UPDATE, "save", desired("save", a_rule()), was), SCOPE, HERE, v1)
    delete = intent(Change(Operation.DELETE, "save", None, was), SCOPE, HERE, v1)

    assert create and update and delete  # noqa: PT018 - all three are needed below
    assert ("POST", "household/save", None, None) == (create.method, create.target, create.prior, create.body)
    assert ("PUT", "rule_save", True) == (update.method, update.target, bool(update.body))
    assert ("DELETE", "rule_save", None) == (delete.method, delete.target, delete.body)
    assert intent(Change(Operation.NO_OP, "save", desired("save", a_rule()), was), SCOPE, HERE, v1) is None


def test_no_body_for_a_delete() -> None:
    """A delete says nothing, and leaves no marker."""
    change = Change(Operation.DELETE, "save", None, applied("save", a_rule()))

    assert (None, None) == (body(change, SCOPE, v1), marker(change, SCOPE))


def test_a_description_of_nothing_but_the_marker() -> None:
    """A rule without a description is marked all the same."""
    change = Change(Operation.CREATE, "save", desired("save", replace(a_rule(), description=None)), None)
    sent: Any = body(change, SCOPE, v1)

    assert (None, marker(change, SCOPE)) == split(sent["description"])
    assert Text.of(sent["description"]) == Text.of(str(marker(change, SCOPE)))
