import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.document import Document, read
from rulesync.rule import Rule
from rulesync.source.claims import Claim
from rulesync.source.draft import Pins
from rulesync.source.drafts import Checked, check
from rulesync.wire import v1
from tests.strategies import rules

BODY = """
trigger: {type: MANUAL, account: checking}
steps:
  - actions:
      - {type: fixed_amount, amount: $5, source: checking, destination: savings}
"""
NO_PINS = Pins({}, from_files=True)


def document(text: str) -> Document:
    return read(text, "rules/a.yaml")[0][0]


def checked(text: str, file_key: str | None = "a", pins: Pins = NO_PINS) -> Checked:
    return check(document(text), file_key, pins)


def messages(result: Checked) -> list[str]:
    return [finding.message for finding in result.findings]


def test_a_clean_document_is_a_draft_under_its_files_key() -> None:
    """Without a key of its own a rule has that of its file, with one it has that."""
    for text, key in ((BODY, "a"), ("key: pay/day\n" + BODY, "pay/day"), ("key:\n" + BODY, "a")):
        result = checked(text)
        assert result.draft is not None
        assert result.claim is not None
        assert ((), key, key) == (result.findings, result.draft.key, result.claim.key)


@pytest.mark.parametrize(
    ("text", "file_key", "message"),
    [
        (BODY, "Auto Save", "`Auto Save` is no key, so the file cannot give it"),
        (BODY, None, "in a file of several documents, each needs a `key:`"),
        ("key: Pay\n" + BODY, "a", "`Pay` is no key"),
        ("key: 5\n" + BODY, "a", "`key` needs text, not `5`"),
        ("- a", None, "a rule file needs fields, not a list"),
    ],
)
def test_without_a_key_there_is_no_draft(text: str, file_key: str | None, message: str) -> None:
    """A document whose key is none is refused, and says why."""
    result = checked(text, file_key)
    assert result.draft is None
    assert message == messages(result)[0]


def test_a_document_in_error_still_claims_its_key() -> None:
    """A rule that is in error is not gone: its key is taken."""
    result = checked("nicknam: x\n" + BODY)
    assert result.draft is None
    assert isinstance(result.claim, Claim)
    assert "a" == result.claim.key


def test_an_unsound_document_is_no_draft() -> None:
    """What its reader refused is not accepted later, even if its shape is right."""
    result = checked("nickname: yes\n" + BODY)
    assert (None, ()) == (result.draft, result.findings)


@pytest.mark.parametrize(
    ("pins", "pin"),
    [
        (Pins({}, from_files=True), "rule_1"),
        (Pins({}, from_files=False), None),
        (Pins({"a": "rule_2"}, from_files=False), "rule_2"),
        (Pins({"a": "rule_1"}, from_files=True), "rule_1"),
        (Pins({"b": "rule_2"}, from_files=True), "rule_1"),
    ],
)
def test_a_pin_in_a_file_is_for_the_default_workspace(pins: Pins, pin: str | None) -> None:
    """`id:` binds in the default workspace alone, the workspace's own pins bind by key."""
    draft = checked("id: rule_1\n" + BODY, pins=pins).draft
    assert draft is not None
    assert pin == draft.pin


def test_two_pins_for_one_key_are_a_contradiction() -> None:
    """A file and the configuration cannot bind one key to two rules."""
    result = checked("id: rule_1\n" + BODY, pins=Pins({"a": "rule_2"}, from_files=True))
    assert ["`a` is pinned to `rule_1` here and to `rule_2` by `ids:`"] == messages(result)
    assert result.draft is None


def test_a_field_of_the_body_is_found_in_its_shorthand() -> None:
    """The place of a field of the plain body is that of what was written for it."""
    draft = checked(BODY).draft
    assert draft is not None
    assert "rules/a.yaml:5:38" == str(draft.locate(["steps", 0, "actions", 0, "amount_in_cents"]))
    assert "rules/a.yaml:2:34" == str(draft.locate(["trigger", "account_id"]))
    assert "rules/a.yaml:5:50" == str(draft.locate(["steps", 0, "actions", 0, "source", "id"]))
    assert "rules/a.yaml:2:1" == str(draft.locate())


ODD: st.SearchStrategy[object] = st.sampled_from(
    [None, True, -1, 0, 1.5, 10**17, "", "$5", "$1.234", "x" * 99, "[rulesync:a/b@0123456789ab]", [], {}, [[]]]
)


def _spoil(body: Any, odd: object, steps: list[int]) -> Any:  # noqa: ANN401  # JSON
    """Return JSON with one value, found by walking down, in place of which something odd stands."""
    if not steps or not isinstance(body, dict | list) or not body:
        return odd
    if isinstance(body, list):
        at = steps[0] % len(body)
        return [_spoil(each, odd, steps[1:]) if index == at else each for index, each in enumerate(body)]
    if steps[0] % 5 == 0:
        return {**body, "odd": odd}
    name = sorted(body)[steps[0] % len(body)]
    return {**body, name: _spoil(body[name], odd, steps[1:])}


@given(rules(), ODD, st.lists(st.integers(0, 50), min_size=1, max_size=9))
def test_whatever_is_wrong_is_a_sentence_at_a_place(rule: Rule, odd: object, steps: list[int]) -> None:
    """Something odd anywhere in a rule gives a draft or findings, each a sentence for people with a place."""
    text = json.dumps(_spoil(v1.encode(rule), odd, steps), indent=1)
    for each in read(text, "a.json")[0]:
        result = check(each, "a", NO_PINS)
        assert (result.draft is None) == bool(result.findings)
        for finding in result.findings:
            assert finding.location is not None
            assert finding.location.text is not None
            assert finding.message[0] in "`abcdefghijklmnopqrstuvwxyz"
            assert not {"dict", "str", "int", "tuple", "None", "Input"} & set(finding.message.split())
