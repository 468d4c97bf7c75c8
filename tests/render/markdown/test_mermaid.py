import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rulesync.render import markdown
from rulesync.render.markdown import mermaid
from rulesync.render.markdown.mermaid import MOST_EDGES, MOST_NODES
from tests.render.markdown import github
from tests.render.markdown.test_harmless import TEXTS
from tests.render.scenarios import AFTER, BEFORE, KEPT, PLANS
from tests.render.values import NAMES, action, fixed, plan, resource, rule


def lines(value: Any) -> list[str]:  # noqa: ANN401 - a plan
    """Return the lines of the map of a plan."""
    found = re.search(r"```mermaid\n(.*?)```", markdown.plan(value), re.DOTALL)
    return found[1].splitlines() if found else []


def test_a_way_says_what_becomes_of_it() -> None:
    """What is new, changed or gone is told by its words as well as by its arrow."""
    told = "\n".join(lines(PLANS["everything"]))

    assert '==>|"new: $50.00"|' in told
    assert '==>|"changed: 20 % → 25 % of the deposit"|' in told
    assert '-.->|"gone: $1.00"|' in told
    assert '-->|"$1.00"|' in told


def test_nothing_changes_no_map() -> None:
    """Where no way of the money changes, there is no map."""
    assert [] == mermaid.parts([KEPT], NAMES)
    assert [] == mermaid.parts([resource("update", "k", BEFORE, {**BEFORE, "nickname": "x"})], NAMES)


def test_a_large_map_is_cut_to_its_neighbourhood() -> None:
    """Of many accounts, at most twelve are drawn, and the others are counted."""
    changes = [resource("create", f"k{each}", None, rule(fixed(100, f"pod{each}"))) for each in range(40)]
    text = markdown.plan(plan(*changes))
    drawn = lines(plan(*changes))

    assert MOST_NODES == sum("[" in line for line in drawn)
    assert MOST_EDGES >= sum("->" in line or "=>" in line for line in drawn)
    assert "Not drawn: 29 other ways of the money, 29 of them changed\n" in text


def test_what_cannot_be_drawn_is_counted() -> None:
    """A kind of action that is not known here is on no map, and the map says so."""
    odd = rule(action("snowball", "savings", speed=1), fixed(100, "rainy"))
    text = markdown.plan(plan(resource("update", "k", BEFORE, odd)))

    assert "of a kind that cannot be drawn" in text


@given(st.data())
def test_no_name_breaks_the_map(data: st.DataObject) -> None:
    """Whatever accounts are called, each line of the map is a node or an arrow, and the table says the same."""
    value = plan(resource("update", "k", BEFORE, AFTER), accounts={each: data.draw(TEXTS) for each in NAMES})
    first, *rest = lines(value)

    assert "flowchart LR" == first
    node, arrow = r'  a\d+\["[^"\[\]`{}|<>]*"\]', r'  a\d+ (?:-->|==>|-\.->)\|"[^"\[\]`{}|<>]*"\| a\d+'
    assert [] == [line for line in rest if not re.fullmatch(f"{node}|{arrow}", line)]
    github.harmless(markdown.plan(value))
