"""The real command as a process of its own, with no more memory and processor time than a reader of rules may need."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECONDS = 30
BYTES = 1 << 30
_INHERITED = ("PATH", "HOME", "LANG")
_RUN = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({BYTES}, {BYTES}))
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
from rulesync.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """How the command ended; a code below zero is the signal that killed it."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str | None:
        """What is wrong with the way it ended, None where it ended as a command may: in words, with 0, 1 or 3."""
        if "Traceback" in self.out + self.err or "Warning: " in self.err:
            return f"a traceback: {self.err[-300:]}"
        if self.code not in {0, 1, 3}:
            return f"exit code {self.code}: {self.err[-300:]}"
        return None if self.code == 0 or "error: " in self.out + self.err else f"exit code {self.code} without a reason"


def run(directory: Path, arguments: Sequence[str], environ: Mapping[str, str] | None = None) -> Ended:
    """Run a command line in a directory; what does not end in time has the code of being killed."""
    inherited = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "COVERAGE_PROCESS_START") if name in os.environ
    }
    command = [sys.executable, "-c", _RUN, "-C", str(directory), *arguments]
    try:
        done = subprocess.run(
            command,
            env={**inherited, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **(environ or {})},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=2 * SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Ended(-9, "", f"did not end within {2 * SECONDS} s")
    return Ended(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
