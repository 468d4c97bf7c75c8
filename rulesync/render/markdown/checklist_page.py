"""A checklist as Markdown: a list of boxes to tick for each rule, what is to be typed in blocks that can be copied."""

import re

from rulesync.planjson import PlanJson
from rulesync.render import screen
from rulesync.render.checklist_view import Item as Todo
from rulesync.render.checklist_view import Task, checklist_view
from rulesync.render.markdown import harmless, pieces
from rulesync.render.markdown.fitting import Item, Page, Part
from rulesync.render.markdown.pieces import Rank


def page(value: PlanJson, app_url: str) -> Page:
    """Return the checklist; where it has no room, whole tasks give way, and the next list has them."""
    told = checklist_view(value, app_url)
    top = f"## {harmless.text(told.verdict, 700)}\n\n" + pieces.top("", told.place)
    tasks = tuple(Item(_task(number, task)) for number, task in enumerate(told.tasks, 1))
    parts = [*pieces.errors(told.errors)]
    parts += [Part("", tasks, "\n", noun="task", rank=Rank.CHANGES)] if tasks else []
    parts += pieces.remarks(told.remarks)
    for words in (told.orphans, told.end):
        parts += pieces.paragraph(words)
    return Page(top, tuple(parts))


def _task(number: int, task: Task) -> str:
    link = f"[open it in the app]({harmless.link(task.url)})"
    where = link if harmless.is_link(task.url) else str(harmless.text(task.url))
    head = f"### {number}. {harmless.text(task.title, 300)}\n\n{where}\n\n"
    why = f"{harmless.text(task.why)}\n\n" if task.why else ""
    return head + why + "".join(map(_item, task.items)) + "\n"


def _item(item: Todo) -> str:
    words = f"- [ ] {harmless.text(item.words, 4000)}"
    if not item.copy:
        return f"{words}\n"
    shown = [screen.safe(line) for line in item.copy]
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", "\n".join(shown))), default=0))
    block = "".join(f"  {line}\n" for line in (fence, *shown, fence))
    return f"{words}:\n\n{block}\n"
