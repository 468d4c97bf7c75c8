"""JSON Schemas held against values as an editor holds them: patterns are those of ECMAScript, where `$` is the end."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
from jsonschema.validators import extend


def _pattern(_: object, pattern: str, value: object, __: object) -> Iterator[jsonschema.ValidationError]:
    if isinstance(value, str) and not re.search(re.sub(r"\$(?=\)|$)", r"\\Z", pattern), value):
        yield jsonschema.ValidationError(f"{value!r} does not match {pattern!r}")


_Validator: Any = extend(jsonschema.Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


class Schema:
    """A schema that is one by the metaschema."""

    def __init__(self, schema: dict[str, Any]) -> None:
        jsonschema.Draft202012Validator.check_schema(schema)
        self._validator = _Validator(schema)

    def accepts(self, value: object) -> bool:
        """Tell whether an editor finds nothing wrong."""
        return bool(self._validator.is_valid(value))


def without_words(schema: object, path: str = "") -> Iterator[str]:
    """Yield the fields that a schema says nothing about to whoever points at them."""
    if isinstance(schema, dict):
        if "additionalProperties" in schema:
            for name, shape in schema.get("properties", {}).items():
                yield from [f"{path}.{name}"] if "description" not in shape and "$ref" not in shape else []
        for name, shape in schema.items():
            yield from without_words(shape, f"{path}.{name}") if name not in {"not", "oneOf", "examples"} else []
