"""The shape of rulesync.yaml as JSON Schema 2020-12, for editors.

Law: what loading refuses for its shape, this refuses; what it accepts, this accepts. Both take names, choices and
limits from the same constants.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from rulesync.accounts import ACCOUNT_TYPES
from rulesync.config import address, loading, sections
from rulesync.lint import IDS
from rulesync.ownership import SCOPE_PATTERN
from rulesync.policy import Limits

Schema = dict[str, Any]

_SOMETHING = r"\S"
_DOLLARS = r"^\s*\$(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]{1,2})?\s*$"


def config_schema() -> Schema:
    """Return the JSON Schema of rulesync.yaml."""
    shared = {name: SECTIONS[name] for name in loading.SECTIONS}
    workspace = {
        "type": "object",
        "title": "A workspace",
        "description": "A further organisation. It takes the rest from above, but for accounts, ids and key.",
        "properties": shared,
        "required": ["api"],
        "additionalProperties": False,
    }
    api = workspace | {"properties": {**shared, "api": {**shared["api"], **_OWN_KEY}}}
    workspaces = _optional(
        "Further organisations by name, each with an API key of its own.",
        type="object",
        maxProperties=loading.MOST_WORKSPACES,
        propertyNames={"pattern": f"^{SCOPE_PATTERN}$"},
        additionalProperties=api,
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "rulesync.yaml: who owns the rules, where the API is, and what accounts are called",
        "type": "object",
        "properties": {**shared, "workspaces": workspaces},
        "additionalProperties": False,
    }


def _optional(description: str, *examples: object, **shape: object) -> Schema:
    """Return the schema of a field that may be null, which is as if it were absent."""
    words = {"description": description, **({"examples": list(examples)} if examples else {})}
    if "enum" in shape:
        return words | {"enum": [*_list(shape["enum"]), None]}
    return words | shape | {"type": [shape["type"], "null"]}


def _list(choices: object) -> list[object]:
    return [*choices] if isinstance(choices, list) else []


def _text(description: str, *examples: object, pattern: str = _SOMETHING, **more: object) -> Schema:
    return _optional(description, *examples, type="string", pattern=pattern, **more)


def _given(name: str) -> Schema:
    return {"required": [name], "properties": {name: {"not": {"type": "null"}}}}


def _fields(description: str, known: Mapping[str, Schema], *examples: object) -> Schema:
    return _optional(description, *examples, type="object", properties=dict(known), additionalProperties=False)


_OWN_KEY: Schema = {"type": "object", "allOf": [_given("key_env")]}
_HOST = r"(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?"
_ADDRESS = rf"^[Hh][Tt][Tt][Pp][Ss]?://{_HOST}(?:/[!\"$->@-\[\]-~]*)?$"
_API: Mapping[str, Schema] = {
    "dialect": _optional(
        "Which API is spoken: `v1`, or `platform`, which is live today and takes no writes. Default: `v1`.",
        enum=list(loading.DIALECTS),
    ),
    "base_url": _text(
        "Where the API is: `https://….getsequence.io`, or this machine. Default: the dialect's own.",
        loading.DIALECTS["v1"],
        pattern=_ADDRESS,
        maxLength=address.LONGEST,
    ),
    "key_env": _text(
        f"The variable that holds the API key; the key itself stands in no file. Default: `{loading.KEY_ENV}`.",
        loading.KEY_ENV,
        pattern=f"^{loading.KEY_ENV_PATTERN}$",
    ),
    "app_url": _text(
        "Where people enable rules; the links of a plan begin with it.",
        loading.APP_URL,
        pattern=_ADDRESS,
        maxLength=address.LONGEST,
    ),
    "requests_per_minute": _optional(
        f"How many requests rulesync allows itself. Default: {loading.REQUESTS_PER_MINUTE}.", type="integer", minimum=1
    ),
}
_COUNT = {"type": "integer", "minimum": 0}
_SHARE = {"type": "number", "minimum": 0, "maximum": 100}
_LIMITS: Mapping[str, Schema] = {
    "max_creates": _optional("The most rules that one plan may create.", **_COUNT),
    "max_updates": _optional("The most rules that one plan may change.", **_COUNT),
    "max_deletes": _optional("The most rules that one plan may delete. Default: 3, or 10 % if that is more.", **_COUNT),
    "max_updates_percent": _optional("The most changes of one plan, in percent of the managed rules.", 50, **_SHARE),
    "max_deletes_percent": _optional("The most deletions of one plan, in percent of the managed rules.", 10, **_SHARE),
    "max_at_stake": _text(
        "The most money that one run of all created and changed rules may move.", "$5,000.00", pattern=_DOLLARS
    ),
}
_ACCOUNT: Schema = {
    "type": "object",
    "properties": {
        "id": _text("The id of the account, as the API has it.", "acc_01HSAV9999"),
        "type": _optional("The type of the account.", enum=list(ACCOUNT_TYPES)),
        "name": _text("The name in the app, which exactly one account must have.", maxLength=sections.LONGEST_NAME),
    },
    "additionalProperties": False,
    "oneOf": [_given("id"), _given("name")],
}
SECTIONS: Mapping[str, Schema] = {
    "scope": _text(
        "Who owns the rules made from here; part of the marker line of each rule. Default: `default`.",
        "household",
        pattern=f"^{SCOPE_PATTERN}$",
    ),
    "rules": _text("The directory of rule files, relative to this file. Default: `rules`.", "rules")
    | {"not": {"pattern": r"^(?:/|(?:\./+)*(?:\.\.(?:/|$)|\.?$))"}},
    "api": _fields("Where the API is, and how it is spoken to.", {name: _API[name] for name in loading.API}),
    "accounts": _optional(
        "Names for accounts, to be used in rules: an id, an id with its type, or a name to look up.",
        {"checking": "acc_01HABC4567", "savings": {"id": "acc_01HSAV9999", "type": "pod"}},
        type="object",
        maxProperties=sections.MOST_ACCOUNTS,
        propertyNames={"maxLength": sections.LONGEST_NAME},
        additionalProperties={"anyOf": [{"type": "string", "pattern": _SOMETHING}, _ACCOUNT]},
    ),
    "vars": _optional(
        "Values for the templates of rule files.",
        {"rent": "$1,200.00"},
        type="object",
        propertyNames={"pattern": f"^{sections.VARIABLE_PATTERN}$"},
    ),
    "limits": _fields("What one plan may not exceed.", {each.name: _LIMITS[each.name] for each in fields(Limits)}),
    "checks": _fields(
        "How much the findings of a check weigh.",
        {name: _optional(f"How much `{name}` weighs.", enum=list(sections.SEVERITIES)) for name in IDS},
    ),
    "cosmetic": _optional(
        "Whether changes of name and description alone are applied or deferred to the next real change. "
        f"Default: `{loading.COSMETIC[0]}`.",
        enum=list(loading.COSMETIC),
    ),
    "ids": _optional(
        "Pins by key, the same as `id:` in a rule file.",
        {"invest": "rule_01HINV0003"},
        type="object",
        additionalProperties={"type": ["string", "null"], "pattern": f"^{sections.RULE_ID_PATTERN}$"},
    ),
}
