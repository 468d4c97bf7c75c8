from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.config.address import UnsafeAddressError, check


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://api.getsequence.io/api/v1/", "https://api.getsequence.io/api/v1"),
        ("https://API.GetSequence.io", "https://API.GetSequence.io"),
        ("https://a.b.getsequence.io:8443/x", "https://a.b.getsequence.io:8443/x"),
        ("http://localhost:4000/platform/v1", "http://localhost:4000/platform/v1"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ],
)
def test_the_vendor_and_this_machine_are_safe(address: str, safe: str) -> None:
    """The vendor over https, and loopback, may stand in a file."""
    assert safe == check(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.com/",
        "https://getsequence.io.evil.com",
        "https://evilgetsequence.io",
        "https://api.getsequence.io@evil.com",
        "https://evil.com\\@api.getsequence.io",
        "https://evil.com#api.getsequence.io",
        "https://evil.com?x=.getsequence.io",
        "https://api.getsequence.io?x",
        "https://user:secret@api.getsequence.io",
        "http://api.getsequence.io",
        "http://127.0.0.1.evil.com",
        "https://api.getsequence.io\n.evil.com",
        "https://api.getsequence.io:x",
        "https://[api.getsequence.io",
        "https://арі.getsequence.io",
        "ftp://api.getsequence.io",
        "//api.getsequence.io",
        "https://",
        "",
    ],
)
def test_anything_else_is_refused(address: str) -> None:
    """An address that could send the key elsewhere is refused, whatever trick it plays."""
    with pytest.raises(UnsafeAddressError):
        check(address)


def test_one_more_host_can_be_allowed() -> None:
    """A host that the operator allows may be named, over https only, and no other."""
    assert "https://proxy.corp:8443" == check("https://proxy.corp:8443", allowed_host="Proxy.Corp")
    for address in ("http://proxy.corp", "https://x.proxy.corp", "https://evil.com"):
        with pytest.raises(UnsafeAddressError):
            check(address, allowed_host="proxy.corp")


def test_an_operators_address_names_any_host_but_not_over_http() -> None:
    """An address from the environment may be anywhere, but the key crosses no network in the clear."""
    assert "https://staging.example" == check("https://staging.example/", any_host=True)
    with pytest.raises(UnsafeAddressError):
        check("http://staging.example/", any_host=True)


def test_a_password_is_marked_as_secret() -> None:
    """An address with a password is refused without naming it."""
    with pytest.raises(UnsafeAddressError) as refused:
        check("https://user:hunter2@api.getsequence.io")
    assert refused.value.secret
    assert "hunter2" not in str(refused.value)


@given(st.text(max_size=40))
def test_any_text_is_safe_or_refused(rest: str) -> None:
    """No text makes anything else than a safe address or a refusal."""
    for address in (rest, "https://" + rest, "https://api.getsequence.io" + rest):
        with suppress(UnsafeAddressError):
            assert not check(address).endswith("/")
