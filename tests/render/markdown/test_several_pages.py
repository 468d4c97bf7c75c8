import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from rulesync.planfile.several import several_json
from rulesync.planjson import FailedJson, PlanJson, SeveralJson
from rulesync.render import markdown
from rulesync.render.markdown.fitting import LIMIT
from tests.render.markdown import github
from tests.render.markdown.test_harmless import NASTY
from tests.render.markdown.test_plan_page import many
from tests.render.scenarios import PLANS, REPORTS, drift
from tests.render.values import plan

Golden = Callable[[str, str], None]
NO_KEY: FailedJson = {"workspace": "bad", "error": "no key for `bad`", "help": "set `SEQUENCE_BAD_KEY`"}


def together(values: Sequence[Any], failed: Sequence[FailedJson] = ()) -> SeveralJson[Any]:
    return several_json(values, failed, version="0.1.0", at=datetime(2027, 1, 1, tzinfo=UTC))


def named(value: Any, name: str | None) -> Any:  # noqa: ANN401 - a plan or a report
    return {**value, "workspace": name}


def four() -> SeveralJson[PlanJson]:
    """A workspace in which there is nothing to do, one with a change, one that only waits, and one that failed."""
    quiet, waits = named(PLANS["nothing"], None), named(PLANS["nothing-but-waiting"], "quiet")
    return together([quiet, waits, named(PLANS["one-change"], "firm"), named(PLANS["errored"], "bad")], [NO_KEY])


def test_plans(golden: Golden) -> None:
    """One report begins with the totals and a table, failed workspaces first; what asks for nothing is folded."""
    text = markdown.several_plans(four(), link="https://ci.test/run/1")

    golden("several-plans.md", text)
    github.harmless(text)


def test_the_others(golden: Golden) -> None:
    """Drift, status and reports of several workspaces have the same shape."""
    drifted = together([named(drift(), None), named(plan(), "firm")])
    done = together([named(REPORTS["everything"], None), named(REPORTS["done"], "firm"), named(REPORTS["empty"], "x")])

    for name, text in {
        "drift": markdown.several_drifts(drifted),
        "status": markdown.several_statuses(four()),
        "reports": markdown.several_reports(done),
    }.items():
        golden(f"several-{name}.md", text)
        github.harmless(text)


def test_the_room_is_shared() -> None:
    """A workspace with little to say is shown whole beside one with far too much, and two of those get equal room."""
    value = together([named(many(300), "a"), named(PLANS["one-change"], "b"), named(many(300), "c")])
    text = markdown.several_plans(value)
    first, second = [len(part) for part in text.split("\n## ") if part.startswith(("a: ", "c: "))]

    assert len(text) <= LIMIT
    assert 'auto-save "Auto-save on deposit"</b> (<b>live, goes off</b>): step 1' in text
    assert abs(first - second) < LIMIT / 20
    assert first + second > LIMIT * 0.8
    github.harmless(text)


def test_too_many_workspaces() -> None:
    """Of more workspaces than have room, the first are shown, and the others are counted."""
    text = markdown.several_plans(together([named(PLANS["everything"], f"{'w' * 50}{each}") for each in range(200)]))

    assert len(text) <= LIMIT
    said = re.search(r"Left out: (\d+) sections.* (\d+) workspaces", text)
    assert said
    assert 200 == int(said[1]) + text.count("### Changes") == int(said[2]) + text.count("\n| www")
    github.harmless(text)


def test_names_of_workspaces() -> None:
    """Whatever a workspace is called, and whatever it failed of, the page keeps its elements."""
    plain = markdown.several_plans(together([named(PLANS["one-change"], "plain")] * 2, [NO_KEY]))
    for words in NASTY:
        if words.strip():
            failed: FailedJson = {"workspace": words + "x", "error": words, "help": words}
            values = [named(PLANS["one-change"], words), named(PLANS["errored"], words + "x")]
            text = markdown.several_plans(together(values, [failed]))
            github.harmless(text)
            assert github.read(plain).layout[:2] == github.read(text).layout[:2]
