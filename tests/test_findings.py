from dataclasses import replace

import pytest

from rulesync.findings import (
    Finding,
    Location,
    Severity,
    did_you_mean,
    error,
    errors,
    info,
    named,
    once,
    warning,
    worst_first,
)


def test_errors_are_told_from_warnings() -> None:
    """Only errors count as errors, in their order."""
    one, other = error("a", "first"), error("b", "second")

    assert (one, other) == errors([one, warning("c", "third"), other])
    assert Severity.WARNING is warning("c", "third").severity


def test_the_worst_comes_first() -> None:
    """Errors come before warnings, and warnings before infos; those of one severity stay in their order."""
    found = [info("a", "1"), warning("b", "2"), error("z", "3"), error("c", "4"), warning("a", "5")]

    assert ["3", "4", "2", "5", "1"] == [each.message for each in worst_first(found)]


def used(*places: str, help: str | None = None) -> list[Finding]:
    there = Location("rules/_m.yaml", 3, 7)
    return [error("a", "wrong", help=help, location=replace(there, used=each)) for each in places]


def test_a_finding_in_a_macro_says_where_it_is_used() -> None:
    """What is wrong in a macro is said once, with the places that use it; of many, the first and how many there are."""
    other = warning("b", "odd")

    assert ["wrong", "odd"] == [each.message for each in once([*used("a:1:2"), other, *used("b:3:4"), other])]
    assert [
        "it is used at a:1:2, b:3:4",
        "mend it; it is used at a:1:2",
        "it is used at a:1:1, b:1:1, c:1:1 and at 2 more",
    ] == [
        each.help
        for found in (
            used("a:1:2", "b:3:4", "a:1:2"),
            used("a:1:2", help="mend it"),
            used(*(f"{c}:1:1" for c in "abcde")),
        )
        for each in once(found)
    ]
    assert once(used("a:1:2")) == once(once(used("a:1:2")))


def test_a_location_is_a_link() -> None:
    """A place is written as editors and terminals follow it."""
    assert "rules/a.yaml:3:7" == str(Location("rules/a.yaml", 3, 7))


@pytest.mark.parametrize(
    ("word", "said"),
    [("nicknme", "did you mean `nickname`?"), ("NICKNAME", "did you mean `nickname`?"), ("zzz", None), ("", None)],
)
def test_did_you_mean(word: str, said: str | None) -> None:
    """A near name is offered, whatever its case, and a far one is not."""
    assert said == did_you_mean(word, ["nickname", "status"])


def test_a_few_are_named() -> None:
    """Of many keys the first few are named, and the others counted."""
    assert ["", "`a`", "`a`, `b`, `c`", "`a`, `b`, `c` and 2 more"] == [
        named(words) for words in ("", "a", "abc", "abcde")
    ]
    assert "`a` and 1 more" == named(["a", "b"], 1)
