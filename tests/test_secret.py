import html
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.secret import MASK, mask

KEY = "sk_live_0123456789"
SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=16, max_size=60)
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "percent-encoded": lambda key: quote(key, safe=""),
    "percent-encoded throughout": lambda key: "".join(f"%{ord(each):02X}" for each in key),
    "as JSON": lambda key: json.dumps(key)[1:-1],
    "as JSON throughout": lambda key: "".join(f"\\u{ord(each):04x}" for each in key),
    "as Python": lambda key: repr(key.encode())[2:-1],
    "as HTML": html.escape,
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
@given(secret=SECRETS, around=st.text(max_size=5))
def test_every_spelling_is_masked(spelling: Callable[[str], str], secret: str, around: str) -> None:
    """However a secret is spelled, a text around it comes back without it."""
    spelled = spelling(secret)

    assert spelled not in mask(f"{around}{spelled}{around}", secret).replace(MASK, "\n")


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@given(secret=SECRETS, before=st.text(max_size=7), after=st.text(max_size=7))
def test_base64_of_a_whole_header_is_masked(
    encode: Callable[[bytes], bytes], secret: str, before: str, after: str
) -> None:
    """A secret is found in base64 wherever it began: what is left of it are the characters at its ends, at most."""
    spelled = encode(f"{before}{secret}{after}".encode()).decode()
    masked = mask(spelled, secret)

    assert MASK in masked
    assert len(masked) - len(MASK) <= len(spelled) - len(secret) * 8 // 6 + 4


@given(st.text())
def test_other_texts_stay_as_they_are(text: str) -> None:
    """A text that holds no secret is left alone, and an empty secret is none."""
    assert text == mask(text, KEY)
    assert text == mask(text, "")
