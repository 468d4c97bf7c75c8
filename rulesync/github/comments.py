"""The one comment of a kind on a pull request: made, edited, or left out where there is nothing to say.

Law: a comment is ours only if our own token wrote it; whatever others write is neither read nor touched.
"""

from enum import StrEnum

from rulesync.github.marker import Marker, read
from rulesync.github.place import GitHub, Row

LONGEST = 65_536  # characters that GitHub takes for a body
_TOO_LONG = (
    "What there is to say is too long for a comment. It is in the summary of the run, and among its artifacts.\n"
)


class Kept(StrEnum):
    """What became of a text, as the end of a sentence."""

    MADE = "posted"
    CHANGED = "edited"
    SAME = "left as it is"
    NOTHING = "not posted: there is nothing to say"
    REOPENED = "opened again"
    CLOSED = "closed"
    LEFT_CLOSED = "left closed: somebody closed it as not planned, and nothing has changed since"


def keep_comment(github: GitHub, pull: int, marker: Marker, text: str, *, worth_saying: bool) -> Kept:
    """Let a pull request have one comment with this marker and text; what is not worth saying makes no new one.

    Raises:
        ApiError, NetworkError: GitHub could not be asked, or refuses.
    """
    body = fitting(marker, text)
    found = find(github, pull, marker)
    if found is None and not worth_saying:
        return Kept.NOTHING
    if found is None:
        found = github.make(f"issues/{pull}/comments", {"body": body}, lambda: find(github, pull, marker))
        if found.get("body") == body:
            return Kept.MADE
    if found.get("body") == body:
        return Kept.SAME
    github.change(f"issues/comments/{found['id']}", {"body": body})
    return Kept.CHANGED


def find(github: GitHub, pull: int, marker: Marker) -> Row | None:
    """Return our comment with this marker, the first if there are several, None if there is none."""
    return next((row for row in github.rows(f"issues/{pull}/comments") if is_marked(github, row, marker)), None)


def is_marked(github: GitHub, row: Row, marker: Marker) -> bool:
    """Tell whether a comment or an issue is ours and bears a marker like this one."""
    return github.is_ours(row) and marker.is_of(read(row.get("body")))


def fitting(marker: Marker, text: str) -> str:
    """Return a body that begins with the marker and that GitHub takes."""
    body = f"{marker.line()}\n{text}"
    return body if len(body) <= LONGEST else f"{marker.line()}\n{_TOO_LONG}"
