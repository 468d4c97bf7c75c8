"""Two rules, as bodies in v1 spelling -> the fields in which they differ.

Law: nothing is reported if and only if the bodies say the same, where an absent key is null. Whatever the library below
would leave out is reported as the whole field that holds it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from difflib import SequenceMatcher

from rulesync.planjson import FieldJson, RuleJson

_DIFFERENCES = ("values_changed", "type_changes", "dictionary_item_added", "dictionary_item_removed")
# fmt: off
_READING_ORDER = (
    "nickname", "description", "status", "trigger", "steps", "conditions", "actions", "type", "account_id",
    "schedule_type", "start_date", "condition", "all", "any", "fact", "params", "operator", "value", "value_fact",
    "source", "destination", "amount_in_cents", "percentage_value", "percentage_target", "group_index",
    "up_to_enabled", "is_direct_deposit", "limit", "period", "ach_description",
)
# fmt: on


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where an item of a list stands on each side; None where it is not there."""

    before: int | None
    after: int | None

    @property
    def shown(self) -> int:
        return self.after if self.after is not None else self.before or 0


_Body = dict[str, object]
_Spot = tuple[str | _Slot, ...]
_Found = tuple[_Spot, object, object]


def fields(before: RuleJson | None, after: RuleJson | None) -> list[FieldJson]:
    """Return the fields that differ, in reading order; a side that is not there is null.

    A position in a path is that of the `after` side where the item exists there, else that of the `before` side. An
    item that moved is one that went and one that came; one that took the place of another is both at once.
    """
    old, new = _said(before or {}), _said(after or {})
    if _text(old) == _text(new):
        return []
    old, new = _both(old, new)
    found = sorted(_merged(_complete(_library(old, new), old, new)), key=_order)
    return [FieldJson(path=_path(spot), before=_listed(was), after=_listed(now)) for spot, was, now in found]


def _said(body: Mapping[str, object]) -> _Body:
    return {key: _plain(value) for key, value in body.items() if value is not None}


def _plain(value: object) -> object:
    """Return JSON without keys that are null, and with whole numbers as integers."""
    match value:
        case Mapping():
            return _said(value)
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _text(value: object) -> str:
    """Return a text that is equal for equal JSON; unlike Python's, its `true` is no 1."""
    return json.dumps(value, sort_keys=True)


def _order(found: _Found) -> tuple[list[tuple[int, str]], bool]:
    """Return what to sort by: the place, and at one place what went before what came."""
    spot, was, _ = found
    return [_place(part) for part in spot], was is None


def _place(part: str | _Slot) -> tuple[int, str]:
    if isinstance(part, _Slot):
        return part.shown, ""
    return _READING_ORDER.index(part) if part in _READING_ORDER else len(_READING_ORDER), part


def _path(spot: _Spot) -> str:
    parts = (f"[{part.shown}]" if isinstance(part, _Slot) else f".{part}" for part in spot)
    return "".join(parts).removeprefix(".")


# Lists as mappings whose keys say which item of one side is which item of the other


class _Items(dict[_Slot, object]):
    """A list as a mapping by slot."""


def _both(old: _Body, new: _Body) -> tuple[_Body, _Body]:
    pairs = {key: _slotted(old.get(key), new.get(key)) for key in {**old, **new}}
    return {key: pairs[key][0] for key in old}, {key: pairs[key][1] for key in new}


def _slotted(old: object, new: object) -> tuple[object, object]:
    """Return both sides with each list as a mapping by slot, so that an item put in between moves no other."""
    match old, new:
        case dict(), dict():
            return _both(old, new)
        case list(), list():
            slots = list(_aligned(old, new, range(len(old)), range(len(new)), _LIKENESSES))
            inner = {slot: _slotted(_item(old, slot.before), _item(new, slot.after)) for slot in slots}
            return (
                _Items({slot: inner[slot][0] for slot in slots if slot.before is not None}),
                _Items({slot: inner[slot][1] for slot in slots if slot.after is not None}),
            )
        case _:
            return old, new


def _item(items: Sequence[object], position: int | None) -> object:
    return None if position is None else items[position]


def _aligned(
    old: Sequence[object],
    new: Sequence[object],
    here: range,
    there: range,
    likenesses: Sequence[Callable[[object], str]],
) -> Iterator[_Slot]:
    """Yield the slots of two lists, in order: equal items are paired first, then, between those, ones less alike."""
    if not likenesses:
        yield from (_Slot(place, None) for place in here)
        yield from (_Slot(None, place) for place in there)
        return
    like, *rest = likenesses
    matcher = SequenceMatcher(None, [like(old[i]) for i in here], [like(new[j]) for j in there], autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "equal":
            yield from map(_Slot, here[first:last], there[start:end])
        else:
            yield from _aligned(old, new, here[first:last], there[start:end], rest)


def _purpose(item: object) -> str:
    """Return what tells an action from its neighbours when its amount changes, or a step when its actions do."""
    if not isinstance(item, dict):
        return _text(item)
    return _text([item.get("type"), item.get("destination"), item.get("conditions"), _kind(item)])


def _kind(item: object) -> str:
    if not isinstance(item, dict):
        return type(item).__name__
    return _text([item.get("type"), [name for name in ("condition", "all", "any") if name in item]])


_LIKENESSES = (_text, _purpose, _kind)


def _listed(value: object) -> object:
    """Return JSON as it was before `_slotted`."""
    match value:
        case _Items():
            return [_listed(inner) for inner in value.values()]
        case dict():
            return {key: _listed(inner) for key, inner in value.items()}
        case _:
            return value


# What the library finds, held against what it should have found


def _library(old: _Body, new: _Body) -> list[_Found]:
    """Return what deepdiff finds; it is imported here because that alone takes 100 ms.

    Its own pairing of list items (`iterable_compare_func`) is not used: it is silent about an added item that equals
    one already there, which here would be a payment made twice.
    """
    from deepdiff import DeepDiff
    from deepdiff.helper import notpresent

    tree = DeepDiff(old, new, view="tree", threshold_to_diff_deeper=0, ignore_private_variables=False)
    return [
        (
            tuple(level.path(output_format="list")),
            None if level.t1 is notpresent else level.t1,
            None if level.t2 is notpresent else level.t2,
        )
        for kind in _DIFFERENCES
        for level in tree.get(kind) or ()
    ]


def _complete(found: Sequence[_Found], old: _Body, new: _Body) -> list[_Found]:
    """Return what was found, with each field that this does not account for as a whole."""
    told = _patched(old, found)
    silent = [key for key in {**old, **new} if _strict(told.get(key)) != _strict(new.get(key))]
    return [each for each in found if each[0][0] not in silent] + [
        ((key,), old.get(key), new.get(key)) for key in silent
    ]


def _patched(old: _Body, found: Sequence[_Found]) -> _Body:
    """Return the old side with what was found carried out on it."""
    result = deepcopy(old)
    for (*above, last), _, now in found:
        place: object = result
        for part in above:
            place = place.get(part) if isinstance(place, dict) else None
        if isinstance(place, dict):
            place.pop(last, None)
            place |= {} if now is None else {last: now}
    return result


def _strict(value: object) -> object:
    """Return a value to compare by, in which `true` is no 1 and the order of keys says nothing."""
    if isinstance(value, dict):
        return type(value), frozenset((key, _strict(inner)) for key, inner in value.items())
    return _text(value)


def _merged(found: Iterable[_Found]) -> list[_Found]:
    """Return what was found, where an item that went and another that came in its place are one difference."""
    places: dict[_Spot, list[_Found]] = {}
    for each in found:
        places.setdefault((*each[0][:-1], _place_of(each[0][-1])), []).append(each)
    return [one for spot, pair in places.items() for one in _one(spot, pair)]


def _place_of(last: str | _Slot) -> str | _Slot:
    return _Slot(last.shown, last.shown) if isinstance(last, _Slot) and None in {last.before, last.after} else last


def _one(spot: _Spot, pair: list[_Found]) -> list[_Found]:
    was, now = (next((each[side] for each in pair if each[side] is not None), None) for side in (1, 2))
    return pair if _strict(was) == _strict(now) else [(spot, was, now)]
