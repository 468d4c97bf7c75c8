"""How a rule file comes to stand for a rule that exists: it does already, by a pin, or by a marker of ours in it.

Law: a pin writes nothing to the API, so a marker is written only where another one is in the way.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from rulesync.errors import FindingsError
from rulesync.findings import Location, error
from rulesync.ownership import Marker, digest
from rulesync.plan import Change, Operation, Verbatim
from rulesync.ruleset import ActualRule, DesiredRule, ListedRule


class Way(StrEnum):
    """What is to be done."""

    NOTHING = "nothing"
    PIN = "pin"
    TAKE_OVER = "take over"


def choose(
    wish: DesiredRule,
    rule_id: str,
    listed: Sequence[ListedRule],
    scope: str,
    pins: Mapping[str, str],
    *,
    take_over: bool,
) -> Way:
    """Return how a rule file comes to stand for the rule with an id; `pins` are the ids of all keys.

    Raises:
        FindingsError: one of the two is another's, or the rule does not exist.
    """
    row = next((each for each in listed if each.id == rule_id), None)
    if row is None:
        raise _refusal(
            wish, f"the rule `{rule_id}` does not exist", "the last part of its address in the app is its id"
        )
    other = next((key for key, pinned in sorted(pins.items()) if pinned == rule_id and key != wish.key), None)
    if other is not None:
        advice = f"one rule has one key: remove the pin of `{other}` first"
        raise _refusal(wish, f"the rule `{rule_id}` is pinned by `{other}`", advice)
    held = _held(wish, listed, scope, pins)
    if held is not None and held != rule_id:
        advice = "remove the pin or the `[rulesync:…]` line that binds it there first"
        raise _refusal(wish, f"`{wish.key}` is bound to another rule already, `{held}`", advice)
    if row.marker is not None and not _ours(wish, row.marker, scope):
        if take_over:
            return Way.TAKE_OVER
        owner = f"{row.marker.scope}/{row.marker.key}"
        advice = "if nobody manages it there any more, add `--take-over`, which switches a live rule off"
        raise _refusal(wish, f"the rule `{rule_id}` bears the marker of `{owner}`", advice)
    return Way.PIN if held is None else Way.NOTHING


def take_over(key: str, actual: ActualRule, scope: str) -> Change:
    """Return the write of a rule as it is, with our marker in place of another's."""
    wish = DesiredRule(key, actual.rule, Location(key))
    ours = Marker(scope, key, digest(actual.rule))
    return Change(Operation.UPDATE, key, wish, actual, verbatim=Verbatim(ours, actual.extras, claims=True))


def _held(wish: DesiredRule, listed: Sequence[ListedRule], scope: str, pins: Mapping[str, str]) -> str | None:
    """Return the id of the rule that a key is bound to by its pin or by a marker, None where it is bound to none."""
    marked = (row.id for row in listed if row.marker is not None and _ours(wish, row.marker, scope))
    return pins.get(wish.key) or wish.pin or next(marked, None)


def _ours(wish: DesiredRule, marker: Marker, scope: str) -> bool:
    return marker.scope == scope and marker.key in {wish.key, wish.moved_from}


def _refusal(wish: DesiredRule, message: str, advice: str) -> FindingsError:
    finding = error("adopt", message, help=advice, location=wish.location)
    return FindingsError(f"`{wish.key}` was not bound, and nothing was written", [finding])
