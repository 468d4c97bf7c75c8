import pytest

from rulesync.errors import ApiError
from rulesync.github.looking import LOOKS, Open, Reviewed, merged_pull, open_pull, reviewed_digest, tip_of
from rulesync.github.marker import Kind, Marker
from rulesync.github.place import GitHub
from tests.clocks import FakeClock
from tests.github.conftest import opened
from tests.github.hub import BOT, Answer, Fault, Hub, person

HEAD, MERGED, DIGEST = "a" * 40, "b" * 40, "d" * 64
PLAN = Marker(Kind.PLAN, ".:")


def reviewed(hub: Hub, github: GitHub, marker: Marker, user: dict[str, object] = BOT) -> Reviewed:
    hub.open_pull(7, HEAD)
    hub.merge(7, MERGED)
    hub.comment(7, user, f"{marker.line()}\nCreates 1 rule.")
    return reviewed_digest(github, hub.pulls[7], PLAN)


def test_the_tip(hub: Hub, github: GitHub) -> None:
    """The tip of a branch is the commit that it is at now, whatever its name."""
    hub.branches = {"main": HEAD, "release/1 #2": MERGED}

    assert (HEAD, MERGED) == (tip_of(github, "main"), tip_of(github, "release/1 #2"))
    with pytest.raises(ApiError, match="404"):
        tip_of(github, "none")


def test_an_answer_without_a_tip(hub: Hub, github: GitHub) -> None:
    """An answer that names no commit is an error, not a tip."""
    hub.faults.append(Fault("GET", Answer(200, [])))

    with pytest.raises(ApiError, match="does not say which commit"):
        tip_of(github, "main")


def test_an_open_pull_request(hub: Hub, github: GitHub) -> None:
    """Its head is the last commit that was pushed, and it is for the branch that it is for now."""
    hub.open_pull(7, HEAD)
    hub.pulls[7]["base"]["ref"] = "other"

    assert Open(HEAD, "other") == open_pull(github, 7)


def test_the_pull_request_of_a_commit(hub: Hub, github: GitHub) -> None:
    """It is the one whose merge made the commit, not another that holds it, and not one of another branch."""
    hub.open_pull(5, MERGED)  # the same commit, still open
    hub.open_pull(6, HEAD, base="other")
    hub.merge(6, MERGED)
    hub.open_pull(7, HEAD)
    hub.merge(7, MERGED)

    found = merged_pull(github, MERGED, "main")

    assert 7 == (found or {}).get("number")


def test_a_commit_that_was_pushed(hub: Hub) -> None:
    """A commit of no pull request has none, after a moment in which GitHub may learn of it."""
    clock = FakeClock()
    with opened(hub, clock.clock) as github:
        assert None is merged_pull(github, MERGED, "main")

    assert (LOOKS, LOOKS - 1) == (len(hub.asked), len(clock.sleeps))


def test_what_was_reviewed(hub: Hub, github: GitHub) -> None:
    """The digest is the one in our comment on the plan of the last commit."""
    marker = Marker(Kind.PLAN, ".:", {"commit": HEAD, "digest": DIGEST})

    assert Reviewed(DIGEST, pull=7) == reviewed(hub, github, marker)


@pytest.mark.parametrize(
    ("marker", "user", "why"),
    [
        (Marker(Kind.PLAN, ".:", {"commit": HEAD, "digest": DIGEST}), person("mallory"), "has no comment with a plan"),
        (Marker(Kind.PLAN, ".:firm", {"commit": HEAD, "digest": DIGEST}), BOT, "has no comment with a plan"),
        (Marker(Kind.APPLY, ".:", {"commit": HEAD, "digest": DIGEST}), BOT, "has no comment with a plan"),
        (Marker(Kind.PLAN, ".:", {"commit": "c" * 40, "digest": DIGEST}), BOT, "not of the last commit"),
        (Marker(Kind.PLAN, ".:", {"digest": DIGEST}), BOT, "not of the last commit"),
        (Marker(Kind.PLAN, ".:", {"commit": HEAD}), BOT, "no plan could be made"),
    ],
)
def test_what_was_not_reviewed(hub: Hub, github: GitHub, marker: Marker, user: dict[str, object], why: str) -> None:
    """A comment of somebody else, of another workspace, of an older commit or without a plan is no review."""
    found = reviewed(hub, github, marker, user)

    assert (None, True) == (found.digest, why in found.why)
