import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulesync.remote.received import Asked, Received, hidden, receive, refused, said
from rulesync.wire import v1
from tests.clocks import NOON

KEY = "sk_0123456789"
ASKED = Asked("id-of-this-attempt", KEY)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(KEY)
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)
refusals = st.fixed_dictionaries(
    {}, optional={"request_id": values, "error": values | st.fixed_dictionaries({"code": values, "message": values})}
)
bodies = st.binary() | (values | refusals).map(lambda value: json.dumps(value).encode())
headers = st.dictionaries(
    st.sampled_from(["date", "retry-after", "location", "x-request-id", "content-type"]), st.text() | st.just(KEY)
)


def got(status: int, body: bytes | object, **given_headers: str) -> Received:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in given_headers.items()}
    return receive(status, named, content, ASKED, v1)


def refusal(code: object, message: object) -> dict[str, object]:
    return {"error": {"code": code, "message": message}}


@settings(deadline=None)
@given(status=st.integers(100, 599), body=bodies, headers=headers)
def test_any_bytes_end_in_one_line_without_the_key(status: int, body: bytes, headers: dict[str, str]) -> None:
    """Whatever is answered, every way to speak of it is one printable line of bounded length without the key."""
    received = receive(status, headers, body, ASKED, v1)
    error = refused(received, "list the rules", need="the scope `LIST_RULES`", key_env="SEQUENCE_API_KEY")
    for words in (said(received), hidden(received, "READ_RULES"), error.message, error.code or "", repr(received)):
        assert words.isprintable()
        assert len(words) < 2000
        assert KEY not in words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html><title>Soon</title><p>Coming\n<b>soon</b></html>", "Soon Coming soon"),
        (b"Coming soon", "Coming soon"),
        ({"message": "Coming soon"}, '{"message": "Coming soon"}'),
        (refusal("forbidden", "Coming soon"), None),
        ({"data": {"description": "Coming soon"}}, None),
        (b"", None),
        (b"<p>", None),
        (f"with {KEY}".encode(), "with ***"),
        (b"x" * 10_000, "x" * 1999 + "…"),
    ],
)
def test_what_a_page_says(body: bytes | object, words: str | None) -> None:
    """The words of an answer that holds neither data nor a refusal are told, without tags or the key, and bounded."""
    assert words == got(503, body).text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff",
        b"NaN",
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b"[" * 100_000,
        b"1" * 5000,
        b"{}\xed\xa0\x80",
    ],
)
def test_what_is_no_json_is_said_to_be_none(body: bytes) -> None:
    """Broken, endless and impossible JSON, numbers beyond bounds included, is no JSON, and no crash."""
    assert got(200, body).is_json is False


def test_half_a_character_becomes_a_question_mark() -> None:
    """Text that no file and no terminal can hold is made harmless where it comes in; whole characters stay."""
    assert got(200, rb'{"a": "\ud83d\ude00 \ud83d"}').payload == {"a": "😀 ?"}


def test_a_byte_order_mark_is_read_over() -> None:
    """A body in UTF-8 with a byte order mark is JSON like any other."""
    assert got(200, b'\xef\xbb\xbf{"a": 1}').payload == {"a": 1}


def test_words_of_the_server_are_made_fit_to_be_shown() -> None:
    """Line ends, terminal codes and invisible characters of a server never reach a terminal or a log."""
    assert got(400, refusal("bad", "one\r\n\x1b[31mtwo\u202e \u200bthree")).message == "one [31mtwo three"


def test_the_key_is_cut_out_before_the_message_is_cut_short() -> None:
    """A key that a server echoes, hidden characters in it or not, shows nowhere, not even in part."""
    echoed = refusal(KEY, f"{'x' * 290} {KEY[:5]}\u200b{KEY[5:]}")
    received = got(401, echoed, x_request_id=KEY, location=f"https://evil.test/{KEY}")
    assert "sk_0" not in repr(received)
    assert received.message is not None
    assert len(received.message) <= 300


@pytest.mark.parametrize(
    ("received", "message", "help"),
    [
        (
            got(401, refusal("unauthorized", "no such key"), x_request_id="req_1"),
            "the API refused the key: unauthorized: no such key (request `req_1`)",
            "put a valid key into SEQUENCE_API_KEY; keys are made at https://app.getsequence.io/account/api-keys",
        ),
        (
            got(403, refusal("forbidden", "not for you")),
            "the key may not list the rules, which takes the scope `LIST_RULES`: forbidden: not for you",
            "give it the scope `LIST_RULES` at https://app.getsequence.io/account/api-keys",
        ),
        (
            got(502, b"<html>"),
            "asked to list the rules, the API answered 502, with something that is no JSON",
            "try again later; if it stays, ask the API's support",
        ),
        (
            got(429, refusal("rate_limit_exceeded", None)),
            "asked to list the rules, the API answered 429: rate_limit_exceeded",
            "wait a minute, or lower `api.requests_per_minute`: other programs may use the same key",
        ),
        (
            got(302, b"", location="//a"),
            "asked to list the rules, the API answered 302, with a redirect to `//a`, which is never followed",
            "compare `api.base_url` and `api.dialect` in rulesync.yaml with what the API offers",
        ),
        (got(400, {"oops": 1}), "asked to list the rules, the API answered 400, with no reason", None),
        (got(400, b""), "asked to list the rules, the API answered 400, with nothing", None),
    ],
)
def test_a_refusal_says_what_was_asked_what_came_and_what_to_do(
    received: Received, message: str, help: str | None
) -> None:
    """An error carries the server's own words, its request id, and advice where there is any."""
    error = refused(received, "list the rules", need="the scope `LIST_RULES`", key_env="SEQUENCE_API_KEY")
    assert (error.message, error.help) == (message, help)
    assert (error.status, error.code) == (received.status, received.code)


def test_an_answer_under_our_id_is_fresh_and_under_another_remembered() -> None:
    """Only the id in the body tells a replay, since a gateway writes the header anew."""
    ours, other = {"request_id": ASKED.id}, {"request_id": "another"}
    assert got(201, ours, x_request_id="another").remembered is False
    assert got(201, other, x_request_id=ASKED.id).remembered is True
    assert got(201, {}, x_request_id=ASKED.id).remembered is None
    assert got(204, b"").remembered is None


def test_the_clock_of_the_server_is_read() -> None:
    """The `Date` of an answer is known in UTC, and its `Retry-After` in seconds from then."""
    date, later = "Mon, 02 Mar 2026 12:00:00 GMT", "Mon, 02 Mar 2026 12:00:20 GMT"
    received = got(429, {}, date=date, retry_after=later)
    assert (received.date, received.retry_after) == (NOON, 20)
