"""The sandbox is for this machine, and for the person who started it: no web site presses its buttons or reads it."""

import http.client
import socket
from collections.abc import Iterator

import pytest

from rulesync.sandbox import Sandbox, serve
from rulesync.sandbox.server import Server

RULE = "rule_01HINV0003"
WRITES = [
    ("POST", f"/app/rules/{RULE}/activate"),
    ("POST", f"/app/rules/{RULE}/pause"),
    ("POST", f"/app/rules/{RULE}/edit"),
    ("POST", f"/app/rules/{RULE}/delete"),
    ("POST", "/app/rules"),
    ("POST", "/app/accounts"),
    ("POST", "/sandbox/keys"),
    ("POST", "/sandbox/faults"),
    ("DELETE", "/sandbox/faults"),
    ("PUT", "/sandbox/quirks"),
]
READS = ["/", f"/map/rules/{RULE}", "/sandbox/log", "/sandbox/faults", "/sandbox/quirks"]
OTHERS = {
    "a form of another site": {"Origin": "https://evil.test"},
    "a form of a site over http": {"Origin": "http://evil.test"},
    "another port of this machine": {"Origin": "http://127.0.0.1:1"},
    "another name of this machine": {"Origin": "http://localhost:{port}"},
    "a page in a sealed frame": {"Origin": "null"},
    "an empty origin": {"Origin": ""},
    "a browser that tells no origin": {"Sec-Fetch-Site": "cross-site"},
    "a neighbour of the site": {"Sec-Fetch-Site": "same-site"},
    "a name that was pointed here": {"Host": "evil.test:{port}"},
    "a name that was pointed here, with its origin": {"Host": "evil.test", "Origin": "http://evil.test"},
    "a name that begins as ours": {"Host": "127.0.0.1.evil.test:{port}"},
    "a name that ends as ours": {"Host": "evil.localhost:{port}"},
    "an address of the network": {"Host": "192.168.0.2:{port}"},
    "every address": {"Host": "0.0.0.0:{port}"},
    "two hosts": {"Host": "127.0.0.1, evil.test"},
    "no host": {"Host": ""},
}


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Sandbox, Server]]:
    with Sandbox(requests_per_minute=None) as box, serve(box) as server:
        yield box, server


def ask(server: Server, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    told = {name.replace("_", "-"): value.format(port=server.server_port) for name, value in headers.items()}
    connection.request(method, path, b"{}" if method != "GET" else None, told)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize("headers", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_nobody_else_presses_a_button(
    served: tuple[Sandbox, Server], method: str, path: str, headers: dict[str, str]
) -> None:
    """What comes from another page, or under a name that is not this machine's, changes nothing and is refused."""
    box, server = served
    before = box.rules()

    for kind in ("application/x-www-form-urlencoded", "text/plain", "application/json"):
        assert 403 == ask(server, method, path, **{"Content-Type": kind, **headers}).status

    assert before == box.rules()


@pytest.mark.parametrize("name", [name for name, headers in OTHERS.items() if "Host" in headers])
@pytest.mark.parametrize("path", READS)
def test_nobody_else_reads(served: tuple[Sandbox, Server], path: str, name: str) -> None:
    """Under a name that is not this machine's nothing is shown, so no web site points its own name here to read."""
    assert 403 == ask(served[1], "GET", path, **OTHERS[name]).status


@pytest.mark.parametrize("path", [*READS, "/api/v1/rules", "/nowhere"])
def test_no_other_site_is_let_read(served: tuple[Sandbox, Server], path: str) -> None:
    """No answer tells a browser that another site may read it, and no preflight is granted."""
    for method in ("GET", "OPTIONS"):
        answer = ask(served[1], method, path, Origin="http://127.0.0.1:{port}")
        assert [] == [name for name, _ in answer.getheaders() if name.lower().startswith("access-control-")]


@pytest.mark.parametrize("path", ["/", f"/map/rules/{RULE}", "/nowhere"])
def test_a_page_runs_nothing_and_stands_in_no_frame(served: tuple[Sandbox, Server], path: str) -> None:
    """A page forbids scripts, frames around it, forms to elsewhere, and guesses about what it is."""
    answer = ask(served[1], "GET", path, Accept="text/html")
    if "text/html" in str(answer.getheader("Content-Type")):
        policy = str(answer.getheader("Content-Security-Policy"))
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert "nosniff" == answer.getheader("X-Content-Type-Options")


def test_the_person_is_let_through(served: tuple[Sandbox, Server]) -> None:
    """A person on this machine presses a button, with a browser or without."""
    browser = {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
    for headers in (browser, {}):
        for verb in ("activate", "pause"):
            assert ask(served[1], "POST", f"/app/rules/{RULE}/{verb}", **headers).status in {200, 303}


def test_reading_changes_nothing(served: tuple[Sandbox, Server]) -> None:
    """No button can be pressed by a link or a picture, which are GETs."""
    box, server = served
    before = box.rules()

    for method, path in WRITES:
        if method == "POST" and path.startswith("/app/"):
            assert ask(server, "GET", path).status >= 400

    assert before == box.rules()


def test_it_listens_on_this_machine_alone(served: tuple[Sandbox, Server]) -> None:
    """The socket is bound to loopback, whatever addresses the machine has."""
    assert "127.0.0.1" == served[1].socket.getsockname()[0]
    with socket.socket(socket.AF_INET) as other:
        other.settimeout(2)
        assert 0 != other.connect_ex(("127.0.0.2", served[1].server_port))
