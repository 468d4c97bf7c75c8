"""The shape of a rule file as JSON Schema 2020-12, for editors.

Law: what `rulefile` refuses for its shape, this refuses; what it accepts, this accepts. pydantic tells the fields and
their types; what only its validators know, and what a person wants to read while writing, is added here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rulesync.ownership import KEY_PATTERN
from rulesync.source.hovers import FIELDS, MODELS
from rulesync.source.rulefile import RuleFile
from rulesync.source.written import MAX_KEY, SUPPRESSIBLE

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_BLANK = r"[\t-\r\x1c-\x20]*"
_DATE = (
    r"(?!0000)[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|[12][0-9]))"
)
_HOUR = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_MONEY: Schema = {
    "type": "string",
    "pattern": rf"^{_BLANK}\$(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+)(?:\.[0-9]{{1,2}})?{_BLANK}$",
    "maxLength": 20,
}
_CENTS: Schema = {"type": "integer", "minimum": 0}
_KEY: Schema = {"type": "string", "pattern": rf"^(?!(?:.*/)?\.\.?(?:/|$))(?:{KEY_PATTERN})$", "maxLength": MAX_KEY}
_ONE_ACCOUNT = ("account", "account_id")
_ONE_AMOUNT = ("amount", "amount_in_cents")
_TARGETS = ("next_payment_minimum_account", "current_balance_account", "last_statement_balance_account")
_DAY: Schema = {"type": "integer", "minimum": 1, "maximum": 31}


def rule_schema() -> Schema:
    """Return the JSON Schema of one document of a rule file."""
    schema = RuleFile.model_json_schema()
    models: Mapping[str, Schema] = {**schema.pop("$defs"), "RuleFile": schema}
    for name, model in models.items():
        _describe(name, model)
        model.update(_CONSTRAINTS.get(name, {}))
    definitions = {name: _plain(model) for name, model in models.items() if model is not schema}
    return {"$schema": DIALECT, **_plain(schema), "$defs": definitions}


def _given(name: str) -> Schema:
    """Return the schema of what has a field that is not null."""
    return {"required": [name], "properties": {name: {"not": {"type": "null"}}}}


def _exactly_one(names: Iterable[str]) -> Schema:
    return {"oneOf": [_given(name) for name in names]}


def _not_both(names: Iterable[str]) -> Schema:
    return {"not": {"allOf": [_given(name) for name in names]}}


def _clear_groups() -> Schema:
    """Return the schema of a step in whose actions `group_index` is given, or can mean but one thing."""
    shares = [
        {"items": {"properties": {"type": {"const": "percentage"}, "percentage_target": {"const": target}}}}
        for target in ("INCOMING_AMOUNT", "SOURCE_ACCOUNT")
    ]
    choices: Sequence[Schema] = [{"maxItems": 1}, {"items": _given("group_index")}, *shares]
    return {"anyOf": [{"properties": {"actions": choice}} for choice in choices]}


_CONSTRAINTS: Mapping[str, Schema] = {
    "DepositTrigger": _exactly_one(_ONE_ACCOUNT),
    "ManualTrigger": _exactly_one(_ONE_ACCOUNT),
    "ScheduledTrigger": _not_both(_ONE_ACCOUNT),
    "Params": _not_both(_ONE_ACCOUNT),
    "Comparison": {
        **_exactly_one(("value", "value_fact")),
        "if": {"properties": {"fact": {"const": "DATE"}}},
        "then": {"properties": {"value": {"anyOf": [_DAY, {"type": "null"}]}}},
    },
    "Condition": _exactly_one(("condition", "any", "all")),
    "Limit": _exactly_one(_ONE_AMOUNT),
    "FixedAmount": _exactly_one(_ONE_AMOUNT),
    "RoundDown": _exactly_one(_ONE_AMOUNT),
    "TopUp": _exactly_one((*_ONE_AMOUNT, *_TARGETS)),
    "Step": _clear_groups(),
}
_WRITTEN: Mapping[str, Schema] = {
    "key": _KEY,
    "moved_from": _KEY,
    "amount": _MONEY,
    "amount_in_cents": _CENTS,
    "value": {"anyOf": [_MONEY, _CENTS]},
    "start_date": {
        "type": "string",
        "pattern": rf"^{_DATE}[T ]{_HOUR}(?::[0-5][0-9](?:\.[0-9]{{1,6}})?)?(?:Z|[+-]{_HOUR})?$",
    },
    "until": {"type": "string", "pattern": rf"^{_DATE}$"},
}
"""What pydantic does not know of the values that `written` reads, by the name of the field."""


def _describe(name: str, model: Schema) -> None:
    """Put the words for people, and what is written in a way of our own, into the schema of a model."""
    model["title"] = MODELS.get(name, name)
    required = model.get("required", [])
    for field, shape in model["properties"].items():
        shape = model["properties"][field] = dict(shape)  # noqa: PLW2901 - the same field, its own to change
        shape.pop("title", None)
        shape.pop("default", None)
        if field in _WRITTEN:
            shape = _value(_WRITTEN[field], optional=field not in required)  # noqa: PLW2901 - as above
        if field == "suppress":
            shape["anyOf"] = [_suppress(shape["anyOf"][0]), {"type": "null"}]
        words = FIELDS.get(f"{name}.{field}") or FIELDS[field]
        model["properties"][field] = {**words, **shape}


def _value(written: Schema, *, optional: bool) -> Schema:
    if not optional:
        return dict(written)
    return {"anyOf": [*(written.get("anyOf") or [written]), {"type": "null"}]}


def _suppress(shape: Schema) -> Schema:
    """Return the schema of the excuses: a reason alone is one without an end, and only some checks can be excused."""
    reason = {"type": "string", "minLength": 1, "description": "Why the check says nothing about this rule."}
    excuse = {"anyOf": [reason, shape["additionalProperties"]]}
    return {"type": "object", "properties": dict.fromkeys(SUPPRESSIBLE, excuse), "additionalProperties": False}


def _plain(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Return a schema without words that JSON Schema does not have."""
    if isinstance(schema, dict):
        return {name: _plain(part) for name, part in schema.items() if name != "discriminator"}
    return [_plain(part) for part in schema] if isinstance(schema, list) else schema
