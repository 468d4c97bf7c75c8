from dataclasses import replace

from rulesync.brake import Brake, build, managed
from rulesync.planfile.pausing import pause_json
from rulesync.rule import Status
from rulesync.ruleset import Refresh, UnreadableRule
from tests.builders import SCOPE, a_rule, applied, by_hand, holding, row
from tests.planfile.test_writing import CONTEXT

ON = replace(applied("on", a_rule(500)), rule=a_rule(500))


def brake() -> Brake:
    """Return the brake for a rule that is on, one that is off, one that cannot be read, and one that is nobody's."""
    hidden = replace(ON, id="rule_hidden", marker=replace(applied("hidden", a_rule()).marker, key="hidden"))  # type: ignore[type-var]  # it has one
    held = holding([ON, applied("off", a_rule(status=Status.DISABLED)), by_hand("rule_7", a_rule())])
    refresh = Refresh((*held.listed, row(hidden)), held.bodies, {hidden.id: UnreadableRule(row(hidden), "403")})
    among = managed(refresh.listed, SCOPE, {}, {})
    return build(list(among.rows), among, refresh, {}, SCOPE)


def test_a_pause() -> None:
    """Each rule stands in one list, with what it can move, why it cannot be switched off, and its link."""
    value = pause_json(brake(), CONTEXT, everything=True)

    assert ([("on", 500)], ["off"]) == (
        [(each["key"], each["at_stake"]) for each in value["rules"]],
        [each["key"] for each in value["off"]],
    )
    assert [("hidden", "403", "https://app.getsequence.io/map/rules/rule_hidden")] == [
        (each["key"], each["why_not"], each["rule_url"]) for each in value["unreadable"]
    ]
    assert ["rule_7"] == [each["id"] for each in value["untouched"]]


def test_a_pause_of_some_rules() -> None:
    """Who switches some rules off is told nothing about all others."""
    assert [] == pause_json(brake(), CONTEXT)["untouched"]
