from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.ownership import Marker, digest, holds_marker, join, split
from rulesync.rule import Rule, Status, Text
from tests.strategies import rules

MARKER = Marker("household", "payroll/tax", "1a2b3c4d5e6f")
LINE = "[rulesync:household/payroll/tax@1a2b3c4d5e6f]"

texts = st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: not holds_marker(text))


@given(texts)
def test_a_marker_is_found_again(text: str) -> None:
    """Joining a marker to a description and splitting it off gives both back."""
    again, marker = split(join(text.strip() or None, MARKER))

    assert MARKER == marker
    assert Text.of(text) == Text.of(again)


@given(texts)
def test_flattened_lines(text: str) -> None:
    """A marker is found, and the description unchanged, after the app put everything on one line."""
    again, marker = split(" ".join(join(text, MARKER).split()))

    assert (MARKER, Text.of(text)) == (marker, Text.of(again))


@pytest.mark.parametrize(
    "description",
    [
        LINE,
        f"Pays tax\n{LINE}",
        f"Pays tax {LINE}",
        f"{LINE}\nPays tax",
        "[ rulesync : household/payroll/tax@1a2b3c4d5e6f ]",
    ],
)
def test_tolerant_reading(description: str) -> None:
    """A marker is read wherever it stands and however it is spaced."""
    assert MARKER == split(description)[1]


@pytest.mark.parametrize(
    "description", [None, "", "[rulesync:household]", "[rulesync:a/b@xyz]", "[rulesync:a/B@1a2b3c4d5e6f]"]
)
def test_no_marker(description: str | None) -> None:
    """What is not quite a marker stays part of the description."""
    assert (description, None) == split(description)


def test_the_last_marker_counts() -> None:
    """Where a person pasted a second marker above, ours, which we write last, is the one."""
    other = Marker("other", "x", "1" * 12)

    assert MARKER == split(f"{other}\n{LINE}")[1]


def test_written_exactly() -> None:
    """A marker is the last line of the description."""
    assert f"Pays tax\n{LINE}" == join("Pays tax", MARKER)
    assert LINE == join(None, MARKER)


@given(rules(opaque=True))
def test_a_digest_is_stable(rule: Rule) -> None:
    """Being enabled, and white space in a description, leave the digest alone."""
    other = Status.ENABLED if rule.status is Status.DISABLED else Status.DISABLED
    spaced = Text.of(f"  {rule.description.raw}\n") if rule.description else None

    assert digest(rule) == digest(replace(rule, status=other, description=spaced))


@given(rules(opaque=True), rules(opaque=True))
def test_a_digest_tells_rules_apart(one: Rule, other: Rule) -> None:
    """Rules that differ in anything but their status have different digests."""
    same = replace(one, status=Status.DISABLED) == replace(other, status=Status.DISABLED)

    assert same == (digest(one) == digest(other))


@given(rules(), rules())
def test_each_field_counts(one: Rule, other: Rule) -> None:
    """Exchanging any one field but the status changes the digest if it changes the rule."""
    for field in fields(Rule):
        if field.name != "status":
            mixed = replace(one, **{field.name: getattr(other, field.name)})
            assert (mixed == one) == (digest(mixed) == digest(one))


def test_the_digest_of_a_known_rule() -> None:
    """The recipe is fixed: markers that stand in people's rules must stay readable."""
    from tests.builders import a_rule

    assert digest(a_rule()) == "164b66c21929"
