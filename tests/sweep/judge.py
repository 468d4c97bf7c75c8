"""Judges what was seen of a schedule: nothing lost, nothing made twice, nothing written that no plan showed.

It compares what the server itself holds and noted with what the plans said. An edit that nobody can have seen is no
violation and is counted apart: one that came between a look and the write after it, one that a lagging view hid, and a
write that arrived after its sender had given it up.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from rulesync.idempotency import key
from rulesync.intent import Endpoint, body, intent
from rulesync.ownership import digest
from rulesync.plan import Change, Operation, is_as_wanted
from rulesync.report import Outcome, Result
from rulesync.rule import Rule, Status
from rulesync.ruleset import ActualRule
from rulesync.wire import v1
from tests.builders import SCOPE
from tests.sweep.evidence import Evidence, Ran, Rules, Sent
from tests.sweep.play import BASE

MOST_REQUESTS = 40  # for one change of one run, all looks and attempts counted
LONGEST_RUN = 1500.0  # seconds, without the time between plan and apply


@dataclass
class Verdict:
    """What is wrong, in sentences; what was counted; and the keys that wait for a person's decision."""

    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    undecided: set[str] = field(default_factory=set)


def judge(seen: Evidence) -> Verdict:
    """Return everything that is wrong in what was seen."""
    verdict = Verdict()
    count = verdict.counts
    count["schedules"] += 1
    count["runs"] += len(seen.ran)
    count["requests"] += len(seen.sent)
    count["deaths"] += sum(ran.how == "died" for ran in seen.ran)
    count["deeds"] += len(seen.deeds)
    count["writes"] += sum(sent.committed for sent in seen.sent)
    shown = [_Shown(ran) for ran in seen.ran]
    verdict.wrong += _twins(seen)
    for number, ran in enumerate(seen.ran):
        mine = [sent for sent in seen.sent if sent.run == number]
        verdict.wrong += _unshown(mine, shown[number], number)
        verdict.wrong += _unlooked(mine, ran, seen, count)
        verdict.wrong += _unburned(mine, shown[number], seen)
        verdict.wrong += _blind(mine, ran, seen)
        verdict.wrong += _dishonest(mine, ran, seen)
        verdict.wrong += _unbounded(mine, ran)
    verdict.wrong += _reused(seen)
    verdict.wrong += _live(seen)
    verdict.wrong += _unwanted(seen, verdict)
    return verdict


class _Shown:
    """The writes that a run's plan shows: for each key, in every generation, the change and the generation."""

    def __init__(self, ran: Ran) -> None:
        self.writes: dict[str, tuple[Change, int]] = {}
        for change in ran.plan.writes if ran.plan else ():
            meant = intent(change, SCOPE, Endpoint(BASE, None), v1)
            for generation in range(22):
                if meant:
                    self.writes[key(meant, generation)] = (change, generation)


def _bearers(rules: Rules) -> Mapping[str, list[str]]:
    """Return the ids of the rules that bear each key's marker."""
    found: dict[str, list[str]] = {}
    for rule_id, rule in rules.items():
        marker = v1.actual(rule).marker
        if marker and marker.scope == SCOPE:
            found.setdefault(marker.key, []).append(rule_id)
    return found


def _twins(seen: Evidence) -> Iterator[str]:
    """Two rules of one key at any moment are one too many."""
    said = set()
    for when, rules in seen.states:
        for name, ids in _bearers(rules).items():
            if len(ids) > 1 and name not in said:
                said.add(name)
                yield f"twins: at {when:.2f} s {name} is there {len(ids)} times"


def _unshown(mine: Iterable[Sent], shown: _Shown, number: int) -> Iterator[str]:
    """Every write is one that the run's own plan showed: its key, its target and its body."""
    for sent in mine:
        if sent.method == "GET":
            continue
        change, _ = shown.writes.get(sent.key or "", (None, 0))
        if change is None:
            yield f"unshown: run {number} sent {sent.method} {sent.path} under a key of no plan"
            continue
        path = "/api/v1/rules" if change.operation is Operation.CREATE else f"/api/v1/rules/{change.rule_id}"
        meant = (_METHODS[change.operation], path, body(change, SCOPE, v1))
        if meant != (sent.method, sent.path, sent.body):
            yield f"unshown: run {number} sent {sent.method} {sent.path} with another content than its plan showed"


_METHODS = {Operation.CREATE: "POST", Operation.UPDATE: "PUT", Operation.DELETE: "DELETE"}


def _unlooked(mine: list[Sent], ran: Ran, seen: Evidence, count: Counter[str]) -> Iterator[str]:
    """Right before each PUT and DELETE is a look at the rule, which shows what the plan saw."""
    first = seen.sent.index(mine[0]) if mine else 0
    planned = {each.rule_id: each.shown for each in seen.sent[first : ran.planned] if each.run == mine[0].run}
    last: dict[str | None, Sent] = {}
    for sent in mine:
        if sent.method in {"PUT", "DELETE"}:
            look = last.get(sent.rule_id)
            if look is None or look.method != "GET":
                yield f"unlooked: {sent.method} {sent.path} at {sent.time:.2f} s without a look right before it"
            elif look.shown != planned.get(sent.rule_id):
                yield f"unseen: {sent.method} {sent.path} at {sent.time:.2f} s although the look showed a moved rule"
            elif sent.committed:
                _count_unseen(sent, look, count)
        last[sent.rule_id] = sent


def _count_unseen(sent: Sent, look: Sent, count: Counter[str]) -> None:
    """Count a write that overwrote what nobody can have seen."""
    if "arrives-later" in str(sent.entry.get("fault")):
        count["writes that arrived after they were given up"] += 1
    elif look.held.get(sent.rule_id or "") != look.shown:
        count["edits hidden by a lagging view"] += 1
    elif sent.held.get(sent.rule_id or "") != look.shown:
        count["edits between the last look and the write"] += 1


def _unburned(mine: Iterable[Sent], shown: _Shown, seen: Evidence) -> Iterator[str]:
    """A key is left for the next generation only after the server has repeated an earlier answer to it."""
    untold = _is_silent(seen)
    burned = set()
    for sent in mine:
        change, generation = shown.writes.get(sent.key or "", (None, 0))
        if change is None:
            continue
        if sent.entry.get("replayed") or _is_mismatch(sent) or (untold and generation == 0 and sent.method != "POST"):
            burned.add((change.operation, change.key, generation))
        if generation and (change.operation, change.key, generation - 1) not in burned:
            yield f"unburned: {sent.method} {sent.path} at {sent.time:.2f} s left a key that was not burned"


def _is_mismatch(sent: Sent) -> bool:
    return sent.status in {400, 422} and "idempotency" in str(sent.answer).lower()


def _blind(mine: list[Sent], ran: Ran, seen: Evidence) -> Iterator[str]:
    """Nothing is written from a plan for which a rule that bears one of its keys could not be read."""
    if ran.report is None:
        return
    first = seen.sent.index(mine[0])
    read = {sent.rule_id: sent for sent in seen.sent[first : ran.planned] if sent.run == mine[0].run}
    for rule_id, sent in read.items():
        rule = sent.held.get(rule_id or "")
        marker = v1.actual(rule).marker if rule else None
        if marker and marker.key in ran.wanted and sent.status != HTTPStatus.OK:
            yield f"blind: a plan was carried out although {rule_id} of {marker.key} could not be read for it"


def _reused(seen: Evidence) -> Iterator[str]:
    """One idempotency key never stands for writes upon different states of a rule."""
    upon: dict[str | None, object] = {}
    for sent in seen.sent:
        if sent.method not in {"PUT", "DELETE"}:
            continue
        ran = seen.ran[sent.run]
        saw = next((c.prior for c in (ran.plan.writes if ran.plan else ()) if c.rule_id == sent.rule_id), None)
        if upon.setdefault(sent.key, saw) != saw:
            yield f"reused: {sent.method} {sent.path} at {sent.time:.2f} s has the key of a write upon another state"


def _dishonest(mine: list[Sent], ran: Ran, seen: Evidence) -> Iterator[str]:
    """What a report calls done was so while the run lasted; what it calls failed, stale or skipped was not written."""
    before = [rules for when, rules in seen.states if when < ran.began][-1:]
    states = before + [rules for when, rules in seen.states if ran.began <= when <= ran.ended]
    for outcome in ran.report.outcomes if ran.report else ():
        change = outcome.change
        named = f"{change.operation} {change.key}"
        if outcome.result is Result.DONE and not any(_is_so(outcome, rules) for rules in states):
            yield f"dishonest: {named} is called done and never was"
        if outcome.result in {Result.FAILED, Result.STALE, Result.SKIPPED}:
            keys = {each for each, (shown, _) in _Shown(ran).writes.items() if shown is change}
            if any(sent.committed and sent.key in keys and sent.left != sent.held for sent in mine):
                yield f"dishonest: {named} is called {outcome.result} and was written"


def _is_so(outcome: Outcome, rules: Rules) -> bool:
    """Tell whether the server held what a change wanted."""
    change = outcome.change
    if change.operation is Operation.DELETE:
        return change.rule_id not in rules
    held = [v1.actual(rule) for rule_id, rule in rules.items() if rule_id == outcome.rule_id]
    return any(change.desired is not None and _same(actual.rule, change.desired.rule) for actual in held)


def _same(actual: Rule, wish: Rule) -> bool:
    return is_as_wanted(replace(actual, status=Status.DISABLED), wish)


def _unbounded(mine: list[Sent], ran: Ran) -> Iterator[str]:
    """A run ends, after so many requests and so much time."""
    changes = len(ran.plan.changes) if ran.plan else 0
    if len(mine) > MOST_REQUESTS * (changes + 1):
        yield f"unbounded: {len(mine)} requests for {changes} changes"
    if ran.ended - ran.began - ran.run.thinks > LONGEST_RUN:
        yield f"unbounded: a run of {ran.ended - ran.began:.0f} s"


def _live(seen: Evidence) -> Iterator[str]:
    """No write leaves a rule live, where the server does as it was asked."""
    for sent in seen.sent:
        asked = sent.body.get("status") if isinstance(sent.body, dict) else "disabled"
        if asked != "disabled":
            yield f"live: {sent.method} {sent.path} asked for a live rule"


def _unwanted(seen: Evidence, verdict: Verdict) -> Iterator[str]:
    """After the last, undisturbed run the server holds what was wanted, unless a finding asks a person first."""
    last = seen.ran[-1]
    if last.plan is None:
        yield f"unended: the last run {last.how}"
        return
    if last.plan.forbidden and _needs_a_person(seen):
        verdict.counts["schedules that end in a question to a person"] += 1
        return
    if _waits_for_the_server(seen, last):
        verdict.counts["schedules that end when the server forgets a refusal"] += 1
        return
    bad = [f"{o.change.operation} {o.change.key} {o.result}: {o.error}" for o in _undone(last)]
    if bad or last.report is None:
        yield f"unended: the last run {last.how}: {'; '.join(bad)} {[each.message for each in last.plan.findings]}"
        return
    if not seen.still:
        yield "unended: a plan after the last run is not empty"
    yield from _differences(seen.states[-1][1], last.wanted)


def _waits_for_the_server(seen: Evidence, last: Ran) -> bool:
    """Tell whether a server that does not say what it remembers keeps refusing, and so only time helps."""
    kept = any("-kept" in str(sent.entry.get("fault")) for sent in seen.sent)
    undone = {each.result for each in _undone(last)}
    return kept and _is_silent(seen) and bool(undone) and undone <= {Result.FAILED, Result.UNKNOWN}


def _is_silent(seen: Evidence) -> bool:
    """Tell whether the server does not say which answers it remembers."""
    return bool(seen.schedule.quirks.get("no_request_ids") or seen.schedule.quirks.get("own_request_ids"))


def _undone(ran: Ran) -> list[Outcome]:
    return [each for each in (ran.report.outcomes if ran.report else ()) if each.result is not Result.DONE]


def _needs_a_person(seen: Evidence) -> bool:
    """Tell whether somebody took a marker away or made a rule like another, which only a person can sort out."""
    return any(kind in {"unmark", "look-alike"} for _, kind, _ in seen.deeds)


def _differences(rules: Rules, wanted: Mapping[str, Rule]) -> Iterator[str]:
    bearers = _bearers(rules)
    for name in sorted(wanted.keys() - bearers.keys()):
        yield f"lost: {name} is missing"
    for name in sorted(bearers.keys() - wanted.keys()):
        yield f"lost: {name} is too many"
    for name, ids in bearers.items():
        actual = v1.actual(rules[ids[0]])
        if name in wanted and not _is_right(actual, wanted[name]):
            yield f"lost: {name} is not what was wanted"


def _is_right(actual: ActualRule, wish: Rule) -> bool:
    return is_as_wanted(actual.rule, wish) and (actual.marker is None or len(digest(wish)) == len(actual.marker.digest))
