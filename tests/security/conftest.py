"""Servers that are not to be trusted, and a directory of rules that is run against one."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rulesync.cli import output
from rulesync.cli.main import run

KEY = "sk_canary_0123456789abcdef"
CONFIG = """\
scope: household
accounts:
  checking: {id: acc_1, type: income_source}
  savings: {id: acc_2, type: pod}
"""
RULE = """\
nickname: Save
trigger: {type: ON_FUNDS_TRANSFERRED, account: checking}
steps:
  - actions:
      - {type: fixed_amount, amount: $1.00, source: checking, destination: savings}
"""


@dataclass(frozen=True)
class Asked:
    """A request as it came over the wire; header names are as they were sent."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        """Everything that was sent, but the values of the headers `Authorization`."""
        rest = [f"{name}: {value}" for name, value in self.headers if name.lower() != "authorization"]
        return "\n".join([self.method, self.path, *rest, self.body.decode("latin-1")])


@dataclass(frozen=True)
class Said:
    """An answer; a body that is no bytes is sent as JSON."""

    status: int = 200
    body: object = field(default_factory=lambda: {"data": []})
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None


@dataclass
class Impostor:
    """A server on this machine that says whatever it is told to say, and remembers what it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])


@contextmanager
def impostor(answer: Callable[[Asked], Said]) -> Iterator[Impostor]:
    """Serve on a free port of this machine for as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def exchange(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            asked = Asked(self.command, self.path, tuple(self.headers.items()), self.rfile.read(length))
            server.asked.append(asked)
            said = answer(asked)
            body = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
            self.send_response(said.status, said.reason)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = do_CONNECT = exchange  # noqa: N815 - looked up by name

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    server = Impostor(f"http://127.0.0.1:{listening.server_port}")
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


@dataclass(frozen=True)
class Done:
    """How a command ended, what it printed, and all that it printed."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Both outputs."""
        return self.out + self.err


class Workshop:
    """A directory with one rule, and the command line run in it against any server."""

    def __init__(self, root: Path, patched: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self._patched, self._capsys = root, patched, capsys
        (root / "rules").mkdir()
        (root / "rulesync.yaml").write_text(CONFIG)
        (root / "rules" / "save.yaml").write_text(RULE)
        patched.setenv("SEQUENCE_API_KEY", KEY)
        patched.setenv("NO_COLOR", "1")

    def run(self, url: str, *arguments: str) -> Done:
        """Run a command line against the API at an address."""
        self._patched.setenv("RULESYNC_BASE_URL", url)
        self._capsys.readouterr()
        output.hide()  # what another run in this process was given
        code = run(["-C", str(self.root), *arguments])
        out, err = self._capsys.readouterr()
        return Done(code, out, err)

    def written(self) -> str:
        """Return the text of all files in the directory."""
        return "".join(file.read_text() for file in sorted(self.root.rglob("*")) if file.is_file())


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Workshop:
    """A directory with one rule, and a key that is not to be seen."""
    return Workshop(tmp_path, monkeypatch, capsys)
