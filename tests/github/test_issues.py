import pytest

from rulesync.github.comments import Kept
from rulesync.github.issues import keep_issue
from rulesync.github.marker import Kind, Marker
from rulesync.github.place import GitHub
from tests.github.hub import BOT, Answer, Fault, Hub, person

NONE = Marker(Kind.DRIFT, ".:")
ONE = Marker(Kind.DRIFT, ".:", {"drift": "1" * 16})
OTHER = Marker(Kind.DRIFT, ".:", {"drift": "2" * 16})


def keep(github: GitHub, marker: Marker, text: str = "1 rule drifted.\n") -> Kept:
    return keep_issue(github, marker, "Drift", text, drifted=bool(marker.facts))


def test_a_whole_life(hub: Hub, github: GitHub) -> None:
    """Drift opens an issue, other drift edits it, none closes it, and new drift opens the same one again."""
    kept = [keep(github, each) for each in (NONE, ONE, ONE, OTHER, NONE, NONE, ONE)]

    assert [
        Kept.NOTHING,
        Kept.MADE,
        Kept.SAME,
        Kept.CHANGED,
        Kept.CLOSED,
        Kept.SAME,
        Kept.REOPENED,
    ] == kept
    (issue,) = hub.issues
    assert ("open", "reopened", f"{ONE.line()}\n1 rule drifted.\n") == (
        issue["state"],
        issue["state_reason"],
        issue["body"],
    )


@pytest.mark.parametrize(
    ("reason", "marker", "kept"),
    [
        ("not_planned", ONE, Kept.LEFT_CLOSED),
        ("not_planned", OTHER, Kept.REOPENED),
        ("completed", ONE, Kept.REOPENED),
    ],
)
def test_what_a_person_closed(hub: Hub, github: GitHub, reason: str, marker: Marker, kept: Kept) -> None:
    """Closed as not planned, an issue stays closed until something else drifts; closed otherwise, it opens again."""
    keep(github, ONE)
    hub.issues[0] |= {"state": "closed", "state_reason": reason}

    assert kept == keep(github, marker)
    assert 1 == len(hub.issues)


def test_a_forged_issue(hub: Hub, github: GitHub) -> None:
    """An issue with our marker that somebody else opened is left alone, and so is a pull request."""
    hub.open_issue(person("mallory"), "Drift", ONE.line())
    hub.open_pull(3, "a" * 40)
    hub.pulls[3] |= {"user": BOT, "body": ONE.line()}

    assert Kept.MADE == keep(github, ONE)
    assert ["open", "open"] == [each["state"] for each in hub.issues]


def test_beyond_a_hundred_issues(hub: Hub, github: GitHub) -> None:
    """The issue is found among many, and an open one before any closed one."""
    keep(github, ONE)
    for number in range(150):
        hub.open_issue(BOT, str(number), "something else")
    closed = hub.open_issue(BOT, "Drift", ONE.line())
    closed["state"] = "closed"

    assert Kept.CHANGED == keep(github, OTHER)
    assert OTHER.line() in hub.issues[0]["body"]
    assert 152 == len(hub.issues)


def test_each_workspace_has_its_own(hub: Hub, github: GitHub) -> None:
    """An issue of one workspace says nothing of another."""
    keep(github, ONE)
    keep(github, Marker(Kind.DRIFT, ".:firm", {"drift": "3" * 16}))

    assert Kept.CLOSED == keep(github, NONE)
    assert ["closed", "open"] == [each["state"] for each in hub.issues]


def test_a_lost_answer(hub: Hub, github: GitHub) -> None:
    """Where the answer was lost, no second issue is opened."""
    hub.faults.append(Fault("POST", Answer(502, b""), late=True))

    assert Kept.MADE == keep(github, ONE)
    assert 1 == len(hub.issues)
