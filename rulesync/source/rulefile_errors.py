"""What pydantic finds wrong with a rule file, as findings in our words, at the place where it stands."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from rulesync.document import MAX_FINDINGS, Document
from rulesync.findings import Finding, did_you_mean, error
from rulesync.source import hints, rulefile

Path = tuple[str | int, ...]
_LONGEST_QUOTE = 60
_MANY = 8

_TRIGGERS: Mapping[str, type[rulefile.Shape]] = {
    "ON_FUNDS_TRANSFERRED": rulefile.DepositTrigger,
    "SCHEDULED": rulefile.ScheduledTrigger,
    "MANUAL": rulefile.ManualTrigger,
}
_ACTIONS: Mapping[str, type[rulefile.Shape]] = {
    get_args(shape.model_fields["type"].annotation)[0]: shape for shape in get_args(rulefile.Action)
}
_PARTS: Mapping[str, type[rulefile.Shape]] = {
    "steps": rulefile.Step,
    "conditions": rulefile.Condition,
    "any": rulefile.Condition,
    "all": rulefile.Condition,
    "condition": rulefile.Comparison,
    "params": rulefile.Params,
    "limit": rulefile.Limit,
    rulefile.NODE: rulefile.AccountNode,
    **_TRIGGERS,
    **_ACTIONS,
}
_TAGS = {rulefile.NAMED, rulefile.NODE, *_TRIGGERS, *_ACTIONS}
_COMPARED = rulefile.Comparison.model_fields
_SET_BY_API = {"created_at", "updated_at", "deleted_at", "is_supported", "trigger_type"}
_NEEDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "`true` or `false`",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "fields",
    "model_type": "fields",
    "model_attributes_type": "fields",
}


def translate(problem: ValidationError, document: Document) -> tuple[Finding, ...]:
    """Return a finding for each thing that is wrong with a document, and no more than anybody reads of one file."""
    found = (each for each in problem.errors(include_url=False) if not _is_echo(each, document))
    return tuple(_finding(each, document) for each in islice(found, MAX_FINDINGS + 1))


def _is_echo(each: ErrorDetails, document: Document) -> bool:
    """Tell whether an error only follows from another: what lies a level too high is said once, by its first field.

    A list is called empty where all of its items are wrong, too.
    """
    if each["type"] not in {"missing", "extra_forbidden"}:
        return each["type"] == "too_short" and bool(each["input"])
    *above, name = each["loc"]
    held, shape = _held(document, above), _shape(above)
    if shape is rulefile.RuleFile:
        return name == "steps" and "actions" in held
    if shape is rulefile.Condition:
        return name != "fact" and "fact" in held and name in _COMPARED
    return shape is rulefile.Step and "type" in held and "actions" not in held and name != "type"


def _held(document: Document, path: Sequence[str | int]) -> Mapping[str, object]:
    """Return the fields that were written at a path."""
    here: Any = document.data
    for part in document.standing(path):
        here = here[part]
    return here if isinstance(here, dict) else {}


def _finding(each: ErrorDetails, document: Document) -> Finding:
    if each["input"] is None and (each["type"] in _NEEDS or each["type"] == "literal_error"):
        return _missing(each, document)
    return _SAYINGS.get(each["type"], _invalid)(each, document)


def _own(each: ErrorDetails, document: Document) -> Finding:
    """Return what `written.refuse` said."""
    context = each["ctx"]
    path = document.standing((*each["loc"], *context["at"]))
    place = document.at_key(path) if each["loc"][-1:] == ("[key]",) else document.at(path)
    return error(context["check"], context["message"], help=context["help"], location=place)


def _missing(each: ErrorDetails, document: Document) -> Finding:
    name = _name(each["loc"])
    place = [part for part in each["loc"] if part not in {rulefile.NAMED, rulefile.NODE}]
    owner = _owner(place[: -1 if each["type"] != "union_tag_not_found" else None])
    name = "type" if each["type"] == "union_tag_not_found" else name
    path = document.standing(each["loc"])
    return error("missing-field", f"{owner} needs `{name}`", location=document.at(path))


def _unknown(each: ErrorDetails, document: Document) -> Finding:
    name = str(each["loc"][-1])
    path = document.standing(each["loc"])
    message = f"{_owner(each['loc'][:-1])} has no field `{_cut(name)}`"
    return error("unknown-field", message, help=_about(name, each["loc"]), location=document.at_key(path))


def _about(name: str, place: Path) -> str | None:
    """Return what to do about a field that is not known."""
    if name in _SET_BY_API or (name == "name" and rulefile.NODE in place):
        return "the API sets it: remove it here"
    if name in {"data", "request_id"} and len(place) == 1:
        return "this is an answer of the API: keep what is under `data`, without `created_at` and `updated_at`"
    shape = _shape(place[:-1])
    if shape is rulefile.RuleFile and name in rulefile.Step.model_fields:
        below = "below it `- actions:`, and the actions below that"
        return f"it belongs to a step: write `steps:`, {below if name == 'actions' else 'and it beside `actions:`'}"
    if shape is rulefile.Step and name == "type":
        return "this looks like an action, which belongs to a step: write `- actions:`, and the actions below it"
    if shape is rulefile.Condition and name == "fact":
        return "write `condition:` around it: `conditions: {condition: {fact: …}}`"
    known = shape.model_fields
    return did_you_mean(name, known) or (f"it has {_words(known)}" if len(known) <= _MANY else None)


def _literal(each: ErrorDetails, document: Document) -> Finding:
    choices = each["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ")
    name, value = _name(each["loc"]), each["input"]
    meant = hints.operator(value) if name == "operator" else None
    if name == "status" and hints.truth(value) is not None:
        meant = "enabled" if hints.truth(value) else "disabled"
    return _said(
        each, document, f"{_shown(value)} is no `{name}`", f"write `{meant}`" if meant else _one_of(value, choices)
    )


def _no_kind(each: ErrorDetails, document: Document) -> Finding:
    choices = each["ctx"]["expected_tags"].replace("'", "").split(", ")
    what = "type of trigger" if _name(each["loc"]) == "trigger" else "type of action"
    path = (*document.standing(each["loc"]), "type")
    message = f"`{_cut(each['ctx']['tag'])}` is no {what}"
    return error("invalid-value", message, help=_one_of(each["ctx"]["tag"], choices), location=document.at(path))


def _one_of(word: object, choices: Sequence[str]) -> str:
    begins = [
        choice for choice in choices if isinstance(word, str) and word and choice.lower().startswith(word.lower())
    ]
    near = f"did you mean `{begins[0]}`?" if begins else did_you_mean(str(word), choices)
    return near or f"write {_words(choices)}"


def _too_short(each: ErrorDetails, document: Document) -> Finding:
    return _said(each, document, f"`{_name(each['loc'])}` is empty", "give it at least one item")


def _no_text(each: ErrorDetails, document: Document) -> Finding:
    return _said(each, document, f"`{_name(each['loc'])}` is empty")


def _too_small(each: ErrorDetails, document: Document) -> Finding:
    return _said(each, document, f"{_shown(each['input'])} is less than {each['ctx']['ge']:g}")


def _too_large(each: ErrorDetails, document: Document) -> Finding:
    return _said(each, document, f"{_shown(each['input'])} is more than {each['ctx']['le']:g}")


def _wrong_type(each: ErrorDetails, document: Document) -> Finding:
    needs = _NEEDS[each["type"]]
    if rulefile.NAMED in each["loc"]:
        needs = "the name of an account, or its `id` and `type`"
    name = "a rule file" if not each["loc"] else f"`{_name(each['loc'])}`"
    message = f"{name} needs {needs}, not {_shown(each['input'])}"
    return _said(each, document, message, _retyped(each["type"], _name(each["loc"]), each["input"]))


def _retyped(kind: str, name: str, value: object) -> str | None:
    """Return how a value of the wrong type is written, where that is plain."""
    match kind, value:
        case "string_type", int() | float():
            return "put it in quotes"
        case "float_type" | "int_type", str():
            meant = hints.number(value)
            return f"write `{name}: {meant}`" if meant and (kind == "float_type" or meant.isdecimal()) else None
        case "bool_type", str():
            meant = str(hints.truth(value)).lower()
            return f"write `{name}: {meant}`" if meant != "none" else None
        case "list_type" | "tuple_type", dict() if value:
            return "begin each item of the list with `- `"
        case _, str() if name == "trigger":
            return hints.trigger(value, _TRIGGERS)
        case _, list() if name == "conditions":
            return "write `all:` or `any:` above the list"
        case _:
            return None


def _invalid(each: ErrorDetails, document: Document) -> Finding:
    """Return a finding for an error that has no sentence of ours."""
    return _said(each, document, f"{_shown(each['input'])} is no `{_name(each['loc'])}`")


def _said(each: ErrorDetails, document: Document, message: str, advice: str | None = None) -> Finding:
    return error("invalid-value", message, help=advice, location=document.at(document.standing(each["loc"])))


_SAYINGS: Mapping[str, Callable[[ErrorDetails, Document], Finding]] = {
    "rulesync": _own,
    "missing": _missing,
    "union_tag_not_found": _missing,
    "extra_forbidden": _unknown,
    "literal_error": _literal,
    "union_tag_invalid": _no_kind,
    "too_short": _too_short,
    "string_too_short": _no_text,
    "greater_than_equal": _too_small,
    "less_than_equal": _too_large,
    **dict.fromkeys(_NEEDS, _wrong_type),
}


def _name(place: Path) -> str:
    """Return the field that a place is in."""
    names = [part for part in place if isinstance(part, str) and part not in _TAGS]
    return names[-1] if names else "rule"


def _shape(place: Iterable[str | int]) -> type[rulefile.Shape]:
    """Return the shape of what stands at a place."""
    shapes = [_PARTS[part] for part in place if isinstance(part, str) and part in _PARTS]
    return shapes[-1] if shapes else rulefile.RuleFile


def _owner(place: Iterable[str | int]) -> str:
    """Return what stands at a place, in words."""
    place = tuple(place)
    last = place[-1] if place else None
    if last in _ACTIONS:
        return f"`{last}`"
    if last in _TRIGGERS:
        return f"a `{last}` trigger"
    return _OWNERS.get(_name(place), "a rule")


_OWNERS = {
    "trigger": "a trigger",
    "steps": "a step",
    "actions": "an action",
    "conditions": "a condition",
    "any": "a condition",
    "all": "a condition",
    "condition": "a condition",
    "params": "`params`",
    "limit": "a limit",
    "suppress": "`suppress`",
    "reason": "`suppress`",
    "until": "`suppress`",
    **dict.fromkeys(
        (
            "source",
            "destination",
            "next_payment_minimum_account",
            "current_balance_account",
            "last_statement_balance_account",
        ),
        "an account",
    ),
}


def _words(names: Iterable[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return " or ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))


def _shown(value: object) -> str:
    """Return a value as people write it, no longer than a line."""
    match value:
        case None:
            return "nothing"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case bool():
            return f"`{str(value).lower()}`"
        case _:
            return f"`{_cut(str(value))}`"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"
