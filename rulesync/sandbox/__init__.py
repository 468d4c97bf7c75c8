"""The Sequence API and app on this machine: for the demo, for tests, for trying things with play money.

Law: it shares no code with the client that is tested against it, prints nothing and reads no environment.
"""

from rulesync.sandbox.exchange import Refusal
from rulesync.sandbox.sandbox import Sandbox
from rulesync.sandbox.server import Server, serve
from rulesync.sandbox.store import StateError

__all__ = ["Refusal", "Sandbox", "Server", "StateError", "serve"]
