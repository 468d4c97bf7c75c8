"""JSON Schemas held against values as an editor holds them: patterns are those of ECMAScript, where `$` is the end."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Self

import jsonschema
from jsonschema.validators import extend


def _pattern(_: object, pattern: str, value: object, __: object) -> Iterator[jsonschema.ValidationError]:
    if isinstance(value, str) and not re.search(re.sub(r"\$(?=\)|$)", r"\\Z", pattern), value):
        yield jsonschema.ValidationError(f"{value!r} does not match {pattern!r}")


_Validator: Any = extend(jsonschema.Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


class Schema:
    """A schema, which is held against the metaschema once, before the first value is held against it."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema

    @cached_property
    def _validator(self) -> Any:  # noqa: ANN401 - the library has no word for it
        jsonschema.Draft202012Validator.check_schema(self._schema)
        return _Validator(self._schema)

    def part(self, schema: dict[str, Any]) -> Self:
        """Return a schema that stands somewhere in this one, whose references lead there."""
        found = type(self)(schema)
        found.__dict__["_validator"] = self._validator.evolve(schema=schema)
        return found

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
