"""rulesync, kept warm: one process has everything imported, and forks another for each command that a script runs.

A test of scripts runs up to a dozen commands, each of which would import the same again for a third of a second. How
rulesync begins and ends as a process of its own is what `tests/cli/test_process.py` is about; `tests/life` runs it so.
"""

import contextlib
import gc
import importlib
import os
import pkgutil
import select
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LATER = ("deepdiff", "httpx", "jinja2", "pydantic", "sqlite3", "yaml")  # imported by functions
_SIZE = 4
_BUG = 70
_COMMAND = """\
#!{python} -IS
import os, socket, sys
words = [os.getcwd(), str(len(sys.argv) - 1), *sys.argv[1:], *map("=".join, os.environ.items())]
text = b"\\0".join(map(os.fsencode, words))
with socket.socket(socket.AF_UNIX) as asked:
    asked.connect({address!r})
    socket.send_fds(asked, [len(text).to_bytes({size}, "big")], [0, 1, 2])
    asked.sendall(text)
    code = asked.recv(1)
sys.exit(code[0] if code else {bug})
"""


@contextmanager
def warm() -> Iterator[Path]:
    """Give out a directory for the PATH, in which `rulesync` is the warm one, for as long as the block runs."""
    with tempfile.TemporaryDirectory() as made:
        address, command = str(Path(made) / "socket"), Path(made) / "rulesync"
        command.write_text(_COMMAND.format(python=sys.executable, address=address, size=_SIZE, bug=_BUG))
        command.chmod(0o755)
        words = [sys.executable, "-m", __name__, address]
        root = Path(__file__).parents[2]
        with subprocess.Popen(words, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            assert b"warm\n" == process.stdout.readline()
            yield Path(made)
            process.stdin.close()


def main(address: str) -> None:
    """Import everything, and fork for whoever connects, until standard input ends, as it does with who began this."""
    import rulesync

    for module in pkgutil.walk_packages(rulesync.__path__, "rulesync."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in _LATER:
        importlib.import_module(name)
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        os.write(1, b"warm\n")
        while 0 not in select.select([listening.fileno(), 0], [], [])[0]:
            asked, _ = listening.accept()
            if not os.fork():
                listening.close()
                _answer(asked)
            asked.close()
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


def _answer(asked: socket.socket) -> None:
    """Be the process of one command: with its words, directory, environment and files, and its exit code."""
    code = _BUG
    try:
        size, descriptors, _, _ = socket.recv_fds(asked, _SIZE, 3)
        with asked.makefile("rb") as stream:
            where, number, *words = map(os.fsdecode, stream.read(int.from_bytes(size, "big")).split(b"\0"))
        for standard, given in enumerate(descriptors):
            os.dup2(given, standard)
            os.close(given)
        os.chdir(where)
        os.environ.clear()
        os.environ.update({name: value for name, _, value in (word.partition("=") for word in words[int(number) :])})
        sys.argv = ["rulesync", *words[: int(number)]]
        from rulesync.cli.main import run

        code = run(sys.argv[1:])
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        asked.sendall(bytes([code]))
        os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1])
