import uuid
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rulesync.idempotency import Intent, key
from rulesync.plan import Prior
from rulesync.rule import Status

URL = "https://api.getsequence.io/api/v1"
SEEN = Prior("rule_1", "2026-01-01T00:00:00Z", Status.ENABLED, "1" + "a" * 11)
PUT = Intent(URL, None, "PUT", "rule_1", SEEN, {"nickname": "Save", "steps": []})
POST = Intent(URL, None, "POST", "household/save", None, None)

words = st.text(max_size=10)
priors = st.builds(Prior, words, st.none() | words, st.sampled_from(Status), words)
intents = st.builds(
    Intent,
    words,
    st.none() | words,
    st.sampled_from(["POST", "PUT", "DELETE"]),
    words,
    st.none() | priors,
    st.none() | st.dictionaries(words, st.integers()),
)


@given(intents, st.integers(0, 20))
def test_the_shape_of_a_key(intent: Intent, generation: int) -> None:
    """A key is a version 4 UUID of 36 characters, the strictest form that a server asks for."""
    made = key(intent, generation)

    assert (made, 4, 36) == (str(uuid.UUID(made)), uuid.UUID(made).version, len(made))


@given(intents)
def test_a_retry_has_the_same_key(intent: Intent) -> None:
    """A key depends on the intent alone, and not on the order of the body's fields."""
    shuffled = dict(reversed(list(intent.body.items()))) if intent.body else intent.body

    assert key(intent) == key(replace(intent, body=shuffled))


@given(intents, intents, st.integers(0, 20), st.integers(0, 20))
def test_different_intents_have_different_keys(one: Intent, other: Intent, first: int, second: int) -> None:
    """Anything that makes it another write makes it another key; a body counts only where it is sent in full."""
    told = [replace(each, body=each.body if each.method == "PUT" else None) for each in (one, other)]

    assert ((told[0], first) == (told[1], second)) == (key(one, first) == key(other, second))


def test_there_and_back_again() -> None:
    """A to B, back to A by hand, and to B again are two intents, since the rule was touched in between."""
    later = replace(SEEN, updated_at="2026-01-02T00:00:00Z")

    assert key(PUT) != key(replace(PUT, prior=later))


def test_a_create_has_no_body() -> None:
    """Two commits that create one Git key ask with one key, so that only one of them makes the rule."""
    assert key(POST) == key(replace(POST, body={"nickname": "other"}))


def test_known_keys() -> None:
    """The recipe is fixed: another machine with another version must come to the same key."""
    assert ("551ba7b0-66d9-494d-95e0-7a3329701f12", "5f1e2494-d49e-494a-8be0-11ddfb62c0dc") == (key(PUT), key(POST))
