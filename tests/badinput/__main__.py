"""`python -m tests.badinput`: looks for input that breaks a law, and says how to show it again."""

import argparse
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from tests.badinput import bounded
from tests.badinput.fuzzing import Violation, attempt, fuzz, replay
from tests.badinput.laws import LAWS
from tests.badinput.mutations import configurations, rule_files
from tests.badinput.suite import NotFetchedError, SuiteFile, fetch

CACHE = Path.home() / ".cache" / "rulesync-badinput"
OF_FILES = ("rule-file", "configuration")


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for; 1 if a law was broken, or if the suite is required and not to be had."""
    asked = _parsed(arguments)
    if asked.replay:
        replay(asked.replay)
        _say("the law holds for this input")
        return 0
    number = secrets.randbelow(2**32) if asked.seed is None else asked.seed
    _say(f"bad input: --seed {number} --examples {asked.examples}")
    broken = [*_fuzzed(asked.laws or list(LAWS), asked.examples, number)]
    not_run = False
    try:
        suite = () if asked.no_suite else fetch(CACHE)
    except NotFetchedError as problem:
        _say(f"NOT RUN: the YAML test suite could not be fetched: {problem}")
        suite, not_run = (), True
    broken += _suite(suite, Random(number), asked.processes)
    for each in broken:
        _say(f"BROKEN: {each.law}: {each.what[:500]}\n  replay: {each.replay}")
    _say(f"{len(broken)} violation(s); the same again: --seed {number} --examples {asked.examples}")
    return 1 if broken or (not_run and asked.require_suite) else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.badinput", description=__doc__)
    parser.add_argument("--seed", type=int, help="what to make the inputs from; random, and printed, if not given")
    parser.add_argument("--examples", type=int, default=2000, help="inputs for each law")
    parser.add_argument("--law", dest="laws", action="append", choices=list(LAWS), help="one law; may be repeated")
    parser.add_argument("--processes", type=int, default=300, help="files that are given to the real command as well")
    parser.add_argument("--no-suite", action="store_true", help="leave the YAML test suite out")
    parser.add_argument("--require-suite", action="store_true", help="fail if the YAML test suite cannot be fetched")
    parser.add_argument("--replay", metavar="LAW:BASE64", help="give one input to its law again")
    return parser.parse_args(arguments)


def _fuzzed(laws: Sequence[str], examples: int, number: int) -> Iterator[Violation]:
    for law in laws:
        begun = time.monotonic()
        given, broken = fuzz(law, examples, number)
        _say(f"{law}: {given} inputs in {time.monotonic() - begun:.0f} s, {'BROKEN' if broken else 'held'}")
        yield from [broken] if broken else []


def _suite(suite: Sequence[SuiteFile], random: Random, processes: int) -> Iterator[Violation]:
    """Give every file to the laws of files, and some to the real command, as a rule file and as rulesync.yaml."""
    if not suite:
        return
    broken = [each for file in suite for law in OF_FILES if (each := attempt(law, file.content))]
    _say(
        f"YAML test suite: {len(suite)} files, each as a rule file and as rulesync.yaml, {len(broken)} broken",
    )
    yield from broken
    chosen = random.sample(suite, min(processes, len(suite)))
    complaints = [each for file in chosen if (each := _by_the_command(file, random.choice(OF_FILES)))]
    _say(f"YAML test suite: {len(chosen)} files given to `rulesync validate`, {len(complaints)} broken")
    yield from complaints


def _by_the_command(file: SuiteFile, law: str) -> Violation | None:
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        (root / "rules").mkdir()
        (root / "rules" / "a.yaml").write_bytes(file.content if law == "rule-file" else rule_files()[0])
        (root / "rulesync.yaml").write_bytes(file.content if law == "configuration" else configurations()[0])
        complaint = bounded.run(root, ["validate"]).complaint
    return Violation(law, file.content, f"{file.name} as a process: {complaint}") if complaint else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
