"""What no two documents may both claim: a key, the id of a rule that exists, a key that somebody had before."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rulesync.findings import Finding, Location, error

Clash = tuple[tuple[int, ...], Finding]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a document claims; the key of a document in error is a claim as well.

    `at` tells where a field stands in it, which is asked only where there is something to say.
    """

    key: str
    at: Callable[[Sequence[str]], Location]
    pin: str | None = None
    moved_from: str | None = None

    @property
    def place(self) -> Location:
        """Where the document is, or the key that it has of its own."""
        return self.at(["key"])


def clashes(claims: Sequence[Claim]) -> Iterator[Clash]:
    """Yield, for each clash, the claims that cannot stand, by index, and the finding that names all of them."""
    yield from _twice(claims, lambda claim: claim.key, _same_key)
    yield from _twice(claims, lambda claim: claim.pin, _same_pin)
    yield from _twice(claims, lambda claim: claim.moved_from, _same_move)
    yield from _living_moves(claims)


def _twice(
    claims: Sequence[Claim], claimed: Callable[[Claim], str | None], say: Callable[[Claim, Claim], Finding]
) -> Iterator[Clash]:
    by_value: Mapping[str, list[int]] = defaultdict(list)
    for index, claim in enumerate(claims):
        value = claimed(claim)
        if value is not None:
            by_value[value].append(index)
    for same in by_value.values():
        for index in same[1:]:
            yield (same[0], index), say(claims[index], claims[same[0]])


def _same_key(claim: Claim, other: Claim) -> Finding:
    message = f"the key `{claim.key}` is also that of {other.place}"
    return error("key", message, help="rename one of them, or give it a `key:` of its own", location=claim.place)


def _same_pin(claim: Claim, other: Claim) -> Finding:
    message = f"`{claim.pin}` is pinned by `{claim.key}` and by `{other.key}`, which is {other.place}"
    return error("pin", message, help="one rule has one key: remove one of the two", location=claim.at(["id"]))


def _same_move(claim: Claim, other: Claim) -> Finding:
    message = f"`{claim.moved_from}` became `{claim.key}` and `{other.key}`, which is {other.place}"
    return error("moved-from", message, help="keep one of the two", location=claim.at(["moved_from"]))


def _living_moves(claims: Sequence[Claim]) -> Iterator[Clash]:
    living = {claim.key: claim for claim in claims}
    for index, claim in enumerate(claims):
        if claim.moved_from in living:
            message = f"`{claim.moved_from}` has not moved: it is the key of {living[claim.moved_from].place}"
            advice = "remove `moved_from:`, or the rule that still has that key"
            yield (index,), error("moved-from", message, help=advice, location=claim.at(["moved_from"]))
