"""A schedule: who applies which commit and when, what fails, and what people do meanwhile; drawn from one number."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from random import Random

from rulesync.rule import Rule, Status, Text
from tests.builders import a_rule

KEYS = tuple(f"r{number}" for number in range(6))
Commit = Mapping[str, Rule]


class Moment(StrEnum):
    """When, around a request, a client dies."""

    BEFORE = "before it is sent"
    AFTER = "after it was processed, before its answer"
    ANSWERED = "after its answer"


@dataclass(frozen=True)
class Death:
    """The client is gone at its request of this number, counted from 0."""

    request: int
    moment: Moment


@dataclass(frozen=True)
class Run:
    """One `plan` and the `apply` of it; seconds count from the beginning of its act."""

    commit: int
    begins: float = 0
    thinks: float = 0  # seconds between plan and apply
    approved: bool = True
    prune: bool = True
    skew: float = 0  # seconds that the client's clock is ahead
    death: Death | None = None
    interrupted_at: int | None = None  # the request after which somebody presses ^C


@dataclass(frozen=True)
class Deed:
    """What somebody does in the app, `at` seconds from the beginning of the act."""

    at: float
    kind: str
    key: str


@dataclass(frozen=True)
class Act:
    """Runs and deeds at the same time, under faults as the sandbox takes them; then time passes."""

    runs: tuple[Run, ...]
    deeds: tuple[Deed, ...] = ()
    faults: tuple[Mapping[str, object], ...] = ()
    then: float = 60


@dataclass(frozen=True)
class Schedule:
    """Everything that happens, before the last and undisturbed apply of the last commit."""

    seed: int
    commits: tuple[Commit, ...]
    acts: tuple[Act, ...]
    enabled: tuple[str, ...] = ()  # the keys that people enable after the first apply
    aged: float = 60  # seconds between the first apply and the first act
    quirks: Mapping[str, object] = field(default_factory=dict)


def draw(seed: int) -> Schedule:
    """Return the schedule of a number: equal numbers, equal schedules."""
    random = Random(seed)
    commits = tuple(_commit(random) for _ in range(3))
    acts = tuple(_act(random, number + 1) for number in range(random.choice((1, 1, 2, 2, 3))))
    return Schedule(
        seed,
        commits,
        acts,
        enabled=tuple(key for key in commits[0] if random.random() < 0.5),
        aged=random.choice((2, 60, 60, 7200, 30 * 3600)),
        quirks=_quirks(random),
    )


def _commit(random: Random) -> Commit:
    """Return rules by key; those of one key are of three kinds in all, and no two keys' are alike."""
    kept = [key for key in KEYS if random.random() < 0.75] or [KEYS[0]]
    return {key: _rule(random, KEYS.index(key)) for key in kept}


def _rule(random: Random, number: int) -> Rule:
    variant = random.randrange(3)
    status = random.choice((Status.ENABLED, Status.ENABLED, Status.ENABLED, Status.DISABLED))
    rule = a_rule(1000 * (number + 1) + variant, nickname=f"rule {number}", status=status)
    return replace(rule, description=Text.of(f"kind {variant}"))


def _act(random: Random, number: int) -> Act:
    two = random.random() < 0.3
    runs = tuple(_run(random, min(2, number + other)) for other in range(2 if two else 1))
    quiet = random.random() < 0.4
    deeds = () if quiet else tuple(_deed(random) for _ in range(random.choice((1, 1, 2, 3))))
    faults = [_fault(random) for _ in range(random.choice((0, 1, 1, 2, 3)))]
    known = len({run.commit for run in runs}) == 1 and all(fault["kind"] != "error-kept" for fault in faults)
    faults = [_within(fault, 200 if known else 25) for fault in faults]
    return Act(runs, deeds, tuple(faults), then=random.choice((0, 1, 5, 60, 60, 3600, 25 * 3600)))


def _run(random: Random, commit: int) -> Run:
    fate = random.random()
    death = Death(random.randrange(30), random.choice(list(Moment))) if fate < 0.45 else None
    return Run(
        commit=random.choice((commit, commit, 1, 2)),
        begins=random.choice((0, 0, 0.1, 0.5, 2, 45)),
        thinks=random.choice((0, 0, 1, 40, 7200)),
        approved=random.random() < 0.8,
        prune=random.random() < 0.8,
        skew=random.choice((0, 0, -90, 90)),
        death=death,
        interrupted_at=random.randrange(30) if fate > 0.9 else None,
    )


DEEDS = ("edit", "edit", "edit amount", "enable", "enable", "pause", "delete", "undo", "unmark", "look-alike")


def _deed(random: Random) -> Deed:
    at = random.choice((random.uniform(0, 2), random.uniform(0, 6), random.uniform(0, 60)))
    return Deed(round(at, 2), random.choice(DEEDS), random.choice(KEYS))


_WIRE = ("connection-refused", "closed-before-processing", "closed-after-commit", "closed-after-commit", "answer-cut")
_WRITES = ("in-flight", "refusal-kept", "error-kept", "enabled-at-once", "stored-altered")
_LAGS = ("list-lags", "get-lags")
_READS = ("rule-unreadable", "list-loses-rule", "deleted-rule-answers")
_OTHERS = ("rate-limited", "error-before-processing", "error-after-commit", "arrives-later")


def _fault(random: Random) -> dict[str, object]:
    """Return one fault, mostly on writes, mostly soon, at times for good while the act lasts.

    What a look by id shows lags no longer than the horizon that the client waits for; nobody could tell otherwise.
    """
    kind = random.choice(random.choice((_WIRE, _WRITES, _LAGS, _LAGS, _READS, _OTHERS)))
    fault: dict[str, object] = {"kind": kind}
    if kind in _WIRE or kind in _OTHERS:
        fault["method"] = random.choice(("POST", "POST", "PUT", "PUT", "DELETE", "GET", None))
    if kind == "list-loses-rule":
        return fault
    fault["nth"] = random.choice((1, 1, 2, 3, 5, 8))
    fault["times"] = random.choice((1, 1, 1, 2, 3, 8, None if kind not in _READS else 2))
    return fault | _options(random, kind)


def _within(fault: dict[str, object], longest: int) -> dict[str, object]:
    """Return a fault whose list lags no longer than this, in seconds.

    Nothing but the list tells of a rule whose id no answer gave: one that another commit made, or a server that failed.
    """
    seconds = fault.get("seconds")
    return fault | {"seconds": min(seconds, longest)} if isinstance(seconds, int) else fault


def _options(random: Random, kind: str) -> dict[str, object]:
    """Return what this kind of fault may be told."""
    if kind == "get-lags":
        return {"seconds": random.choice((2, 10, 25))}
    if kind == "list-lags":
        return {"seconds": random.choice((2, 10, 25, 200, 200))}
    if kind == "rate-limited":
        return {"retry_after": random.choice(("seconds", "date", "none")), "seconds": random.choice((1, 3))}
    if kind in {"error-before-processing", "error-after-commit"}:
        return {"status": random.choice((500, 502, 503)), "form": random.choice(("html", "json", "empty"))}
    if kind == "arrives-later":
        return {"requests": random.choice((1, 3))} if random.random() < 0.5 else {"seconds": random.choice((1, 20))}
    if kind == "rule-unreadable":
        return {"status": random.choice((403, 404, 500))}
    if kind == "refusal-kept":
        return {"status": random.choice((400, 403, 422))}
    if kind == "error-kept":
        return {"effect": random.random() < 0.5}
    return {"how": "number-changed"} if kind == "stored-altered" else {}


def _quirks(random: Random) -> Mapping[str, object]:
    """Return in what this server differs from the one that the reference describes; mostly in nothing."""
    if random.random() < 0.6:
        return {}
    return random.choice(
        (
            {"replays_on_mismatch": True},
            {"own_request_ids": True},
            {"no_request_ids": True},
            {"status_in_answers": "enabled"},
            {"no_updated_at_in_list": True},
            {"no_status_in_list": True},
            {"create_answers_200": True},
            {"delete_answers_200": True},
            {"app_leaves_updated_at": True},
            {"rules_page_size": 3},
        )
    )
