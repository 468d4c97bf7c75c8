"""The fields of a change in people's words: which step and action it is about, what was there and what will be.

Law: no field is left out. What cannot be put into words is shown as it is.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rulesync import english
from rulesync.english import Voice
from rulesync.money import format_cents
from rulesync.planjson import FieldJson, ResourceJson, RuleJson
from rulesync.render import attributes
from rulesync.render.attributes import Line
from rulesync.rule import Action, Opaque, Rule, Step
from rulesync.wire import v1
from rulesync.wire.decode import UnknownShapeError

_PART = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_LONGEST = 160
_CONTEXT = 20
_Piece = Step | Action | Opaque


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two rules, and how it is told."""

    rule: Rule
    voice: Voice


@dataclass(frozen=True, slots=True)
class _Reading:
    """A change being told: its fields, and both rules."""

    fields: Sequence[FieldJson]
    before: _Side
    after: _Side


@dataclass(frozen=True, slots=True)
class _List:
    """A list of steps or actions on both sides, with the items of it that came or went as a whole, by their place."""

    title: str
    before: Sequence[_Piece]
    after: Sequence[_Piece]
    whole: Mapping[int, FieldJson]

    def earlier(self, place: int) -> int:
        """Return where an item stood before: what did not come is what did not go, in the same order."""
        came = {where for where, field in self.whole.items() if field["after"] is not None}
        went = {where for where, field in self.whole.items() if field["before"] is not None}
        old = place - sum(where < place for where in came)
        for where in sorted(went):
            old += where <= old
        return old

    def moves(self) -> dict[int, int]:
        """Return the old place of each item that only moved, by its new place."""
        went = {where: field["before"] for where, field in self.whole.items() if field["after"] is None}
        found = {}
        for where, field in self.whole.items():
            old = next((old for old, item in went.items() if item == field["after"]), None)
            if old is not None and field["before"] is None:
                found[where] = old
                del went[old]
        return found


def lines(resource: ResourceJson, names: Mapping[str, str]) -> tuple[Line, ...]:
    """Return what differs between the two sides of a change, in reading order."""
    return told(resource["fields"], resource["change"]["before"], resource["change"]["after"], names)


def told(
    fields: Sequence[FieldJson], before: RuleJson | None, after: RuleJson | None, names: Mapping[str, str]
) -> tuple[Line, ...]:
    """Return fields in words; several fields of one thing, as the two of a limit, make one line."""
    old, new = _side(before, names), _side(after, names)
    if old is None or new is None:
        return tuple(_raw(field) for field in fields)
    reading = _Reading(fields, old, new)
    return tuple(dict(_line(field, reading) for field in fields).values())


def _side(body: RuleJson | None, names: Mapping[str, str]) -> _Side | None:
    try:
        rule = v1.decode(body).rule
    except UnknownShapeError:
        return None
    return _Side(rule, english.voice(rule, names))


def _line(field: FieldJson, reading: _Reading) -> tuple[object, Line]:
    """Return what a field is about, and its line; words that do not show the difference are no words for it."""
    parts = [int(place) if place else word for place, word in _PART.findall(field["path"])]
    try:
        about, line = _words(field, parts, reading)
    except IndexError:  # the fields do not fit the rules, in a plan that somebody edited
        about, line = None, None
    if line is None or (line.text is None and line.before == line.after):
        return (field["path"], field["before"] is None), _raw(field)
    return about, line


def _words(field: FieldJson, parts: Sequence[str | int], reading: _Reading) -> tuple[object, Line | None]:
    sides = (reading.before, reading.after)
    match parts:
        case ["nickname" | "description" as what]:
            return what, Line(str(what), *_cut(field, english.quote))
        case ["trigger", *_]:
            return "trigger", Line("trigger", *(english.trigger(side.rule.trigger, side.voice) for side in sides))
        case ["steps"]:
            return "steps", Line("rule", *(english.sentence(side.rule, side.voice.names) for side in sides))
        case ["steps", int(step), *rest]:
            return _in_step(field, step, rest, reading)
        case _:
            return None, None


def _in_step(field: FieldJson, step: int, rest: Sequence[str | int], reading: _Reading) -> tuple[object, Line | None]:
    steps = _steps(reading)
    if not rest:
        return _item(field, step, steps, reading)
    was, now = steps.before[steps.earlier(step)], steps.after[step]
    if not isinstance(was, Step) or not isinstance(now, Step):
        return None, None
    if rest[0] == "conditions":
        pair = (_asked(was, reading.before.voice), _asked(now, reading.after.voice))
        return (step, "conditions"), Line(f"step {step + 1}, condition", *pair)
    return _in_action(field, step, rest[1:], _actions(step, was, now, reading), reading)


def _in_action(
    field: FieldJson, step: int, rest: Sequence[str | int], actions: _List, reading: _Reading
) -> tuple[object, Line | None]:
    match rest:
        case [int(place)]:
            return _item(field, place, actions, reading)
        case [int(place), str(name), *_]:
            was, now = actions.before[actions.earlier(place)], actions.after[place]
            if isinstance(was, Action) and isinstance(now, Action):
                where = f"{actions.title} {place + 1} (to {reading.after.voice.account(now.destination.id)})"
                pair = (was, reading.before.voice), (now, reading.after.voice)
                return (step, place, attributes.about(name)), attributes.line(name, where, *pair)
    return None, None


def _steps(reading: _Reading) -> _List:
    return _List("step", reading.before.rule.steps, reading.after.rule.steps, _whole("steps", reading.fields))


def _actions(step: int, was: Step, now: Step, reading: _Reading) -> _List:
    whole = _whole(f"steps[{step}].actions", reading.fields)
    return _List(f"step {step + 1}, action", was.actions, now.actions, whole)


def _whole(items: str, fields: Sequence[FieldJson]) -> dict[int, FieldJson]:
    """Return the items of a list that came or went, by their place; one that went and one that came count as one."""
    found: dict[int, FieldJson] = {}
    for field in fields:
        match = re.fullmatch(re.escape(items) + r"\[(\d+)\]", field["path"])
        if match:
            same = found.get(int(match[1]))
            found[int(match[1])] = field if same is None else _both(same, field)
    return found


def _both(one: FieldJson, other: FieldJson) -> FieldJson:
    before = other["before"] if one["before"] is None else one["before"]
    return {"path": one["path"], "before": before, "after": other["after"] if one["after"] is None else one["after"]}


def _item(field: FieldJson, place: int, items: _List, reading: _Reading) -> tuple[object, Line]:
    """Return a step or action that came, went, took another's place, or only moved."""
    for new, old in items.moves().items():
        if place == (new if field["before"] is None else old):
            words = _phrase(items.after[new], reading.after.voice)
            text = f"moved here from place {old + 1}: {words}"
            return (items.title, "moved", new), Line(f"{items.title} {new + 1}", text=text)
    before = None if field["before"] is None else _phrase(items.before[place], reading.before.voice)
    after = None if field["after"] is None else _phrase(items.after[place], reading.after.voice)
    return (field["path"], before is None), Line(f"{items.title} {place + 1}", before, after)


def _phrase(piece: _Piece, voice: Voice) -> str:
    return english.step_words(piece, voice) if isinstance(piece, Step) else english.action(piece, voice)


def _asked(step: Step, voice: Voice) -> str:
    return "always" if step.condition is None else f"if {english.condition(step.condition, voice)}"


def _raw(field: FieldJson) -> Line:
    return Line(field["path"], *_cut(field, str))


def _cut(field: FieldJson, shown: Callable[[str], str]) -> tuple[str | None, str | None]:
    """Return both sides as they stand; where they are long, what is left of them shows where they part."""
    sides = (field["before"], field["after"])
    bare = all(side is None or isinstance(side, str) for side in sides)
    old, new = (_value(field["path"], side, bare=bare) for side in sides)
    if old is None or new is None or max(len(old), len(new)) <= _LONGEST:
        return tuple(None if side is None else shown(_short(side)) for side in (old, new))  # type: ignore[return-value]
    parting = next((place for place, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), None)
    start = max(0, (min(len(old), len(new)) if parting is None else parting) - _CONTEXT)
    lead = "…" if start else ""
    return shown(lead + _short(old[start:])), shown(lead + _short(new[start:]))


def _value(path: str, value: object, *, bare: bool) -> str | None:
    """Return a value as it stands, an amount as money, None where there is nothing; `bare` is a text without quotes."""
    if value is None:
        return None
    if bare:
        return str(value)
    if path.endswith("amount_in_cents") and isinstance(value, int):
        return format_cents(value)
    return json.dumps(value, ensure_ascii=False)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
