"""An import as people read it: the files, what got none and why, and what to paste into rulesync.yaml."""

from collections.abc import Sequence
from itertools import groupby

from rulesync.importing import Imported, Left
from rulesync.render.screen import Page
from rulesync.render.view import plural


def text(value: Imported, *, color: bool, width: int = 100, next_command: str) -> str:
    """Return what was imported, and the command that comes next."""
    page = Page(color, width)
    page.put(_verdict(value), "bold")
    page.gap()
    for each in value.written:
        page.whole(f"+ {each.file}{_name(each.nickname)}", "green")
    _left(page, value.left)
    if value.paste:
        page.gap()
        page.put(_what_to_paste(value))
        page.gap()
        for line in value.paste.splitlines():
            page.whole(line)
    if value.written:
        page.gap()
        page.whole(f"Next: {next_command}")
    return page.text()


def _verdict(value: Imported) -> str:
    number = plural(len(value.written), "rule file") if value.written else "no rule file"
    rest = f"; {plural(len(value.left), 'rule')} left out, see below" if value.left else ""
    done = f"Would write {number}" if value.dry else f"Wrote {number}"
    return f"{done}{rest}."


def _left(page: Page, left: Sequence[Left]) -> None:
    """Add the rules without a file, those with one reason together."""
    if left:
        page.gap()
        page.put(f"Left out, {plural(len(left), 'rule')}:")
    for reason, rules in groupby(sorted(left, key=lambda each: each.reason), key=lambda each: each.reason):
        page.put(reason, "yellow", indent=2, hang=2)
        for each in rules:
            page.whole(f"    {each.id}{_name(each.nickname)}")


def _name(nickname: str | None) -> str:
    return f' "{nickname}"' if nickname else ""


def _what_to_paste(value: Imported) -> str:
    if not value.accounts:
        return "Add this to rulesync.yaml, so that the new files are bound to their rules:"
    why = "so that rules can call accounts by name"
    if value.ids:
        return f"Add this to rulesync.yaml, {why}, and the new files are bound to their rules:"
    again = "; then import, and the files use these names" if value.dry else ""
    return f"Add this to rulesync.yaml, {why}{again}:"
