"""Bad input as hypothesis makes it: valid files, plans and answers with bytes and pieces changed, and sheer noise."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from rulesync.planfile.writing import plan_json
from tests.badinput.answers import RULES, VALID, Case
from tests.builders import a_rule, applied
from tests.planfile.test_writing import CONTEXT, plan

EXAMPLES = Path(__file__).parents[2] / "examples"
Bytes = st.SearchStrategy[bytes]

_WORDS = re.split(
    r"\s+",
    r"""{ } [ ] : , # & * ! | > ' " % @ ` ? - ~ $ = < \ / <<: &a *a !!python/object:os.system \ud83d \ud800 \u0000 yes
    010 12:30 1e999 NaN -0 null true 1_000 0x1F .inf 1111111111111111111111111 --- ...""",
)
_CHARACTERS = "\u2028\u202e\u0085\ufeff😀𐀀\U0010ffff\x00\x1b\x7f"
_PIECES = [
    *(word.encode() for word in (*_WORDS, *_CHARACTERS)),
    *(b"\n", b"\r\n", b"\t", b" ", b"\n---\n", b"\n- ", b": ", b"%YAML 1.2\n", b"%TAG ! x\n"),
    *(b"\xff\xfe", b"\xff", b"\xed\xa0\x80", b"9" * 400, b"[" * 70, b"{a: " * 70),
]


@cache
def rule_files() -> tuple[bytes, ...]:
    """Return the rule files of the examples."""
    return tuple(path.read_bytes() for path in sorted((EXAMPLES / "rules").rglob("*.*")))


@cache
def configurations() -> tuple[bytes, ...]:
    """Return a plain rulesync.yaml and one with workspaces."""
    more = b"workspaces:\n  studio: {scope: s, api: {key_env: SEQUENCE_S_KEY}, ids: {a: rule_1}, vars: {x: 1}}\n"
    return (EXAMPLES / "rulesync.yaml").read_bytes(), (EXAMPLES / "rulesync.yaml").read_bytes() + more


@cache
def saved_plan() -> dict[str, Any]:
    """Return a plan with a create, an update, a delete and nothing to do, as JSON."""
    actuals = [applied("a", a_rule(1)), applied("gone", a_rule(9)), applied("same", a_rule(5))]
    made = plan({"a": a_rule(2), "new": a_rule(3, nickname="New"), "same": a_rule(5)}, actuals, prune=True)
    value: dict[str, Any] = json.loads(json.dumps(plan_json(made, CONTEXT)))
    return value


def scalars() -> st.SearchStrategy[Any]:
    """Return what JSON can say in one word, the odd ones often."""
    numbers = [0, -1, 1.5, 10**17, 10**18, 10**300, 1e300, 5e-324, float("nan"), float("inf"), -0.0]
    times = ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-02-30T00:00:00Z"]
    words = [None, True, "", "\x00", "\ud800", "enabled", "fixed_amount", "SCHEDULED", "MANUAL", "a" * 300]
    return st.sampled_from([*numbers, *times, *words]) | st.integers() | st.floats() | st.text(max_size=8)


def values() -> st.SearchStrategy[Any]:
    """Return any JSON."""
    return st.recursive(
        scalars(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
        max_leaves=8,
    )


@st.composite
def noisy(draw: st.DrawFn, originals: Sequence[bytes]) -> bytes:
    """Return an original with a few pieces of bytes put in, taken out or put twice."""
    content = bytearray(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        until = min(len(content), at + draw(st.sampled_from([0, 0, 1, 2, 8, 40])))
        kind = draw(st.sampled_from(["replace", "twice", "cut"]))
        new = {"replace": draw(st.sampled_from(_PIECES)), "twice": bytes(content[at:until]) * 2, "cut": b""}[kind]
        content[at:until] = new
    return bytes(content)


@st.composite
def changed(draw: st.DrawFn, original: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return JSON with one to three of its pieces replaced, removed, renamed or nested."""
    value = json.loads(json.dumps(original))
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(value))
        if not places:
            return draw(values())
        owner, name = places[draw(st.integers(0, len(places) - 1))]
        match draw(st.sampled_from(["replace", "replace", "remove", "wrap", "copy", "more"])):
            case "replace":
                owner[name] = draw(values())
            case "remove":
                del owner[name]
            case "wrap":
                owner[name] = [owner[name]]
            case "copy":
                owner[name] = json.loads(json.dumps(places[draw(st.integers(0, len(places) - 1))][0]))
            case _ if isinstance(owner, dict):
                owner[draw(st.text(max_size=6))] = draw(values())
            case _:
                owner.append(draw(values()))
    return value


def _places(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Yield every list and object in a value, with each index or name in it."""
    if isinstance(value, dict | list):
        for name in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, name
            yield from _places(value[name])


def as_text(value: object) -> bytes:
    """Return JSON as bytes, halves of surrogate pairs as they are escaped."""
    return json.dumps(value).encode()


@st.composite
def torn(draw: st.DrawFn, originals: st.SearchStrategy[bytes]) -> bytes:
    """Return JSON text with a field put twice, with deep nesting, or cut off."""
    text = draw(originals)
    at = draw(st.integers(0, len(text)))
    deep = draw(st.sampled_from([60, 150, 300, 3000]))
    return draw(
        st.sampled_from(
            [
                text[:at],
                text.replace(b'": ', b'": ' + b"[" * deep, 1),
                text.replace(b'": null', b'": ' + b"[" * deep + b"]" * deep),
                text.replace(b'{"', b'{"data": 1, "scope": "x", "', 1),
                text.replace(b"1", b"1" * 400),
                b"\xef\xbb\xbf" + text,
                text + text,
            ]
        )
    )


def _json(original: object) -> Bytes:
    pieces = changed(original).map(as_text)
    return pieces | torn(pieces) | noisy([as_text(original)]) | values().map(as_text) | st.binary(max_size=60)


def heads() -> st.SearchStrategy[tuple[tuple[str, str], ...]]:
    """Return headers, sensible and absurd."""
    names = ["Date", "Retry-After", "X-Request-ID", "Content-Type", "Content-Length", "Content-Encoding", "Connection"]
    dates = ["Mon, 02 Mar 2026 12:00:00 GMT", "Mon, 99 Foo 99999 99:99:99 ?"]
    types = ["text/html; charset=utf-16", 'application/json; charset="', "gzip", "deflate", "identity", "chunked"]
    said = [*dates, *types, "", "0", "-1", "1e9", "9" * 20, "NaN", "a" * 5000]
    ascii_text = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
    return st.lists(st.tuples(st.sampled_from(names), st.sampled_from(said) | ascii_text), max_size=4).map(tuple)


REFUSALS = [400, 401, 403, 404, 404, 409, 418, 422, 429, 500, 502, 503, 599, 700]
STATUSES = [200, 200, 200, 200, 201, 204, 206, 300, 302, 304, *REFUSALS]


def cases(*, to_writes: bool = False) -> Bytes:
    """Return answers to some call, as the bytes of a `Case`."""
    valid: Mapping[str, object] = VALID
    refusal = {"error": {"code": "nope", "message": "no way"}, "request_id": "req_1"}
    places = st.just("all") if to_writes else st.sampled_from([*valid, *valid, "all"])
    return places.flatmap(
        lambda at: st.builds(
            Case,
            st.just(at),
            st.sampled_from(STATUSES),
            heads(),
            _json(valid.get(at, VALID["rule"])) | changed(refusal).map(as_text),
            st.booleans(),
        )
    ).map(lambda case: case.content)


INPUTS: Mapping[str, Bytes] = {
    "rule-file": noisy(rule_files()) | values().map(as_text) | st.binary(max_size=300),
    "rule-json": _json(json.loads((EXAMPLES / "rules/invest.json").read_bytes())),
    "configuration": noisy(configurations()) | values().map(as_text) | st.binary(max_size=300),
    "saved-plan": _json(saved_plan()),
    "decoder": changed(RULES[0]).map(as_text) | values().map(as_text),
    "answer": cases(),
    "write-answer": cases(to_writes=True),
}
"""What each law of `laws.LAWS` is given."""
