import pytest

from rulesync.findings import Location, Severity, did_you_mean, error, errors, warning


def test_errors_are_told_from_warnings() -> None:
    """Only errors count as errors, in their order."""
    one, other = error("a", "first"), error("b", "second")

    assert (one, other) == errors([one, warning("c", "third"), other])
    assert Severity.WARNING is warning("c", "third").severity


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
