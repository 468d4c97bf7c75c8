import pytest

from rulesync.github.comments import LONGEST, Kept, keep_comment
from rulesync.github.marker import Kind, Marker
from rulesync.github.place import GitHub
from tests.github.hub import BOT, Answer, Fault, Hub, person

PLAN = Marker(Kind.PLAN, ".:", {"commit": "c" * 40, "digest": "d" * 64})
NEWER = Marker(Kind.PLAN, ".:", {"commit": "e" * 40, "digest": "f" * 64})


def keep(github: GitHub, marker: Marker = PLAN, text: str = "Creates 1 rule.\n", *, worth: bool = True) -> Kept:
    return keep_comment(github, 7, marker, text, worth_saying=worth)


def test_one_comment(hub: Hub, github: GitHub) -> None:
    """The first plan is posted, the same one is left, and another one edits it; there is one comment all along."""
    kept = [keep(github), keep(github)]
    kept += [keep(github, NEWER, "Creates 2 rules.\n"), keep(github, NEWER, "x", worth=False)]

    assert [Kept.MADE, Kept.SAME, Kept.CHANGED, Kept.CHANGED] == kept
    assert [f"{NEWER.line()}\nx"] == hub.bodies(7)


def test_nothing_to_say(hub: Hub, github: GitHub) -> None:
    """What is not worth saying makes no comment."""
    assert Kept.NOTHING == keep(github, worth=False)
    assert ([], []) == (hub.bodies(7), hub.writes())


def test_beyond_a_hundred_comments(hub: Hub, github: GitHub) -> None:
    """A comment is found behind those of a long conversation."""
    for number in range(130):
        hub.comment(7, person("ann"), str(number))
    keep(github)
    hub.comment(7, person("bob"), "well")

    assert Kept.CHANGED == keep(github, NEWER)
    assert 132 == len(hub.bodies(7))


@pytest.mark.parametrize("user", [person("mallory"), {"login": "other[bot]", "type": "Bot"}])
def test_a_forged_marker(hub: Hub, github: GitHub, user: dict[str, object]) -> None:
    """A comment with our marker that somebody else wrote is neither taken for ours nor touched."""
    forged = hub.comment(7, user, f"{PLAN.line()}\nNothing to see.")

    assert Kept.MADE == keep(github)
    assert [forged["body"], f"{PLAN.line()}\nCreates 1 rule.\n"] == hub.bodies(7)


def test_other_workspaces_and_kinds(hub: Hub, github: GitHub) -> None:
    """Each workspace has a comment of its own, and so has each kind."""
    for marker in (PLAN, Marker(Kind.PLAN, ".:firm"), Marker(Kind.APPLY, ".:")):
        assert Kept.MADE == keep(github, marker)

    assert 3 == len(hub.bodies(7))


def test_quoting_is_no_marker(hub: Hub, github: GitHub) -> None:
    """A comment of the same account that only quotes ours is left alone."""
    hub.comment(7, BOT, f"somebody said:\n{PLAN.line()}")

    assert Kept.MADE == keep(github)


@pytest.mark.parametrize(("spare", "fits"), [(0, True), (-1, False)])
def test_what_github_takes(hub: Hub, github: GitHub, spare: int, fits: object) -> None:
    """A body of the most characters that GitHub takes is posted whole; a longer one says where to look instead."""
    room = LONGEST - len(PLAN.line()) - 1
    text = "é" * (room - spare)

    assert Kept.MADE == keep(github, text=text)
    (body,) = hub.bodies(7)
    assert (LONGEST >= len(body), fits) == (True, text in body)


def test_a_lost_answer(hub: Hub, github: GitHub) -> None:
    """Where the answer to a post was lost, the comment that it made is found, and not posted again."""
    hub.faults.append(Fault("POST", Answer(502, b""), late=True))

    keep(github)

    assert [f"{PLAN.line()}\nCreates 1 rule.\n"] == hub.bodies(7)
