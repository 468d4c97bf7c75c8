"""Where the key may go is decided by the operator: what a file says can name the vendor and this machine, no more."""

from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.config import load
from rulesync.config.address import UnsafeAddressError, check, is_loopback
from rulesync.errors import ConfigError

LOOPBACK = [
    "localhost",
    "LOCALHOST",
    "LocalHost:8787",
    "127.0.0.1",
    "127.0.0.1:8787",
    "127.0.0.1:0",
    "127.255.255.254",
    "[::1]",
    "[::1]:8787",
    "[0:0:0:0:0:0:0:1]",
]
NOT_LOOPBACK = [
    # names that begin or end as this machine's do
    "127.0.0.1.evil.com",
    "localhost.evil.com",
    "evil.localhost.com",
    "notlocalhost",
    "localhost.",
    "127.0.0.1.",
    "foo.localhost",
    "localhost.localdomain",
    # other people before an `@`
    "localhost@evil.com",
    "localhost:80@evil.com",
    "evil.com@localhost",
    "@localhost",
    "127.0.0.1%40evil.com",
    # numbers that some programs read as 127.0.0.1, and numbers near it
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "127.1",
    "127.0.1",
    "127.0.0.01",
    "127.0.0.256",
    "128.0.0.1",
    "0.0.0.0",  # noqa: S104 - not to be bound, but refused
    "[::]",
    "[::ffff:8.8.8.8]",
    "[fe80::1]",
    "169.254.169.254",
    "10.0.0.1",
    # letters and dots that look alike
    "ⓛocalhost",
    "localhost\u3002evil.com",
    "127\u30020\u30020\u30021",
    "１２７.0.0.1",
    "locаlhost",
    "local\u00adhost",
    "localhost\u200b",
    # what ends a host early, or late
    "localhost\\.evil.com",
    "localhost;.evil.com",
    "localhost%00.evil.com",
    "localhost\t.evil.com",
    "localhost\n",
    " localhost",
    "localhost#@evil.com",
    "localhost?@evil.com",
    "localhost:80:90",
    "evil.com[::1]",
    "[::1]evil.com",
    "[::1].evil.com",
    "localhost:port",
    "",
]
NOT_THE_VENDOR = [
    "evilgetsequence.io",
    "getsequence.io.evil.com",
    "api.getsequence.io.evil.com",
    "api.getsequence.io.",
    ".getsequence.io",
    "api..getsequence.io",
    "getsequence.io",
    "getsequence.com",
    "api.getsequence.io@evil.com",
    "evil.com:443@api.getsequence.io",
    "evil.com\\.getsequence.io",
    "evil.com;.getsequence.io",
    "evil.com,.getsequence.io",
    "evil.com%2f.getsequence.io",
    "evil.com%00.getsequence.io",
    "evil.com&.getsequence.io",
    "evil.com'.getsequence.io",
    "evil.com/.getsequence.io",
    "evil.com?.getsequence.io",
    "evil.com#.getsequence.io",
    "[evil.com].getsequence.io",
    "api\u3002getsequence\u3002io",
    "api.getѕequence.io",
    "api.getsequence.ıo",
    "xn--getsequence-9za.io",
    "xn--api.getsequence.io",
    "api.XN--a.getsequence.io",
    "api.getsequence.io:443:evil.com",
]


@pytest.mark.parametrize("host", LOOPBACK)
def test_plain_http_stays_on_this_machine(host: str) -> None:
    """Plain http is for loopback, whoever names it."""
    assert f"http://{host}" == check(f"http://{host}/")
    assert f"http://{host}" == check(f"http://{host}/", any_host=True)


@pytest.mark.parametrize("host", NOT_LOOPBACK)
@pytest.mark.parametrize("any_host", [False, True], ids=["from a file", "from the operator"])
def test_nothing_else_is_this_machine(host: str, any_host: bool) -> None:  # noqa: FBT001 - a parameter of the law
    """Plain http to anything else is refused, however it is spelled and whoever asks, the operator included."""
    with pytest.raises(UnsafeAddressError):
        check(f"http://{host}/api", any_host=any_host, allowed_host=host)


@pytest.mark.parametrize("host", NOT_THE_VENDOR)
def test_the_vendor_is_known_by_whole_labels(host: str) -> None:
    """A host from a file is the vendor's only if its last two labels are, letter by letter."""
    with pytest.raises(UnsafeAddressError):
        check(f"https://{host}/api/v1")


@pytest.mark.parametrize("scheme", ["HTTP", "hTTp", "ws", "file", "javascript", "http+unix", "https:http"])
def test_the_scheme_is_one_of_two(scheme: str) -> None:
    """Whatever is no https, in any spelling, sends no key to the vendor."""
    with pytest.raises(UnsafeAddressError):
        check(f"{scheme}://api.getsequence.io/api/v1")


@pytest.mark.parametrize("field", ["base_url", "app_url"])
@pytest.mark.parametrize(
    "where", ["api: {{{field}: '{url}'}}", "workspaces: {{a: {{scope: a, api: {{{field}: '{url}'}}}}}}"]
)
def test_a_file_cannot_send_the_key_away(tmp_path: Path, field: str, where: str) -> None:
    """A pull request that names another host, at the top or in a workspace, stops every command before any request."""
    (tmp_path / "rulesync.yaml").write_text(where.format(field=field, url="https://getsequence.io.evil.com"))

    with pytest.raises(ConfigError) as caught:
        load(tmp_path, environ={"SEQUENCE_API_KEY": "sk_canary_0123456789"})

    assert "address" in [finding.check for finding in caught.value.findings]


def test_one_more_host_is_the_operators_to_name(tmp_path: Path) -> None:
    """A file names a further host only where the environment allows that very host."""
    (tmp_path / "rulesync.yaml").write_text("api: {base_url: 'https://proxy.corp/v1'}")

    assert "https://proxy.corp/v1" == load(tmp_path, environ={"RULESYNC_ALLOW_HOST": "proxy.corp"}).base_url
    for allowed in ("", "corp", "*", "evil.corp", "proxy.corp.evil.com"):
        with pytest.raises(ConfigError):
            load(tmp_path, environ={"RULESYNC_ALLOW_HOST": allowed})


HOSTS = st.lists(
    st.sampled_from(
        ["localhost", "127.0.0.1", "[::1]", "api.getsequence.io", "evil.com", *".@:/\\#?%;&[]0", "80", "xn--"]
    ),
    min_size=1,
    max_size=6,
).map("".join)


@given(scheme=st.sampled_from(["http", "https"]), rest=HOSTS)
def test_what_was_checked_is_what_is_asked(scheme: str, rest: str) -> None:
    """An address that passes is understood by the HTTP library as it was by the check: same scheme, same host."""
    try:
        address = check(f"{scheme}://{rest}")
    except UnsafeAddressError:
        return
    url = httpx.URL(address)
    assert scheme == url.scheme
    assert is_loopback(url.host) or (url.host.endswith(".getsequence.io") and scheme == "https")
    assert b"" == url.userinfo
