import json
import os

import pytest

from tests.badinput.answers import RULE, Case, any_answer_to_a_write
from tests.badinput.fuzzing import fuzz

EXAMPLES = int(os.environ.get("BADINPUT_EXAMPLES", "20"))
BODIES = {
    "nothing": b"",
    "html": b"<html>",
    "an empty object": b"{}",
    "another rule": json.dumps(RULE).encode(),
    "a list": json.dumps({"data": [RULE["data"]]}).encode(),
    "a refusal under a foreign id": b'{"error": {"code": "nope"}, "request_id": "req_1"}',
    "a field twice": b'{"data": {"id": "rule_1"}, "data": {}}',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("processed", [True, False])
@pytest.mark.parametrize("status", [200, 404, 500])
@pytest.mark.parametrize("name", BODIES)
def test_garbage_in_answer_to_a_write(name: str, status: int, *, processed: bool) -> None:
    """A write that is answered with garbage ends, and counts as done only where a later look shows it."""
    any_answer_to_a_write(Case("all", status, (), BODIES[name], processed).content)


def test_any_answer_to_a_write() -> None:
    """Whatever is changed in an answer to a write, it alone proves nothing."""
    given, broken = fuzz("write-answer", EXAMPLES, 7)
    assert (True, None) == (given >= EXAMPLES, broken)
