"""The Sequence API and app on this machine: for the demo, for tests, for trying things with play money.

Law: it shares no code with the client that is tested against it, prints nothing and reads no environment.
"""

from rulesync.sandbox.exchange import ConnectionDropped, Refusal
from rulesync.sandbox.faults import Faults
from rulesync.sandbox.quirks import Quirks
from rulesync.sandbox.sandbox import Sandbox
from rulesync.sandbox.server import Server, serve
from rulesync.sandbox.store import Snapshot, StateError

__all__ = [
    "ConnectionDropped",
    "Faults",
    "Quirks",
    "Refusal",
    "Sandbox",
    "Server",
    "Snapshot",
    "StateError",
    "serve",
]
