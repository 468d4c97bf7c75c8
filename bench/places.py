"""What is measured, made ready: directories of rules beside those of the peers, and the API that holds the rules."""

import json
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench import corpus
from bench.rotation import Peer

_KEY = {"SEQUENCE_API_KEY": "sk_bench"}


@dataclass(frozen=True)
class Place:
    """So many rules: where the directories are, the API on loopback, and the command to time."""

    root: Path
    number: int
    address: str
    rulesync: str

    def ours(
        self, *words: str, cache: str = "cache", fresh: bool = False, edited: int = 0, dialect: str = "v1"
    ) -> Peer:
        """Return a command of ours; with a `fresh` cache, or with so many files edited before each run."""
        where = self.root / ("ours" if dialect == "v1" else dialect)
        environ = {
            **_KEY,
            "RULESYNC_BASE_URL": f"{self.address}/{dialect}",
            "RULESYNC_CACHE_DIR": str(self.root / cache),
        }
        turn = [1000]

        def before() -> None:
            if fresh:
                shutil.rmtree(self.root / cache, ignore_errors=True)
            turn[0] += 1
            for index in range(edited):
                corpus.rule(where, index, turn[0])

        return Peer([self.rulesync, *words], where, environ, before)

    def edited(self) -> "Place":
        """Return the same rules in a directory of their own, of which files can be edited."""
        copy = Place(self.root / "edited", self.number, self.address, self.rulesync)
        corpus.rules(copy.root / "ours", self.number)
        return copy

    def plain(self) -> Peer:
        """Return the script that gets each rule."""
        script = Path(__file__).with_name("plain.py")
        return Peer([sys.executable, str(script), f"{self.address}/v1", str(self.root / "plain")], self.root)

    def terraform(self, word: str, *, nested: bool = False) -> Peer | None:
        """Return Terraform over as many resources, None where it is not on this machine."""
        command, where = shutil.which("terraform"), self.root / ("nested" if nested else "light")
        if command is None:
            return None
        if not where.exists():
            corpus.resources(where, self.number, nested=nested)
            subprocess.run([command, "init", "-backend=false"], cwd=where, check=True, capture_output=True)
        more = ["-detailed-exitcode"] if word == "plan" else []  # it ends with 0 only where nothing is to be done
        return Peer([command, word, *more], where)

    def octodns(self, word: str) -> Peer | None:
        """Return octoDNS over as many records, None where it is not installed beside us."""
        command, where = Path(sys.executable).with_name(f"octodns-{word}"), self.root / "dns"
        if not command.exists():
            return None
        if not where.exists():
            corpus.records(where, self.number)
        return Peer([str(command), "--config-file", "octodns.yaml"], where)

    def requests(self) -> int:
        """Return how many requests came since this was asked last."""
        with urllib.request.urlopen(f"{self.address}/requests") as answer:  # noqa: S310  # it is on loopback
            return int(answer.read())


@contextmanager
def place(root: Path, number: int, rulesync: str) -> Iterator[Place]:
    """Make everything for so many rules, and serve them while they are measured."""
    corpus.rules(root / "ours", number)
    corpus.rules(root / "platform", number, "platform")
    command = [sys.executable, "-m", "bench.server", str(root / "ours")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            address = (server.stdout.readline() if server.stdout else "").strip()
            made = Place(root, number, address, rulesync)
            _write_plain(made)
            yield made
        finally:
            server.terminate()


def _write_plain(made: Place) -> None:
    """Write what the API holds as files of the plain script, each body as it is."""
    (made.root / "plain").mkdir()
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    for row in _get(f"{made.address}/v1/rules"):
        body = _get(f"{made.address}/v1/rules/{row['id']}")
        text = yaml.dump(body, Dumper=dumper, sort_keys=False)
        (made.root / "plain" / f"{row['id']}.yaml").write_text(text)
    made.requests()


def _get(address: str) -> "list[dict[str, str]]":
    with urllib.request.urlopen(address) as answer:  # noqa: S310  # it is on loopback
        data: list[dict[str, str]] = json.load(answer)["data"]
    return data
