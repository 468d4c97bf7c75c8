"""`make bench`: what rulesync costs beside its peers, as ratios of whole processes, measured in one run."""

import argparse
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench.goals import HEAD, Line, row
from bench.limited import limited
from bench.places import Place, place
from bench.rotation import Peer, megabytes, once, ratio, rotated

_SIZES = (100, 1000, 5000)
_FEW = 3  # rounds where one takes long


def main() -> None:
    """Measure, and print a table with a verdict per line, and each command."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--without-limit", action="store_true", help="leave out the apply at the rate limit (minutes)")
    ours = str(Path(sys.executable).with_name("rulesync"))
    parser.add_argument("--rulesync", default=ours, help="the command to time")
    asked = parser.parse_args()
    print(_about())
    print(HEAD)
    times: dict[int, float] = {}
    commands: dict[str, Peer] = {}
    with tempfile.TemporaryDirectory() as directory:
        for number in asked.sizes:
            with place(Path(directory) / str(number), number, asked.rulesync) as made:
                rounds = asked.rounds if number <= 1000 else _FEW  # noqa: PLR2004  # as said above
                peers = _peers(made)
                seconds = rotated(peers, rounds)
                commands |= peers
                _say(*_lines(number, seconds), *_memory(number, peers), *_asked(made))
                times[number] = statistics.median(seconds["plan, nothing changed"])
        _say(*_start(asked.rulesync, Path(directory), commands))
    if {1000, 5000} <= times.keys():
        _say(Line("plan, nothing changed: 5000 rules", "1000 rules", times[5000] / times[1000], most=4.0))
    if not asked.without_limit:
        _say(*limited(asked.rulesync))
    print()
    for name, peer in commands.items():
        print(f"{name}: {' '.join(peer.command)}")


def _say(*lines: Line) -> None:
    """Print what was measured at once, so that what fails later costs nothing of it."""
    for line in lines:
        print(row(line), flush=True)


def _peers(made: Place) -> dict[str, Peer]:
    """Return what is measured of so many rules, in the order of the rotation."""
    edited, few = made.edited(), max(1, made.number // 100)
    once(edited.ours("plan"))
    once(edited.ours("plan"))
    for _ in range(3):  # bodies are kept, then what they say is known
        once(made.ours("plan"))
    found = {
        "plan, nothing changed": made.ours("plan"),
        "plan, 1 % changed": edited.ours("plan", edited=few),
        "plan, cold": made.ours("plan", cache="cold", fresh=True),
        "validate, nothing known": made.ours("validate", cache="nothing", fresh=True),
        "validate, known": made.ours("validate"),
        "plain script": made.plain(),
        "terraform plan": made.terraform("plan"),
        "terraform validate": made.terraform("validate"),
        "octodns-sync": made.octodns("sync"),
        "octodns-validate": made.octodns("validate"),
    }
    if made.number == 1000:  # noqa: PLR2004  # the nested form takes minutes at 5000
        found["terraform plan, nested"] = made.terraform("plan", nested=True)
    return {name: peer for name, peer in found.items() if peer is not None}


_PAIRS: tuple[tuple[str, str, float | None], ...] = (
    ("plan, nothing changed", "terraform plan", 0.12),
    ("plan, nothing changed", "terraform plan, nested", None),
    ("plan, nothing changed", "octodns-sync", 0.40),
    ("plan, 1 % changed", "plan, nothing changed", 1.2),
    ("plan, 1 % changed", "terraform plan", None),
    ("plan, cold", "plain script", 1.0),
    ("validate, nothing known", "terraform validate", 1.0),
    ("validate, nothing known", "octodns-validate", None),
    ("validate, known", "terraform validate", None),
)


def _lines(number: int, seconds: Mapping[str, list[float]]) -> list[Line]:
    """Return the ratios of so many rules; goals are of 1000, the rest is shown beside them."""
    found = []
    for one, other, most in _PAIRS:
        if one in seconds and other in seconds:
            ours, theirs = seconds[one], seconds[other]
            least, median, greatest = ratio(ours, theirs)
            goal = most if number == 1000 else None  # noqa: PLR2004  # as said
            medians = statistics.median(ours), statistics.median(theirs)
            found.append(Line(f"{number}: {one}", other, median, goal, (least, greatest), medians))
    return found


def _memory(number: int, peers: Mapping[str, Peer]) -> list[Line]:
    terraform = peers.get("terraform plan")
    beside = f"(terraform plan: {megabytes(terraform):.0f} MB)" if terraform else ""
    goal = 80.0 if number == 5000 else None  # noqa: PLR2004  # the size that the goal is for
    what = f"{number}: plan, nothing changed, most memory in MB"
    return [Line(what, beside, megabytes(peers["plan, nothing changed"]), goal)]


def _asked(made: Place) -> list[Line]:
    """Return how many requests a plan of unchanged rules takes, in each dialect: those of the list."""
    found = []
    for dialect, pages in (("v1", 1), ("platform", -(-made.number // 100))):
        peer = made.ours("plan", cache=f"cache-{dialect}", dialect=dialect)
        once(peer)
        once(peer)
        made.requests()
        once(peer)
        found.append(Line(f"{made.number}: plan, nothing changed, requests ({dialect})", "", made.requests(), pages))
    return found


def _start(rulesync: str, where: Path, commands: dict[str, Peer]) -> list[Line]:
    terraform = shutil.which("terraform")
    if terraform is None:
        return []
    peers = {
        "terraform version": Peer([terraform, "version"], where),
        "--version": Peer([rulesync, "--version"], where),
        "--help": Peer([rulesync, "--help"], where),
    }
    commands |= peers
    seconds = rotated(peers, 21)
    theirs = seconds["terraform version"]
    found = []
    for name, most in (("--version", 0.7), ("--help", 1.3)):
        ours = seconds[name]
        least, median, greatest = ratio(ours, theirs)
        both = (statistics.median(ours), statistics.median(theirs))
        found.append(Line(name, "terraform version", median, most, (least, greatest), both))
    return found


def _about() -> str:
    """Return where and when this was measured, and which versions were."""
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    tools = [f"Python {platform.python_version()}"]
    for command in (["terraform", "version"], ["octodns-sync", "--version"]):
        path = shutil.which(command[0]) or str(Path(sys.executable).with_name(command[0]))
        if Path(path).exists():
            done = subprocess.run([path, *command[1:]], capture_output=True, text=True, check=False)
            tools.append((done.stdout or done.stderr).strip().splitlines()[-1 if command[0] != "terraform" else 0])
    return f"{today}, {platform.system()} {platform.machine()}, {', '.join(tools)}\n"


if __name__ == "__main__":
    main()
