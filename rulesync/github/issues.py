"""The one issue about what drifted: opened, edited, closed when nothing drifts any more, opened again when it does."""

from rulesync.github.comments import Kept, fitting, is_marked
from rulesync.github.marker import Marker, read
from rulesync.github.place import GitHub, Row

_NOT_PLANNED = "not_planned"


def keep_issue(github: GitHub, marker: Marker, title: str, text: str, *, drifted: bool) -> Kept:
    """Let the repository have one issue with this marker, open as long as something drifted.

    One that a person closed as *not planned* stays closed until something else drifts than what its marker remembers.

    Raises:
        ApiError, NetworkError: GitHub could not be asked, or refuses.
    """
    body = fitting(marker, text)
    found = find(github, marker)
    if found is None:
        if not drifted:
            return Kept.NOTHING
        found = github.make("issues", {"title": title, "body": body}, lambda: find(github, marker))
        return Kept.MADE
    path, is_open = f"issues/{found['number']}", found.get("state") == "open"
    if not drifted:
        if is_open:
            github.change(path, {"title": title, "body": body, "state": "closed", "state_reason": "completed"})
        return Kept.CLOSED if is_open else Kept.SAME
    if not is_open:
        if found.get("state_reason") == _NOT_PLANNED and marker == read(found.get("body")):
            return Kept.LEFT_CLOSED
        github.change(path, {"title": title, "body": body, "state": "open", "state_reason": "reopened"})
        return Kept.REOPENED
    if (found.get("body"), found.get("title")) == (body, title):
        return Kept.SAME
    github.change(path, {"title": title, "body": body})
    return Kept.CHANGED


def find(github: GitHub, marker: Marker) -> Row | None:
    """Return our issue with this marker: an open one if there is any, else the newest; None if there is none."""
    closed = None
    for row in github.rows("issues", creator=github.bot, state="all", sort="created", direction="desc"):
        if "pull_request" in row or not is_marked(github, row, marker):
            continue
        if row.get("state") == "open":
            return row
        closed = closed or row
    return closed
