import re

from hypothesis import given

from rulesync.render import markdown
from rulesync.render.checklist_view import checklist_view
from rulesync.render.markdown.fitting import LIMIT
from tests.render.markdown import github
from tests.render.markdown.test_harmless import SAID, saying
from tests.render.markdown.test_plan_page import nasty
from tests.render.scenarios import AFTER, BEFORE
from tests.render.values import finding, plan, resource

APP = "https://app.test"


def test_each_thing_to_do_is_a_box() -> None:
    """Every item of every task is a box to tick, under a heading of its own."""
    value = plan(resource("create", "new", None, AFTER), resource("update", "save", BEFORE, AFTER))
    tasks = checklist_view(value, APP).tasks
    text = markdown.checklist(value, APP)

    assert sum(len(task.items) for task in tasks) == len(re.findall(r"(?m)^- \[ \] ", text))
    assert 2 == len(tasks) == len(re.findall(r"(?m)^### \d+\. ", text))
    assert f"[open it in the app]({APP}/map)" in text
    github.harmless(text.replace("- [ ] ", "- "))  # the boxes are the only elements of their kind


def test_what_forbids_the_plan_forbids_the_list() -> None:
    """Where a finding forbids the plan, or not all could be read, nothing is to be done, and it says why."""
    change = resource("create", "new", None, AFTER)
    forbidden = markdown.checklist(plan(change, findings=[finding("it cannot mean anything")]), APP)
    unread = markdown.checklist(plan(change, errored=True), APP)

    assert "- [ ]" not in forbidden + unread
    assert forbidden.startswith("## Nothing is to be done before 1 error is put right.\n")
    assert "it cannot mean anything" in forbidden
    assert unread.startswith("## Nothing is to be done yet: not everything could be read.\n")


def test_many_tasks_fit() -> None:
    """Tasks that have no room are counted, and none is shown in part."""
    text = markdown.checklist(plan(*(resource("create", f"k{each}", None, AFTER) for each in range(400))), APP)

    assert len(text) <= LIMIT
    assert "<code>rulesync checklist</code> shows all of it." in text
    assert text.count("### ") == text.count("look whether the app has it already")


def test_a_fence_is_longer_than_any_in_the_text() -> None:
    """What is to be typed cannot end the block that it stands in."""
    rule = {**AFTER, "description": "a\n```\n- [ ] and you"}

    text = markdown.checklist(plan(resource("create", "new", None, rule)), APP)

    assert "  ````\n  a\n  ```\n  - [ ] and you\n  [rulesync:" in text


@given(SAID)
def test_no_name_changes_the_layout(words: list[str]) -> None:
    """Whatever anything is called, the page has the headings that it has for plain names."""
    value = plan(resource("create", "new", None, AFTER), resource("update", "save", BEFORE, AFTER))
    plain = github.read(markdown.checklist(nasty(value, saying(["plain"])), APP)).layout
    layout = github.read(markdown.checklist(nasty(value, saying(words)), APP)).layout

    assert plain.count("h3") == layout.count("h3")
