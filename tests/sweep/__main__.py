"""`python -m tests.sweep`: play thousands of schedules, kill hundreds of processes, and judge what is left."""

import argparse
import os
import sys

from tests.sweep.judge import judge
from tests.sweep.play import play
from tests.sweep.processes import tried as killed
from tests.sweep.schedule import draw
from tests.sweep.sweep import Total, any_seed, gather, sweep


def main() -> int:
    """Run the sweep that the command line asks for; return 1 for any violation."""
    asked = argparse.ArgumentParser(prog="python -m tests.sweep", description=__doc__)
    asked.add_argument("--schedules", type=int, default=5000, help="how many to play in this process's memory")
    asked.add_argument("--processes", type=int, default=500, help="how many to play with processes that are killed")
    asked.add_argument("--seed", type=int, help="the number of the first schedule; by chance unless given")
    asked.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked.add_argument("--to-the-first", action="store_true", help="stop at the first violation")
    asked.add_argument("--only", type=int, metavar="NUMBER", help="play one schedule, and tell everything that happens")
    asked.add_argument("--only-process", type=int, metavar="NUMBER", help="the same of one with processes")
    told = asked.parse_args()
    if told.only is not None:
        return _tell(told.only)
    if told.only_process is not None:
        verdict = killed(told.only_process)
        return _say("processes", Total(verdict.counts, {told.only_process: verdict.wrong} if verdict.wrong else {}))
    seed = any_seed() if told.seed is None else told.seed
    print(f"seed {seed}", flush=True)
    wrong = 0
    if told.schedules:
        wrong += _say("schedules", sweep(seed, told.schedules, told.workers, to_the_first=told.to_the_first))
    if told.processes and not (wrong and told.to_the_first):
        numbers = range(seed, seed + told.processes)
        wrong += _say("processes", gather(killed, numbers, told.workers, to_the_first=told.to_the_first))
    return 1 if wrong else 0


def _say(kind: str, total: Total) -> int:
    """Print what was counted and every violation with the command that plays it again; return how many there are."""
    for name, count in sorted(total.counts.items()):
        print(f"  {count:>9,}  {name}")
    option = "--only" if kind == "schedules" else "--only-process"
    for number, wrong in sorted(total.wrong.items()):
        print(f"violation; replay with: python -m tests.sweep {option} {number}")
        for sentence in wrong:
            print(f"  {sentence}")
    print(f"{kind}: {len(total.wrong)} violations in {total.seconds:.0f} s", flush=True)
    return len(total.wrong)


def _tell(number: int) -> int:
    """Play one schedule and print it."""
    schedule = draw(number)
    print(*(f"{name}: {value}" for name, value in vars(schedule).items()), sep="\n")
    seen = play(schedule)
    print(*seen.told, sep="\n")
    verdict = judge(seen)
    print(*(f"violation: {sentence}" for sentence in verdict.wrong), sep="\n")
    return 1 if verdict.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
