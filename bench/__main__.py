"""`make bench`: what rulesync costs beside its peers, as ratios of whole processes, measured in one run."""

import argparse
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import corpus
from bench.rotation import Peer, ratio, timed


def main() -> None:
    """Build what is measured, measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--rules", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--rulesync", default=str(Path(sys.executable).with_name("rulesync")), help="the command to time"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        corpus.rules(root / "ours", asked.rules)
        peers = {"rulesync validate": Peer([asked.rulesync, "validate"], root / "ours"), **_theirs(root, asked.rules)}
        print(
            f"{asked.rules} rules, {asked.rounds} rounds in rotation; Python {platform.python_version()}, {_machine()}"
        )
        seconds = timed(peers, asked.rounds)
    ours = seconds["rulesync validate"]
    for name, theirs in seconds.items():
        print(f"\n{name}: median {sorted(theirs)[len(theirs) // 2]:.2f} s    {' '.join(peers[name].command)}")
        if theirs is not ours:
            least, median, greatest = ratio(ours, theirs)
            print(f"  rulesync validate / {name}: {median:.2f} ({least:.2f} to {greatest:.2f})")


def _theirs(root: Path, number: int) -> dict[str, Peer]:
    """Return who is on this machine: Terraform over as many resources, yamllint over the same files."""
    found = {}
    terraform, yamllint = shutil.which("terraform"), Path(sys.executable).with_name("yamllint")
    if terraform:
        corpus.resources(root / "terraform", number)
        subprocess.run(
            [terraform, "init", "-backend=false"], cwd=root / "terraform", check=True, stdout=subprocess.DEVNULL
        )
        found["terraform validate"] = Peer([terraform, "validate"], root / "terraform")
    if yamllint.exists():
        command = [str(yamllint), "-d", "{extends: relaxed, rules: {line-length: disable}}", "rules"]
        found["yamllint"] = Peer(command, root / "ours")
    return found


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
