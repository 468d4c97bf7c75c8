"""What GitHub is asked before an apply: the tip of a branch, the pull request of a commit, what was reviewed there.

Law: what was reviewed is said by our own comment on the very pull request that made the commit, about the very commit
that was merged. It can only refuse: a digest that fits none but another plan carries nothing out.
"""

from dataclasses import dataclass
from urllib.parse import quote

from rulesync.errors import ApiError
from rulesync.github.comments import find
from rulesync.github.marker import Marker, read
from rulesync.github.place import GitHub, Row

LOOKS = 2  # at which pull request made a commit, since GitHub needs a moment to know


@dataclass(frozen=True, slots=True)
class Open:
    """An open pull request: its last commit, and the branch that it is for."""

    head: str | None
    target: str | None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The digest of the plan that people saw on a pull request, or why there is none."""

    digest: str | None
    why: str = ""
    pull: int | None = None


def tip_of(github: GitHub, branch: str) -> str:
    """Return the commit that a branch is at now.

    Raises:
        ApiError, NetworkError: GitHub could not be asked, or knows no such branch.
    """
    found = github.get(f"git/ref/heads/{quote(branch, safe='/')}")
    commit = _text(_inner(found, "object"), "sha")
    if not commit:
        raise ApiError(f"GitHub does not say which commit the branch `{branch}` is at")
    return commit


def open_pull(github: GitHub, pull: int) -> Open:
    """Return what a pull request is now: both can have changed since the event that told of it."""
    found = github.get(f"pulls/{pull}")
    return Open(head=_text(_inner(found, "head"), "sha"), target=_text(_inner(found, "base"), "ref"))


def merged_pull(github: GitHub, commit: str, branch: str) -> Row | None:
    """Return the pull request whose merge made this very commit of a branch, None for a commit that was pushed.

    Squashed, rebased or merged, it is the one whose `merge_commit_sha` this is: others may hold the commit too.
    """
    for attempt in range(1, LOOKS + 1):
        for row in github.rows(f"commits/{commit}/pulls"):
            base = _inner(row, "base")
            is_here = base.get("ref") == branch and _inner(base, "repo").get("full_name") == github.repository
            if is_here and row.get("merged_at") and row.get("merge_commit_sha") == commit:
                return row
        if attempt < LOOKS:
            github.wait(attempt, 2.0)
    return None


def reviewed_digest(github: GitHub, pull: Row, marker: Marker) -> Reviewed:
    """Return the digest that our comment on a merged pull request gives to the plan of its last commit."""
    number, head = int(pull["number"]), _text(_inner(pull, "head"), "sha")
    found = find(github, number, marker)
    seen = read(found.get("body")) if found else None
    if seen is None:
        return Reviewed(None, f"pull request #{number} has no comment with a plan")
    if seen.facts.get("commit") != head:
        return Reviewed(None, f"the plan on pull request #{number} is not of the last commit that was pushed to it")
    if "digest" not in seen.facts:
        return Reviewed(None, f"the comment on pull request #{number} says that no plan could be made")
    return Reviewed(seen.facts["digest"], pull=number)


def _inner(value: object, name: str) -> Row:
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def _text(value: Row, name: str) -> str | None:
    found = value.get(name)
    return found if isinstance(found, str) else None
