"""`rulesync sandbox`: the Sequence API on this machine."""

import threading
from contextlib import closing
from pathlib import Path

import click

from rulesync.cli.output import show
from rulesync.errors import ConfigError
from rulesync.sandbox import Sandbox, StateError, serve


@click.command(short_help="Serve the Sequence API on this machine, with play money.")
@click.option("--port", type=click.IntRange(0, 65535), default=8787, show_default=True, help="0 is any free port.")
@click.option("--state", type=click.Path(path_type=Path), help="Keep everything in this file. In memory by default.")
@click.option("--empty", is_flag=True, help="Begin without the household's accounts and rules.")
@click.option("--requests-per-minute", type=click.IntRange(1), default=100, show_default=True, help="The rate limit.")
def command(port: int, state: Path | None, empty: bool, requests_per_minute: int) -> int:
    """Serve a Sequence organisation on 127.0.0.1 until ^C: the API, and the app's pages, where rules are enabled.

    Nothing in it is real, and no request leaves this machine.
    """
    try:
        with (
            closing(Sandbox(state, requests_per_minute=requests_per_minute, household=not empty)) as box,
            serve(box, port) as server,
        ):
            show(
                f"The Sequence sandbox is at {server.url} (the app) and {server.url}/api/v1 (the API). Stop it with ^C."
            )
            show("To use it from another terminal:")
            show("")
            show(f"  export RULESYNC_BASE_URL={server.url}/api/v1")
            show(f"  export SEQUENCE_API_KEY={box.key}")
            show("")
            show(f"The platform API (`api.dialect: platform`) only reads; it has the same at {server.url}/platform/v1.")
            _until_stopped()
    except StateError as problem:
        raise ConfigError(f"`{state}` cannot hold a sandbox: {problem}") from None
    except OSError as problem:
        why = (problem.strerror or "unknown reason").lower()
        raise ConfigError(
            f"cannot serve on port {port}: {why}", help="name another: --port 0 is any free one"
        ) from None
    show("stopped")
    return 0


def _until_stopped() -> None:
    """Wait for ^C or SIGTERM, which are how a server is meant to end."""
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return
