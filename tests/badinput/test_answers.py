import gzip
import json
import os

import pytest

from tests.badinput.answers import ACCOUNTS, LIST, RULE, RULES, Case, any_answer
from tests.badinput.fuzzing import fuzz
from tests.badinput.laws import decoder

EXAMPLES = int(os.environ.get("BADINPUT_EXAMPLES", "60"))


@pytest.mark.parametrize("law", ["answer", "decoder"])
def test_answers_with_changes(law: str) -> None:
    """Whatever is changed in an answer to any call, it is understood or refused, and nothing is written for it."""
    given, broken = fuzz(law, EXAMPLES, 7)
    assert (True, None) == (given >= EXAMPLES, broken)


NEXT = {"has_next_page": True, "end_cursor": "x"}
BODIES = {
    "nothing": b"",
    "half of it": json.dumps(LIST).encode()[:-40],
    "html": b"<html><body>Bad Gateway",
    "a string": b'"ok"',
    "a field twice": json.dumps(RULE).encode().replace(b'"status"', b'"status": "enabled", "status"'),
    "not a number": b'{"data": [NaN]}',
    "beyond a double": json.dumps(RULE).encode().replace(b"50000", b"1e999"),
    "beyond all amounts": json.dumps(LIST).encode().replace(b"20", b"9" * 300),
    "half a character": b'{"data": [{"id": "\\ud800", "nickname": "\\udfff", "description": "\\ud83d"}]}',
    "deep": b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "as deep as is read": b'{"data": ' + b"[" * 190 + b"]" * 190 + b"}",
    "deep in a rule": json.dumps(RULE).encode().replace(b'"steps": [', b'"steps": [' + b"[" * 150 + b"]" * 150 + b","),
    "many values": b'{"data": [' + b"[]," * 3_000_000 + b"1]}",
    "one long word": b'{"data": "' + b"a" * 6_000_000 + b'"}',
    "many digits": b'{"data": [' + b"1" * 4_000_000 + b"]}",
    "no utf-8": b'{"data": "\xff\xfe"}',
    "utf-16": json.dumps(ACCOUNTS).encode("utf-16"),
    "a mark first": b"\xef\xbb\xbf" + json.dumps(LIST).encode(),
    "rows without end": json.dumps({"data": [{"id": f"r{number}"} for number in range(400)]}).encode(),
    "one row many times": json.dumps({"data": [RULES[0]] * 500}).encode(),
    "a next page that is this one": json.dumps(
        {**LIST, "page_info": {"has_next_page": True, "end_cursor": "x"}}
    ).encode(),
    "a next page that is nowhere": json.dumps({**LIST, "page_info": {"has_next_page": True}}).encode(),
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("status", [200, 404])
def test_answers_that_are_none(name: str, status: int) -> None:
    """An answer that is cut, doubled, deep, huge or in no language of ours is refused in one sentence, in time."""
    any_answer(Case("all", status, (), BODIES[name]).content)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "nonsense", ""])
def test_answers_in_other_coats(encoding: str) -> None:
    """A body that is not encoded as its head says, or is, and grows beyond bounds, is refused."""
    bomb = gzip.compress(b" " * (40 * 1024 * 1024))
    for body in (json.dumps(LIST).encode(), bomb if encoding == "gzip" else bomb[:-20], b""):
        any_answer(Case("list", 200, (("Content-Encoding", encoding),), body).content)


@pytest.mark.parametrize("value", ["\ud800", "9" * 400, 10**18, 1e300, -1, [], {}, True, "", "0001-01-01T00:00+23:59"])
def test_every_field_of_a_rule_odd(value: object) -> None:
    """What no field can hold leaves a rule that can be compared and told, or none."""
    for rule in RULES:
        for text in (json.dumps(rule), json.dumps(rule["steps"][0]["actions"][0])):
            for name in {part.split('"')[0] for part in text.split('{"')[1:]}:
                decoder(json.dumps(rule).replace(f'"{name}":', f'"{name}": {json.dumps(value)}, "was":', 1).encode())
