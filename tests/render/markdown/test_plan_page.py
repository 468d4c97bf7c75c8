import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.planjson import PlanJson
from rulesync.render import markdown
from rulesync.render.markdown.fitting import LIMIT
from rulesync.render.plan_view import plan_view
from tests.costly import costly
from tests.render.markdown import github
from tests.render.markdown.test_harmless import SAID, TEXTS, saying
from tests.render.scenarios import AFTER, BEFORE, PLANS
from tests.render.values import finding, fixed, plan, replaced, resource, rule, waiting

Golden = Callable[[str, str], None]
SIDES: dict[Any, Any] = {"create": (None, AFTER), "update": (BEFORE, AFTER), "delete": (BEFORE, None)}


@pytest.mark.parametrize("name", ["everything", "nothing", "one-change", "refused", "errored"])
def test_plans(name: str, golden: Golden) -> None:
    """A comment on a pull request begins with the verdict and ends with which plan this is."""
    text = markdown.plan({**PLANS[name], "commit": "0123456789abcdef"}, link="https://ci.test/run/1?a=1&b=2")

    golden(f"plan-{name}.md", text)
    github.harmless(text)


def many(number: int, operation: Any = "update", **more: Any) -> PlanJson:  # noqa: ANN401 - as `resource` takes it
    """Return a plan of so many changes."""
    changes = [resource(operation, f"rules/number-{each}", *SIDES[operation], **more) for each in range(number)]
    return plan(*changes, awaiting_enable=[waiting("kept")])


def shown(text: str) -> int:
    """Return how many changes stand in a text, folded or not."""
    return len(re.findall(r"^(?:- |<details><summary>)<code>(?:\+|-|&#126;)</code>", text, re.MULTILINE))


def left(text: str, noun: str) -> int:
    """Return how many of something are said to be left out."""
    found = re.search(rf"Left out:.*?([\d,]+) {noun}s?\b", text)
    return int(found[1].replace(",", "")) if found else 0


@pytest.mark.parametrize(("number", "origin"), [(3000, "app"), (300, "git")])
def test_thousands_of_changes(number: int, origin: str) -> None:
    """A plan that is far too long says what matters, counts what it lacks, and leads to the whole."""
    value = many(number, origin=origin)
    text = markdown.plan(value, link="https://ci.test/run/1")

    assert len(text) <= LIMIT
    github.harmless(text)
    assert text.startswith(
        f"## Changes {number} rules; switches {number} live rules off until a person enables them again.\n"
    )
    dangers = len(re.findall(r"^> - (?!…)", text, re.MULTILINE))
    assert len(plan_view(value).dangers) == dangers + left(text, "danger")
    assert number == shown(text) + left(text, "change")
    assert shown(text) > 25
    assert "[enable it in the app](https://app.getsequence.io/map/rules/rule_kept?action=activateRule)" in text
    assert text.count("https://ci.test/run/1") == 2
    assert text.count("<details>") == text.count("</details>") > 0
    assert text.count("```") == 2


def test_without_a_link_the_command_is_named() -> None:
    """Where nobody said where the whole is, it is said what shows it."""
    assert "<code>rulesync plan</code> shows all of it." in markdown.plan(many(300))


@costly
@given(st.data())
def test_any_plan_fits(data: st.DataObject) -> None:
    """However much there is in a plan, its page fits, its folds end, and what it lacks is counted."""
    long = data.draw(st.sampled_from(["x", "Long " * 11, "<&`" * 20]))
    value = plan(
        *(
            resource(operation, f"{operation}-{each}", *SIDES[operation], nickname=long, origin=origin)
            for operation in SIDES
            for origin in [data.draw(st.sampled_from(["git", "app"])) if operation != "create" else None]
            for each in range(data.draw(st.integers(0, 150)))
        ),
        awaiting_enable=[waiting(f"w{each}", long) for each in range(data.draw(st.integers(0, 400)))],
        findings=[finding(long * 5, data.draw(st.sampled_from(["error", "warning"])))] * data.draw(st.integers(0, 200)),
        orphans=[
            {"key": f"o{each}", "id": f"o{each}", "nickname": long, "live": True}
            for each in range(data.draw(st.integers(0, 300)))
        ],
    )
    text = markdown.plan(value)

    assert len(text) <= LIMIT
    github.harmless(text)
    assert sum(value["summary"][each] for each in ("create", "update", "delete")) == shown(text) + left(text, "change")
    assert len(value["awaiting_enable"]) == text.count("[enable it in the app]") + left(text, "waiting rule")


def nasty(value: PlanJson, say: Callable[[], str]) -> PlanJson:
    """Return a plan in which everything that anybody may have written says something else."""
    odd = replaced(value, say)
    odd["resource_changes"] = [_spoken(each, say) for each in odd["resource_changes"]]
    odd["resource_drift"] = [_spoken(each, say) for each in odd["resource_drift"]]
    return {
        **odd,
        "scope": say(),
        "workspace": say(),
        "commit": say(),
        "accounts": dict.fromkeys(odd["accounts"], say()),
    }


def _spoken(resource: Any, say: Callable[[], str]) -> Any:  # noqa: ANN401 - a change as JSON
    sides = {side: resource[side] and say() for side in ("sentence_before", "sentence_after")}
    return {**resource, **sides}


@pytest.mark.parametrize("name", ["everything", "refused", "app-edit"])
@given(words=SAID)
def test_no_name_changes_the_layout(name: str, words: list[str]) -> None:
    """Whatever anything is called, the page has the elements that it has for plain names, and mentions nobody."""
    plain = markdown.plan(nasty(PLANS[name], saying(["plain"])))
    text = markdown.plan(nasty(PLANS[name], saying(words)))

    github.harmless(text)
    assert github.read(plain).layout == github.read(text).layout


def test_the_name_of_the_issue() -> None:
    """A rule that is named to break out of its fold stays in it."""
    name = "</details>@here|`-something-nasty`"
    text = markdown.plan(plan(resource("create", "k", None, rule(fixed(1, "savings"), nickname=name))))
    seen = github.read(text)

    github.harmless(text)
    assert "details" not in "".join(seen.words).replace("</details>", "")
    assert 2 == seen.tags.count("details")


@given(TEXTS.filter(str.strip))
def test_paths_of_fields_that_nobody_knows(path: str) -> None:
    """A field that rulesync has no words for is shown by its path, whatever the API calls it."""
    change = resource("update", "k", BEFORE, AFTER, fields=[{"path": path, "before": path, "after": {path: path}}])
    text = markdown.plan(plan(change))

    github.harmless(text)


def test_costs_stand_above_the_changes() -> None:
    """What being off costs is said above the fold, and again in the change."""
    from rulesync.render.markdown import plan_page
    from rulesync.render.view import Block

    block = Block("~", "save", cost="runs next on Fri 27 Nov 14:00 UTC", lines=())
    item = plan_page.folded(block, [], ["x"] * 50)

    assert "- Off: runs next on Fri 27 Nov 14:00 UTC\n" in item.whole
    assert "- … and 10 more\n" in item.whole


def test_what_is_urgent_has_room() -> None:
    """Among thousands of rules that never ran, the one that runs now has its cost told, and is looked at twice."""
    never: Any = {
        "last_at": None,
        "last_30_days": 0,
        "in_progress": False,
        "next_at": None,
        "error": None,
        "at_least": False,
    }
    busy = {**never, "in_progress": True}
    by_hand = {**BEFORE, "trigger": {"type": "MANUAL", "account_id": "acc_checking"}}
    changes = [resource("update", f"k{each:04}", by_hand, AFTER, pauses=True, runs=never) for each in range(3000)]
    last = resource("update", "z", by_hand, AFTER, pauses=True, runs=busy)
    said = finding("`z`: an execution is in progress, and this plan changes the rule", "warning", check="in-progress")

    text = markdown.plan(plan(*changes, last, findings=[said]))

    before, _, costs = text.partition("### What being off costs\n")
    assert "> - <code>z</code>: an execution is in progress, and this plan changes the rule\n" in before
    assert re.match(r"\n- <b>z .*</b>: no run yet; an execution is in progress now\n", costs)


def test_what_was_not_accepted_is_said_once() -> None:
    """An execution in progress that keeps the plan from being applied is an error, and no danger beside it."""
    said = finding("`z`: an execution is in progress", check="in-progress")

    assert () == plan_view(plan(resource("update", "z", BEFORE, AFTER, pauses=False), findings=[said])).dangers


def test_what_was_not_seen_is_not_counted() -> None:
    """A plan that could not be made has neither counts nor a digest, which would be those of a plan without changes."""
    blind = plan(findings=[finding("no API key", check="could-not-run")], errored=True)
    seen = plan(resource("update", "k", BEFORE, AFTER), errored=True)

    assert ["Plan:" in markdown.plan(each) for each in (blind, seen, plan())] == [False, True, True]
    assert [each["digest"] in markdown.plan(each) for each in (blind, seen, plan())] == [False, False, True]
