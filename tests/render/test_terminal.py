import re
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.findings import Location, Severity, error, warning
from rulesync.render import terminal
from rulesync.rule import Rule
from rulesync.wire import v1
from tests.render.scenarios import AFTER, BEFORE, KEPT, PAUSES, PLANS, REPORTS, UNDOS, WAITS, drift, drift_of_all_kinds
from tests.render.values import action, finding, fixed, odd, plan, replaced, resource, rule, waiting
from tests.strategies import rules, texts

Golden = Callable[[str, str], None]


@pytest.mark.parametrize("name", PLANS)
def test_plans(name: str, golden: Golden) -> None:
    """A plan reads from the verdict down to the command that carries it out."""
    golden(f"plan-{name}.txt", terminal.plan(PLANS[name], color=False, next_command="rulesync apply plan.json"))


def test_plan_in_colour(golden: Golden) -> None:
    """Colour is added to the same words."""
    golden("plan-one-change.ansi", terminal.plan(PLANS["one-change"], color=True))


@pytest.mark.parametrize("name", REPORTS)
def test_reports(name: str, golden: Golden) -> None:
    """A report says what became of each change, what to do, and which rules wait for a person."""
    golden(f"report-{name}.txt", terminal.report(REPORTS[name], color=False))


@pytest.mark.parametrize("name", UNDOS)
def test_undos(name: str, golden: Golden) -> None:
    """An undo says what is put back, what stays off, and what is left as it is."""
    golden(f"undo-{name}.txt", terminal.undo(UNDOS[name], color=False, already=("so",) if name == "everything" else ()))


@pytest.mark.parametrize("name", PAUSES)
def test_pauses(name: str, golden: Golden) -> None:
    """A pause says what is switched off, the most money first, and what runs on."""
    golden(f"pause-{name}.txt", terminal.pause(PAUSES[name], color=False))


def test_drift(golden: Golden) -> None:
    """Drift says what Git wants and what the app holds, for each rule that drifted."""
    golden("drift.txt", terminal.drift(drift(), color=False))
    golden("drift-nothing.txt", terminal.drift(plan(KEPT), color=False))
    golden("drift-of-all-kinds.txt", terminal.drift(drift_of_all_kinds(), color=False))


@pytest.mark.parametrize("name", WAITS)
def test_waits(golden: Golden, name: str) -> None:
    """A wait tells first what is not as it was applied, then what still waits, each with its link."""
    golden(f"wait-{name}.txt", terminal.wait(WAITS[name], color=False))


def test_status(golden: Golden) -> None:
    """Status is a table of every managed rule, with a link where a person is waited for."""
    off = rule(fixed(100, "savings"), status="disabled", nickname="予備の貯金")
    changes = [
        resource("no-op", "a-live-one", BEFORE, BEFORE),
        resource("no-op", "kept", off, {**off, "status": "enabled"}),
        resource("no-op", "off/on-purpose", off, off),
        resource("update", "live-and-changed", BEFORE, AFTER),
        resource("update", "off-and-changed", off, AFTER),
        resource("create", "new", None, {**AFTER, "nickname": None}),
    ]
    orphan = {"key": "old", "id": "rule_old", "nickname": "Old", "live": True}
    value = plan(
        *changes, awaiting_enable=[waiting("kept")], orphans=[orphan], unmanaged=[{"id": "r", "nickname": None}]
    )
    golden("status.txt", terminal.status(value, color=False))
    golden("status-nothing.txt", terminal.status(plan(), color=False))


def test_findings(golden: Golden) -> None:
    """A finding shows its line of source, with carets under what it is about, whatever the line holds."""
    place = Location("rules/payday.yaml", 14, 27, 3, "        percentage_value: 130  # höher")
    found = [
        error("over-100-percent", "percentages of one step add up to 130 %", help="lower it", location=place),
        warning("tabs", "a tab", location=Location("a.yaml", 3, 2, 4, "\tname: x\n")),
        error("wide", "a wide name", location=Location("a.yaml", 120, 7, 2, "name: 貯金 x")),
        error("long", "a long line", location=Location("a.yaml", 1, 301, 200, "x" * 300 + "y" * 200 + "z" * 100)),
        error("odd", "an odd \x1b[31mcharacter", location=Location("a.yaml", 1, 3, 1, "a \u202e b")),
        error("past", "behind the end", location=Location("a.yaml", 1, 9, 1, "short")),
        error("file", "no line is known", location=Location("a.yaml")),
        error("nowhere", "no place is known"),
    ]
    golden("findings.txt", terminal.findings(found, color=False))
    assert terminal.findings([], color=False) == ""


# Laws


def is_harmless(text: str) -> bool:
    return all(
        unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        for character in text
        if character not in "\n\u200c\u200d"
    )


@given(st.data(), st.sampled_from(["everything", "refused", "app-edit"]))
def test_a_terminal_is_told_nothing_but_text(data: st.DataObject, name: str) -> None:
    """Whatever texts come from the API or from files, no control character but the newline comes out."""
    value = replaced(PLANS[name], lambda: data.draw(odd))
    value["accounts"] = {account: data.draw(odd) for account in value["accounts"]}
    for text in (
        terminal.plan(value, color=False, next_command=data.draw(odd)),
        terminal.drift(value, color=False),
        terminal.status(value, color=False),
        terminal.report(replaced(REPORTS["everything"], lambda: data.draw(odd)), color=False),
        terminal.report(replaced(REPORTS["pause-in-part"], lambda: data.draw(odd)), color=False),
        terminal.undo(replaced(UNDOS["everything"], lambda: data.draw(odd)), color=False),
        terminal.pause(replaced(PAUSES["everything"], lambda: data.draw(odd)), color=False),
    ):
        assert is_harmless(text)


@given(odd, odd, st.text(st.characters(), max_size=200), st.integers(1, 250), st.integers(1, 50))
def test_findings_are_harmless(message: str, file: str, text: str, column: int, width: int) -> None:
    """Whatever a file holds, a finding about it is text, and its carets stand under something."""
    shown = terminal.findings([error("x", message, location=Location(file, 7, column, width, text))], color=False)
    assert is_harmless(shown)
    assert "^" in shown


@given(st.lists(st.sampled_from(["create", "update", "delete", "no-op"]), max_size=8))
def test_counts_agree(operations: list[Any]) -> None:
    """As many changes are shown as the summary counts, each under its symbol."""
    sides = {"create": (None, AFTER), "update": (BEFORE, AFTER), "delete": (BEFORE, None), "no-op": (BEFORE, BEFORE)}
    value = plan(*(resource(each, f"k{place}", *sides[each]) for place, each in enumerate(operations)))
    shown = terminal.plan(value, color=False).splitlines()
    counts = {symbol: sum(line.startswith(f"{symbol} k") for line in shown) for symbol in "+~-"}
    assert (counts["+"], counts["~"], counts["-"]) == tuple(map(operations.count, ("create", "update", "delete")))
    assert f"Plan: {counts['+']} to create, {counts['~']} to change, {counts['-']} to delete; " in "\n".join(shown)


@given(rules(opaque=True), rules(opaque=True))
def test_no_difference_is_silent(one: Rule, other: Rule) -> None:
    """Rules that differ are never shown as an update without a difference, and equal sides are never an arrow."""
    before, after = v1.encode(one), v1.encode(other)
    value = plan(resource("update", "key", before, after))
    shown = [line.strip() for line in terminal.plan(value, color=False, width=10**6).splitlines()]
    arrows = [line.partition(": ")[2].split(" -> ") for line in shown if " -> " in line]
    assert (before == after) or any(": " in line for line in shown[shown.index("~ key") if "~ key" in shown else 0 :])
    assert [pair for pair in arrows if len(pair) == 2 and pair[0] == pair[1]] == []


@given(texts(200), st.sampled_from(list(Severity)), st.integers(20, 120))
def test_a_pipe_gets_the_words_of_a_terminal(text: str, severity: Severity, width: int) -> None:
    """Without its colours, the coloured text is the plain one."""
    value = plan(
        resource("update", "key", BEFORE, {**AFTER, "nickname": text}), findings=[finding(text, severity.value)]
    )
    coloured = terminal.plan(value, color=True, width=width)
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == terminal.plan(value, color=False, width=width)


@pytest.mark.parametrize("name", REPORTS)
def test_every_waiting_rule_has_its_link(name: str) -> None:
    """Each rule that waits for a person is shown with its whole link."""
    shown = terminal.report(REPORTS[name], color=True)
    assert [each for each in REPORTS[name]["awaiting_enable"] if each["review_url"] not in shown] == []


def test_moved_action_is_told_as_moved() -> None:
    """An action that only moved is told once, with both places."""
    actions = [fixed(100, "savings"), fixed(200, "rainy"), fixed(300, "taxes")]
    value = plan(resource("update", "key", rule(*actions), rule(actions[2], *actions[:2])))
    shown = terminal.plan(value, color=False)
    assert shown.count("action") == 1
    assert "step 1, action 1: moved here from place 3: send $3.00 to Taxes" in shown


def test_unknown_fields_are_shown_as_they_are() -> None:
    """What rulesync has no words for is shown as it stands."""
    one, other = rule(action("snowball", "savings", speed=1)), rule(action("snowball", "savings", speed=2))
    shown = terminal.plan(plan(resource("update", "key", one, other)), color=False)
    assert "steps[0].actions[0].speed: 1 -> 2" in shown
