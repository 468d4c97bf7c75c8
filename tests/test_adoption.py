from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest

from rulesync.adoption import Way, choose, take_over
from rulesync.errors import FindingsError
from rulesync.intent import body, marker
from rulesync.ownership import Marker, digest
from rulesync.plan import Operation
from rulesync.ruleset import ActualRule, DesiredRule, Extra
from rulesync.wire import v1
from tests.builders import SCOPE, a_rule, applied, by_hand, desired, row

WISH = desired("save", a_rule())
HAND = by_hand("rule_1", a_rule())


def chosen(
    wish: DesiredRule, *held: ActualRule, force: bool = False, pins: Mapping[str, str] = MappingProxyType({})
) -> Way:
    return choose(wish, "rule_1", [row(each) for each in held], SCOPE, pins, take_over=force)


def test_a_rule_that_is_nobodys() -> None:
    """A rule without a marker is pinned, also where it might be taken over, since that would switch it off."""
    assert (Way.PIN, Way.PIN) == (chosen(WISH, HAND), chosen(WISH, HAND, force=True))


@pytest.mark.parametrize(
    ("wish", "held", "pins"),
    [
        (WISH, applied("save", a_rule(), "rule_1"), {}),
        (replace(WISH, moved_from="old"), applied("old", a_rule(), "rule_1"), {}),
        (replace(WISH, pin="rule_1"), HAND, {}),
        (WISH, HAND, {"save": "rule_1"}),
    ],
    ids=["by its marker", "by its former key", "by its file", "by the workspace"],
)
def test_what_is_bound_already(wish: DesiredRule, held: ActualRule, pins: dict[str, str]) -> None:
    """There is nothing to do where the key stands for that rule, with and without a take-over."""
    assert Way.NOTHING is chosen(wish, held, pins=pins)
    assert Way.NOTHING is chosen(wish, held, force=True, pins=pins)


@pytest.mark.parametrize(
    "held", [applied("save", a_rule(), "rule_1", scope="firm"), applied("other", a_rule(), "rule_1")]
)
def test_another_marker(held: ActualRule) -> None:
    """A rule that another scope or key owns is given up only where a person says so."""
    with pytest.raises(FindingsError) as refusal:
        chosen(WISH, held)

    assert "--take-over" in (refusal.value.findings[0].help or "")
    assert Way.TAKE_OVER is chosen(WISH, held, force=True)
    assert Way.TAKE_OVER is chosen(replace(WISH, pin="rule_1"), held, force=True)


@pytest.mark.parametrize(
    ("wish", "held", "pins", "words"),
    [
        (WISH, [], {}, "does not exist"),
        (WISH, [HAND], {"other": "rule_1"}, "pinned by `other`"),
        (replace(WISH, pin="rule_2"), [HAND], {}, "bound to another rule already, `rule_2`"),
        (WISH, [HAND, applied("save", a_rule(2))], {}, "bound to another rule already, `rule_save`"),
    ],
    ids=["gone", "pinned", "another pin", "another marker"],
)
def test_what_is_anothers(wish: DesiredRule, held: list[ActualRule], pins: dict[str, str], words: str) -> None:
    """One rule has one key and one key one rule, whatever is forced."""
    for force in (False, True):
        with pytest.raises(FindingsError) as refusal:
            chosen(wish, *held, force=force, pins=pins)
        assert words in refusal.value.findings[0].message


def test_taking_over_changes_the_marker_alone() -> None:
    """What is sent is the rule as it is, down to what is not known here, with our marker and switched off."""
    theirs = replace(applied("x", a_rule(), "rule_1", scope="firm"), extras=(Extra(("priority",), "3"),))

    change = take_over("save", theirs, SCOPE)
    sent = body(change, SCOPE, v1)

    assert Operation.UPDATE is change.operation
    assert Marker(SCOPE, "save", digest(theirs.rule)) == marker(change, SCOPE)
    assert sent is not None
    assert (3, "disabled") == (sent["priority"], sent["status"])
    assert replace(theirs, marker=marker(change, SCOPE)).rule == v1.actual({**sent, "id": "rule_1"}).rule
