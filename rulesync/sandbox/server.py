"""The sandbox on a socket: a threading HTTP/1.1 server on 127.0.0.1 that keeps connections alive and prints nothing."""

import contextlib
import io
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from rulesync.sandbox.exchange import LARGEST_BODY, ConnectionDropped, Ending
from rulesync.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

_LOOPBACK = "127.0.0.1"
_IDLE_SECONDS = 60
_CLOSING_SECONDS = 2
_POLL_SECONDS = 0.02
_CHUNK = 64 * 1024
_NO_LINGERING = struct.pack("ii", 1, 0)
_MOST_DRAINED = 64 * LARGEST_BODY


@contextmanager
def serve(box: Sandbox, port: int = 0) -> Iterator["Server"]:
    """The sandbox on 127.0.0.1 for as long as the block runs; port 0 is any free one.

    Raises OSError for a port that is taken. The sandbox stays open afterwards: whoever wants a port that nobody listens
    on, which no fault can give, ends the block and serves it again on the same port.
    """
    server = Server(box.wsgi, port)
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), name="sandbox", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Server(ThreadingHTTPServer):
    """The listening server; `url` is the app's address without a slash at the end.

    The API is below it, at `/api/v1` and `/platform/v1`.
    """

    request_queue_size = 128

    def __init__(self, application: "WSGIApplication", port: int) -> None:
        self.application = application
        self._connections: dict[socket.socket, threading.Thread] = {}
        super().__init__((_LOOPBACK, port), _Handler)
        self.url = f"http://{_LOOPBACK}:{self.server_port}"

    def server_bind(self) -> None:
        """Bind without asking the network for our own name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = _LOOPBACK, self.socket.getsockname()[1]

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # as in socketserver
        """Serve one connection in a thread of its own, and remember it so that closing can end it."""
        for ended in [sock for sock, thread in self._connections.items() if not thread.is_alive()]:
            del self._connections[ended]
        arguments = (request, client_address)
        thread = threading.Thread(
            target=self.process_request_thread, args=arguments, name="sandbox-connection", daemon=True
        )
        thread.start()
        self._connections[request] = thread

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # as in socketserver
        """Say nothing of a connection that broke: errors of the sandbox itself are answered and in its log."""

    def server_close(self) -> None:
        """Close the listener, let answers under way be finished, and end every connection."""
        super().server_close()
        for how in (socket.SHUT_RD, socket.SHUT_RDWR):
            for connection, thread in self._connections.items():
                with contextlib.suppress(OSError):
                    connection.shutdown(how)
                thread.join(_CLOSING_SECONDS)


class _Handler(BaseHTTPRequestHandler):
    """One connection: each request becomes one call of the WSGI application."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True

    def _exchange(self) -> None:
        length = self._length()
        if length is None:
            self.send_error(HTTPStatus.LENGTH_REQUIRED, "The body must have a Content-Length")
            return
        body = self.rfile.read(length) if length <= LARGEST_BODY else self._drained(length)
        if body is None or (length <= LARGEST_BODY and len(body) < length):
            # The rest never came: what was not wholly asked is not acted on.
            self.close_connection = True
            return
        self._send(self._environ(length, body))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _exchange  # noqa: N815  # looked up by name

    def _send(self, environ: "WSGIEnvironment") -> None:
        head: list[str] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> Any:  # noqa: ANN401
            head.append(f"{self.protocol_version} {status}")
            head.extend(f"{name}: {value}" for name, value in headers)

        body, how = b"", Ending.WHOLE
        try:
            for part in self.server.application(environ, start_response):
                body += part
        except ConnectionDropped as dropped:
            how = dropped.how
        if how == Ending.REFUSED:
            self._reset()
        if how not in {Ending.WHOLE, Ending.CUT}:
            self.close_connection = True
            return
        if self.close_connection:
            head.append("Connection: close")
        start = "\r\n".join([*head, "", ""]).encode("latin-1", "replace")
        self.wfile.write(start if self.command == "HEAD" else start + body)
        self.close_connection = self.close_connection or how == Ending.CUT

    def _reset(self) -> None:
        """End the connection with a reset: closed at once, without the end of a conversation."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
        socket.close(self.connection.detach())

    def _length(self) -> int | None:
        """The announced length of the body; None for one that is announced in a way that cannot be trusted."""
        announced = self.headers.get_all("Content-Length", ["0"])
        if "Transfer-Encoding" in self.headers or len(announced) > 1 or not announced[0].isdecimal():
            self.close_connection = True
            return None
        return int(announced[0])

    def _drained(self, length: int) -> bytes | None:
        """Nothing, after reading away a body that is too large, so that its sender comes to read the refusal."""
        self.close_connection = True
        left = min(length, _MOST_DRAINED)
        while left > 0 and (chunk := self.rfile.read(min(left, _CHUNK))):
            left -= len(chunk)
        return b"" if left == 0 else None

    def _environ(self, length: int, body: bytes) -> "WSGIEnvironment":
        path, _, query = self.path.partition("?")
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": _LOOPBACK,
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": self.protocol_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name in {name.lower() for name in self.headers} - {"content-type", "content-length"}:
            # A name with an underscore could pass for another one here, so it is left out.
            if "_" not in name:
                environ[f"HTTP_{name.upper().replace('-', '_')}"] = ",".join(self.headers.get_all(name, []))
        return environ

    def log_message(self, format: str, *args: object) -> None:  # as in http.server
        """Print nothing; the sandbox has its own log."""
