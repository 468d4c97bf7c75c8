"""The key goes out in one header, to one host, whatever a server or the environment would like."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from rulesync.errors import ApiError, NetworkError, RulesyncError
from rulesync.remote import Writer, client
from rulesync.wire import v1
from tests.clocks import FakeClock
from tests.security.conftest import KEY, Asked, Said, Workshop, impostor

CALLS: dict[str, Callable[[Writer], object]] = {
    "list": lambda writer: writer.listing(),
    "accounts": lambda writer: writer.accounts(),
    "look": lambda writer: writer.look("rule_1"),
    "create": lambda writer: writer.create({"nickname": "x"}, idempotency_key="k"),
    "replace": lambda writer: writer.replace("rule_1", {"nickname": "x"}, idempotency_key="k"),
    "delete": lambda writer: writer.delete("rule_1", idempotency_key="k"),
}
REDIRECTS = (300, 301, 302, 303, 307, 308)
COMMANDS = (["plan"], ["apply", "--auto-approve"], ["drift"], ["status"], ["doctor"])


@contextmanager
def opened(url: str) -> Iterator[Writer]:
    with client(f"{url}/api/v1", KEY, v1, per_minute=10_000, clock=FakeClock().clock) as connection:
        yield Writer(connection, v1)


def nothing(_: Asked) -> Said:
    return Said()


@pytest.mark.parametrize("call", CALLS)
def test_the_key_is_in_one_header(call: str) -> None:
    """Every request carries the key once, in `Authorization`, and nowhere else: no address, header or body."""
    with impostor(nothing) as server, opened(server.url) as writer:
        CALLS[call](writer)

    (asked,) = server.asked
    assert [f"ApiKey {KEY}"] == [value for name, value in asked.headers if name.lower() == "authorization"]
    assert KEY not in asked.text


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_no_command_puts_the_key_elsewhere(workshop: Workshop, command: list[str]) -> None:
    """Whatever a command asks for, the key stands in that one header of its requests."""
    with impostor(nothing) as server:
        workshop.run(f"{server.url}/api/v1", *command)

    assert server.asked
    assert all(("Authorization", f"ApiKey {KEY}") in asked.headers for asked in server.asked)
    assert not any(KEY in asked.text for asked in server.asked)


@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize("call", CALLS)
def test_a_redirect_is_not_followed(status: int, call: str) -> None:
    """No redirect is followed, of a read or a write, to another host, port or scheme, or to the same; it is told."""
    with impostor(nothing) as thief:
        for there in (
            thief.url,
            f"http://localhost:{thief.port}",
            f"https://127.0.0.1:{thief.port}",
            "//evil.test",
            "/x",
        ):
            away = Said(status, headers={"Location": f"{there}/api/v1/rules"})
            with impostor(lambda _, away=away: away) as server, opened(server.url) as writer:  # type: ignore[misc]  # bound now
                told = _told(CALLS[call], writer)
            assert 1 == len(server.asked)
            assert f"a redirect to `{there}/api/v1/rules`, which is never followed" in told

    assert [] == thief.asked


def _told(call: Callable[[Writer], object], writer: Writer) -> str:
    try:
        return str(call(writer))
    except ApiError as problem:
        return problem.message


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_no_command_follows_a_redirect(workshop: Workshop, command: list[str]) -> None:
    """A command that is sent elsewhere ends, and says where it was sent to."""
    with impostor(nothing) as thief, impostor(lambda _: Said(302, headers={"Location": thief.url})) as server:
        done = workshop.run(f"{server.url}/api/v1", *command)

    assert [] == thief.asked
    assert 1 == done.code
    assert f"a redirect to `{thief.url}`, which is never followed" in done.text


def test_cookies_and_headers_of_a_server_go_nowhere() -> None:
    """What a server would have the client keep is not sent to it again with an address of its choice."""
    with (
        impostor(
            lambda _: Said(headers={"Refresh": "0; url=http://evil.test/", "Link": "<//evil.test>; rel=next"})
        ) as server,
        opened(server.url) as writer,
    ):
        writer.listing()
        writer.accounts()

    assert ["/api/v1/rules", "/api/v1/accounts"] == [asked.path for asked in server.asked]


def test_a_next_page_is_asked_of_the_same_host() -> None:
    """Where a list goes on is a word for the same address, whatever a server writes there."""
    evil = "http://evil.test/?x=@evil.test/../../"
    pages = [{"data": [], "page_info": {"has_next_page": True, "end_cursor": evil}}, {"data": []}]
    with impostor(lambda _: Said(body=pages.pop(0))) as server, opened(server.url) as writer:
        writer.listing()

    assert ["/api/v1/rules", "/api/v1/rules"] == [asked.path.partition("?")[0] for asked in server.asked]
    assert "evil.test/?" not in server.asked[1].path


@pytest.mark.parametrize("spelled", [str.upper, str.lower], ids=["upper case", "lower case"])
def test_the_environment_sends_the_key_nowhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spelled: Callable[[str], str]
) -> None:
    """Proxies, `.netrc`, certificates and log levels that the environment names change nothing of a request."""
    (tmp_path / ".netrc").write_text("default login thief password hunter2\n")
    with impostor(nothing) as proxy, impostor(nothing) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "WS_PROXY", "FTP_PROXY"):
            monkeypatch.setenv(spelled(name), proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / ".netrc"))
        monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
        monkeypatch.setenv("HTTPX_LOG_LEVEL", "trace")
        with opened(server.url) as writer:
            writer.listing()
        with opened("https://127.0.0.1:9") as writer, suppress(NetworkError):
            writer.create({}, idempotency_key="k")

    assert [] == proxy.asked
    assert [("Authorization", f"ApiKey {KEY}")] == [
        each for each in server.asked[0].headers if each[0] == "Authorization"
    ]


def test_the_key_is_in_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever prints the client, the Writer or an error while debugging does not print the key."""
    with caplog.at_level(logging.DEBUG), impostor(lambda _: Said(401)) as server, opened(server.url) as writer:
        with pytest.raises(RulesyncError) as caught:
            writer.listing()
        shown = repr([writer, vars(writer), writer.create({}, idempotency_key="k"), caught.value, vars(caught.value)])

    assert KEY not in shown + caplog.text
