"""A key that a server repeats, or that somebody wrote into a file, is shown to nobody."""

import json
import logging
import re
from base64 import b64encode
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest

from rulesync import source
from rulesync.cli import output
from rulesync.cli.main import run
from rulesync.cli.views import plan_renderers
from rulesync.config import load
from rulesync.errors import ConfigError, RulesyncError
from rulesync.remote import Writer, client
from rulesync.wire import v1
from tests.canary import keys_in
from tests.clocks import FakeClock
from tests.render.scenarios import AFTER, BEFORE
from tests.render.values import plan, resource
from tests.security.conftest import KEY, Asked, Said, Workshop, impostor

HEADER = f"ApiKey {KEY}"
ECHOES: dict[str, Callable[[str], str]] = {
    "verbatim": str,
    "in quotes": lambda text: f'{{"authorization":["{text}"]}}',
    "percent-encoded": lambda text: quote(text, safe="").replace("_", "%5F"),
    "JSON in JSON": lambda text: "".join(f"\\u{ord(each):04x}" for each in text),
    "in base64": lambda text: b64encode(text.encode()).decode(),
    "in base64 with a name": lambda text: b64encode(f"Authorization: {text}\r\n".encode()).decode(),
    "as HTML": escape,
    "broken by what is not seen": "\u200b".join,
    "on two lines": lambda text: f"\n\n{text}\n",
}
COMMANDS = (["plan", "--format", "json"], ["apply", "--auto-approve"], ["drift"], ["status"], ["doctor"])


def refusal(status: int, words: str) -> Said:
    headers = {"X-Request-ID": HEADER, "X-Echo": HEADER, "Location": f"https://evil.test/?{KEY}", "Set-Cookie": KEY}
    return Said(status, {"request_id": words, "error": {"code": words, "message": words}}, headers, reason=HEADER)


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
@pytest.mark.parametrize("status", [302, 401, 403, 422, 429, 500])
def test_an_answer_that_repeats_the_key(
    caplog: pytest.LogCaptureFixture, status: int, echo: Callable[[str], str]
) -> None:
    """Whatever status, header or words a server repeats the key in, no error, answer or log record holds it."""
    with caplog.at_level(logging.DEBUG), impostor(lambda _: refusal(status, echo(HEADER))) as server:
        address, clock = f"{server.url}/api/v1", FakeClock().clock
        with client(address, KEY, v1, per_minute=10_000, clock=clock) as connection:
            writer = Writer(connection, v1)
            shown = [repr(writer.look("rule_1"))] if status != 401 else []
            for call in (writer.listing, writer.accounts):
                with pytest.raises(RulesyncError) as caught:
                    call()
                shown += [caught.value.message, repr(vars(caught.value))]
            shown += [repr(writer.create({}, idempotency_key="k")), repr(writer.delete("r", idempotency_key="k"))]

    assert [] == keys_in("".join(shown) + caplog.text)
    assert not any(len(part) > 7 and part in "".join(shown) for part in KEY.split("_"))


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
def test_a_command_that_meets_such_an_answer(workshop: Workshop, echo: Callable[[str], str]) -> None:
    """Every command ends without the key in its outputs, and in the files that it was asked to write."""
    with impostor(lambda _: refusal(403, echo(HEADER))) as server:
        for command in COMMANDS:
            asked = ["--write", f"text={workshop.root / 'out.txt'}"] if command[0] != "doctor" else []
            done = workshop.run(f"{server.url}/api/v1", "--debug", *command, *asked)
            assert (1, []) == (done.code, keys_in(done.text + workshop.written()))


def held(words: str) -> Callable[[Asked], Said]:
    """Return an API whose one rule repeats some words wherever it can."""
    rule = {
        "id": "rule_1",
        "nickname": words,
        "description": f"{words}\n[rulesync:household/save@123456789012]",
        "status": "enabled",
        "trigger": {"type": "ON_FUNDS_TRANSFERRED", "account_id": "acc_1", words: words},
        "steps": [{"actions": [{"type": words, "note": words}]}],
        "updated_at": words,
        words: words,
    }

    def answer(asked: Asked) -> Said:
        return Said(body={"request_id": words, "data": [rule] if asked.path.endswith("/rules") else rule})

    return answer


@pytest.mark.parametrize("echo", [ECHOES["verbatim"], ECHOES["percent-encoded"], ECHOES["in base64"]])
def test_a_rule_that_holds_the_key(workshop: Workshop, echo: Callable[[str], str]) -> None:
    """A key that stands in the data of the API, as a name perhaps, is masked in whatever is shown and written."""
    plan = workshop.root / "plan.json"
    with impostor(held(echo(HEADER))) as server:
        for command in (["plan", "--out", str(plan)], *COMMANDS[2:], ["drift", "--format", "json"]):
            done = workshop.run(f"{server.url}/api/v1", *command)
            assert [] == keys_in(done.text + workshop.written())

    assert "***" in plan.read_text()
    assert json.loads(plan.read_text())


def test_a_traceback_holds_no_key(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The traceback of a bug names no values of variables, and masks a key in the words of an exception."""

    def broken(*_: object, **__: object) -> None:
        header = f"ApiKey {KEY}"
        raise ValueError(f"illegal header value {header.encode()!r}\n::error::\x1b]0;x\x07")

    monkeypatch.setattr(source, "load", broken)

    done = workshop.run("http://127.0.0.1:9", "--debug", "plan")

    assert (70, []) == (done.code, keys_in(done.text))
    assert "illegal header value b'ApiKey ***'" in done.err
    assert not any(line.lstrip().startswith("::") for line in done.err.splitlines())
    assert "\x1b" not in done.err


def test_a_program_that_logs_everything(workshop: Workshop, caplog: pytest.LogCaptureFixture) -> None:
    """A program around rulesync that logs at the lowest level, as with `logging.basicConfig`, logs no key."""
    with caplog.at_level(logging.NOTSET), impostor(lambda _: refusal(401, HEADER)) as server:
        done = workshop.run(f"{server.url}/api/v1", "plan")

    assert "receive_response_headers.complete" in caplog.text
    assert "ApiKey ***" in caplog.text
    assert [] == keys_in(caplog.text + done.text)


# Keys that are none

SILENT = "sk_canary_0123456789"
BAD_KEYS = {
    "a line break": f"{SILENT}\n{SILENT}",
    "a header": f"{SILENT}\r\nX-Evil: 1",
    "a space": f"{SILENT} {SILENT}",
    "quotes that were meant for a shell": f"\u201c{SILENT}\u201d",
    "a letter beyond ASCII": f"{SILENT}é",
    "a look-alike": SILENT.replace("a", "а"),
    "an invisible space": f"{SILENT}\u200b",
    "a no-break space inside": f"{SILENT}\u00a0{SILENT}",
    "an escape": f"{SILENT}\x1b[2J",
    "a tab": f"{SILENT}\t{SILENT}",
    "half a character": f"{SILENT}\udcff",
}


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS)
@pytest.mark.parametrize("command", ["plan", "doctor", "status", "validate"])
def test_a_key_that_is_none_is_refused(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, key: str, command: str
) -> None:
    """A key with anything but visible ASCII inside is refused in one sentence, unseen, before any request."""
    monkeypatch.setenv("SEQUENCE_API_KEY", key)

    with impostor(lambda _: Said()) as server:
        done = workshop.run(f"{server.url}/api/v1", command)

    assert (1, []) == (done.code, server.asked)
    assert 1 == done.err.count("the value of `SEQUENCE_API_KEY` holds a space or another character that no key has")
    assert [] == keys_in(done.text)
    assert SILENT not in done.text


def test_every_key_of_the_environment_is_masked(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key for another workspace, which this run does not use, is masked as well; other variables are no secrets."""
    other = KEY.replace("canary", "staging")
    monkeypatch.setenv("SEQUENCE_STAGING_KEY", other)
    monkeypatch.setenv("SEQUENCE_TOWN", "savings-and-more")

    with impostor(held(f"{other} savings-and-more")) as server:
        done = workshop.run(f"{server.url}/api/v1", "drift", "--format", "json")

    assert [] == keys_in(done.text)
    assert "*** savings-and-more" in done.out


@pytest.mark.parametrize("around", ["\n", "\r\n", "  ", "\t", "\u00a0"])
def test_blanks_around_a_key_are_left_out(workshop: Workshop, monkeypatch: pytest.MonkeyPatch, around: str) -> None:
    """What a copy or a secret store put around a key is not sent."""
    monkeypatch.setenv("SEQUENCE_API_KEY", f"{around}{KEY}{around}")

    with impostor(lambda _: Said()) as server:
        workshop.run(f"{server.url}/api/v1", "status")

    assert ("Authorization", HEADER) in server.asked[0].headers


@pytest.mark.parametrize(
    "line",
    [
        "api: {key: KEY}",
        "api: {key_env: KEY}",
        "api: {base_url: 'https://KEY@api.getsequence.io'}",
        "api: {base_url: 'https://x:KEY@evil.com'}",
        "key: KEY",
        "scope: KEY KEY",
        "accounts: {savings: [KEY]}",
        "SEQUENCE_API_KEY: KEY",
        "workspaces: {a: {scope: a, api: {token: KEY}}}",
    ],
)
def test_a_key_in_a_file_is_not_repeated(workshop: Workshop, tmp_path: Path, line: str) -> None:
    """Whoever wrote the key of this run into rulesync.yaml is told of a mistake, and not shown the key."""
    (tmp_path / "rulesync.yaml").write_text(line.replace("KEY", KEY))
    with pytest.raises(ConfigError):
        load(tmp_path, environ={})

    done = workshop.run("http://127.0.0.1:9", "validate")

    (tmp_path / "rulesync.yaml").unlink()
    assert (1, []) == (done.code, keys_in(done.text))
    assert "rulesync.yaml:1:" in done.err


def test_a_key_on_the_command_line_is_no_way_in(capsys: pytest.CaptureFixture[str]) -> None:
    """There is no option for a key, so that none stands in the history of a shell or in the list of processes."""
    assert 64 == run(["--key", "x", "plan"])
    assert 64 == run(["plan", "--api-key", "x"])
    assert "no such option" in capsys.readouterr().err.lower()


@pytest.mark.parametrize("shown", ["text", "json", "markdown", "html"])
@pytest.mark.parametrize("around", ["", "so long a name that it is cut in its middle, where the key may be, " * 2])
def test_a_key_that_a_format_would_take_apart(capsys: pytest.CaptureFixture[str], shown: str, around: str) -> None:
    """A key in a name is masked before a format cuts it, wraps it or puts anything invisible into it."""
    key = "0123456789abcdef0123456789abcdef"
    named = {**AFTER, "nickname": f"{around}{key} {around}", "description": key, key: key}
    value = plan(resource("update", key, BEFORE, named), accounts={"acc_savings": key, key: key})
    output.hide(key)
    try:
        output.emit(value, plan_renderers("never", None, f"https://ci.test/{key}"), shown, {})
    finally:
        output.hide()

    said = re.sub(r"&#8203;|<[^>]*>|\s", "", capsys.readouterr().out)
    assert [] == [part for part in (key[:12], key[-12:]) if part in said]
