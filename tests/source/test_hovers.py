from typing import Any

import pytest

from rulesync.source import hovers
from rulesync.source.ruleschema import rule_schema
from tests.schemas import Schema

WHOLE = rule_schema()
SCHEMA = Schema(WHOLE)
MODELS: dict[str, Any] = {"RuleFile": WHOLE, **WHOLE["$defs"]}
FIELDS = {f"{name}.{field}": shape for name, model in MODELS.items() for field, shape in model["properties"].items()}


def test_the_words_are_those_of_the_fields() -> None:
    """Every model and every field has words, and no words are left over from one that is gone."""
    names = {name.partition(".")[2] for name in FIELDS}
    assert set(MODELS) == set(hovers.MODELS)
    assert [] == [name for name in hovers.FIELDS if name not in names and name not in FIELDS]


@pytest.mark.parametrize("field", [field for field, shape in FIELDS.items() if "examples" in shape])
def test_an_example_is_one(field: str) -> None:
    """What an editor offers as an example of a field is accepted there."""
    shape = SCHEMA.part(FIELDS[field])
    assert [] == [example for example in FIELDS[field]["examples"] if not shape.accepts(example)]
