"""Which rules' runs are worth a request before a plan is carried out, and what they say of the plan.

Law: what is not known forbids nothing, and is said; what would be done does not depend on it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rulesync.findings import Finding, Severity, error, info, named, warning
from rulesync.plan import Change, Operation, Plan
from rulesync.runs import Lately
from rulesync.stake import order, stake

MOST_REQUESTS = 20
NOT_LOOKED_AT = "not looked at"
_DOES = {Operation.UPDATE: "changes", Operation.DELETE: "deletes"}


@dataclass(frozen=True, slots=True)
class Looking:
    """How a run looks back: at the runs of at most so many rules, each of which is a request.

    `every` means all managed rules, not only those that the plan would write. `again` is for a saved plan: a rule that
    was off then has begun nothing since, so that it is looked at only where it was running.
    """

    requests: int = MOST_REQUESTS
    every: bool = False
    again: bool = False


def chosen(plan: Plan, looking: Looking) -> list[Change]:
    """Return the changes whose rules are worth looking at, live ones first, and of those the most money at stake.

    A rule that is off begins no run; one that it began before may be in progress still.
    """
    there = plan.changes if looking.every else plan.writes
    by_id = {change.rule_id: change for change in reversed(there) if change.operation is not Operation.CREATE}
    running = {finding.message for finding in plan.findings if finding.check == "in-progress"}
    wanted = [
        each for each in by_id.values() if not looking.again or each.live is not False or _message(each) in running
    ]
    return sorted(wanted, key=_rank)


def looked_at_again(considered: Sequence[Change], known: Mapping[str, Lately], most: int) -> int:
    """Return how many of these rules are looked at again when the plan is applied as it was saved."""
    again = (change.live is not False or _known(change, known).in_progress for change in considered)
    return min(most, sum(map(bool, again)))


def _message(change: Change) -> str:
    return f"`{change.key}`: an execution is in progress, and this plan {_DOES.get(change.operation)} the rule"


def _rank(change: Change) -> tuple[bool, tuple[int, int], str, str]:
    at_stake = stake(change.actual.rule, {}) if change.actual else None
    return change.live is False, order(at_stake), change.key, change.rule_id or ""


def said(plan: Plan, considered: Sequence[Change], known: Mapping[str, Lately], *, allowed: bool, most: int) -> Plan:
    """Return the plan with what the runs of its rules say, in place of what was said of them before.

    A rule with a run in progress is not written, unless that is `allowed` or was when the plan was saved. What a saved
    plan says stays where nobody can tell now. `most` is how many requests there were.
    """
    before = [finding for finding in plan.findings if finding.check == "in-progress"]
    accepted = {finding.message for finding in before if finding.severity is not Severity.ERROR}
    forbidden = {finding.message for finding in before} - accepted
    found: list[Finding] = []
    for change in plan.writes:
        busy = _known(change, known).in_progress
        message = _message(change)
        if busy or (busy is None and message in forbidden):
            say = warning if allowed or message in accepted else error
            advice = "wait until it has ended, or accept it with `--allow-in-progress`"
            location = change.desired.location if change.desired and change.verbatim is None else None
            found.append(say("in-progress", message, help=advice, location=location))
    kept = [finding for finding in plan.findings if finding.check not in {"in-progress", "runs-unknown"}]
    return replace(plan, findings=(*kept, *found, *_unknown(considered, known, most)))


def _known(change: Change, known: Mapping[str, Lately]) -> Lately:
    return known.get(change.rule_id or "", Lately())


def _unknown(considered: Sequence[Change], known: Mapping[str, Lately], most: int) -> Iterator[Finding]:
    """Yield whose runs are not known, once for each reason; nothing where nobody wanted to know."""
    by_reason: dict[str, list[str]] = {}
    for change in considered if most else ():
        why = _known(change, known).unknown
        if why:
            by_reason.setdefault(why, []).append(change.key)
    for why, keys in by_reason.items():
        if why == NOT_LOOKED_AT:
            told = f"{NOT_LOOKED_AT}, since `--history-requests` allows {most}"
            advice = f"`--history-requests {len(considered)}` looks at all of them"
            yield info("runs-unknown", f"runs unknown of {named(keys)}: {told}", help=advice)
        else:
            advice = "with it, a plan tells when a rule ran last, and leaves one alone that is running"
            scope = advice if why.startswith("the key lacks") else None
            yield info("runs-unknown", f"runs unknown of {named(keys)}: {why}", help=scope)
